// SPDX-License-Identifier: Apache-2.0
#include "proxy/listener.hpp"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>

#include "proxy/descriptors.hpp"
#include "proxy/log.hpp"
#include "proxy/socket_lock.hpp"

namespace proxy {
namespace {

constexpr int backlog = 4096;  // the kernel lowers it to net.core.somaxconn

/// Creates the socket file with this mode. Nobody can connect before we listen, when it has its
/// owner as well.
class CreationMode {
 public:
  explicit CreationMode(unsigned mode) : before_(::umask(~mode & 0777U)) {}
  ~CreationMode() { ::umask(before_); }
  CreationMode(const CreationMode&) = delete;
  CreationMode& operator=(const CreationMode&) = delete;

 private:
  mode_t before_;
};

std::optional<acl::UnixPeer> peer_of(Socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
    return std::nullopt;
  return acl::UnixPeer{peer.uid, peer.gid, peer.pid};
}

std::string address_of(Socket& socket) {
  error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error || remote.size() > sizeof(sockaddr_in6)) return {};
  net::ip::tcp::endpoint endpoint;
  std::memcpy(endpoint.data(), remote.data(), remote.size());
  endpoint.resize(remote.size());
  return endpoint.address().to_string();
}

}  // namespace

acl::Result<std::unique_ptr<Listener>, std::string> Listener::open(net::io_context& loop,
                                                                   std::size_t index,
                                                                   const config::Listener& settings,
                                                                   InheritedSockets& inherited) {
  std::unique_ptr<Listener> listener(new Listener(loop, index, settings));
  const auto descriptor = inherited.take(settings.address);
  const auto problem = descriptor ? listener->adopt(*descriptor) : listener->listen();
  if (problem) return settings.address.to_string() + ": " + *problem;
  return listener;
}

/// Mode, owner and removal of an inherited socket are left to the service manager.
std::optional<std::string> Listener::adopt(int descriptor) {
  error_code error;
  acceptor_.assign(endpoint_of(settings_.address).protocol(), descriptor, error);
  if (settings_.address.kind == config::Address::Kind::tcp) set_tcp_options(descriptor);
  return error ? std::optional(error.message()) : std::nullopt;
}

std::optional<std::string> Listener::listen() {
  error_code error;
  acceptor_.open(endpoint_of(settings_.address).protocol(), error);
  if (error) return with_remedy(error.message(), error);
  return settings_.address.kind == config::Address::Kind::tcp ? listen_on_port() : listen_on_file();
}

/// The lock is held until we listen: only then can others tell that the socket is not stale.
std::optional<std::string> Listener::listen_on_file() {
  const auto& path = settings_.address.path;
  if (auto problem = missing_directory(path)) return problem;
  const SocketLock alone(path);
  if (alone.problem()) return alone.problem();
  if (auto problem = make_way(path)) return problem;
  error_code error;
  {
    const CreationMode mode(settings_.mode);
    acceptor_.bind(endpoint_of(settings_.address), error);
  }
  if (error) return error.message();
  file_ = file_at(path);
  if (auto problem = set_permissions(settings_)) return problem;
  acceptor_.listen(backlog, error);
  return error ? std::optional(error.message()) : std::nullopt;
}

std::optional<std::string> Listener::listen_on_port() {
  set_tcp_options(acceptor_.native_handle());
  error_code error;
  acceptor_.set_option(net::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint_of(settings_.address), error);
  if (!error) acceptor_.listen(backlog, error);
  return error ? std::optional(said_of_bind(settings_.address, error)) : std::nullopt;
}

Listener::~Listener() {
  close();
}

/// Removes the file before it closes the socket: as long as we listen, no other tidegate puts its
/// own socket there. If the operator has, it is left alone.
void Listener::close() {
  const auto& path = settings_.address.path;
  if (file_ && file_at(path) == std::exchange(file_, std::nullopt)) ::unlink(path.c_str());
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

Task<void> Listener::run(PickLoop pick_loop, OnClient on_client) {
  constexpr std::chrono::milliseconds shortest{100}, longest{1000};
  auto pause = shortest;
  while (acceptor_.is_open()) {
    auto& loop = pick_loop();
    Socket client(loop);
    const auto [error] = co_await acceptor_.async_accept(client, as_result);
    if (error == net::error::operation_aborted || !acceptor_.is_open()) co_return;
    const bool no_descriptor = lacks_descriptor(error);  // there is one when a connection ends
    if (error) {
      if (!no_descriptor && may_log("cannot accept", spdlog::level::warn))
        spdlog::warn("{}: cannot accept: {}; trying again in {} ms", settings_.address.to_string(),
                     error.message(), pause.count());
      pause_.expires_after(pause);
      co_await pause_.async_wait(as_result);
      pause = std::min(pause * 2, longest);
      continue;
    }
    pause = shortest;
    auto identity = identify(client);
    on_client(loop, std::move(client), std::move(identity));
  }
}

acl::Identity Listener::identify(Socket& client) const {
  acl::Identity identity{.listener = index_, .listener_name = settings_.address.to_string()};
  if (settings_.address.kind == config::Address::Kind::unix_socket)
    identity.unix_peer = peer_of(client);
  else
    identity.address = address_of(client);
  return identity;
}

}  // namespace proxy
