// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace config {

/// One mistake in a configuration, or a warning about it.
struct Diagnostic {
  std::string file;     ///< empty if the mistake is not in a file
  int line = 0;         ///< from 1; 0: unknown
  std::string where;    ///< "profiles.ci.allow[2]"
  std::string message;  ///< what is wrong, and what would be right
  std::string hint;     ///< "did you mean 'listeners'?"; may be empty

  bool operator==(const Diagnostic&) const = default;
};

/// "tidegate.yaml:12: profiles.ci.allow[2]: unknown key 'alow'; did you mean 'allow'?"
std::string to_string(const Diagnostic&);

}  // namespace config
