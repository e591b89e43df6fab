// SPDX-License-Identifier: Apache-2.0
#include "proxy/lookup.hpp"

#include <utility>

#include "acl/json/ranges.hpp"
#include "acl/version.hpp"

namespace proxy {

using acl::Reason;

Task<LookedUp> LookUp::run(std::span<const acl::Lookup> questions) {
  LookedUp out;
  ends_ = Clock::now() + means_.limits.lookup_time;
  kept_ = upstream_.is_open();
  for (const auto& question : questions) {
    const auto asked = co_await ask(question.target());
    if (!asked) co_return LookedUp{.failure = asked.error()};
    if (asked->status >= 400) {
      const bool missing = asked->status == 404;
      out.failure = missing ? Reason::object_missing : Reason::object_refused;
      out.words = {asked->status, asked->content_type, std::string(answer_.text())};
      co_return out;
    }
    auto fact = acl::read_fact(question.kind, answer_.text());
    if (!fact || asked->status != 200) co_return LookedUp{.failure = Reason::object_unavailable};
    out.facts.push_back(*std::move(fact));
  }
  co_return out;
}

void LookUp::cancel() {
  cancelled_ = true;
  upstream_.cancel();
}

/// Asks again on a fresh connection if the engine has closed the kept one meanwhile.
Task<LookUp::Asked> LookUp::ask(std::string_view target) {
  for (;;) {
    auto reason = co_await connect();
    if (!reason) reason = co_await agree_on_version();
    auto asked = reason ? Asked(*reason) : co_await ask_once(target);
    const bool closed = !asked && asked.error() == Reason::upstream_closed;
    const bool again = std::exchange(kept_, false) && closed;
    if (!again || cancelled_ || means_.deadline.expired()) co_return asked;
  }
}

/// Connecting has its own time limit; all questions together have another.
Task<std::optional<Reason>> LookUp::connect() {
  using std::chrono::milliseconds;
  if (!upstream_.is_open()) {
    const auto limit = means_.limits.upstream_connect_time;
    if (const auto reason = co_await upstream_.open(means_.deadline, limit)) co_return *reason;
  }
  const auto left = std::chrono::ceil<milliseconds>(ends_ - Clock::now());
  if (left <= milliseconds(0)) co_return Reason::object_unavailable;
  means_.deadline.arm(left);
  co_return std::nullopt;
}

/// Chooses the highest API version that tidegate and the engine both know, whatever the client
/// uses: an old version would not show every member of an object.
Task<std::optional<Reason>> LookUp::agree_on_version() {
  if (upstream_.api_minor() != 0) co_return std::nullopt;
  const auto asked = co_await ask_once("/version");
  if (!asked) co_return asked.error();
  acl::json::Members members(answer_.text());
  while (const auto member = members.next()) {
    if (member->key != "ApiVersion") continue;
    if (const auto minor = acl::minor_of(acl::json::text_of(member->value).value_or("")))
      upstream_.agree_on(*minor);
  }
  co_return upstream_.api_minor() == 0 ? std::optional(Reason::object_unavailable) : std::nullopt;
}

Task<LookUp::Asked> LookUp::ask_once(std::string_view target) {
  std::string question = "GET ";
  if (const auto minor = upstream_.api_minor(); minor != 0)
    question += "/v1." + std::to_string(minor);
  question += std::string(target) + " HTTP/1.1\r\nHost: docker\r\n\r\n";
  answer_.give_back();
  upstream_.begin();
  http::h1::Body body;
  http::ResponseHead head;
  Engine engine({means_.heads}, means_.limits, body, upstream_.stream(), means_.buffers,
                BufferPool::little);
  const auto [error, n] = co_await upstream_.stream().write(std::string_view(question));
  auto failed = error ? std::optional(Reason::upstream_closed) : std::nullopt;
  while (!failed && head.status < 200) {
    failed = co_await engine.read_head(head);
    if (!failed) engine.consume_head(head);
  }
  // The head's views end when more is read.
  const bool may_go_on = head.keep_alive && head.framing != http::Framing::until_eof;
  std::string content_type(failed ? std::string_view{} : head.value_of(http::Known::content_type));
  if (!failed) failed = co_await read_body(engine);
  upstream_.answered();
  if (failed || !may_go_on || !engine.buffer().empty()) upstream_.close();
  if (!failed) co_return Answer{head.status, std::move(content_type)};
  co_return means_.deadline.expired() ? Reason::object_unavailable : *failed;
}

Task<std::optional<Reason>> LookUp::read_body(Engine& engine) {
  while (!engine.body_complete()) {
    const auto piece = engine.take();
    if (!piece) co_return piece.error();
    if (piece->size > means_.limits.lookup_bytes - answer_.text().size())
      co_return Reason::object_unavailable;
    for (const auto data : piece->data)
      if (!answer_.append(data, 0)) co_return Reason::limit_memory;
    if (const auto broken = co_await engine.await_piece()) co_return *broken;
  }
  co_return std::nullopt;
}

}  // namespace proxy
