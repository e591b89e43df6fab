// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/constraints.hpp"
#include "acl/constraint/findings.hpp"
#include "acl/json/document.hpp"
#include "acl/request.hpp"

/// Checks of requests against a profile's constraints: a checker an operation, in checkers.inc.
namespace acl::constraint {

/// What a checker looks at and what it has to say.
struct Context {
  const Constraints& rules;
  const Request& request;
  json::Document* body;  ///< conformed to its schema; null where there is none
  Findings& found;
  std::vector<std::string>& enforced;  ///< paths of values that tidegate wrote into the body
  std::string_view home = "";  ///< path of the object that is being checked, should it be absent

  /// The body; absent where there is none.
  json::Value root() const { return body == nullptr ? json::Value() : body->root(); }
  const ConstraintSpec& spec() const { return rules.spec(); }
  bool checks(Constraint constraint) const { return rules.checks(constraint); }
  bool restricted() const { return rules.restricted(); }

  /// Notes a violation, unless the constraint is waived or the level does not have it.
  void refuse(Constraint, json::Value where, std::string_view wanted);
  void refuse(Constraint, std::string path, std::string value, std::string_view wanted);
  /// Of a field that is absent from `object`, or from `home` where there is none.
  void refuse_missing(Constraint, json::Value object, std::string_view field,
                      std::string_view wanted);
};

/// A value as messages show it: 'text' shortened, numbers and booleans as they are, "an object".
std::string shown_value(json::Value);

using Checker = void (*)(Context&);

/// Checks that need the head alone: parameters of the query, names in the path. null: none.
/// They run before the body is read, and for operations without a JSON body they are the only ones.
Checker head_checker(Operation);
/// Checks of the conformed body. null: none.
Checker body_checker(Operation);

#define HEAD_CHECK(operation, function) void function(Context&);
#define BODY_CHECK(operation, function) void function(Context&);
#include "acl/constraint/checkers.inc"
#undef HEAD_CHECK
#undef BODY_CHECK

}  // namespace acl::constraint
