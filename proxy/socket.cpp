// SPDX-License-Identifier: Apache-2.0
#include "proxy/socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace proxy {
namespace {

short poll_now(Socket& socket, short events) {
  pollfd state{socket.native_handle(), events, 0};
  return ::poll(&state, 1, 0) > 0 ? state.revents : short{0};
}

}  // namespace

Endpoint endpoint_of(const config::Address& address) {
  if (address.kind == config::Address::Kind::unix_socket)
    return Endpoint(net::local::stream_protocol::endpoint(address.path));
  return Endpoint(net::ip::tcp::endpoint(net::ip::make_address(address.host), address.port));
}

std::string said_of_bind(const config::Address& address, const error_code& error) {
  std::string remedy;
  if (error == net::error::address_in_use)
    remedy = "; `ss -ltnp` names the process that has this port: end it, or write another port";
  if (error == boost::system::errc::address_not_available)
    remedy = "; this machine has no address " + address.host + ": write one that it has";
  if (error == net::error::access_denied)
    remedy = "; ports below 1024 need root or CAP_NET_BIND_SERVICE: write a greater one";
  return error.message() + remedy;
}

void set_tcp_options(int socket) {
  constexpr int seconds = 15, yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof seconds);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof seconds);
}

bool hung_up(Socket& socket) {
  return (poll_now(socket, 0) & (POLLHUP | POLLERR)) != 0;
}

bool sending_ended(Socket& socket) {
  return poll_now(socket, POLLRDHUP) != 0;
}

int unsent(Socket& socket) {
  int bytes = 0;
  ::ioctl(socket.native_handle(), TIOCOUTQ, &bytes);
  return bytes;
}

bool readable(Socket& socket) {
  return poll_now(socket, POLLIN) != 0;
}

void break_off(Socket& socket) {
  error_code ignored;
  socket.set_option(net::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

}  // namespace proxy
