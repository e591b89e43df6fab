// SPDX-License-Identifier: Apache-2.0
#include "proxy/resolver.hpp"

#include <boost/asio/post.hpp>
#include <csignal>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace proxy {
namespace {

/// They are for the first worker's thread.
void block_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

Resolver::Answer look_up_now(const std::string& host, const std::string& port) {
  net::io_context never_runs;
  net::ip::tcp::resolver resolver(never_runs);
  Resolver::Answer answer;
  answer.addresses = resolver.resolve(host, port, answer.error);
  return answer;
}

}  // namespace

net::execution_context::id Resolver::id;

/// What a thread shares with the resolver, which may have ended when the answer comes.
struct Resolver::Link {
  std::mutex mutex;
  Resolver* resolver;

  explicit Link(Resolver& r) : resolver(&r) {}
  void tell(Answer answer) {
    const std::lock_guard lock(mutex);
    if (resolver == nullptr) return;
    net::post(resolver->loop_,
              [to = resolver, answer = std::move(answer)] { to->answered(answer); });
  }
};

Resolver::Resolver(net::execution_context& loop)
    : service(loop),
      loop_(static_cast<net::io_context&>(loop)),
      link_(std::make_shared<Link>(*this)) {}

/// The loop has ended, and will run nothing more.
void Resolver::shutdown() {
  const std::lock_guard lock(link_->mutex);
  link_->resolver = nullptr;
}

Task<Resolver::Answer> Resolver::resolve(const config::Address& engine, net::steady_timer& wait) {
  if (!asking_)
    if (const auto error = ask(engine)) co_return Answer{error, {}};
  Waiting waiting(wait);
  waiting_.push_back(waiting);
  wait.expires_at(net::steady_timer::time_point::max());
  co_await wait.async_wait(as_result);
  co_return waiting.answer.value_or(Answer{net::error::operation_aborted, {}});
}

/// \returns why no thread can be started
error_code Resolver::ask(const config::Address& engine) {
  const auto job = [link = link_, host = engine.host, port = std::to_string(engine.port)] {
    block_signals();
    link->tell(look_up_now(host, port));
  };
  try {
    std::thread(job).detach();
  } catch (const std::system_error& error) {
    return {error.code().value(), boost::system::system_category()};
  }
  asking_ = true;
  return {};
}

void Resolver::answered(const Answer& answer) {
  asking_ = false;
  while (!waiting_.empty()) {
    auto& waiting = waiting_.front();
    waiting_.pop_front();
    waiting.answer = answer;
    waiting.timer.cancel();
  }
}

}  // namespace proxy
