// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/constraints.hpp"
#include "acl/constraint/findings.hpp"
#include "acl/json/document.hpp"
#include "acl/object/lookup.hpp"
#include "acl/request.hpp"

/// Checks of requests against a profile's constraints. operations.cpp lists the check of each
/// operation, rules.hpp the rule of each field of a body.
namespace acl::constraint {

/// Where a violation is: in the body, or in a named part of the request (a query parameter, the
/// path). Its path is written out only for the few violations that are reported.
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

/// A client's text for a message, cut at `limit` bytes.
struct Quoted {
  std::string_view text;
  std::size_t limit = 64;
};

/// What messages and records say instead of a value that may hold a secret.
inline constexpr std::string_view kept_secret = "set";

/// A value as messages and records show it: quoted, shortened text, a number, a boolean, "an
/// object". Whatever is in a field that structs.inc marks as unshown() is kept secret.
std::string shown_value(json::Value);
/// The same for the value of a query parameter. Those that may hold a secret (build arguments,
/// labels, URLs with a password) are kept secret.
std::string shown_value(std::string_view parameter, std::string_view value);

/// A violation that a check has just reported, unless it was only counted or its constraint is
/// waived. The check may add the key that would allow it.
class Told {
 public:
  Told() = default;
  explicit Told(Findings::Violation& violation) : violation_(&violation) {}
  /// Whether a key can be added, so that it is worth looking for one.
  bool is_reported() const { return violation_ != nullptr; }
  /// \param value the client's text, written as YAML between `before` and `after`
  void opened_by(std::string_view before, std::string_view value = {}, std::string_view after = {});
  void opened_by(std::string_view before, std::int64_t value, std::string_view after);
  /// The same for what is the host: no message suggests this key.
  void opened_in_the_last_resort_by(std::string_view before, std::string_view value,
                                    std::string_view after);

 private:
  Findings::Violation* violation_ = nullptr;
};

/// The request that a check looks at, and the violations that it has found.
struct Context {
  const Constraints& rules;
  const Request& request;
  json::Document* body;  ///< conforms to its schema; null: no body
  Findings& found;
  std::vector<std::string>& enforced;  ///< paths of values that tidegate wrote into the body
  std::vector<Lookup>& lookups;        ///< questions to the engine; judge() gets the answers
  bool buildkit = false;               ///< the profile allows BuildKit's own protocol
  std::string_view home = {};          ///< path of the checked object, if it is absent

  /// The body; absent if there is none.
  json::Value root() const { return body == nullptr ? json::Value() : body->root(); }
  const ConstraintSpec& spec() const { return rules.spec(); }
  bool checks(Constraint constraint) const { return rules.checks(constraint); }
  bool restricted() const { return rules.restricted(); }

  /// Reports a violation, unless the constraint is waived or the level does not have it. Almost
  /// free once the limit of reports is reached, since a long list may have many.
  Told refuse(Constraint, json::Value where, std::string_view wanted);
  /// \param wanted returns what is wanted; called only for a violation that is reported
  template <std::invocable Wanted>
  Told refuse(Constraint constraint, json::Value where, Wanted wanted) {
    if (!tells(constraint)) return {};
    return add(constraint, where.path(), shown_value(where), std::string(wanted()));
  }
  Told refuse(Constraint, const Place&, std::string value, std::string_view wanted);
  Told refuse(Constraint, const Place&, Quoted value, std::string_view wanted);
  /// Asks the engine what `reference` stands for; it is empty for the engine itself. A repeated
  /// question is asked once; more than `most_lookups` questions are refused, whatever they are.
  void ask(Lookup::Kind, const Place&, std::string_view reference);
  /// The place of a field that is absent from `object`, or from `home` if `object` is absent too.
  Told refuse_missing(Constraint, json::Value object, std::string_view field,
                      std::string_view wanted);

 private:
  /// Returns whether to report a violation; otherwise it is only counted, or waived.
  bool tells(Constraint);
  Told add(Constraint, std::string path, std::string value, std::string wanted);
};

/// Bounds the search for a repeated question; limits.lookups may be smaller.
inline constexpr std::size_t most_lookups = 64;

/// Checks an object that a Context asked about.
void judge(Context&, const Lookup&, const Fact&);

using Checker = void (*)(Context&);

/// Checks that need only the head: query parameters and names in the path. null: none. They run
/// before the body is read; operations without a JSON body have no others.
Checker head_checker(Operation);
/// Checks of the conformed body. null: none.
Checker body_checker(Operation);

/// Returns whether the first bytes of a relayed body are checked: see archive.hpp.
bool checks_first_bytes(Operation);

}  // namespace acl::constraint
