// SPDX-License-Identifier: Apache-2.0
#include "acl/headers.hpp"

#include <algorithm>

#include "acl/text/ascii.hpp"

namespace acl {
namespace {

bool contains(std::string_view text, std::string_view lower_case_part) {
  return !std::ranges::search(text, lower_case_part, {}, lower).empty();
}

/// The only protocol that an operation can be upgraded to.
std::string_view protocol_of(Operation operation) {
  if (!info(operation).has(hijacks)) return {};
  if (operation == Operation::Session || operation == Operation::Grpc) return "h2c";
  if (operation == Operation::ContainerAttachWebsocket) return "websocket";
  return "tcp";
}

/// java.net.http and `curl --http2` offer it with any request. A server may ignore an offer
/// (RFC 9110 section 7.8).
bool offers_http2(const RequestView& headers) {
  return equals_ignoring_case(headers.upgrade, "h2c");
}

std::optional<Reason> check_content_type(std::string_view type, bool has_body) {
  if (type.empty() || type == "application/json") return std::nullopt;  // as nearly always
  // Searches the whole value: the engine keeps a type whose parameters it cannot parse
  // ("application/x-www-form-urlencoded; =" still merges), so parsing it here would not be safe.
  const bool form = contains(type, "x-www-form-urlencoded") || contains(type, "multipart/");
  if (form && has_body) return Reason::body_form;  // curl -d '' announces a form and sends none
  if (contains(type, "application/grpc")) return Reason::content_grpc;
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> check_headers(const Request& request, const RequestView& headers) {
  if (!headers.expect.empty() && !equals_ignoring_case(headers.expect, "100-continue"))
    return Refusal(Reason::expectation_unknown);
  if (const auto reason = check_content_type(headers.content_type, headers.body))
    return Refusal(*reason);
  const bool bodiless = request.method == Method::head || request.method == Method::options;
  if (headers.body && bodiless) return Refusal(Reason::body_unexpected);
  const auto protocol = protocol_of(request.operation);
  const bool ignored = headers.upgrade.empty() || protocol.empty() || offers_http2(headers);
  if (!ignored && !equals_ignoring_case(headers.upgrade, protocol))
    return Refusal(Reason::upgrade_unknown);
  return std::nullopt;
}

std::string_view upgrade_to_ask(const Request& request, const RequestView& headers) {
  const auto protocol = protocol_of(request.operation);
  return equals_ignoring_case(headers.upgrade, protocol) ? protocol : std::string_view{};
}

}  // namespace acl
