// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "acl/reason.hpp"
#include "acl/result.hpp"
#include "proxy/http/head.hpp"

namespace proxy::http {

/// Rewrites an answer's body while it is passed on.
class BodyFilter {
 public:
  virtual ~BodyFilter() = default;
  /// Appends to `out` what is sent in place of `piece`. The last piece may be empty.
  /// \returns why the answer must be broken off.
  virtual std::optional<acl::Reason> pass(std::string_view piece, bool last, std::string& out) = 0;
};

/// Chooses whether an answer is rewritten.
class FilterChoice {
 public:
  virtual ~FilterChoice() = default;
  /// Called once for each answer, after its final head was read and before anything of it is sent.
  /// \returns null if the body passes unchanged, or why the answer must not be passed on.
  virtual acl::Result<BodyFilter*, acl::Reason> filter_for(const ResponseHead&) = 0;
};

}  // namespace proxy::http
