// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "acl/reason.hpp"
#include "acl/request.hpp"

namespace acl {

/// Where escaped slashes came to stand in a decoded path. The first and the last are enough to say
/// whether all of them lie within a name.
struct EncodedSlashes {
  std::size_t first = std::string_view::npos;
  std::size_t last = 0;

  bool any() const { return first != std::string_view::npos; }
  void note(std::size_t at) {
    if (!any()) first = at;
    last = at;
  }
};

/// Only a path with perhaps a query (RFC 9112 section 3.2.1), in the bytes that a URI may hold.
std::optional<Refusal> check_form(std::string_view target);

/// Reads the path of a target that check_form() took: decodes it once, takes the version off, and
/// insists on the one spelling that the engine would route. `slashes` counts from the start of
/// `out.path`.
std::optional<Refusal> read_path(std::string_view raw, Request& out, EncodedSlashes& slashes);

}  // namespace acl
