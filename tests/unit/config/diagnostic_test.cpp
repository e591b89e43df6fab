// SPDX-License-Identifier: Apache-2.0
#include "config/diagnostic.hpp"

#include <gtest/gtest.h>

#include "config/report.hpp"

namespace config {
namespace {

TEST(Diagnostic, reads_as_one_line_that_an_editor_can_jump_to) {
  EXPECT_EQ(to_string({"t.yaml", 12, "profiles.ci.allow[2]", "unknown operation 'ContainerLst'",
                       "did you mean 'ContainerList'?"}),
            "t.yaml:12: profiles.ci.allow[2]: unknown operation 'ContainerLst'; did you mean "
            "'ContainerList'?");
}

TEST(Diagnostic, leaves_out_what_is_not_known) {
  EXPECT_EQ(to_string({"t.yaml", 0, "", "is not a regular file", ""}),
            "t.yaml: is not a regular file");
  EXPECT_EQ(to_string({"", 3, "log", "is empty", ""}), "line 3: log: is empty");
  EXPECT_EQ(to_string({"", 0, "", "is empty", ""}), "is empty");
}

TEST(Report, is_in_the_order_of_the_lines) {
  Report report("t.yaml");
  report.add(9, "b", "second");
  report.add(9, "c", "third");
  report.add(2, "a", "first");
  const auto mistakes = report.take();
  ASSERT_EQ(mistakes.size(), 3U);
  EXPECT_EQ(mistakes[0].where, "a");
  EXPECT_EQ(mistakes[1].where, "b");
  EXPECT_EQ(mistakes[2].where, "c");
  EXPECT_TRUE(report.empty());
}

TEST(Report, has_the_line_of_a_place_or_of_what_is_around_it) {
  Report report("t.yaml");
  report.saw("profiles.a.b", 3);
  report.saw("profiles.a.b.allow[2]", 7);
  report.mistake("profiles.a.b.allow[2]", "unknown");
  report.mistake("profiles.a.b.deny[0].x", "missing");
  report.mistake("log", "missing");
  std::vector<int> lines;
  for (const auto& mistake : report.take()) lines.push_back(mistake.line);
  EXPECT_EQ(lines, (std::vector{0, 3, 7}));
}

TEST(Report, stops_after_a_hundred_mistakes_and_says_so) {
  Report report("t.yaml");
  for (int line = 1; line <= 1000; ++line) report.add(line, "here", "wrong");
  const auto mistakes = report.take();
  ASSERT_EQ(mistakes.size(), Report::most + 1);
  EXPECT_EQ(mistakes.back().message, "there are more mistakes than these 100");
}

}  // namespace
}  // namespace config
