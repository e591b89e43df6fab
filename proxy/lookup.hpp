// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "acl/object/lookup.hpp"
#include "proxy/held_body.hpp"
#include "proxy/http/h1/connection.hpp"
#include "proxy/http/h1/engine_input.hpp"
#include "proxy/means.hpp"
#include "proxy/upstream.hpp"

namespace proxy {

/// What the engine said about the objects that a request names.
struct LookedUp {
  std::vector<acl::Fact> facts;        ///< one for each question; fewer where one has failed
  std::optional<acl::Reason> failure;  ///< why an answer is missing or could not be read
  /// The engine's own answer if it knows no such object or finds the name ambiguous. The client
  /// gets it in place of a refusal.
  struct Words {
    unsigned status = 0;
    std::string content_type, body;
  };
  std::optional<Words> words;
};

/// Asks the engine about objects, one after the other, on the session's own connection. The only
/// part of the client's request that goes into a question is the name of the object.
class LookUp {
 public:
  LookUp(Upstream& upstream, HeldBody& answer, const Means& means)
      : upstream_(upstream), answer_(answer), means_(means) {}

  /// Takes at most limits.lookup_time for all questions, not counting the time to connect.
  Task<LookedUp> run(std::span<const acl::Lookup>);

  /// The client has left, or the process stops.
  void cancel();

 private:
  using Clock = std::chrono::steady_clock;
  struct Answer {
    unsigned status = 0;
    std::string content_type;
  };
  using Engine = http::h1::Connection<http::h1::EngineRole>;
  using Asked = acl::Result<Answer, acl::Reason>;

  Task<std::optional<acl::Reason>> connect();
  Task<std::optional<acl::Reason>> agree_on_version();
  Task<Asked> ask(std::string_view target);
  Task<Asked> ask_once(std::string_view target);
  Task<std::optional<acl::Reason>> read_body(Engine&);

  Upstream& upstream_;
  HeldBody& answer_;  ///< holds the body of the current answer
  Means means_;
  Clock::time_point ends_;
  bool kept_ = false;  ///< the connection is older than the questions
  bool cancelled_ = false;
};

}  // namespace proxy
