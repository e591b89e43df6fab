// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// A part of an answer after rewriting, in as many pieces as it came in.
struct Rewritten {
  std::string text;
  std::vector<std::size_t> ends;  ///< of the pieces in `text`
  std::vector<std::string_view> pieces;
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
