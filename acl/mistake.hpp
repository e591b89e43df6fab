// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace acl {

/// A mistake in a PolicySpec. `where` is its place in the configuration: "profiles.ci.allow[2]".
struct Mistake {
  std::string where;
  std::string message;
  std::string hint;  ///< the nearest valid name or a correct value; may be empty
};

}  // namespace acl
