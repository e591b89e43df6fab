// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "acl/constraint/constraint.hpp"
#include "acl/group.hpp"
#include "acl/reason.hpp"

namespace {

std::string readme() {
  std::ifstream file(TIDEGATE_SOURCE_DIR "/acl/README.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(AclReadme, names_every_group) {
  const auto text = readme();
  for (const auto& group : acl::group_names()) {
    EXPECT_NE(text.find("`" + group + "`"), text.npos) << group;
  }
}

TEST(AclReadme, shows_every_reason_with_its_status_and_meaning) {
  const auto text = readme();
  const auto expect_row = [&](acl::Reason reason) {
    const auto row = "| `" + std::string(acl::id(reason)) + "` | " +
                     std::to_string(acl::status(reason)) + " | " +
                     std::string(acl::meaning(reason)) + " |\n";
    EXPECT_NE(text.find(row), text.npos) << "missing: " << row;
  };
#define REASON(name, id, status, meaning) expect_row(acl::Reason::name);
#include "acl/reasons.inc"
#undef REASON
}

TEST(AclReadme, says_what_each_constraint_allows_at_each_level) {
  const auto text = readme();
  for (std::size_t i = 0; i < acl::constraint_count; ++i) {
    const auto& row = info(static_cast<acl::Constraint>(i));
    const auto written = "| `" + std::string(row.key) + "` | " + std::string(row.baseline) + " | " +
                         std::string(row.restricted) + " |\n";
    EXPECT_NE(text.find(written), text.npos) << "missing: " << written;
  }
}

TEST(AclReadme, names_every_operation_that_goes_by_name) {
  const auto text = readme();
  for (const auto& row : acl::all_operations()) {
    if (!row.has(acl::by_name)) continue;
    const bool debug = row.tag == acl::Tag::debug;
    const auto name = "`" + (debug ? std::string("Debug*") : std::string(row.name)) + "`";
    EXPECT_NE(text.find(name), text.npos) << row.name;
  }
}

}  // namespace
