// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "acl/request.hpp"
#include "acl/result.hpp"
#include "proxy/answer.hpp"
#include "proxy/client.hpp"
#include "proxy/upstream.hpp"

namespace proxy {

/// What is sent to the engine: the request that was decided about, and its body.
struct Outgoing {
  const acl::Request& request;
  HeldBody& body;          ///< released as soon as it is sent
  std::string& head;       ///< complete, written by tidegate; released during a lasting answer
  std::string_view held;   ///< the whole body, if it was read before the decision
  std::string_view first;  ///< the part of a streamed body that was read before the decision
  http::Framing streamed = http::Framing::none;  ///< how a streamed body arrives
};

/// Sends one request to the engine and brings its answer back.
class Exchange {
 public:
  Exchange(Client&, Upstream&, const Means&, Answer&, const Outgoing&);

  /// \returns what is next, or why there is no answer; in that case nothing was sent to the client.
  Task<acl::Result<Next, acl::Reason>> run();

  /// Ends the client's connection after this answer, unless its head has already been sent.
  void close_after() { close_after_ = true; }
  /// Looks whether the client has left. To be called repeatedly.
  void look_out();
  /// Whether the answer may take days, as events do.
  bool lasts() const { return acl::info(outgoing_.request.operation).has(acl::lasting); }
  /// Must be called when the client's side ends while the engine works on its request.
  void client_ended();
  /// Why the answer broke off on its way. Nothing is wrong where a client leaves a lasting answer
  /// (events, logs): that is how these end.
  std::optional<acl::Reason> failure() const;
  /// Whether the engine got something of the request. It may act on the beginning of a body.
  bool reached_engine() const { return reached_engine_; }
  using Clock = std::chrono::steady_clock;
  /// When the request's head had been sent; the epoch if it never was.
  Clock::time_point sent_at() const { return sent_at_; }
  /// When the answer's head had arrived; the epoch if it never did.
  Clock::time_point answered_at() const { return answered_at_; }
  /// Bytes of streamed body sent to the engine.
  std::uint64_t sent() const { return sent_; }

 private:
  using Outcome = acl::Result<Next, acl::Reason>;

  bool may_repeat() const;
  Task<std::optional<acl::Reason>> ask();
  Task<bool> send_head();
  Task<void> send_body();
  Task<bool> send_first();
  Task<Outcome> bring_answer();
  acl::Reason explain(acl::Reason) const;
  void await_answer();
  void stop_body();

  Client& client_;
  Upstream& upstream_;
  Means means_;
  Answer& answer_;
  Outgoing outgoing_;
  std::optional<acl::Reason> body_failure_;
  bool asked_ = false;      ///< nothing more is sent of the request
  bool cut_short_ = false;  ///< the engine has not taken all of what was sent
  bool reached_engine_ = false, answered_ = false, close_after_ = false;
  Clock::time_point sent_at_, answered_at_;
  std::uint64_t sent_ = 0;
  http::h1::Framer out_;  ///< for the relayed body
};

}  // namespace proxy
