// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "acl/operation.hpp"

namespace acl {

/// The route of a method and a decoded path without its version.
struct RouteMatch {
  Operation operation = Operation::unknown;
  std::size_t name_begin = 0;
  std::size_t name_size = 0;           ///< 0: the path names no object
  bool name_may_have_slashes = false;  ///< an image's or plugin's name: {x**} in operations.inc
};

/// Finds the operation as the engine's router does. The name of a route with `.*` may contain
/// slashes that tidegate does not serve: the caller refuses such a name.
RouteMatch route(Method method, std::string_view path);

}  // namespace acl
