// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <vector>

#include "config/load.hpp"

/// Texts of configurations, and the mistakes that are to be found in them.
namespace config {

using testing::HasSubstr;

inline Accounts::Lookup only(const std::string& known, std::uint32_t number) {
  return
      [=](const std::string& name) { return name == known ? std::optional(number) : std::nullopt; };
}

inline const Accounts accounts{only("root", 0), only("docker", 999)};

inline Loaded load(const std::string& text) {
  return load_text(text, "t.yaml", accounts);
}

inline std::vector<std::string> lines_of(const Loaded& loaded) {
  std::vector<std::string> lines;
  if (loaded) return lines;
  for (const auto& mistake : loaded.error()) lines.push_back(to_string(mistake));
  return lines;
}

/// Its warnings; the mistakes of what does not load, which no test takes for a warning.
inline std::vector<std::string> warnings_of(const Loaded& loaded) {
  if (!loaded) return lines_of(loaded);
  std::vector<std::string> lines;
  for (const auto& warning : loaded->warnings) lines.push_back(to_string(warning));
  return lines;
}

/// A file that is right, but for what a test puts into it.
inline constexpr const char* profiles = "profiles: {p: {allow: [\"@read\"]}}\n";
inline constexpr const char* listeners =
    "listeners: [{address: unix:///run/tidegate.sock, profile: p}]\n";

struct Row {
  std::string text;
  int line;
  std::string where;
  std::string message;
  std::string hint = "";
};

/// Each text has exactly the one mistake.
inline void expect_one_mistake_each(const std::vector<Row>& rows) {
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const auto loaded = load(row.text);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().size(), 1U) << testing::PrintToString(lines_of(loaded));
    const auto& mistake = loaded.error().front();
    EXPECT_EQ(mistake.file, "t.yaml");
    EXPECT_EQ(mistake.line, row.line);
    EXPECT_EQ(mistake.where, row.where);
    EXPECT_THAT(mistake.message, HasSubstr(row.message));
    EXPECT_THAT(mistake.hint, HasSubstr(row.hint));
  }
}

}  // namespace config
