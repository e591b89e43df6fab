// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "acl/identity.hpp"
#include "acl/reason.hpp"
#include "proxy/deadline.hpp"
#include "proxy/stream.hpp"

namespace proxy {

/// Memory that a running handshake is charged for; OpenSSL needs some 50 KiB.
inline constexpr std::size_t handshake_bytes = std::size_t{64} * 1024;

/// Why a client is not served whose TLS failed so.
acl::Reason reason_of(tls::Failure);

/// Completes TLS with a client within `limit`, and adds its certificate to its identity.
/// \returns why it is not served; details are logged.
Task<std::optional<acl::Reason>> shake_hands(Stream&, Deadline&, std::chrono::milliseconds limit,
                                             acl::Identity&);

}  // namespace proxy
