// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "acl/constraint/constraint.hpp"
#include "acl/constraint/rules.hpp"
#include "acl/group.hpp"
#include "acl/reason.hpp"
#include "acl/schema/schema.hpp"

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

std::string in_code(std::string_view text) {
  return "`" + std::string(text) + "`";
}

std::string keys(const acl::constraint::Named& named) {
  std::string out;
  for (const auto constraint : named.all()) {
    out += (out.empty() ? "" : ", ") + in_code(info(constraint).key);
  }
  return out;
}

std::string cover_of_field(acl::schema::Field field) {
  const auto& rule = acl::constraint::rule_of(field);
  if (acl::constraint::is_refused(info(field).owner)) return "occurs only in refused objects";
  if (rule.kind == acl::constraint::Rule::Kind::none) return "the rules of its own fields";
  if (!rule.text.empty() && rule.named.count == 0) return "harmless: " + std::string(rule.text);
  return keys(rule.named) + (rule.expansion == nullptr ? "" : ", `templates`") +
         (rule.restricted ? " at `restricted`" : "");
}

std::string fields_and_what_covers_them() {
  std::string out = "| field | risk | covered by |\n|---|---|---|\n";
  for (std::size_t i = 1; i < acl::schema::all_fields().size(); ++i) {
    const auto field = static_cast<acl::schema::Field>(i);
    const auto& row = info(field);
    const bool ruled = acl::constraint::rule_of(field).kind != acl::constraint::Rule::Kind::none;
    if (!ruled && !acl::constraint::needs_rule(row.risk)) continue;
    out += "| " + in_code(std::string(name(row.owner)) + "." + std::string(row.name)) + " | " +
           std::string(to_string(row.risk)) + " | " + cover_of_field(field) + " |\n";
  }
  return out;
}

std::string cover_of_operation(const acl::OperationInfo& operation) {
  const auto& cover = acl::constraint::cover_of(operation.id);
  if (!cover.harmless.empty()) return "harmless: " + std::string(cover.harmless);
  return cover.named.count == 0 ? "must be named" : keys(cover.named);
}

std::string operations_and_what_covers_them() {
  std::string out = "| operation | effect | covered by |\n|---|---|---|\n";
  for (const auto& operation : acl::all_operations()) {
    const bool risky = operation.effect == acl::Effect::write ||
                       operation.effect == acl::Effect::exec ||
                       operation.effect == acl::Effect::admin;
    if (!risky && acl::constraint::cover_of(operation.id).named.count == 0) continue;
    out += "| " + in_code(operation.name) + " | " + std::string(to_string(operation.effect)) +
           " | " + cover_of_operation(operation) + " |\n";
  }
  return out;
}

void expect_in_readme(const std::string& table) {
  if (readme().find(table) != std::string::npos) return;
  ADD_FAILURE() << "acl/README.md should have this table:\n" << table;
}

TEST(AclReadme, says_what_covers_each_field_that_can_do_harm) {
  expect_in_readme(fields_and_what_covers_them());
}

TEST(AclReadme, says_what_covers_each_operation_that_can_do_harm) {
  expect_in_readme(operations_and_what_covers_them());
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
