// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "acl/reason.hpp"
#include "acl/request.hpp"

namespace acl {

/// Reads a query as Go's url.ParseQuery does, but strictly, into `out.query` and `out.dropped`.
/// `out.operation` determines which parameters are known. Strings of an earlier request are reused.
std::optional<Refusal> read_query(std::string_view raw, const TargetLimits&, Request& out);

}  // namespace acl
