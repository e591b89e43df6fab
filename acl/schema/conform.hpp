// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "acl/json/document.hpp"
#include "acl/operation.hpp"
#include "acl/reason.hpp"

namespace acl::schema {

/// The treatment of a field that no engine knew when this table was made.
enum class UnknownFields { refuse, drop };

/// The treatment of input that the engine ignores: known client habits, unknown fields with a zero
/// value, and field names in another spelling than the engine's.
enum class Habits { drop, keep };

/// The treatment of HostConfig's fields at the top level of a container's create request. Engines
/// up to 26.1 obey all of them if there is no HostConfig, and a few where it has none; later ones
/// do not know them. `move` does the same and drops the others.
enum class TopLevel { refuse, move };

struct ConformSettings {
  UnknownFields unknown_fields = UnknownFields::refuse;
  Habits habits = Habits::drop;
  TopLevel top_level = TopLevel::refuse;
  bool drop_refused = false;  ///< whether fields that are refused by name are removed as well
  std::size_t problems = 20;  ///< the most problems reported for one body
  std::size_t dropped = 64;   ///< the most removed fields that are named
};

/// The result of conform(). Keep and reuse it.
struct Conformance {
  std::vector<Refusal> problems;     ///< each with its field's path; empty: the body conforms
  std::vector<std::string> dropped;  ///< paths of the removed fields, for the audit record
  bool stopped = false;              ///< whether there may be more problems than those listed
  std::size_t more_dropped = 0;  ///< the number of removed fields beyond ConformSettings::dropped
  /// True if every problem is a field refused by name: without these the body conforms.
  bool understood = true;

  bool ok() const { return problems.empty(); }
  /// The memory of its lists and texts.
  std::size_t capacity() const;
  void clear();
};

/// Makes `body` say what the engine would decode it to, and nothing else. Each key gets the
/// engine's spelling and its member the tag of its Field; unknown fields that are zero or a known
/// client habit are removed; a bare string becomes a list where the engine takes a list. Nulls
/// stay: most fields treat null as absent, but `MaskedPaths: null` and `[]` differ. Fields that
/// move to HostConfig are then like any others there. Linear in the size of the body. The operation
/// must have a JSON body (schema::body_of()).
void conform(Operation, json::Document& body, const ConformSettings&, Conformance& out);

}  // namespace acl::schema
