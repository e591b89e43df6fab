// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_fault.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <cstring>

#include "proxy/descriptors.hpp"

namespace proxy {
namespace {

using acl::Reason;

bool may_write(const std::string& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

std::string id_of(const error_code& error) {
  const auto* name = ::strerrorname_np(error.value());
  return name == nullptr ? error.message() : name;
}

/// "Permission denied (EACCES)"
std::string said(const error_code& error) {
  const auto id = id_of(error);
  return id == error.message() ? id : fmt::format("{} ({})", error.message(), id);
}

void explain_denied_way(EngineFault& fault) {
  fault.text += fmt::format("; user {} may not enter its directory", ::geteuid());
  fault.remedy = "let tidegate's user enter each directory above the socket";
}

/// The usual cause: a container that was started without the socket's group.
void explain_denied_socket(EngineFault& fault, const std::string& path, const struct stat& file) {
  fault.text += fmt::format("; the socket belongs to user {} and group {}, mode {:04o}",
                            file.st_uid, file.st_gid, file.st_mode & 07777U);
  if (may_write(path))
    fault.remedy = "ask SELinux or AppArmor, which may deny it";
  else if ((file.st_mode & S_IWGRP) != 0)
    fault.remedy = fmt::format(
        "add tidegate to that group: `group_add: [\"{0}\"]` in a compose file, "
        "`--group-add {0}` with docker run",
        file.st_gid);
  else
    fault.remedy = fmt::format("run tidegate as user {}, or let the group write", file.st_uid);
}

/// connect(2) refuses all that is not a socket, and a socket that nobody listens on.
void explain_refused(EngineFault& fault, const struct stat& file) {
  if (!S_ISSOCK(file.st_mode)) {
    fault.id = "not_a_socket";
    fault.text += S_ISDIR(file.st_mode) ? "; it is a directory, not a socket" : "; it is no socket";
    fault.remedy =
        "start the engine before this container and make the container again: Docker creates a "
        "directory where the source of a mount is missing";
  } else if (file.st_nlink == 0) {
    fault.id = "replaced";
    fault.text += "; the engine's socket was replaced: mount its directory";
    fault.remedy =
        "mount the socket's directory instead of the file, since a mounted file stays the old one "
        "when the engine makes a new one; until then, restart tidegate's container";
  } else {
    fault.text += "; nobody listens on it";
    fault.remedy = "start the engine";
  }
}

void explain_path(EngineFault& fault, const std::string& path, int error) {
  struct stat file{};
  const bool seen = ::stat(path.c_str(), &file) == 0;
  if (error == ENOENT || error == ENOTDIR)
    fault.remedy = fmt::format(
        "start the engine, and where tidegate runs in a container, mount its socket: `-v {0}:{0} "
        "--group-add $(stat -c %g {0})` with docker run",
        path);
  else if (error == EACCES && seen)
    explain_denied_socket(fault, path, file);
  else if (error == EACCES)
    explain_denied_way(fault);
  else if (error == ECONNREFUSED && seen)
    explain_refused(fault, file);
}

bool is_of_resolver(const error_code& error) {
  return error.category() == net::error::get_netdb_category() ||
         error.category() == net::error::get_addrinfo_category();
}

EngineFault unresolved(const config::Address& address, const error_code& error) {
  return {.reason = Reason::upstream_unreachable,
          .id = "unresolvable",
          .text = fmt::format("{}: the name cannot be resolved: {}", address.to_string(),
                              error.message()),
          .remedy = "check the name in `upstream`, and the networks that tidegate is in"};
}

/// Connects, and closes the connection at once.
error_code connect_within(std::chrono::milliseconds limit, const Endpoint& endpoint) {
  net::io_context loop;
  Socket socket(loop);
  error_code error;
  socket.open(endpoint.protocol(), error);
  if (!error) socket.native_non_blocking(true, error);
  if (error) return error;
  const int descriptor = socket.native_handle();
  if (::connect(descriptor, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0)
    return {};
  if (errno != EINPROGRESS) return {errno, boost::system::system_category()};
  pollfd connected{.fd = descriptor, .events = POLLOUT, .revents = 0};
  if (::poll(&connected, 1, static_cast<int>(limit.count())) != 1) return net::error::timed_out;
  int failed = 0;
  socklen_t size = sizeof failed;
  ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failed, &size);
  return {failed, boost::system::system_category()};
}

}  // namespace

std::string EngineFault::message() const {
  const bool late = reason == Reason::upstream_timeout;  // which is of slow answers too
  return std::string(acl::meaning(late ? Reason::upstream_unreachable : reason)) + ": " + text;
}

std::string EngineFault::advice() const {
  return remedy.empty() ? message() : message() + "; " + remedy;
}

EngineFault fault_of(const config::Address& address, const error_code& error) {
  if (is_of_resolver(error)) return unresolved(address, error);
  EngineFault fault{.reason = Reason::upstream_unreachable,
                    .id = id_of(error),
                    .text = address.to_string() + ": " + said(error),
                    .remedy = {}};
  if (address.kind == config::Address::Kind::unix_socket)
    explain_path(fault, address.path, error.value());
  else if (error == net::error::connection_refused)
    fault.remedy = "start the engine, or write the address and port that it listens on";
  return fault;
}

EngineFault late_fault(const config::Address& address, std::chrono::milliseconds limit) {
  return {.reason = Reason::upstream_timeout,
          .id = "ETIMEDOUT",
          .text = fmt::format("{}: no connection within {} ms (`limits.upstream_connect_time`)",
                              address.to_string(), limit.count()),
          .remedy = {}};
}

EngineFault late_name_fault(const config::Address& address, std::chrono::milliseconds limit) {
  return {.reason = Reason::upstream_timeout,
          .id = "unresolvable",
          .text = fmt::format(
              "{}: the name was not resolved within {} ms (`limits.upstream_connect_time`)",
              address.to_string(), limit.count()),
          .remedy = "check the nameserver in /etc/resolv.conf"};
}

EngineFault silent_fault(const config::Address& address, std::chrono::milliseconds limit) {
  return {.reason = Reason::upstream_timeout,
          .id = "tls_silent",
          .text = fmt::format("{}: it accepts connections and does not complete the TLS handshake "
                              "within {} ms (`limits.upstream_connect_time`)",
                              address.to_string(), limit.count()),
          .remedy = "check that the engine runs, and that it serves TLS on this port"};
}

EngineFault tls_fault(const config::Address& address, tls::Failure failure,
                      const std::string& text) {
  EngineFault fault{
      .reason = Reason::upstream_tls, .id = text, .text = address.to_string() + ": ", .remedy = {}};
  switch (failure) {
    case tls::Failure::plain_http:
    case tls::Failure::not_tls:
      fault.id = "no_tls";
      fault.text += "it answers without TLS, in plain HTTP perhaps";
      fault.remedy =
          "write the port that the engine serves with TLS, usually 2376, in `upstream`, or leave "
          "out `upstream_tls`";
      break;
    case tls::Failure::version:
      fault.id = "tls_version";
      fault.text += "it has neither TLS 1.2 nor 1.3: " + text;
      fault.remedy = "update the engine, or what serves TLS in front of it";
      break;
    case tls::Failure::refused_by_peer:
      fault.text += "it does not accept tidegate's certificate: " + text;
      fault.remedy =
          "set `upstream_tls.cert` and `upstream_tls.key` to a pair that the engine's "
          "`--tlscacert` has signed";
      break;
    case tls::Failure::broken_off:
    case tls::Failure::protocol: fault.text += text; break;
    case tls::Failure::none:
    case tls::Failure::no_certificate:
    case tls::Failure::untrusted:
    case tls::Failure::expired:
    case tls::Failure::not_yet_valid:
    case tls::Failure::revoked:
    case tls::Failure::wrong_purpose:
    case tls::Failure::list_unusable:
      fault.text += "tidegate does not accept its certificate: " + text;
      break;
  }
  return fault;
}

std::optional<EngineFault> probe(const config::Address& address) {
  error_code error;
  if (address.kind == config::Address::Kind::tcp) net::ip::make_address(address.host, error);
  if (error) return std::nullopt;  // a name
  error = connect_within(std::chrono::milliseconds(500), endpoint_of(address));
  const bool is_busy = error == net::error::try_again || lacks_descriptor(error);
  return error && !is_busy ? std::optional(fault_of(address, error)) : std::nullopt;
}

}  // namespace proxy
