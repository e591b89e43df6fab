// SPDX-License-Identifier: Apache-2.0
#include "proxy/explain/judge.hpp"

#include <fmt/format.h>

#include <utility>

#include "acl/headers.hpp"
#include "acl/text.hpp"
#include "proxy/http/head_reader.hpp"

namespace proxy::explain {
namespace {

acl::Decision denied(acl::Decision decision, const acl::Refusal& refusal) {
  decision.verdict = acl::Verdict::deny;
  decision.would_deny = false;
  decision.reason = refusal.reason;
  decision.message = refusal.message;
  return decision;
}

void append_line(std::string_view what, std::string_view text, std::string& out) {
  if (!text.empty()) out += fmt::format("{:<10} {}\n", what, text);
}

void append_lines(std::string_view what, const auto& texts, std::string& out) {
  for (const auto& text : texts) {
    append_line(what, text, out);
    what = "";
  }
}

/// On the wire it would begin another line.
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

/// Violations stand in one sentence for clients; here a line each.
std::string by_lines(std::string text) {
  const std::string between = "; ", line = ";\n" + std::string(11, ' ');
  for (auto at = text.find(between); at != text.npos; at = text.find(between, at + line.size()))
    text.replace(at, between.size(), line);
  return text;
}

}  // namespace

Judgement::Judgement(const Asked& asked, acl::Identity identity, const acl::Policy& policy,
                     const acl::WebRules& web_rules, const config::Limits& limits)
    : asked_(asked),
      identity_(std::move(identity)),
      policy_(policy),
      web_rules_(web_rules),
      limits_(limits) {
  const auto refusal = understand();
  decision_ = refusal ? denied({}, *refusal) : decide();
  sent_body_ = body_to_send();
}

/// As Client::read_head() and Session::understand() do it.
std::optional<acl::Refusal> Judgement::understand() {
  if (has_line_end(asked_.target)) return acl::Refusal(acl::Reason::target_bad_byte);
  for (const auto& value :
       {asked_.content_type, asked_.host.value_or(""), asked_.origin.value_or("")})
    if (has_line_end(value)) return acl::Refusal(acl::Reason::head_field_value);
  const auto bytes = head_of(asked_);
  const http::HeadLimits head_bounds{limits_.head_bytes, limits_.head_fields, limits_.target_bytes};
  http::RequestHead head;
  if (const auto reason = http::HeadReader().read_request(bytes, head_bounds, head))
    return acl::Refusal(*reason);
  const acl::TargetLimits bounds{limits_.query_parameters};
  if (auto refusal = acl::understand(head.method, head.target, bounds, request_)) return refusal;
  if (auto refusal = acl::check_sender(head.sender, web_rules_)) return refusal;
  const acl::Headers headers{
      head.value_of(http::Known::content_type), {}, head.framing != http::Framing::none};
  return acl::check_headers(request_, headers);
}

acl::Decision Judgement::decide() {
  auto decision = policy_.decide(identity_, request_);
  const std::string_view body = asked_.body ? std::string_view(*asked_.body) : "";
  if (decision.verdict == acl::Verdict::needs_body) return decide_with_body(std::move(decision));
  if (decision.verdict == acl::Verdict::allow && decision.first_bytes != 0) {
    const auto begin = body.substr(0, decision.first_bytes);
    return policy_.decide_first_bytes(identity_, request_, begin);
  }
  return decision;
}

acl::Decision Judgement::decide_with_body(acl::Decision decision) {
  const std::string_view body = asked_.body ? std::string_view(*asked_.body) : "";
  if (body.size() > limits_.body_bytes)
    return denied(std::move(decision), acl::Refusal(acl::Reason::body_too_large));
  return policy_.decide(identity_, request_, body, scratch_);
}

std::string Judgement::text() const {
  std::string out;
  const auto& operation = acl::info(request_.operation);
  append_line("request", asked_.method + " " + acl::shown(asked_.target, 256), out);
  append_line("operation", fmt::format("{} ({})", operation.name, to_string(operation.effect)),
              out);
  append_line("profile", decision_.profile, out);
  append_line("rule", decision_.rule, out);
  append_line("decision",
              decision_.would_deny ? "allowed (shadow: would be refused)"
              : allowed()          ? "allowed"
                                   : "refused",
              out);
  if (!allowed() || decision_.would_deny) {
    append_line("reason", fmt::format("{} ({})", id(decision_.reason), status(decision_.reason)),
                out);
    append_line("because", by_lines(decision_.message), out);
  }
  if (!allowed()) return out;
  const bool keeps = decision_.habits == acl::Habits::keep;
  if (!keeps) append_lines("not sent", request_.dropped, out);
  append_lines("not sent", decision_.dropped, out);
  append_lines("put in", decision_.enforced, out);
  std::string target;
  acl::append_target(request_, target);
  if (keeps) acl::append_unknown_parameters(request_, target);
  append_line("sends", fmt::format("{} {}", to_string(request_.method), target), out);
  append_line("body", sent_body_, out);
  return out;
}

/// As Session::forward() does it.
std::string_view Judgement::body_to_send() {
  if (!allowed() || !asked_.body || asked_.body->empty()) return {};
  switch (acl::info(request_.operation).body) {
    case acl::BodyKind::json: return decision_.body;
    case acl::BodyKind::opaque: return "as it is";
    case acl::BodyKind::none: break;
  }
  const bool keeps = decision_.habits == acl::Habits::keep;
  return keeps ? acl::restate(*asked_.body, scratch_) : "none: this operation has none";
}

}  // namespace proxy::explain
