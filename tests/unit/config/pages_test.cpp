// SPDX-License-Identifier: Apache-2.0
// The second halves of some pages in deploy/docs are made from the program's tables. After a change
// of a table, this writes them again:
//
//   TIDEGATE_WRITE_PAGES=1 config_test --gtest_filter='Pages.*'
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/constraint.hpp"
#include "acl/group.hpp"
#include "acl/reason.hpp"
#include "config/load.hpp"
#include "config/presets.hpp"

namespace config {
namespace {

constexpr std::string_view mark =
    "<!-- What follows is made from the program's tables: tests/unit/config/pages_test.cpp. -->\n";

std::filesystem::path page_named(const std::string& name) {
  return std::filesystem::path(TIDEGATE_SOURCE_DIR) / "deploy" / "docs" / name;
}

/// Compares what a page has below the mark, or writes it if TIDEGATE_WRITE_PAGES is set.
void expect_below_mark(const std::string& name, const std::string& expected) {
  std::ifstream file(page_named(name));
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const auto at = page.find(mark);
  ASSERT_NE(at, page.npos) << name << " lacks the line " << mark;
  const auto above = page.substr(0, at + mark.size());
  if (std::getenv("TIDEGATE_WRITE_PAGES") != nullptr) {
    std::ofstream(page_named(name)) << above << expected;
    GTEST_SKIP() << name << " is written";
  }
  EXPECT_EQ(page.substr(above.size()), expected) << "see the first lines of pages_test.cpp";
}

std::string code(std::string_view text) {
  return "`" + std::string(text) + "`";
}

std::string listed(const std::vector<std::string>& entries) {
  std::string out;
  for (const auto& entry : entries) out += (out.empty() ? "" : ", ") + code(entry);
  return out;
}

/// The policy of a profile with one entry in `allow`.
std::shared_ptr<const acl::Policy> policy_with(const std::string& entry, const std::string& level) {
  const auto loaded = load_text(
      "listeners: [{address: unix:///run/a.sock, profile: p}]\nprofiles: {p: {allow: [\"" + entry +
          "\"], containers: {level: " + level + "}}}\n",
      "page.yaml");
  if (!loaded) throw std::runtime_error(to_string(loaded.error().front()));
  return loaded->policy;
}

/// The groups, "*" first, with the policies that allow one of them at a level.
class Level {
 public:
  explicit Level(const std::string& name) {
    groups_.emplace_back("*", policy_with("*", name));
    for (const auto& group : acl::group_names())
      groups_.emplace_back(group, policy_with(group, name));
  }

  std::vector<std::string> groups_that_allow(acl::Operation operation) const {
    std::vector<std::string> names;
    for (const auto& [name, policy] : groups_) {
      if (policy->profile_of({}).rule_of(operation).allows) names.push_back(name);
    }
    return names;
  }

 private:
  std::vector<std::pair<std::string, std::shared_ptr<const acl::Policy>>> groups_;
};

/// Which entries of `allow` stand for an operation besides its own name.
std::string groups_by_level(acl::Operation operation) {
  static const Level baseline("baseline");
  static const Level restricted("restricted");
  static const Level unconfined("unconfined");
  const auto usual = baseline.groups_that_allow(operation);
  const auto strict = restricted.groups_that_allow(operation);
  const auto all = unconfined.groups_that_allow(operation);
  std::string out = usual.empty() ? "its name alone" : listed(usual);
  if (strict != usual)
    out += "; at `restricted` " + (strict.empty() ? "its name alone" : listed(strict));
  std::vector<std::string> more;
  std::ranges::set_difference(all, usual, std::back_inserter(more));
  return more.empty() ? out : out + "; at `unconfined` also " + listed(more);
}

std::string row_of(const acl::OperationInfo& row) {
  return "| " + code(row.name) + " | " +
         code(std::string(to_string(row.method)) + " " + std::string(row.path)) + " | 1." +
         std::to_string(row.since_minor) + " | " + groups_by_level(row.id) + " |\n";
}

std::string operations_by_section() {
  std::vector<std::pair<acl::Tag, std::string>> sections;
  for (const auto& row : acl::all_operations()) {
    auto section =
        std::ranges::find(sections, row.tag, [](const auto& each) { return each.first; });
    if (section == sections.end()) section = sections.insert(section, {row.tag, ""});
    section->second += row_of(row);
  }
  std::string out;
  for (const auto& [tag, rows] : sections) {
    out += "\n### " + std::string(to_string(tag)) +
           "\n\n| operation | request | since API | allowed by its name and by "
           "|\n|---|---|---|---|\n" +
           rows;
  }
  return out;
}

std::string operations_by_effect() {
  std::string out = "\n| group | operations |\n|---|---|\n";
  for (const auto& group : acl::group_names()) {
    std::vector<std::string> names;
    bool is_section = true;
    const auto operations = acl::expand(group);
    for (const auto operation : operations) {
      names.emplace_back(info(operation).name);
      is_section = is_section && "@" + std::string(to_string(info(operation).tag)) == group;
    }
    if (!is_section) out += "| " + code(group) + " | " + listed(names) + " |\n";
  }
  return out;
}

TEST(Pages, list_every_operation_with_the_groups_that_allow_it_at_each_level) {
  expect_below_mark("operations.md", "\n## Groups by effect\n" + operations_by_effect() +
                                         "\n## Operations by section\n" + operations_by_section());
}

TEST(Pages, say_what_each_constraint_allows_at_each_level_and_how_its_refusals_are_named) {
  std::string table = "\n| constraint | `baseline` allows | `restricted` allows |\n|---|---|---|\n";
  for (std::size_t i = 0; i < acl::constraint_count; ++i) {
    const auto& row = info(static_cast<acl::Constraint>(i));
    const bool same = row.baseline == row.restricted;
    table += "| " + code(row.key) + " | " + std::string(row.baseline) + " | " +
             (same ? "the same" : std::string(row.restricted)) + " |\n";
    EXPECT_EQ(id(row.reason), "constraint." + std::string(row.key));
  }
  expect_below_mark("levels.md", table);
}

TEST(Pages, show_every_preset_with_what_it_allows) {
  std::string summaries = "\n| preset | for |\n|---|---|\n";
  std::string texts;
  for (const auto& preset : presets()) {
    const std::string name(preset.name);
    summaries += "| [`" + name + "`](#" + name + ") | " + std::string(preset.summary()) + " |\n";
    texts += "\n## " + name + "\n\n```yaml\n" + std::string(preset.text) + "```\n";
  }
  expect_below_mark("presets.md", summaries + texts);
}

TEST(Pages, explain_every_reason_for_a_refusal) {
  std::vector<std::string> sections;
  std::map<std::string, std::string> rows;
  const auto add = [&](acl::Reason reason) {
    const std::string name(acl::id(reason));
    const auto section = name.substr(0, name.find('.'));
    if (rows[section].empty()) sections.push_back(section);
    rows[section] += "| " + code(name) + " | " + std::to_string(acl::status(reason)) + " | " +
                     std::string(acl::meaning(reason)) + " |\n";
  };
#define REASON(name, id, status, meaning) add(acl::Reason::name);
#include "acl/reasons.inc"
#undef REASON
  std::string tables;
  for (const auto& section : sections)
    tables += "\n## " + section + "\n\n| id | status | meaning |\n|---|---|---|\n" + rows[section];
  expect_below_mark("reasons.md", tables);
}

}  // namespace
}  // namespace config
