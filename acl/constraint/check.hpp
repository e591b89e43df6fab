// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/constraints.hpp"
#include "acl/constraint/findings.hpp"
#include "acl/json/document.hpp"
#include "acl/object/lookup.hpp"
#include "acl/request.hpp"

/// Checks of requests against a profile's constraints. operations.cpp says which function looks at
/// which operation, rules.hpp what looks at each field of a body.
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

/// A value as messages show it: 'text' shortened, numbers and booleans as they are, "an object".
std::string shown_value(json::Value);

/// What a checker looks at and what it has to say.
struct Context {
  const Constraints& rules;
  const Request& request;
  json::Document* body;  ///< conformed to its schema; null where there is none
  Findings& found;
  std::vector<std::string>& enforced;  ///< paths of values that tidegate wrote into the body
  std::string_view home = "";  ///< path of the object that is being checked, should it be absent
  /// Questions to the engine, whose answers judge() gets. Where there is nobody to ask, what would
  /// be asked about is refused.
  std::vector<Lookup>* lookups = nullptr;

  /// The body; absent where there is none.
  json::Value root() const { return body == nullptr ? json::Value() : body->root(); }
  const ConstraintSpec& spec() const { return rules.spec(); }
  bool checks(Constraint constraint) const { return rules.checks(constraint); }
  bool restricted() const { return rules.restricted(); }

  /// Notes a violation, unless the constraint is waived or the level does not have it. Costs next
  /// to nothing once enough of them are told: a list may have as many as its body has room for.
  void refuse(Constraint, json::Value where, std::string_view wanted);
  /// \param wanted says what is wanted; not called for a violation that is not told
  template <std::invocable Wanted>
  void refuse(Constraint constraint, json::Value where, Wanted wanted) {
    if (tells(constraint)) {
      found.refuse(constraint, where.path(), shown_value(where), std::string(wanted()));
    }
  }
  void refuse(Constraint, const Place&, std::string value, std::string_view wanted);
  void refuse(Constraint, const Place&, Quoted value, std::string_view wanted);
  /// Asks the engine what `reference` stands for. The same question is asked once, and more than
  /// `most_lookups` are one too many, whatever they are.
  void ask(Lookup::Kind, const Place&, std::string_view reference);
  /// Of a field that is absent from `object`, or from `home` where there is none.
  void refuse_missing(Constraint, json::Value object, std::string_view field,
                      std::string_view wanted);

 private:
  /// Whether a violation is to be told, with its path and value; else it is counted or waived.
  bool tells(Constraint);
};

/// Bounds the work of finding out whether a question was asked before; limits.lookups may be less.
inline constexpr std::size_t most_lookups = 64;

/// Checks an object that a Context asked about.
void judge(Context&, const Lookup&, const Fact&);

using Checker = void (*)(Context&);

/// Checks that need the head alone: parameters of the query, names in the path. null: none.
/// They run before the body is read, and for operations without a JSON body they are the only ones.
Checker head_checker(Operation);
/// Checks of the conformed body. null: none.
Checker body_checker(Operation);

/// Whether the first bytes of a body that is relayed are checked: see archive.hpp.
bool checks_first_bytes(Operation);

}  // namespace acl::constraint
