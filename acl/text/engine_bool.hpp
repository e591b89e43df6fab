// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "acl/text/ascii.hpp"
#include "acl/text/words.hpp"

namespace acl {

/// Returns whether the engine reads a query parameter's value as true, as its
/// httputils.BoolValue() does: every value but these is true.
inline bool is_true_to_engine(std::string_view value) {
  constexpr auto falsehoods = std::to_array<std::string_view>({"", "0", "no", "false", "none"});
  return !is_one_of(falsehoods, lower_case(trimmed(value, " \t\r\n\v\f")));
}

}  // namespace acl
