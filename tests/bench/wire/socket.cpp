// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/wire/socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace bench {
namespace {

constexpr std::string_view unix_scheme = "unix:", tcp_scheme = "tcp:127.0.0.1:";
constexpr int backlog = 4096;

Address unix_address(std::string_view path) {
  Address address{};
  sockaddr_un as_unix{};
  if (path.size() >= sizeof as_unix.sun_path) give_up("the path of a socket is too long");
  as_unix.sun_family = AF_UNIX;
  path.copy(as_unix.sun_path, path.size());
  std::memcpy(&address.storage, &as_unix, sizeof as_unix);
  address.size = sizeof as_unix;
  return address;
}

Address loopback_address(std::string_view port) {
  Address address{};
  std::uint16_t number = 0;
  const auto* end = port.data() + port.size();
  if (std::from_chars(port.data(), end, number).ptr != end) give_up("a port is a number");
  sockaddr_in as_ip{};
  as_ip.sin_family = AF_INET;
  as_ip.sin_port = htons(number);
  as_ip.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::memcpy(&address.storage, &as_ip, sizeof as_ip);
  address.size = sizeof as_ip;
  return address;
}

Descriptor socket_for(const Address& address) {
  const int number = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (number < 0) give_up_after("socket");
  return Descriptor(number);
}

}  // namespace

void give_up(std::string_view what) {
  std::fprintf(stderr, "%s: %.*s\n", program_invocation_short_name, static_cast<int>(what.size()),
               what.data());
  std::exit(1);
}

void give_up_after(std::string_view call) {
  give_up(std::string(call) + ": " + std::strerror(errno));
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

const sockaddr* Address::get() const {
  return reinterpret_cast<const sockaddr*>(&storage);
}

Address address_of(std::string_view text) {
  if (text.starts_with(unix_scheme)) return unix_address(text.substr(unix_scheme.size()));
  if (text.starts_with(tcp_scheme)) return loopback_address(text.substr(tcp_scheme.size()));
  give_up("an address is unix:/path or tcp:127.0.0.1:port");
}

Descriptor connect_to(const Address& address) {
  auto socket = socket_for(address);
  const timeval limit{.tv_sec = patience, .tv_usec = 0};
  ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket.number(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (::connect(socket.number(), address.get(), address.size) != 0) give_up_after("connect");
  const int on = 1;
  if (!address.is_unix()) ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

Descriptor listen_on(const Address& address) {
  auto socket = socket_for(address);
  if (::bind(socket.number(), address.get(), address.size) != 0) give_up_after("bind");
  if (::listen(socket.number(), backlog) != 0) give_up_after("listen");
  make_non_blocking(socket.number());
  return socket;
}

void make_non_blocking(int socket) {
  if (::fcntl(socket, F_SETFL, O_NONBLOCK) != 0) give_up_after("fcntl");
}

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace bench
