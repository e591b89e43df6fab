// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "acl/reason.hpp"
#include "acl/request.hpp"

namespace acl {

/// Reads a query as Go's url.ParseQuery does, strictly, into `out.query` and `out.dropped`; which
/// parameters are known is a matter of `out.operation`. Strings of a former request are reused.
std::optional<Refusal> read_query(std::string_view raw, const TargetLimits&, Request& out);

}  // namespace acl
