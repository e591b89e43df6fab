// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "acl/constraint/check.hpp"

namespace acl::constraint {

/// The number of bytes of an opaque body that must be checked before any are forwarded; 0: none.
std::size_t first_bytes(const Constraints&, Operation);

/// `archive`: refuses compressed archives for PutContainerArchive. Engines below 29.5.1 run the
/// decompressor that they find in the container, as root (CVE-2026-41567).
/// \param bytes the first first_bytes() bytes of the body, or all of a shorter body
void check_first_bytes(Context&, std::string_view bytes);

}  // namespace acl::constraint
