// SPDX-License-Identifier: Apache-2.0
#include "proxy/answer.hpp"

#include "proxy/http/h1/relay.hpp"

namespace proxy {

using acl::Reason;
using http::Connection;
using http::Framing;

template class http::h1::EngineInput<Stream>;
template class http::h1::Connection<http::h1::EngineRole>;

namespace {

bool is_raw_stream(std::string_view content_type) {
  return content_type.starts_with("application/vnd.docker.raw-stream") ||
         content_type.starts_with("application/vnd.docker.multiplexed-stream");
}

/// Nobody reads messages from one, and it is bulk.
bool is_archive(std::string_view content_type) {
  return content_type.starts_with("application/x-tar");
}

}  // namespace

Answer::Answer(Stream& upstream, Stream& client, const Means& means, AnswerStorage& storage,
               const Question& question)
    : client_(client),
      means_(means),
      storage_(storage),
      question_(question),
      engine_({.heads = means.heads, .answers_head = question.request.method == acl::Method::head},
              means.limits, storage.body, upstream, means.buffers, BufferPool::block_size) {
  if (lasts()) engine_.be_patient();
}

Task<std::optional<Reason>> Answer::read_head() {
  for (;;) {
    if (const auto reason = co_await engine_.read_head(storage_.head)) {
      const bool late = reason == Reason::upstream_closed && means_.deadline.expired();
      co_return late ? Reason::upstream_timeout : *reason;
    }
    engine_.consume_head(storage_.head);
    const auto status = storage_.head.status;
    if (status == 101)
      co_return opens_tunnel() ? std::nullopt : std::optional(Reason::upstream_malformed);
    if (status >= 200) co_return choose_filter();
    if (!co_await pass_on_interim()) co_return client_reason();
    if (means_.deadline.expired()) co_return Reason::upstream_timeout;
  }
}

/// Passes interim answers on, except for 100 (Continue), which the client gets from tidegate
/// itself. The time limit for the final head goes on.
Task<bool> Answer::pass_on_interim() {
  if (storage_.head.status == 100 || question_.http_1_0) co_return true;
  storage_.head_out.clear();
  http::append_response_head(storage_.head, {}, Connection::unsaid, storage_.head_out);
  if (lasts()) co_return co_await send_head();
  const auto [error, n] = co_await client_.write(storage_.head_out);
  co_return !error;
}

/// Prepares for rewriting where the plan asks for it. A body with a content coding cannot be read,
/// so it is not passed on. The length of a rewritten body is unknown, even for an answer to HEAD.
std::optional<Reason> Answer::choose_filter() {
  filter_ = nullptr;
  if (question_.filters == nullptr || opens_tunnel()) return std::nullopt;
  const auto chosen = question_.filters->filter_for(storage_.head);
  if (!chosen) return chosen.error();
  filter_ = *chosen;
  if (filter_ == nullptr) return std::nullopt;
  if (!storage_.head.value_of("Content-Encoding").empty()) return Reason::answer_form;
  const auto is_length = [](const auto& field) {
    return field.known == http::Known::content_length;
  };
  std::erase_if(storage_.head.fields, is_length);
  return std::nullopt;
}

/// A tunnel needs a 101 to a request for an upgrade, or a raw stream without an end on an operation
/// that hijacks. Otherwise the connection stays HTTP.
bool Answer::opens_tunnel() const {
  if (!acl::info(question_.request.operation).has(acl::hijacks)) return false;
  const auto& head = storage_.head;
  if (head.status == 101) return question_.upgrades;
  return head.status == 200 && head.framing == Framing::until_eof &&
         is_raw_stream(head.value_of("Content-Type"));
}

/// The length of a chunked body that has arrived whole, together with its head.
std::optional<std::uint64_t> Answer::length_in_hand() const {
  http::Chunks chunks;
  std::vector<std::string_view> pieces;
  std::uint64_t length = 0;
  for (auto rest = engine_.buffer().data(); !rest.empty();) {
    const auto progress = chunks.feed(rest, pieces);
    if (!progress) break;
    for (const auto piece : pieces) length += piece.size();
    if (progress->complete) return length;
    rest.remove_prefix(progress->consumed);
  }
  return std::nullopt;
}

/// An answer that lasts until the engine closes is sent in chunks: a client on a unix socket, where
/// every connection ends alike, sees by the last chunk that it is whole. A client of HTTP/1.0 knows
/// no chunks. It gets a length where that is known, so that it can tell a whole answer from a
/// broken one.
http::OutgoingBody Answer::outgoing() const {
  const auto& head = storage_.head;
  if (opens_tunnel()) return {head.framing, head.length};
  const bool cut_anew = filter_ != nullptr && head.framing != Framing::none;
  if (question_.http_1_0 && !cut_anew && head.framing == Framing::chunked)
    if (const auto length = length_in_hand()) return {Framing::length, *length};
  if (cut_anew || head.framing == Framing::chunked || head.framing == Framing::until_eof)
    return {question_.http_1_0 ? Framing::until_eof : Framing::chunked};
  return {head.framing, head.length};
}

Task<Next> Answer::pass_on(bool close_after) {
  const auto& head = storage_.head;
  const bool tunnel = opens_tunnel();
  const auto body = outgoing();
  const bool keep = question_.keep_alive && !close_after && body.framing != Framing::until_eof;
  auto connection = keep ? Connection::unsaid : Connection::close;
  if (tunnel) connection = head.status == 101 ? Connection::upgrade : Connection::unsaid;

  storage_.head_out.clear();
  http::append_response_head(head, body, connection, storage_.head_out);
  if (tunnel) co_return co_await send_head() ? Next::tunnel : Next::close;
  co_await relay(body.framing);
  // Bytes after the answer belong to no request: a 204 with a body, or worse.
  const bool ends = head.framing != Framing::until_eof && engine_.buffer().empty();
  reusable_ = !failure_ && head.keep_alive && ends;
  co_return keep && !failure_ ? Next::keep_alive : Next::close;
}

/// Sends the head, followed by the body as it arrives. In lasting answers the engine's chunks stay
/// as they are: some clients take each for one message.
Task<void> Answer::relay(Framing framing) {
  auto& out = storage_.out;
  const bool keeps_chunks = lasts() && !is_archive(storage_.head.value_of("Content-Type"));
  if (keeps_chunks) engine_.keep_chunks();
  out.clear();
  out.begin(framing, keeps_chunks ? http::h1::Cut::as_given : http::h1::Cut::freely);
  out.add(storage_.head_out);
  http::h1::Relay relay(engine_, client_, out, means_);
  if (lasts()) relay.be_patient();
  relay.rewrite(filter_, storage_.rewritten);
  const auto carried = co_await relay.run(sent_);
  failure_ = carried.broken;
  begun_ = !carried.broken || out.empty();
  if (carried.refused) failure_ = client_reason();
}

/// Why the client does not take more.
Reason Answer::client_reason() const {
  return means_.deadline.expired() ? Reason::client_stalled : Reason::client_left;
}

/// Sends the head within the client's time limit. For lasting operations no limit runs afterwards,
/// while the engine is silent.
Task<bool> Answer::send_head() {
  means_.deadline.arm(means_.limits.stall_time);
  const auto [error, n] = co_await client_.write(storage_.head_out);
  if (lasts()) means_.deadline.disarm();
  if (error) failure_ = client_reason();
  co_return !error;
}

}  // namespace proxy
