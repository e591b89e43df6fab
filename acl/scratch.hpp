// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/findings.hpp"
#include "acl/json/document.hpp"
#include "acl/schema/conform.hpp"

namespace acl {

/// What decide() works with when it reads a body. Its caller keeps one a thread, so that a warm one
/// allocates nothing; a Decision's views point into it until the next decision, or until the caller
/// has taken out what they point to.
struct Scratch {
  json::Document document;
  schema::Conformance conformance;
  constraint::Findings found;
  std::vector<std::string> enforced;
  std::string body;  ///< as it is to be sent

  /// The memory that all of it has. A document takes some thirty times what its text does.
  std::size_t capacity() const;
};

/// `body` as tidegate would write it, where it is JSON; empty where it is not. For a body that the
/// operation has no use for and a profile sends on all the same (Habits::keep).
std::string_view restate(std::string_view body, Scratch&);

}  // namespace acl
