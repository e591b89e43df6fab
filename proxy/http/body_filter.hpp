// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "acl/reason.hpp"
#include "acl/result.hpp"
#include "proxy/http/head.hpp"

namespace proxy::http {

/// Rewrites an answer's body on its way. What it returns must be sent before the next call.
class BodyFilter {
 public:
  virtual ~BodyFilter() = default;
  /// Appends to `out` what is to be sent in place of `piece`, which may be empty where it is the
  /// last. \returns why the answer cannot go on.
  virtual std::optional<acl::Reason> pass(std::string_view piece, bool last, std::string& out) = 0;
};

/// Knows which answers are rewritten.
class FilterChoice {
 public:
  virtual ~FilterChoice() = default;
  /// Asked once for each answer, when its final head has been read and nothing of it has been sent.
  /// \returns null where the body passes untouched; or why none of it may.
  virtual acl::Result<BodyFilter*, acl::Reason> filter_for(const ResponseHead&) = 0;
};

}  // namespace proxy::http
