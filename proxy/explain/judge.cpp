// SPDX-License-Identifier: Apache-2.0
#include "proxy/explain/judge.hpp"

#include <fmt/format.h>

#include <utility>

#include "acl/text/shown.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/terms.hpp"

namespace proxy::explain {
namespace {

using Body = acl::Plan::Body;

void append_line(std::string_view what, std::string_view text, std::string& out) {
  if (!text.empty()) out += fmt::format("{:<10} {}\n", what, text);
}

void append_lines(std::string_view what, const auto& texts, std::string& out) {
  for (const auto& text : texts) {
    append_line(what, text, out);
    what = "";
  }
}

/// Whether it would begin another line on the wire.
bool has_line_end(std::string_view text) {
  return text.find_first_of("\r\n") != text.npos;
}

/// The head that a client would send.
std::string head_of(const Asked& asked) {
  auto head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", asked.method, asked.target,
                          asked.host.value_or("localhost"));
  if (asked.origin) head += "Origin: " + *asked.origin + "\r\n";
  if (!asked.content_type.empty()) head += "Content-Type: " + asked.content_type + "\r\n";
  if (asked.body && !asked.body->empty())
    head += fmt::format("Content-Length: {}\r\n", asked.body->size());
  return head + "\r\n";
}

}  // namespace

Judgement::Judgement(const Asked& asked, acl::Identity identity, const acl::Policy& policy,
                     const acl::WebRules& web_rules, const config::Limits& limits)
    : asked_(asked),
      identity_(std::move(identity)),
      from_file_(policy.profile_of(identity_).is_from_file()),
      terms_(terms_of(web_rules, limits)),
      case_(policy.profile_of(identity_), identity_, terms_, memory_) {
  if (auto refusal = decide(limits)) case_.refuse(*std::move(refusal));
}

/// \returns why the daemon would refuse the head or the body before the Case sees it.
std::optional<acl::Refusal> Judgement::decide(const config::Limits& limits) {
  if (has_line_end(asked_.target)) return acl::Refusal(acl::Reason::target_bad_byte);
  for (const auto& value :
       {asked_.content_type, asked_.host.value_or(""), asked_.origin.value_or("")})
    if (has_line_end(value)) return acl::Refusal(acl::Reason::head_field_value);
  const auto bytes = head_of(asked_);
  http::RequestHead head;
  if (const auto reason = http::HeadReader().read_request(
          bytes, {limits.head_bytes, limits.head_fields, limits.target_bytes}, head))
    return acl::Refusal(*reason);
  const auto plan = case_.head(http::view_of(head));
  const std::string_view body = asked_.body ? std::string_view(*asked_.body) : "";
  const bool is_read = plan.body == Body::whole || plan.body == Body::drop;
  if (is_read && body.size() > plan.body_bytes) return acl::Refusal(acl::Reason::body_too_large);
  if (plan.body == Body::whole) case_.body(body, scratch_);
  if (plan.body == Body::first) case_.body(body.substr(0, plan.first_bytes), scratch_);
  return std::nullopt;
}

bool Judgement::is_no_json() const {
  return case_.decision().refusal && case_.decision().refusal->reason == acl::Reason::body_not_json;
}

/// Whether it was refused only because no body was written.
bool Judgement::lacks_body() const {
  return !asked_.body && is_no_json();
}

std::string Judgement::text(const std::vector<std::string>& change) const {
  const auto& decision = case_.decision();
  std::string out;
  const auto& operation = acl::info(case_.request().operation);
  append_line("request", asked_.method + " " + acl::shown(asked_.target, 256), out);
  append_line("operation",
              operation.id == acl::Operation::unknown
                  ? std::string(operation.name)
                  : fmt::format("{} ({})", operation.name, to_string(operation.effect)),
              out);
  append_line("profile", decision.profile, out);
  append_line("rule", decision.rule, out);
  append_line("decision",
              decision.would_deny() ? "allowed (shadow: would be refused)"
              : case_.allowed()     ? "allowed"
              : passes() ? "allowed, unless the engine's answer to the look-up says otherwise"
                         : "refused",
              out);
  for (const auto& lookup : case_.plan().lookups)
    append_line("asks", fmt::format("GET {} ({})", lookup.target(), lookup.place), out);
  if (!passes() || decision.would_deny()) {
    const auto& [reason, message] = *decision.refusal;
    append_line("reason", fmt::format("{} ({})", id(reason), status(reason)), out);
    append_line("because", by_lines(message, 11), out);
    append_lines("allow by", change, out);
    if (change.empty() && from_file_ && !decision.profile.empty() && !is_no_json())
      append_line("allow by", fmt::format("nothing to add to profile {}", decision.profile), out);
    if (lacks_body())
      append_line("hint", "give the body: --body @FILE, --body - or --body '{\"Image\": …}'", out);
    else if (is_no_json())
      append_line("hint", "what --body gives is no JSON; the engine would not take it either", out);
  }
  if (!passes()) return out;
  const auto& request = case_.request();
  const bool keeps = case_.habits() == acl::Habits::keep;
  if (!keeps) append_lines("not sent", request.dropped, out);
  append_lines("not sent", decision.dropped, out);
  append_lines("put in", decision.enforced, out);
  append_line("sends", sends(), out);
  append_line("body", body_to_send(), out);
  return out;
}

Told Judgement::told() const {
  const auto& decision = case_.decision();
  Told told{.fate = refused()         ? Told::Fate::refused
                    : case_.allowed() ? Told::Fate::allowed
                                      : Told::Fate::open,
            .method = asked_.method,
            .target = asked_.target,
            .operation = std::string(acl::info(operation()).name),
            .rule = std::string(decision.rule),
            .dropped = {decision.dropped.begin(), decision.dropped.end()},
            .enforced = {decision.enforced.begin(), decision.enforced.end()}};
  if (decision.refusal) {
    told.reason = id(refusal().reason);
    told.message = refusal().message;
  }
  if (!passes()) return told;
  told.sends = sends();
  told.body = body_to_send();
  return told;
}

std::string Judgement::sends() const {
  const auto& request = case_.request();
  std::string line = std::string(to_string(request.method)) + " ";
  acl::append_target(request, line);
  if (case_.habits() == acl::Habits::keep) acl::append_unknown_parameters(request, line);
  return line;
}

std::string_view Judgement::body_to_send() const {
  if (!asked_.body || asked_.body->empty()) return {};
  switch (case_.plan().body) {
    case Body::whole: return scratch_.body;
    case Body::pass:
    case Body::first: return "unchanged";
    case Body::drop: return "none: this operation takes no body";
    case Body::none: break;
  }
  return {};
}

}  // namespace proxy::explain
