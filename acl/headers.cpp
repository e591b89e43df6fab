// SPDX-License-Identifier: Apache-2.0
#include "acl/headers.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "acl/text/ascii.hpp"
#include "acl/text/words.hpp"

namespace acl {
namespace {

bool contains(std::string_view text, std::string_view lower_case_part) {
  return !std::ranges::search(text, lower_case_part, {}, lower).empty();
}

constexpr std::string_view protocols[] = {"", "tcp", "websocket", "h2c"};

/// The only protocol that an operation can be upgraded to; `other` if it does not hijack.
Protocol protocol_of(Operation operation) {
  if (!info(operation).has(hijacks)) return Protocol::other;
  if (operation == Operation::Session || operation == Operation::Grpc) return Protocol::h2c;
  if (operation == Operation::ContainerAttachWebsocket) return Protocol::websocket;
  return Protocol::tcp;
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

void UpgradeOffers::add(std::string_view value) {
  if (value.empty()) return;
  for_each_word(value, ',', [this](std::string_view word) {
    std::size_t at = std::size(protocols) - 1;
    while (at != 0 && !equals_ignoring_case(trimmed(word, " \t"), protocols[at])) --at;
    bits_ |= 1U << at;
  });
}

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
  if (headers.upgrade.empty() || protocol == Protocol::other) return std::nullopt;
  // java.net.http and `curl --http2` offer h2c with any request.
  const bool known = headers.upgrade.has(protocol) || headers.upgrade.has(Protocol::h2c);
  return known ? std::nullopt : std::optional(Refusal(Reason::upgrade_unknown));
}

std::string_view upgrade_to_ask(const Request& request, const RequestView& headers) {
  if (headers.upgrade.empty()) return {};
  const auto protocol = protocol_of(request.operation);
  return headers.upgrade.has(protocol) ? protocols[static_cast<std::size_t>(protocol)] : "";
}

}  // namespace acl
