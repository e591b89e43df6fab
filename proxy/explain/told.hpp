// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace proxy::explain {

/// What is told of one request.
struct Told {
  enum class Fate : std::uint8_t {
    allowed,
    refused,  ///< also what only shadow mode lets through
    open,     ///< it depends on what the engine has, or the client left
  };
  Fate fate = Fate::allowed;
  std::string supposed = {};  ///< where the client asks it only of some engines: of which ones
  bool undone = false;        ///< the stand-in engine could not do what was asked
  std::string method, target;
  std::string operation, rule;
  std::string reason, message;        ///< of a refusal, or why the answer broke off
  std::vector<std::string> change;    ///< what would let it through; see smallest_change()
  std::vector<std::string> dropped;   ///< paths of fields that are removed
  std::vector<std::string> enforced;  ///< paths of values that the profile puts in
  std::string sends, body;            ///< for the engine; empty where they are not known
};

/// Clients get all violations in one sentence; here each gets its own line.
std::string by_lines(std::string message, std::size_t indent);

/// "allowed"
std::string_view to_string(Told::Fate);

using Document = nlohmann::ordered_json;

/// The members that `explain --json` has for a request.
Document document(const Told&);

}  // namespace proxy::explain
