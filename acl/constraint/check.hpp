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

/// Where a violation stands: in the body, or in what a name says (a query parameter, the path). Its
/// path is written out only for those few violations that are told.
class Place {
 public:
  Place(json::Value value) : value_(value) {}      // NOLINT(google-explicit-constructor)
  Place(std::string_view name) : name_(name) {}    // NOLINT(google-explicit-constructor)
  Place(const char* name) : name_(name) {}         // NOLINT(google-explicit-constructor)
  Place(const std::string& name) : name_(name) {}  // NOLINT(google-explicit-constructor)
  std::string path() const { return value_.exists() ? value_.path() : std::string(name_); }

 private:
  json::Value value_;
  std::string_view name_;
};

/// A client's text that a message quotes, cut at `limit` bytes.
struct Quoted {
  std::string_view text;
  std::size_t limit = 64;
};

/// What a checker looks at and what it has to say.
struct Context {
  const Constraints& rules;
  const Request& request;
  json::Document* body;  ///< conformed to its schema; null where there is none
  Findings& found;
  std::vector<std::string>& enforced;  ///< paths of values that tidegate wrote into the body
  std::string_view home = {};  ///< path of the object that is being checked, should it be absent

  /// The body; absent where there is none.
  json::Value root() const { return body == nullptr ? json::Value() : body->root(); }
  const ConstraintSpec& spec() const { return rules.spec(); }
  bool checks(Constraint constraint) const { return rules.checks(constraint); }
  bool restricted() const { return rules.restricted(); }

  /// Notes a violation, unless the constraint is waived or the level does not have it. Costs next
  /// to nothing once enough of them are told: a list may have as many as its body has room for.
  void refuse(Constraint, json::Value where, std::string_view wanted);
  void refuse(Constraint, const Place&, std::string value, std::string_view wanted);
  void refuse(Constraint, const Place&, Quoted value, std::string_view wanted);
  /// Of a field that is absent from `object`, or from `home` where there is none.
  void refuse_missing(Constraint, json::Value object, std::string_view field,
                      std::string_view wanted);

 private:
  /// Whether a violation is to be told, with its path and value; else it is counted or waived.
  bool tells(Constraint);
};

/// A value as messages show it: 'text' shortened, numbers and booleans as they are, "an object".
std::string shown_value(json::Value);

using Checker = void (*)(Context&);

/// Checks that need the head alone: parameters of the query, names in the path. null: none.
/// They run before the body is read, and for operations without a JSON body they are the only ones.
Checker head_checker(Operation);
/// Checks of the conformed body. null: none.
Checker body_checker(Operation);

/// Whether the first bytes of a body that is relayed are checked: see archive.hpp.
bool checks_first_bytes(Operation);

#define HEAD_CHECK(operation, function) void function(Context&);
#define BODY_CHECK(operation, function) void function(Context&);
#define FIRST_BYTES_CHECK(...)
#define HARMLESS(...)
#include "acl/constraint/checkers.inc"
#undef HEAD_CHECK
#undef BODY_CHECK
#undef FIRST_BYTES_CHECK
#undef HARMLESS

}  // namespace acl::constraint
