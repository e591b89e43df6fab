// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "acl/result.hpp"

namespace tls {

using acl::Error;
using acl::Result;

/// The error, or nothing if all is well.
using Trouble = std::optional<Error>;

}  // namespace tls
