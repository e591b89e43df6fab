// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "acl/capacity.hpp"
#include "acl/request.hpp"
#include "proxy/http/body_filter.hpp"
#include "proxy/http/h1/connection.hpp"
#include "proxy/http/writer.hpp"
#include "proxy/means.hpp"

namespace proxy {

extern template class http::h1::EngineInput<Stream>;
extern template class http::h1::Connection<http::h1::EngineRole>;

/// What happens to a client's connection after a request.
enum class Next { keep_alive, close, tunnel };

/// Memory that is reused from answer to answer, so that a warm one allocates nothing.
struct AnswerStorage {
  http::ResponseHead head;
  http::h1::Body body;
  http::h1::Framer out;
  std::string head_out;
  http::Rewritten rewritten;

  std::size_t capacity() const {
    return acl::capacity_of(head.fields) + body.capacity() + out.capacity() + head_out.capacity() +
           rewritten.text.capacity() + acl::capacity_of(rewritten.ends) +
           acl::capacity_of(rewritten.pieces);
  }
};

/// The properties of a request that decide how its answer is passed on.
struct Question {
  const acl::Request& request;
  bool http_1_0 = false;                  ///< the client knows neither chunks nor interim answers
  bool upgrades = false;                  ///< the request asked for an upgrade
  bool keep_alive = true;                 ///< the client's connection may be kept
  http::FilterChoice* filters = nullptr;  ///< null if the answer is not rewritten
};

/// The engine's answer on its way to the client.
class Answer {
 public:
  Answer(Stream& upstream, Stream& client, const Means&, AnswerStorage&, const Question&);

  /// Reads up to the end of the final head, and passes interim answers (1xx) on.
  /// \returns why there is no head.
  Task<std::optional<acl::Reason>> read_head();
  /// Whether the engine has sent nothing at all so far.
  bool nothing_arrived() const { return engine_.nothing_arrived(); }
  unsigned status() const { return storage_.head.status; }

  /// Sends head and body to the client. Afterwards failure() says whether it broke on the way. The
  /// caller must then break the client's connection, so that a short answer does not look complete.
  Task<Next> pass_on(bool close_after);
  std::optional<acl::Reason> failure() const { return failure_; }
  /// Whether anything of the final answer has been sent.
  bool begun() const { return begun_; }
  /// Bytes of body sent to the client.
  std::uint64_t sent() const { return sent_; }

  /// Whether the engine's connection can carry another request.
  bool upstream_reusable() const { return reusable_; }
  /// After Next::tunnel: bytes that the engine sent right after its head.
  LeasedBuffer& behind_head() { return engine_.buffer(); }

 private:
  Task<bool> pass_on_interim();
  std::optional<acl::Reason> choose_filter();
  bool opens_tunnel() const;
  std::optional<std::uint64_t> length_in_hand() const;
  http::OutgoingBody outgoing() const;
  Task<void> relay(http::Framing);
  Task<bool> send_head();
  acl::Reason client_reason() const;
  bool lasts() const { return acl::info(question_.request.operation).has(acl::lasting); }

  Stream& client_;
  Means means_;
  AnswerStorage& storage_;
  Question question_;
  http::h1::Connection<http::h1::EngineRole> engine_;
  http::BodyFilter* filter_ = nullptr;
  bool reusable_ = false, begun_ = false;
  std::optional<acl::Reason> failure_;
  std::uint64_t sent_ = 0;
};

}  // namespace proxy
