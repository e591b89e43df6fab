// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acl/case.hpp"

/// The answer to a client and what would be sent to the engine, as values that outlive the Case.
struct Told {
  acl::Operation operation = acl::Operation::unknown;
  acl::Verdict verdict = acl::Verdict::open;
  acl::Plan::Body planned = acl::Plan::Body::none;  ///< by the head
  bool would_deny = false;
  acl::Reason reason = acl::Reason::operation_denied;  ///< of a refusal, also of a shadow's
  std::string message;                                 ///< the same; else empty
  std::string profile, rule;
  std::string body;  ///< what is sent in place of the client's
  std::vector<std::string> dropped, enforced;
  std::vector<std::string> asked;  ///< what the engine is asked: "/networks/ab12"
  std::string target;              ///< what is sent

  /// "passes", "asks" if it depends on the engine's answer, or the id of the refusal's reason.
  std::string says() const {
    if (verdict == acl::Verdict::open) return "asks";
    return verdict == acl::Verdict::allow ? "passes" : std::string(id(reason));
  }
};

/// A target that leads to the operation: placeholders in its path become names.
inline std::string target_of(const acl::OperationInfo& row) {
  std::string target(row.path);
  for (std::size_t at; (at = target.find('{')) != std::string::npos;)
    target.replace(at, target.find('}') - at + 1, "name");
  return target;
}

/// Returns the engine's answer to a look-up; nothing if there is no such object.
using Engine = std::function<std::optional<acl::Fact>(const acl::Lookup&)>;

/// Drives a Case as a session does.
/// \param request its method and target: "POST /volumes/create"
inline Told told(const acl::Policy& policy, const acl::Identity& identity, std::string_view request,
                 std::string_view body = "", const Engine& engine = {},
                 acl::KnownObjects* known = nullptr) {
  const acl::WebRules rules;
  const acl::Terms terms{.web = rules, .known = known};
  acl::Case::Memory memory;
  acl::Scratch scratch;
  acl::Case asked(policy.profile_of(identity), identity, terms, memory);
  std::vector<std::string> questions;
  const auto look_up = [&] {
    std::vector<acl::Fact> facts;
    for (const auto& lookup : asked.plan().lookups) {
      questions.push_back(lookup.target());
      if (auto fact = engine ? engine(lookup) : std::nullopt) facts.push_back(*std::move(fact));
    }
    if (engine) asked.facts(facts);
  };
  const auto space = request.find(' ');
  const auto plan = asked.head({.method = request.substr(0, space),
                                .target = request.substr(space + 1),
                                .body = !body.empty()});
  look_up();
  if (plan.body == acl::Plan::Body::whole) asked.body(body, scratch);
  if (plan.body == acl::Plan::Body::first) asked.body(body.substr(0, plan.first_bytes), scratch);
  look_up();
  const auto& decision = asked.decision();
  Told out{.operation = asked.request().operation,
           .verdict = decision.verdict,
           .planned = plan.body,
           .would_deny = decision.would_deny(),
           .profile = std::string(decision.profile),
           .rule = std::string(decision.rule),
           .body = scratch.body,
           .dropped = {decision.dropped.begin(), decision.dropped.end()},
           .enforced = {decision.enforced.begin(), decision.enforced.end()},
           .asked = questions};
  append_target(asked.request(), out.target);
  if (decision.refusal) {
    out.reason = decision.refusal->reason;
    out.message = decision.refusal->message;
  }
  return out;
}
