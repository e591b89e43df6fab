// SPDX-License-Identifier: Apache-2.0
#include "proxy/unix_socket_file.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <charconv>
#include <cstring>

namespace proxy {
namespace {

namespace net = boost::asio;

bool somebody_listens(const std::string& path) {
  net::io_context loop;
  net::local::stream_protocol::socket probe(loop);
  boost::system::error_code error;
  probe.open(net::local::stream_protocol(), error);
  probe.non_blocking(true, error);
  error.clear();
  probe.connect(net::local::stream_protocol::endpoint(path), error);
  return error != net::error::connection_refused && error != net::error::not_found;
}

std::optional<unsigned> number(const std::string& text) {
  unsigned value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional(value) : std::nullopt;
}

std::optional<unsigned> uid_of(const std::string& name) {
  if (const auto id = number(name)) return id;
  const auto* entry = ::getpwnam(name.c_str());  // NOLINT(concurrency-mt-unsafe): before any thread
  return entry != nullptr ? std::optional(entry->pw_uid) : std::nullopt;
}

std::optional<unsigned> gid_of(const std::string& name) {
  if (const auto id = number(name)) return id;
  const auto* entry = ::getgrnam(name.c_str());  // NOLINT(concurrency-mt-unsafe): before any thread
  return entry != nullptr ? std::optional(entry->gr_gid) : std::nullopt;
}

std::string last_failure() {
  return std::strerror(errno);
}  // NOLINT(concurrency-mt-unsafe)

}  // namespace

std::optional<std::string> make_way(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  if (!S_ISSOCK(status.st_mode)) return path + " exists and is not a socket";
  if (somebody_listens(path)) return path + " is in use: something answers on it";
  if (::unlink(path.c_str()) != 0)
    return "the stale socket " + path + " cannot be removed: " + last_failure();
  return std::nullopt;
}

std::optional<std::string> set_permissions(const config::Listener& listener) {
  const auto& path = listener.address.path;
  const auto unchanged = static_cast<unsigned>(-1);
  const auto uid = listener.owner ? uid_of(*listener.owner) : std::optional(unchanged);
  const auto gid = listener.group ? gid_of(*listener.group) : std::optional(unchanged);
  if (!uid) return "there is no user " + *listener.owner;
  if (!gid) return "there is no group " + *listener.group;
  if (::chown(path.c_str(), *uid, *gid) != 0) return "chown " + path + ": " + last_failure();
  if (::chmod(path.c_str(), listener.mode) != 0) return "chmod " + path + ": " + last_failure();
  return std::nullopt;
}

}  // namespace proxy
