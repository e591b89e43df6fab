// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_stub/serve.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/intrusive/list.hpp>
#include <csignal>

#include "acl/headers.hpp"
#include "proxy/deadline.hpp"
#include "proxy/engine_stub/answers.hpp"
#include "proxy/engine_stub/shapes.hpp"
#include "proxy/listener.hpp"

namespace proxy::engine_stub {
namespace {

constexpr std::size_t most_sessions = 256;

constexpr Row unknown{acl::Operation::unknown};

const config::Limits& limits() {
  static const config::Limits defaults;
  return defaults;
}

Instead check_version(const acl::Request& request) {
  const auto [major, minor] = request.version;
  if (!request.version.given() || (major == 1 && minor <= newest_minor)) return std::nullopt;
  return error(400, "client version " + std::to_string(major) + "." + std::to_string(minor) +
                        " is too new. Maximum supported API version is 1.41");
}

/// One client of the stand-in, and its requests one after the other.
class Session : public boost::intrusive::list_base_hook<> {
 public:
  Session(Socket socket, Engine& engine, Deadlines& deadlines)
      : engine_(engine),
        client_(std::move(socket), limits(), held_, heads_, [this] { engine_.change(); }),
        deadline_(deadlines, [this] { stop(); }) {}

  Task<void> serve() {
    while (!engine_.stopping() && co_await serve_one()) {
    }
    co_await client_.stop_reading();
  }
  /// Ends it at once.
  void stop() { client_.stream().cancel(); }

 private:
  Task<bool> serve_one();
  Task<bool> answer(const http::RequestHead&);
  Task<std::optional<acl::Reason>> read_body(Json& out);
  Task<bool> refuse(const acl::Refusal&);

  Engine& engine_;
  HeldBytes held_{HeldBytes::unbounded};
  BodyPool bodies_;
  http::HeadReader heads_;
  Client client_;
  Deadline deadline_;
  acl::Request request_;
};

Task<bool> Session::serve_one() {
  http::RequestHead head;
  const auto arrived = co_await client_.read_head(deadline_, head);
  if (!arrived && arrived.error().left) co_return false;
  request_.clear();
  if (!arrived) co_return co_await refuse(acl::Refusal(arrived.error().reason));
  if (const auto refusal = acl::understand(head.method, head.target, {}, request_))
    co_return co_await refuse(*refusal);
  if (const auto refusal = acl::check_headers(request_, http::view_of(head)))
    co_return co_await refuse(*refusal);
  const bool keep_alive = head.keep_alive;
  co_return co_await answer(head) && keep_alive;
}

Task<bool> Session::answer(const http::RequestHead& head) {
  const auto* row = row_of(request_.operation);
  Call call{.engine = engine_,
            .client = client_,
            .request = request_,
            .row = row != nullptr ? *row : unknown,
            .upgrades = !acl::upgrade_to_ask(request_, http::view_of(head)).empty()};
  client_.consume_head(head);
  if (const auto reason = co_await read_body(call.from["body"]))
    co_return co_await refuse(acl::Refusal(*reason));
  if (const auto problem = check_version(request_)) co_return co_await send_reply(call, *problem);
  if (request_.operation == acl::Operation::unknown)
    co_return co_await send_reply(call, error(404, "page not found"));
  if (row == nullptr)
    co_return co_await send_reply(call, not_here(acl::info(request_.operation).name));

  call.from["name"] = request_.name();
  if (!request_.name().empty() && row->kind != Kind::none) {
    call.object = engine_.find(row->kind, request_.name());
    if (!call.object) {
      engine_.found_nothing(request_.operation);
      co_return co_await send_reply(call, {404, fill(shape(row->kind).missing, call.from)});
    }
    if (request_.operation == acl::Operation::ImageInspect) engine_.rest_on(call.object);
  }
  if (row->stream != nullptr) co_return co_await row->stream(call);
  co_return co_await send_reply(call, reply(call));
}

/// Archives and build contexts are read and forgotten.
Task<std::optional<acl::Reason>> Session::read_body(Json& out) {
  if (acl::info(request_.operation).body == acl::BodyKind::opaque)
    co_return co_await client_.drop_body(static_cast<std::size_t>(-1));
  HeldBody body(bodies_, held_);
  const auto reason = co_await client_.read_body(limits().body_bytes, body);
  out = Json::parse(body.text(), nullptr, false);
  if (out.is_discarded()) out = Json();
  co_return reason;
}

Task<bool> Session::refuse(const acl::Refusal& refusal) {
  Call call{engine_, client_, request_, unknown, false};
  co_await send_reply(call,
                      error(static_cast<unsigned>(acl::status(refusal.reason)), refusal.message));
  co_return false;
}

class Server {
 public:
  explicit Server(const Options& options)
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

std::optional<std::string> serve(const config::Address& listen, const Options& options) {
  std::signal(SIGPIPE, SIG_IGN);
  config::Listener settings;
  settings.address = listen;
  settings.mode = 0600;
  return Server(options).run(settings);
}

}  // namespace proxy::engine_stub
