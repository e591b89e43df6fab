// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "acl/reason.hpp"
#include "acl/request.hpp"

namespace acl {

/// Where escaped slashes stand in a decoded path. The first and the last suffice to say whether all
/// of them lie within a name.
struct EncodedSlashes {
  std::size_t first = std::string_view::npos;
  std::size_t last = 0;

  bool any() const { return first != std::string_view::npos; }
  void note(std::size_t at) {
    if (!any()) first = at;
    last = at;
  }
};

/// Accepts only a path with an optional query (RFC 9112 section 3.2.1), in URI bytes.
std::optional<Refusal> check_form(std::string_view target);

/// Reads the path of a target that check_form() accepted: decodes it once, removes the version, and
/// requires the one spelling that the engine would route. `slashes` counts from the start of
/// `out.path`.
std::optional<Refusal> read_path(std::string_view raw, Request& out, EncodedSlashes& slashes);

/// Returns a request's path for records, without what may be secret: a user and password in an
/// image's reference, and a query that was escaped.
std::string shown_path(const Request&);

}  // namespace acl
