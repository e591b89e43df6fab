// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "acl/browser.hpp"
#include "acl/reason.hpp"
#include "acl/request.hpp"

namespace acl {

/// What the policy looks at in a request's head; fields that are absent are empty. The views end
/// with the head.
struct RequestView {
  std::string_view method, target;
  Sender sender = {};
  std::string_view content_type = {}, upgrade = {}, expect = {};
  bool body = false;  ///< the request has a body
};

/// Checks what the engine would let the headers change about the request: a form body overrides the
/// query (moby httputils.go ParseForm; `FormValue` on /build), gRPC goes past the engine's router
/// to BuildKit (engine 29.2 and later), an upgrade turns the connection into something else.
/// An expectation other than 100 (Continue) is one that nobody could meet.
std::optional<Refusal> check_headers(const Request&, const RequestView&);

/// The protocol to ask the engine for, where a hijacking operation may be upgraded: "tcp",
/// "websocket" or "h2c"; empty where the client did not ask or the operation does not hijack.
std::string_view upgrade_to_ask(const Request&, const RequestView&);

}  // namespace acl
