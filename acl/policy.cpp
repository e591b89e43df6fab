// SPDX-License-Identifier: Apache-2.0
#include "acl/policy.hpp"

#include <algorithm>

#include "acl/by_name.hpp"
#include "acl/constraint/archive.hpp"
#include "acl/constraint/check.hpp"
#include "acl/constraint/enforce.hpp"
#include "acl/constraint/rules.hpp"
#include "acl/json/writer.hpp"
#include "acl/schema/read.hpp"
#include "acl/schema/schema.hpp"
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

// Where a level asks for more than any group that stands for the operation.
std::string naming_sentence(Operation operation, Level level) {
  std::string_view how;
  switch (naming_of(operation)) {
    case Naming::any: return "";
    case Naming::section: how = ", not \"*\" or a group by effect"; break;
    case Naming::egress:
      how = ", or \"@egress\": the engine connects to a host that the client names";
      break;
  }
  return "; level " + std::string(to_string(level)) + " wants it named" + std::string(how);
}

// All that keeps a body from being what the engine takes.
std::string sentences(const schema::Conformance& conformance) {
  std::string out;
  for (const Refusal& problem : conformance.problems) {
    if (!out.empty()) out += "; ";
    out += problem.message;
  }
  if (conformance.stopped) out += "; there may be more";
  return out;
}

}  // namespace

Decision Profile::decide(const Identity& identity, const Request& request) const {
  // No entry stands for `unknown`: its rule is the default.
  const Rule& rule = rules_[rule_of_[static_cast<std::size_t>(request.operation)]];
  Decision decision;
  decision.profile = name_;
  decision.rule = rule.text;
  decision.habits = constraints_.spec().client_habits;
  if (name_.empty()) {
    decision.reason = Reason::client_unknown;
    decision.message =
        "no rule under `clients` of " + identity.listener_name + " matches " + seen_as(identity);
    return decision;
  }
  if (!rule.allows) deny_operation(request, decision);
  if (!rule.allows && !decision.would_deny) return decision;
  const bool reads_body = info(request.operation).body == BodyKind::json;
  decision.verdict = reads_body ? Verdict::needs_body : Verdict::allow;
  decision.first_bytes = constraint::first_bytes(constraints_, request.operation);
  check_head(request, decision);
  return decision;
}

void Profile::deny_operation(const Request& request, Decision& decision) const {
  std::string sentence = operation_sentence(request, name_);
  if (request.operation == Operation::unknown) {  // nor could it be sent on
    decision.reason = Reason::operation_unknown;
    decision.message = std::move(sentence);
    return;
  }
  if (constraints_.level() != Level::unconfined) {
    sentence += naming_sentence(request.operation, constraints_.level());
  }
  const std::string_view why = why_by_name(constraints_.spec(), request.operation);
  if (!why.empty()) sentence += "; " + std::string(why);
  deny(Reason::operation_denied, std::move(sentence), decision);
}

Decision Profile::decide_first_bytes(const Identity& identity, const Request& request,
                                     std::string_view bytes) const {
  Decision decision = decide(identity, request);
  if (decision.verdict != Verdict::allow) return decision;
  constraint::Findings found;
  std::vector<std::string> none;
  constraint::Context context{constraints_, request, nullptr, found, none};
  constraint::check_first_bytes(context, bytes);
  if (!found.empty()) deny(request, found, decision);
  return decision;
}

void Profile::check_head(const Request& request, Decision& decision) const {
  const constraint::Checker check = constraint::head_checker(request.operation);
  if (check == nullptr) return;
  constraint::Findings found;
  std::vector<std::string> none;
  constraint::Context context{constraints_, request, nullptr, found, none};
  check(context);
  if (!found.empty()) deny(request, found, decision);
}

Decision Profile::decide(const Identity& identity, const Request& request, std::string_view body,
                         Scratch& scratch) const {
  Decision decision = decide(identity, request);
  if (decision.verdict != Verdict::needs_body) return decision;
  decision.verdict = Verdict::allow;
  if (body.empty() && schema::body_is_optional(request.operation)) return decision;
  if (const auto refusal = read_body(request, body, scratch)) {
    refuse(request, *refusal, decision);
    return decision;
  }
  check_body(request, scratch, decision);
  if (decision.verdict == Verdict::allow && !schema::body_is_dropped(request.operation)) {
    scratch.body.clear();
    json::write(scratch.document.root(), scratch.body);
    decision.body = scratch.body;
  }
  return decision;
}

std::optional<Refusal> Profile::read_body(const Request& request, std::string_view body,
                                          Scratch& scratch) const {
  schema::ConformSettings settings;
  settings.unknown_fields = constraints_.spec().unknown_fields;
  settings.habits = constraints_.spec().client_habits;
  settings.drop_refused = mode_ == Mode::shadow;
  return schema::read(request.operation, body, scratch.document, settings, scratch.conformance);
}

void Profile::check_body(const Request& request, Scratch& scratch, Decision& decision) const {
  decision.dropped = scratch.conformance.dropped;
  if (!scratch.conformance.ok()) {
    const Refusal refusal(scratch.conformance.problems.front().reason,
                          sentences(scratch.conformance));
    if (!scratch.conformance.understood) return refuse(request, refusal, decision);
    deny(request, refusal.reason, refusal.message, decision);
    if (decision.verdict == Verdict::deny) return;
  }
  scratch.found.clear();
  scratch.enforced.clear();
  constraint::Context context{constraints_, request, &scratch.document, scratch.found,
                              scratch.enforced};
  constraint::enforce(context);
  if (const auto check = constraint::body_checker(request.operation)) check(context);
  constraint::check_fields(context);
  decision.enforced = scratch.enforced;
  if (!scratch.found.empty()) deny(request, scratch.found, decision);
}

void Profile::deny(const Request& request, const constraint::Findings& found,
                   Decision& decision) const {
  deny(request, info(found.first()).reason, found.message(constraints_.level()), decision);
}

void Profile::deny(const Request& request, Reason reason, const std::string& why,
                   Decision& decision) const {
  deny(reason,
       std::string(info(request.operation).name) + " refused for profile '" + name_ + "': " + why,
       decision);
}

// In shadow mode checks go on behind a refusal; the first one is what a client would be told.
void Profile::deny(Reason reason, std::string message, Decision& decision) const {
  if (decision.would_deny) return;
  decision.would_deny = mode_ == Mode::shadow;
  if (!decision.would_deny) decision.verdict = Verdict::deny;
  decision.reason = reason;
  decision.message = std::move(message);
}

// What is not understood is refused in shadow mode too: there is nothing that could be sent on.
void Profile::refuse(const Request& request, const Refusal& refusal, Decision& decision) const {
  decision.would_deny = false;
  decision.verdict = Verdict::deny;
  decision.reason = refusal.reason;
  decision.message = std::string(info(request.operation).name) + " refused for profile '" + name_ +
                     "': " + refusal.message;
}

Decision Policy::decide(const Identity& identity, const Request& request) const {
  return profile_of(identity).decide(identity, request);
}

Decision Policy::decide(const Identity& identity, const Request& request, std::string_view body,
                        Scratch& scratch) const {
  return profile_of(identity).decide(identity, request, body, scratch);
}

Decision Policy::decide_first_bytes(const Identity& identity, const Request& request,
                                    std::string_view bytes) const {
  return profile_of(identity).decide_first_bytes(identity, request, bytes);
}

const Profile& Policy::profile_of(const Identity& identity) const {
  static const Profile nobodys;
  const Caller caller(identity);
  const auto clients = clients_of(identity);
  const auto found = std::ranges::find_if(
      clients, [&](const Clients& each) { return each.conditions.match(caller); });
  return found == clients.end() ? nobodys : *found->profile;
}

bool Policy::may_serve(const Identity& identity) const {
  const Caller caller(identity);
  return std::ranges::any_of(
      clients_of(identity), [&](const Clients& each) { return each.conditions.may_match(caller); });
}

// A listener that the policy does not know is a mistake of the caller; nobody there is served.
std::span<const Policy::Clients> Policy::clients_of(const Identity& identity) const {
  if (identity.listener >= by_listener_.size()) return {};
  return by_listener_[identity.listener];
}

}  // namespace acl
