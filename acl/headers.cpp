// SPDX-License-Identifier: Apache-2.0
#include "acl/headers.hpp"

#include <algorithm>

#include "acl/text/ascii.hpp"
#include "acl/text/words.hpp"

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

/// A client may offer several protocols, and a server may ignore all of them (RFC 9110
/// section 7.8).
bool offers(std::string_view upgrade, std::string_view protocol) {
  return !all_words(upgrade, ',', [protocol](std::string_view word) {
    return !equals_ignoring_case(trimmed(word, " \t"), protocol);
  });
}

std::optional<Reason> check_content_type(const RequestView& headers) {
  const auto type = headers.content_type;
  if (type.empty() || type == "application/json") return std::nullopt;  // as nearly always
  // `curl -d ''` announces a form and sends none.
  if (headers.body && !headers.chunked && is_form(type)) return Reason::body_form;
  if (contains(type, "application/grpc")) return Reason::content_grpc;
  return std::nullopt;
}

}  // namespace

// Searches the whole value: the engine keeps a type whose parameters it cannot parse
// ("application/x-www-form-urlencoded; =" still merges), so parsing it here would not be safe.
bool is_form(std::string_view content_type) {
  return contains(content_type, "x-www-form-urlencoded") || contains(content_type, "multipart/");
}

std::optional<Refusal> check_headers(const Request& request, const RequestView& headers) {
  if (!headers.expect.empty() && !equals_ignoring_case(headers.expect, "100-continue"))
    return Refusal(Reason::expectation_unknown);
  if (const auto reason = check_content_type(headers)) return Refusal(*reason);
  const bool bodiless = request.method == Method::head || request.method == Method::options;
  if (headers.body && bodiless) return Refusal(Reason::body_unexpected);
  const auto protocol = protocol_of(request.operation);
  if (headers.upgrade.empty() || protocol.empty()) return std::nullopt;
  // java.net.http and `curl --http2` offer h2c with any request.
  const bool known = offers(headers.upgrade, protocol) || offers(headers.upgrade, "h2c");
  return known ? std::nullopt : std::optional(Refusal(Reason::upgrade_unknown));
}

std::string_view upgrade_to_ask(const Request& request, const RequestView& headers) {
  if (headers.upgrade.empty()) return {};
  const auto protocol = protocol_of(request.operation);
  return offers(headers.upgrade, protocol) ? protocol : std::string_view{};
}

}  // namespace acl
