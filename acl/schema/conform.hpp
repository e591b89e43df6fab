// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "acl/json/document.hpp"
#include "acl/operation.hpp"
#include "acl/reason.hpp"

namespace acl::schema {

/// What becomes of a field that no engine knew when this table was made.
enum class UnknownFields { refuse, drop };

/// What becomes of what known clients say to no effect: known habits, unknown fields
/// that are zero, and other spellings of a field's name than the engine's.
enum class Habits { drop, keep };

struct ConformSettings {
  UnknownFields unknown_fields = UnknownFields::refuse;
  Habits habits = Habits::drop;
  bool drop_refused = false;  ///< whether what is refused by name is left out as well
  std::size_t problems = 20;  ///< at most so many are reported of one body
  std::size_t dropped = 64;   ///< at most so many dropped fields are named
};

/// What conform() found. Keep and reuse it.
struct Conformance {
  std::vector<Refusal> problems;     ///< each with the path of its field; none: the body conforms
  std::vector<std::string> dropped;  ///< paths of the fields that were left out, for the audit
  bool stopped = false;              ///< whether there may be more problems than those told
  std::size_t more_dropped = 0;      ///< beyond ConformSettings::dropped
  /// Whether all problems are fields that are refused by name: without these the body conforms.
  bool understood = true;

  bool ok() const { return problems.empty(); }
  /// The memory that its lists and texts have.
  std::size_t capacity() const;
  void clear();
};

/// Makes `body` say what the engine would decode it to, and nothing else: each key gets the
/// engine's spelling and its member the tag of its Field, unknown fields that are zero or a known
/// client quirk are dropped, a bare string where the engine takes a list becomes one. Nulls stay:
/// for most fields they are absence, but `MaskedPaths: null` and `[]` differ. Linear in the size of
/// the body. The operation must have a JSON body (schema::body_of()); one that has none conforms to
/// nothing.
void conform(Operation, json::Document& body, const ConformSettings&, Conformance& out);

}  // namespace acl::schema
