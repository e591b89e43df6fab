// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace acl {

/// What is wrong with a PolicySpec. `where` is the place in the configuration:
/// "profiles.ci.allow[2]".
struct Mistake {
  std::string where;
  std::string message;
  std::string hint;  ///< the nearest valid name or what would be right; may be empty
};

}  // namespace acl
