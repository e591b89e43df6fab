// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "acl/identity.hpp"
#include "acl/reason.hpp"
#include "proxy/deadline.hpp"
#include "proxy/stream.hpp"

namespace proxy {

/// What a handshake that is under way is charged for: OpenSSL has some 50 KiB of it.
inline constexpr std::size_t handshake_bytes = std::size_t{64} * 1024;

/// Completes TLS with a client, within `limit`, and adds to its identity what its certificate says.
/// \returns why it is not served; the log says more.
Task<std::optional<acl::Reason>> shake_hands(Stream&, Deadline&, std::chrono::milliseconds limit,
                                             acl::Identity&);

}  // namespace proxy
