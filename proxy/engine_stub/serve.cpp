// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_stub/serve.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "proxy/engine_stub/session.hpp"
#include "proxy/listener.hpp"

namespace proxy::engine_stub {
namespace {

constexpr std::size_t most_sessions = 256;

class Server {
 public:
  explicit Server(Options options)
      : deadlines_(loop_), engine_(loop_, options), signals_(loop_, SIGTERM, SIGINT) {}

  std::optional<std::string> run(const config::Listener& settings) {
    InheritedSockets none;
    auto opened = Listener::open(loop_, 0, settings, none);
    if (!opened) return opened.error();
    listener_ = std::move(*opened);
    spawn(loop_, accept(), ignore_escaped);
    signals_.async_wait([this](const error_code&, int) { stop(); });
    loop_.run();
    return std::nullopt;
  }

 private:
  Task<void> accept() {
    return listener_->run([this]() -> net::io_context& { return loop_; },
                          [this](net::io_context&, Socket client, acl::Identity) {
                            if (sessions_.size() >= most_sessions) return;
                            spawn(loop_, serve_client(std::move(client)), ignore_escaped);
                          });
  }

  Task<void> serve_client(Socket client) {
    Session session(std::move(client), engine_, deadlines_);
    sessions_.push_back(session);
    co_await session.serve();
    sessions_.erase(sessions_.iterator_to(session));
  }

  /// Everything that waits is told to end, so the loop runs dry.
  void stop() {
    listener_->close();
    engine_.stop();
    for (auto& session : sessions_) session.stop();
  }

  net::io_context loop_{1};
  Deadlines deadlines_;
  Engine engine_;
  net::signal_set signals_;
  boost::intrusive::list<Session> sessions_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace

std::optional<std::string> serve(const config::Address& listen, Options options) {
  std::signal(SIGPIPE, SIG_IGN);
  config::Listener settings;
  settings.address = listen;
  settings.mode = 0600;
  return Server(options).run(settings);
}

}  // namespace proxy::engine_stub
