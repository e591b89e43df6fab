// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "acl/reason.hpp"
#include "acl/request.hpp"

namespace acl {

/// The few header fields that a policy sees; empty where absent.
struct Headers {
  std::string_view content_type;
  std::string_view upgrade;
  bool body = false;  ///< the request has a body
};

/// Checks what the engine would let the headers change about the request: a form body overrides the
/// query (moby httputils.go ParseForm; `FormValue` on /build), gRPC goes past the engine's router
/// to BuildKit (engine 29.2 and later), an upgrade turns the connection into something else.
std::optional<Refusal> check_headers(const Request&, const Headers&);

/// The protocol to ask the engine for, where a hijacking operation may be upgraded: "tcp",
/// "websocket" or "h2c"; empty where the client did not ask or the operation does not hijack.
std::string_view upgrade_to_ask(const Request&, const Headers&);

}  // namespace acl
