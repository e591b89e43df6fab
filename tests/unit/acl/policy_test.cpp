// SPDX-License-Identifier: Apache-2.0
#include "acl/policy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "acl/group.hpp"
#include "tests/unit/told.hpp"

namespace {

using acl::Operation;
using acl::Reason;
using acl::Verdict;
constexpr std::string_view list = "GET /containers/json";
using Entries = std::vector<std::string>;

std::shared_ptr<const acl::Policy> compiled(const acl::PolicySpec& spec) {
  auto result = acl::compile(spec);
  EXPECT_TRUE(result) << result.error().front().where << ": " << result.error().front().message;
  return result ? *result : nullptr;
}

// One profile, `ci`, on the one listener.
std::shared_ptr<const acl::Policy> profile(Entries allow, Entries deny = {}) {
  return compiled({.profiles = {{"ci", std::move(allow), std::move(deny)}}, .listeners = {{"ci"}}});
}

acl::Identity listener(std::size_t index) {
  acl::Identity identity;
  identity.listener = index;
  return identity;
}

const acl::Identity first_listener = listener(0);

TEST(Policy, allows_what_a_group_holds) {
  const auto policy = profile({"@container"});
  const auto decision = told(*policy, first_listener, "GET /containers/json");
  EXPECT_EQ(decision.verdict, Verdict::allow);
  EXPECT_EQ(decision.profile, "ci");
  EXPECT_EQ(decision.rule, "allow @container");
  EXPECT_EQ(decision.message, "");
}

TEST(Policy, denies_what_nothing_allows) {
  const auto policy = profile({"@image"});
  const auto decision = told(*policy, first_listener, "GET /containers/json");
  EXPECT_EQ(decision.verdict, Verdict::deny);
  EXPECT_EQ(decision.reason, Reason::operation_denied);
  EXPECT_EQ(decision.rule, "default deny");
}

TEST(Policy, names_operation_and_profile_in_a_refusal) {
  const auto policy = profile({"@read"});
  const auto decision = told(*policy, first_listener, "POST /containers/create");
  EXPECT_EQ(decision.message,
            "ContainerCreate refused for profile 'ci': the profile does not allow this operation: "
            "`allow: [ContainerCreate]` would allow it");
}

TEST(Policy, deny_takes_away_from_allow) {
  const auto policy = profile({"@container"}, {"ContainerExport"});
  const auto decision = told(*policy, first_listener, "GET /containers/web/export");
  EXPECT_EQ(decision.verdict, Verdict::deny);
  EXPECT_EQ(decision.rule, "deny ContainerExport");
}

TEST(Policy, refuses_unknown_operations_whatever_is_allowed) {
  const auto policy = profile({"*"});
  const auto decision = told(*policy, first_listener, "GET /v1.41/libpod/info");
  EXPECT_EQ(decision.verdict, Verdict::deny);
  EXPECT_EQ(decision.reason, Reason::operation_unknown);
  EXPECT_EQ(decision.message,
            "GET /libpod/info refused for profile 'ci': no such operation in the Engine API");
}

TEST(Policy, refuses_unknown_methods) {
  const auto policy = profile({"*"});
  const auto decision = told(*policy, first_listener, "TRACE /info");
  EXPECT_EQ(decision.reason, Reason::operation_unknown);
  EXPECT_EQ(
      decision.message,
      "unknown method on /info refused for profile 'ci': no such operation in the Engine API");
}

TEST(Policy, asks_for_the_body_before_it_allows_a_json_operation) {
  const auto policy = profile({"@container"});
  const acl::WebRules rules;
  const acl::Terms terms{rules};
  acl::Case::Memory memory;
  acl::Case create(policy->profile_of(first_listener), first_listener, terms, memory);
  const auto plan = create.head({.method = "POST", .target = "/containers/create"});
  EXPECT_EQ(plan.body, acl::Plan::Body::whole);
  EXPECT_EQ(create.decision().verdict, Verdict::open);
  EXPECT_FALSE(create.allowed());
  acl::Scratch scratch;
  create.body("{}", scratch);
  EXPECT_EQ(create.decision().verdict, Verdict::allow);
}

TEST(Policy, denies_with_a_body_what_it_denies_without) {
  const auto policy = profile({"@read"});
  const auto decision = told(*policy, first_listener, "POST /containers/create", "{}");
  EXPECT_EQ(decision.verdict, Verdict::deny);
  EXPECT_EQ(decision.reason, Reason::operation_denied);
}

TEST(Policy, does_not_ask_for_the_body_of_what_it_denies) {
  const auto policy = profile({});
  const auto decision = told(*policy, first_listener, "POST /containers/create");
  EXPECT_EQ(decision.verdict, Verdict::deny);
  EXPECT_EQ(decision.planned, acl::Plan::Body::none);
}

TEST(Policy, each_listener_has_its_profile) {
  const auto policy = compiled({.profiles = {{"a", {"@image"}, {}}, {"b", {"@volume"}, {}}},
                                .listeners = {{"b"}, {"a"}, {"b"}}});
  EXPECT_EQ(policy->profile_of(listener(0)).name(), "b");
  EXPECT_EQ(policy->profile_of(listener(1)).name(), "a");
  EXPECT_EQ(policy->profile_of(listener(2)).name(), "b");
}

TEST(Policy, a_listener_that_it_does_not_know_is_denied_everything) {
  const auto policy = profile({"*"});
  const auto decision = told(*policy, listener(1), "GET /_ping");
  EXPECT_EQ(decision.verdict, Verdict::deny);
  EXPECT_EQ(decision.rule, "default deny");
}

TEST(Policy, by_name_operations_need_their_own_name) {
  EXPECT_EQ(told(*profile({"*"}), first_listener, "POST /session").verdict, Verdict::deny);
  const auto policy = profile({"*", "Session"});
  const auto decision = told(*policy, first_listener, "POST /session");
  EXPECT_EQ(decision.verdict, Verdict::allow);
  EXPECT_EQ(decision.rule, "allow Session");
}

TEST(Policy, the_rule_on_record_is_the_operations_own_name_before_a_group) {
  const auto policy = profile({"@container", "ContainerList"});
  EXPECT_EQ(told(*policy, first_listener, "GET /containers/json").rule, "allow ContainerList");
}

TEST(Policy, the_rule_on_record_is_the_first_group_that_is_written) {
  EXPECT_EQ(told(*profile({"@read", "@container"}), first_listener, list).rule, "allow @read");
  EXPECT_EQ(told(*profile({"@container", "@read"}), first_listener, list).rule, "allow @container");
}

TEST(Policy, the_rule_on_record_is_deny_before_allow) {
  const auto policy = profile({"@container"}, {"@read"});
  EXPECT_EQ(told(*policy, first_listener, "GET /containers/json").rule, "deny @read");
}

TEST(Group, star_holds_everything_but_what_goes_by_name) {
  const auto all = acl::expand("*");
  for (const auto& row : acl::all_operations()) {
    EXPECT_EQ(std::ranges::count(all, row.id), row.has(acl::by_name) ? 0 : 1) << row.name;
  }
}

TEST(Group, each_has_operations_and_none_that_goes_by_name) {
  for (const auto& group : acl::group_names()) {
    const auto operations = acl::expand(group);
    EXPECT_FALSE(operations.empty()) << group;
    for (const auto operation : operations) {
      EXPECT_FALSE(acl::info(operation).has(acl::by_name)) << group;
    }
  }
}

TEST(Group, names_are_sorted_and_cover_effects_and_sections) {
  const auto names = acl::group_names();
  EXPECT_TRUE(std::ranges::is_sorted(names));
  for (const auto* name : {"@read", "@read-sensitive", "@egress", "@write", "@execute", "@delete",
                           "@admin", "@system", "@container", "@exec", "@image", "@checkpoint"}) {
    EXPECT_TRUE(std::ranges::binary_search(names, name)) << name;
  }
}

TEST(Group, read_holds_read_sensitive) {
  const auto read = acl::expand("@read");
  const auto sensitive = acl::expand("@read-sensitive");
  for (const auto operation : sensitive) {
    EXPECT_EQ(std::ranges::count(read, operation), 1) << acl::info(operation).name;
  }
  EXPECT_EQ(std::ranges::count(read, Operation::ContainerList), 1);
  EXPECT_EQ(std::ranges::count(sensitive, Operation::ContainerList), 0);
  EXPECT_EQ(std::ranges::count(sensitive, Operation::ContainerInspect), 1);
}

TEST(Group, read_holds_no_egress) {
  const auto read = acl::expand("@read");
  for (const auto operation : acl::expand("@egress")) {
    EXPECT_EQ(std::ranges::count(read, operation), 0) << acl::info(operation).name;
  }
  EXPECT_EQ(std::ranges::count(acl::expand("@egress"), Operation::ImageSearch), 1);
}

TEST(Group, what_tells_how_an_image_was_made_is_sensitive) {
  for (const auto operation :
       {Operation::ImageInspect, Operation::ImageHistory, Operation::ImageAttestations}) {
    EXPECT_EQ(std::ranges::count(acl::expand("@read-sensitive"), operation), 1)
        << acl::info(operation).name;
  }
}

TEST(Group, exec_is_the_section_and_execute_the_effect) {
  EXPECT_EQ(std::ranges::count(acl::expand("@exec"), Operation::ExecInspect), 1);
  EXPECT_EQ(std::ranges::count(acl::expand("@execute"), Operation::ExecInspect), 0);
  EXPECT_EQ(std::ranges::count(acl::expand("@execute"), Operation::ImageBuild), 1);
}

TEST(Group, unknown_entries_stand_for_nothing) {
  for (const auto* entry : {"", "@", "@session", "@debug", "container", "@Container", "**"}) {
    EXPECT_TRUE(acl::expand(entry).empty()) << entry;
  }
}

std::vector<acl::Mistake> mistakes(const acl::PolicySpec& spec) {
  auto result = acl::compile(spec);
  return result ? std::vector<acl::Mistake>{} : result.error();
}

// The only mistake of a policy with one profile, `ci`.
acl::Mistake mistake(Entries allow, Entries deny = {}) {
  const auto found =
      mistakes({.profiles = {{"ci", std::move(allow), std::move(deny)}}, .listeners = {{"ci"}}});
  EXPECT_EQ(found.size(), 1U);
  return found.empty() ? acl::Mistake{} : found.front();
}

TEST(PolicyMistake, unknown_entry_is_shown_with_its_place) {
  const auto found = mistake({"@read", "ContainerLst"});
  EXPECT_EQ(found.where, "profiles.ci.allow[1]");
  EXPECT_EQ(found.message, "'ContainerLst' is neither an operation nor a group");
  EXPECT_EQ(found.hint, "did you mean 'ContainerList'?");
}

struct Hint {
  const char* entry;
  const char* hint;
};

class MistakenEntry : public testing::TestWithParam<Hint> {};

TEST_P(MistakenEntry, is_answered_with_what_was_meant) {
  EXPECT_EQ(mistake({GetParam().entry}).hint, GetParam().hint);
}

INSTANTIATE_TEST_SUITE_P(
    Words, MistakenEntry,
    testing::Values(Hint{"containerlist", "did you mean 'ContainerList'?"},
                    Hint{"@Read", "did you mean '@read'?"},
                    Hint{"CONTAINERS", "did you mean '@container'?"},
                    Hint{"containers", "did you mean '@container'?"},
                    Hint{"@containers", "did you mean '@container'?"},
                    Hint{"read_sensitive", "did you mean '@read-sensitive'?"},
                    Hint{"INFO", "did you mean 'SystemInfo'?"},
                    Hint{"ping", "did you mean 'SystemPing'?"}, Hint{"all", "did you mean '*'?"},
                    Hint{"@session",
                         "these operations are allowed by their own names only: Grpc, Session"},
                    Hint{"^/v1\\..{1,2}/containers/.*$", ""}, Hint{"", ""}));

TEST(PolicyMistake, same_entry_twice_in_one_list) {
  const auto found = mistake({"@read", "@image", "@read"});
  EXPECT_EQ(found.where, "profiles.ci.allow[2]");
  EXPECT_EQ(found.message, "'@read' is listed twice");
}

TEST(PolicyMistake, same_entry_in_allow_and_deny) {
  const auto found = mistake({"@read"}, {"@read"});
  EXPECT_EQ(found.where, "profiles.ci.allow[0]");
  EXPECT_EQ(found.message, "'@read' is both allowed and denied");
}

TEST(PolicyMistake, operation_allowed_by_name_that_a_group_denies) {
  const auto found = mistake({"@container", "ContainerExport"}, {"@read-sensitive"});
  EXPECT_EQ(found.where, "profiles.ci.allow[1]");
  EXPECT_EQ(found.message, "'ContainerExport' is allowed here, and denied by '@read-sensitive'");
}

TEST(PolicyMistake, duplicate_profile_names) {
  const auto found = mistakes({.profiles = {{"ci", {}, {}}, {"ci", {}, {}}}, .listeners = {}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].where, "profiles.ci");
}

TEST(PolicyMistake, listener_with_an_unknown_profile) {
  const auto found =
      mistakes({.profiles = {{"monitor", {}, {}}}, .listeners = {{"monitor"}, {"monitr"}}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].where, "listeners[1].profile");
  EXPECT_EQ(found[0].message, "no profile is named 'monitr'");
  EXPECT_EQ(found[0].hint, "did you mean 'monitor'?");
}

TEST(PolicyMistake, shows_no_byte_of_a_suggested_name_that_a_terminal_might_obey) {
  const auto found = mistakes({.profiles = {{"moni\xfeor", {}, {}}}, .listeners = {{"monitor"}}});
  EXPECT_EQ(found.back().hint, "did you mean 'moni?or'?");
}

TEST(PolicyMistake, bad_profile_names) {
  for (const auto& name : {std::string(), std::string("a b"), std::string("a/b"),
                           std::string("\xc3\xbc"), std::string(65, 'a')}) {
    EXPECT_EQ(mistakes({.profiles = {{name, {}, {}}}, .listeners = {}}).size(), 1U) << name;
  }
  EXPECT_TRUE(mistakes({.profiles = {{std::string(64, 'a'), {}, {}}}, .listeners = {}}).empty());
}

TEST(PolicyMistake, all_are_reported_at_once) {
  const auto found =
      mistakes({.profiles = {{"a b", {"nope"}, {"@nope"}}, {"ok", {"@read", "@read"}, {}}},
                .listeners = {{"ok"}, {"gone"}}});
  std::vector<std::string> places;
  for (const auto& each : found) places.push_back(each.where);
  EXPECT_EQ(places, (Entries{"profiles.a b", "profiles.a b.allow[0]", "profiles.a b.deny[0]",
                             "profiles.ok.allow[1]", "listeners[1].profile"}));
}

TEST(PolicyMistake, constraints_that_cannot_be_meant) {
  acl::ProfileSpec ci{.name = "ci"};
  ci.constraints.binds = {{"/srv/ok", false}, {"/srv/../etc", false}};
  ci.constraints.waive = {"user", "docker_socket", "namespace.pid"};
  ci.constraints.enforce.labels = {{"tidegate.x", ""}};
  const auto found = mistakes({.profiles = {ci}, .listeners = {}});
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].where, "profiles.ci.containers.binds[1]");
  EXPECT_EQ(found[0].hint, "/etc");
  EXPECT_EQ(found[1].where, "profiles.ci.containers.enforce.labels");
  EXPECT_EQ(found[2].where, "profiles.ci.containers.waive[1]");
  EXPECT_EQ(found[2].hint, "docker_socket: allow");
  EXPECT_EQ(found[3].hint, "did you mean 'namespaces.pid'?");
}

}  // namespace
