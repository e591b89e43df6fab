// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "acl/browser.hpp"
#include "acl/reason.hpp"
#include "acl/request.hpp"

namespace acl {

/// The header fields that the policy reads; absent fields are empty. Views end with the head.
struct RequestView {
  std::string_view method, target;
  Sender sender = {};
  std::string_view content_type = {}, upgrade = {}, expect = {};
  bool body = false;     ///< the request has a body
  bool chunked = false;  ///< the body's length is not known yet: it may turn out to be empty
};

/// Returns whether a Content-Type announces a form.
bool is_form(std::string_view content_type);

/// Refuses headers that would change what the engine does with the request. A form body overrides
/// the query (moby httputils.go ParseForm; `FormValue` on /build); of a chunked one Case::body()
/// sees whether it is empty. gRPC bypasses the engine's
/// router and reaches BuildKit (engine 29.2 and later), and an upgrade turns the connection into
/// something else. No expectation but 100 (Continue) can be met.
std::optional<Refusal> check_headers(const Request&, const RequestView&);

/// The protocol to request from the engine when a hijacking operation may be upgraded: "tcp",
/// "websocket" or "h2c". Empty where the client did not ask for it or the operation does not
/// hijack.
std::string_view upgrade_to_ask(const Request&, const RequestView&);

}  // namespace acl
