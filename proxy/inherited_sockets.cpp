// SPDX-License-Identifier: Apache-2.0
#include "proxy/inherited_sockets.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <cstdlib>
#include <cstring>

#include "acl/text/numbers.hpp"

namespace proxy {
namespace {

constexpr int first_descriptor = 3;  // SD_LISTEN_FDS_START
constexpr int most = 64;             // the greatest number of listeners

std::optional<int> number_in(const char* variable) {
  const char* text = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): before any thread
  return text == nullptr ? std::nullopt : acl::whole_number<int>(text);
}

config::Address tcp_address(const sockaddr_storage& storage, socklen_t size) {
  boost::asio::ip::tcp::endpoint endpoint;
  std::memcpy(endpoint.data(), &storage, size);
  endpoint.resize(size);
  return {config::Address::Kind::tcp, "", endpoint.address().to_string(), endpoint.port()};
}

/// \returns text that matches no configured address if it is not a listening stream socket.
std::string address_of(int descriptor) {
  int listens = 0;
  socklen_t size = sizeof listens;
  const bool fit = ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0;
  sockaddr_storage storage{};
  size = sizeof storage;
  if (!fit || listens == 0 ||
      ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
    return "not a listening socket";
  if (storage.ss_family == AF_UNIX) {
    const auto* path = reinterpret_cast<const sockaddr_un*>(&storage)->sun_path;
    return config::Address{config::Address::Kind::unix_socket, path, "", 0}.to_string();
  }
  const bool is_ip = storage.ss_family == AF_INET || storage.ss_family == AF_INET6;
  return is_ip ? tcp_address(storage, size).to_string() : "not a unix or tcp socket";
}

}  // namespace

InheritedSockets InheritedSockets::from_environment() {
  InheritedSockets inherited;
  const auto count = number_in("LISTEN_FDS");
  const bool ours = number_in("LISTEN_PID") == ::getpid();
  for (const auto* variable : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
    ::unsetenv(variable);  // NOLINT(concurrency-mt-unsafe): before any thread
  if (!ours || !count) return inherited;
  for (int i = 0; i < std::min(*count, most); ++i) {
    const int descriptor = first_descriptor + i;
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    inherited.sockets_.push_back({descriptor, address_of(descriptor)});
  }
  return inherited;
}

InheritedSockets::~InheritedSockets() {
  for (const auto& socket : sockets_) ::close(socket.descriptor);
}

std::optional<int> InheritedSockets::take(const config::Address& address) {
  const auto found = std::ranges::find(sockets_, address.to_string(), &Inherited::address);
  if (found == sockets_.end()) return std::nullopt;
  const int descriptor = found->descriptor;
  sockets_.erase(found);
  return descriptor;
}

std::vector<std::string> InheritedSockets::left_over() const {
  std::vector<std::string> sentences;
  for (const auto& socket : sockets_)
    sentences.push_back("descriptor " + std::to_string(socket.descriptor) +
                        " of socket activation is " + socket.address +
                        ", but no listener has that address: make the unit's ListenStream= and a "
                        "listener's `address` the same");
  return sentences;
}

}  // namespace proxy
