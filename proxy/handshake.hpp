// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "acl/identity.hpp"
#include "acl/reason.hpp"
#include "proxy/deadline.hpp"
#include "proxy/stream.hpp"

namespace proxy {

/// Completes TLS with a client, within `limit`, and adds to its identity what its certificate says.
/// \returns why it is not served; the log says more.
Task<std::optional<acl::Reason>> shake_hands(Stream&, Deadline&, std::chrono::milliseconds limit,
                                             acl::Identity&);

}  // namespace proxy
