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

/// What is sent to the engine: the request as it was decided about, and its body.
struct Outgoing {
  const acl::Request& request;
  HeldBody& body;          ///< given back as soon as it is on its way
  std::string_view head;   ///< written by tidegate, whole
  std::string_view held;   ///< all of it, where it was read whole and decided about
  std::string_view first;  ///< or of a streamed body: what was read of it already
  http::Framing streamed = http::Framing::none;  ///< of a body that is relayed as it comes
};

/// One request on its way to the engine, and its answer on the way back.
class Exchange {
 public:
  Exchange(Client&, Upstream&, const Means&, Answer&, const Outgoing&);

  /// \returns what is next; or why there is no answer, and then the client has been sent none.
  Task<acl::Result<Next, acl::Reason>> run();

  /// The client's connection is to end with this answer, where its head is not on its way yet.
  void close_after() { close_after_ = true; }
  /// The client's side has ended while the engine works on its request.
  void client_ended();
  using Clock = std::chrono::steady_clock;
  /// When the request's head was on its way; the epoch where it never was.
  Clock::time_point sent_at() const { return sent_at_; }
  /// When the answer's head had come; the epoch where it never did.
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
  bool answered_ = false, close_after_ = false;
  Clock::time_point sent_at_, answered_at_;
  std::uint64_t sent_ = 0;
  http::h1::Framer out_;  ///< of the body that is relayed
};

}  // namespace proxy
