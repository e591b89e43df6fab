// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "acl/constraint/check.hpp"

namespace acl::constraint {

/// How many bytes of an opaque body a profile must see before any of it is sent on; 0: none.
std::size_t first_bytes(const Constraints&, Operation);

/// `archive`: refuses compressed archives for PutContainerArchive: engines below 29.5.1 run the
/// decompressor that they find in the container, as root (CVE-2026-41567).
/// \param bytes the body's first, as many as first_bytes() says, or all of a shorter body
void check_first_bytes(Context&, std::string_view bytes);

}  // namespace acl::constraint
