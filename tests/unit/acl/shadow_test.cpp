// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/unit/acl/shadow.hpp"

namespace {

using acl::Reason;
using acl::Verdict;

constexpr auto ci = "allow: [\"@container\", \"@image\"], deny: [ContainerExport]";

TEST(Shadow, says_of_what_is_allowed_what_enforce_says) {
  Trial trial(ci);
  trial.ask("POST /containers/create", R"({"Image":"alpine"})");
  EXPECT_EQ(trial.shadow.verdict, Verdict::allow);
  EXPECT_FALSE(trial.shadow.would_deny);
  EXPECT_EQ(trial.shadow.message, "");
  EXPECT_EQ(trial.shadow.body, R"({"Image":"alpine"})");
  EXPECT_EQ(trial.shadow.body, trial.enforced.body);
}

TEST(Shadow, lets_through_with_reason_rule_and_sentence_of_the_refusal) {
  const std::string unknown = R"({"Image":"alpine","Sneaky":1})";
  const std::string privileged = R"({"Image":"alpine","HostConfig":{"Privileged":true}})";
  const std::string socket = R"({"HostConfig":{"Binds":["/srv/engine.sock:/s"]}})";
  const struct {
    std::string_view request;
    std::string body;
    Reason reason;
  } rows[] = {
      {"GET /info", "", Reason::operation_denied},
      {"GET /containers/x/export", "", Reason::operation_denied},
      {"POST /networks/create", R"({"Name":"n"})", Reason::operation_denied},
      {"POST /plugins/create?name=p", "x", Reason::operation_denied},
      {"POST /session", "", Reason::operation_denied},
      {"POST /containers/create", privileged, Reason::constraint_privileged},
      {"POST /containers/create", socket, Reason::constraint_docker_socket},
      {"POST /containers/create", unknown, Reason::body_unknown_field},
      {"POST /containers/create", R"({"Privileged":true})", Reason::body_top_level_host_config},
      {"POST /images/create?fromSrc=http://x/y.tar", "", Reason::constraint_image_import},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.request) + " " + row.body);
    Trial trial(ci);
    trial.ask(row.request, row.body);
    EXPECT_EQ(trial.enforced.verdict, Verdict::deny);
    EXPECT_FALSE(trial.enforced.would_deny);
    EXPECT_EQ(trial.shadow.verdict, Verdict::allow);
    EXPECT_TRUE(trial.shadow.would_deny);
    EXPECT_EQ(id(trial.shadow.reason), id(row.reason));
    EXPECT_EQ(trial.shadow.reason, trial.enforced.reason);
    EXPECT_EQ(trial.shadow.rule, trial.enforced.rule);
    EXPECT_EQ(trial.shadow.message, trial.enforced.message);
  }
}

TEST(Shadow, looks_at_how_archives_begin_and_lets_them_through) {
  Trial trial(ci);
  trial.ask("PUT /containers/x/archive?path=/", "\x1f\x8b compressed, as no profile here takes it");
  EXPECT_EQ(trial.enforced.verdict, Verdict::deny);
  EXPECT_EQ(trial.shadow.verdict, Verdict::allow);
  EXPECT_TRUE(trial.shadow.would_deny);
  EXPECT_EQ(trial.shadow.reason, trial.enforced.reason);
}

TEST(Shadow, sends_on_a_body_of_its_own_writing) {
  const struct {
    std::string_view request, body, sent;
  } rows[] = {
      {"POST /containers/create", R"({ "image" : "alpine", "HOSTCONFIG" : {"privileged":true} })",
       R"({"Image":"alpine","HostConfig":{"Privileged":true}})"},
      {"POST /networks/create", R"({ "name" : "n" })", R"({"Name":"n"})"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.body);
    Trial trial(ci);
    trial.ask(row.request, row.body);
    EXPECT_TRUE(trial.shadow.would_deny);
    EXPECT_EQ(trial.shadow.body, row.sent);
    EXPECT_EQ(trial.enforced.body, "");
  }
}

TEST(Shadow, leaves_unknown_fields_out_and_names_them) {
  Trial trial(ci);
  trial.ask("POST /containers/create",
            R"({"Privileged":true,"Image":"a","HostConfig":{"Sneaky":{"a":[1]},"Memory":5}})");
  EXPECT_TRUE(trial.shadow.would_deny);
  EXPECT_EQ(trial.shadow.body, R"({"Image":"a","HostConfig":{"Memory":5}})");
  ASSERT_EQ(trial.shadow.dropped.size(), 2U);
  EXPECT_EQ(trial.shadow.dropped[0], "Privileged");
  EXPECT_EQ(trial.shadow.dropped[1], "HostConfig.Sneaky");
  EXPECT_TRUE(trial.enforced.dropped.empty());
}

TEST(Shadow, sends_fields_of_host_config_to_where_the_engine_obeys_them) {
  const struct {
    std::string_view body, sent;
  } rows[] = {
      {R"({"Image":"x","Binds":["/:/h"]})", R"({"Image":"x","HostConfig":{"Binds":["/:/h"]}})"},
      {R"({"Sneaky":1,"Memory":5,"HostConfig":{}})", R"({"HostConfig":{"Memory":5}})"},
      {R"({"MaskedPaths":[],"HostConfig":null})", R"({"HostConfig":{"MaskedPaths":[]}})"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.body);
    Trial trial(ci);
    trial.ask("POST /containers/create", row.body);
    EXPECT_TRUE(trial.shadow.would_deny);
    EXPECT_EQ(trial.shadow.message, trial.enforced.message);
    EXPECT_EQ(trial.shadow.body, row.sent);
  }
}

TEST(Shadow, puts_in_what_the_profile_enforces) {
  Trial trial(ci + std::string(", containers: {enforce: {read_only_rootfs: true}}"));
  trial.ask("POST /containers/create", R"({"HostConfig":{"Privileged":true}})");
  EXPECT_TRUE(trial.shadow.would_deny);
  EXPECT_EQ(trial.shadow.body, R"({"HostConfig":{"Privileged":true,"ReadonlyRootfs":true}})");
}

TEST(Shadow, refuses_what_is_not_understood) {
  const struct {
    std::string_view request;
    std::string body;
    Reason reason;
  } rows[] = {
      {"GET /nonsense", "", Reason::operation_unknown},
      {"POST /containers/create", "{", Reason::body_not_json},
      {"POST /containers/create", R"({"Image":1})", Reason::body_wrong_type},
      {"POST /containers/create", R"({"Image":"a","image":"b"})", Reason::body_duplicate_key},
      {"POST /containers/create", R"({"Im\u00e4ge":"a"})", Reason::body_key_not_ascii},
      {"POST /networks/create", R"({"Name":1})", Reason::body_wrong_type},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.request) + " " + row.body);
    Trial trial(ci);
    trial.ask(row.request, row.body);
    EXPECT_EQ(trial.shadow.verdict, Verdict::deny);
    EXPECT_FALSE(trial.shadow.would_deny);
    EXPECT_EQ(id(trial.shadow.reason), id(row.reason));
    EXPECT_NE(trial.shadow.message, "");
    EXPECT_EQ(trial.shadow.body, "");
  }
}

// Problems beyond the number that is reported count as well.
TEST(Shadow, refuses_a_wrong_type_behind_many_unknown_fields) {
  std::string body = "{";
  for (int i = 0; i < 50; ++i) body += "\"Sneaky" + std::to_string(i) + "\":1,";
  Trial trial(ci);
  trial.ask("POST /containers/create", body + R"("Image":1})");
  EXPECT_EQ(trial.shadow.verdict, Verdict::deny);
  EXPECT_FALSE(trial.shadow.would_deny);
  trial.ask("POST /containers/create", body + R"("Image":"a"})");
  EXPECT_EQ(trial.shadow.verdict, Verdict::allow);
  EXPECT_TRUE(trial.shadow.would_deny);
  EXPECT_EQ(trial.shadow.body, R"({"Image":"a"})");
}

TEST(Shadow, serves_no_client_that_no_rule_matches) {
  const auto policy = policy_of(
      "profiles: {ci: {mode: shadow, " + std::string(ci) +
      "}}\nlisteners: [{address: unix:///run/a.sock, clients: [{uid: 1, profile: ci}]}]\n");
  const auto decision = told(*policy, {}, "GET /info");
  EXPECT_EQ(decision.verdict, Verdict::deny);
  EXPECT_FALSE(decision.would_deny);
  EXPECT_EQ(decision.reason, Reason::client_unknown);
}

}  // namespace
