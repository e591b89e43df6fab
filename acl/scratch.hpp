// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/findings.hpp"
#include "acl/json/document.hpp"
#include "acl/schema/conform.hpp"

namespace acl {

/// Working memory for reading a body. A thread keeps one, and once warm it allocates nothing. A
/// Decision's views point into it until the next decision, or until the caller moves their targets
/// out.
struct Scratch {
  json::Document document;
  schema::Conformance conformance;
  constraint::Findings found;
  std::vector<std::string> enforced;
  std::string body;  ///< the body to send

  /// The memory of all members. A document takes some thirty times its text.
  std::size_t capacity() const;
};

/// Returns `body` as tidegate would write it, or "" where it is not JSON. It is for bodies that the
/// operation ignores and a profile forwards anyway (Habits::keep).
std::string_view restate(std::string_view body, Scratch&);

}  // namespace acl
