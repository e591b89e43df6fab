// SPDX-License-Identifier: Apache-2.0
#include "acl/policy.hpp"

#include "acl/text.hpp"

namespace acl {
namespace {

std::string operation_sentence(const Request& request, const std::string& profile) {
  const bool known = request.operation != Operation::unknown;
  const std::string asked = known ? std::string(info(request.operation).name)
                                  : std::string(to_string(request.method)) +
                                        (request.method == Method::unknown ? " method on " : " ") +
                                        shown(request.path, longest_path_shown);
  const Reason reason = known ? Reason::operation_denied : Reason::operation_unknown;
  return asked + " refused for profile '" + profile + "': " + std::string(meaning(reason));
}

}  // namespace

Decision Profile::decide(const Request& request) const {
  const bool known = request.operation != Operation::unknown;
  // No entry stands for `unknown`: its rule is the default.
  const Rule& rule = rules_[rule_of_[static_cast<std::size_t>(request.operation)]];
  Decision decision;
  decision.profile = name_;
  decision.rule = rule.text;
  if (!rule.allows) {
    decision.reason = known ? Reason::operation_denied : Reason::operation_unknown;
    decision.message = operation_sentence(request, name_);
    return decision;
  }
  const bool reads_body = info(request.operation).body == BodyKind::json;
  decision.verdict = reads_body ? Verdict::needs_body : Verdict::allow;
  return decision;
}

Decision Policy::decide(const Identity& identity, const Request& request) const {
  return profile_of(identity).decide(request);
}

Decision Policy::decide(const Identity& identity, const Request& request,
                        std::string_view /*body*/) const {
  auto decision = decide(identity, request);
  if (decision.verdict == Verdict::needs_body) decision.verdict = Verdict::allow;
  return decision;
}

const Profile& Policy::profile_of(const Identity& identity) const {
  // A listener that the policy does not know is a mistake of the caller; it is served nothing.
  static const Profile allows_nothing;
  if (identity.listener >= by_listener_.size()) return allows_nothing;
  return *by_listener_[identity.listener];
}

}  // namespace acl
