// SPDX-License-Identifier: Apache-2.0
// What people write at first, and the line that each is told to write instead.
#include <gtest/gtest.h>

#include "config/address.hpp"
#include "tests/unit/config/loading.hpp"

namespace config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::IsEmpty;

std::string with_allow(const std::string& allow) {
  return std::string(listeners) + "profiles:\n  p:\n    allow: " + allow + "\n";
}

std::string with_containers(const std::string& containers) {
  return std::string("version: 1\n") + listeners +
         "profiles:\n  p:\n    allow: [\"@read\"]\n    containers:\n      " + containers + "\n";
}

/// Each text has one mistake, on line `line`, with this advice.
void expect_advice(const std::vector<std::pair<std::string, std::string>>& rows, int line) {
  for (const auto& [text, advice] : rows) {
    SCOPED_TRACE(text);
    const auto loaded = load(text);
    ASSERT_FALSE(loaded);
    EXPECT_THAT(lines_of(loaded), ElementsAre(HasSubstr(advice)));
    EXPECT_EQ(loaded.error().front().line, line);
  }
}

TEST(Messages, say_that_groups_and_stars_need_quotes) {
  expect_advice({{with_allow("[@read]"), "begins with '@' needs quotes; write `\"@read\"`"},
                 {with_allow("[ImageList, @image, x]"), "write `\"@image\"`"},
                 {with_allow("*"), "begins with '*' needs quotes; write `\"*\"`"},
                 {with_allow("[*, Session]"), "write `\"*\"`"},
                 {with_allow("[*-a]"), "write `\"*-a\"`"}},
                4);
  expect_advice({{with_allow("\n      - @read"), "write `\"@read\"`"}}, 5);
}

TEST(Messages, tell_the_operation_of_a_request) {
  expect_advice(
      {{with_allow("[\"GET /containers/json\"]"), "that is ContainerList"},
       {with_allow("[\"POST /v1.41/containers/create?name=x\"]"), "that is ContainerCreate"},
       {with_allow("[/info]"), "that is SystemInfo"}},
      4);
}

TEST(Messages, show_keys_that_need_a_map_with_the_value_in_it) {
  expect_advice(
      {{with_containers("binds: ['/srv:ro']"), "write `{path: /srv, read_only: true}`"},
       {with_containers("binds: ['/srv:/data']"), "write `{path: /srv}`"},
       {with_containers("binds: ['/srv:/data:z,ro']"), "write `{path: /srv, read_only: true}`"},
       {with_containers("memory: 512MiB"), "write `{max: 512MiB}`"},
       {with_containers("capabilities: [NET_ADMIN, CHOWN]"), "write `{add: [NET_ADMIN, CHOWN]}`"}},
      7);
}

TEST(Messages, lead_from_a_constraint_to_its_waiver) {
  expect_advice({{with_containers("privileged: true"), "`waive: [privileged]`"},
                 {with_containers("waive: ['*']"), "`level: unconfined`"}},
                7);
}

TEST(Messages, say_that_variables_are_not_expanded) {
  for (const std::string line :
       {"upstream: ${DOCKER_HOST}", "upstream: $DOCKER_HOST", "upstream: unix:///${RUN}/d.sock",
        "upstream: unix://$HOME/d.sock", "audit: {file: \"/var/log/${NAME}\"}",
        "limits: {body_bytes: \"${SIZE}\"}"}) {
    SCOPED_TRACE(line);
    EXPECT_THAT(
        lines_of(load(line + "\n" + listeners + profiles)),
        ElementsAre(AllOf(HasSubstr("t.yaml:1: "), HasSubstr("variables are not expanded"))));
  }
}

TEST(Messages, give_no_address_that_is_wrong_as_well) {
  for (const auto* text : {"unix://~/a.sock", "unix://./a.sock", "unix://../run/a.sock"}) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_THAT(address.error(), HasSubstr("write the full path"));
    EXPECT_THAT(address.error(), testing::Not(HasSubstr("three slashes")));
  }
  EXPECT_THAT(parse_address("tcp://gate.corp").error(), HasSubstr("host names are refused"));
}

std::vector<std::string> warnings_with(const std::string& containers) {
  return warnings_of(load(with_containers(containers)));
}

TEST(Warnings, name_words_that_no_engine_knows) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"capabilities: {add: [NET_ADMN]}", "did you mean 'NET_ADMIN'?"},
      {"capabilities: {add: [CAP_NET_ADMN]}", "did you mean 'NET_ADMIN'?"},
      {"capabilities: {add: [SOMETHING_ELSE]}", "Linux has no capability 'SOMETHING_ELSE'"},
      {"log_drivers: [jsonfile]", "did you mean 'json-file'?"},
      {"enforce: {log_driver: locl}", "did you mean 'local'?"},
      {"runtimes: [runcc]", "did you mean 'runc'?"},
      {"runtimes: [something]", "only if its daemon.json has one of that name"}};
  for (const auto& [containers, warning] : rows) {
    EXPECT_THAT(
        warnings_with(containers),
        ElementsAre(AllOf(HasSubstr("t.yaml:7: profiles.p.containers."), HasSubstr(warning))));
  }
}

TEST(Warnings, are_silent_about_words_that_engines_know) {
  for (const auto* containers :
       {"capabilities: {add: [NET_ADMIN, CAP_SYS_PTRACE, ALL]}",
        "log_drivers: [json-file, local, journald, \"grafana/loki:latest\"]",
        "runtimes: [runc, runsc, nvidia, io.containerd.kata.v2]"}) {
    EXPECT_THAT(warnings_with(containers), IsEmpty());
  }
}

TEST(Warnings, name_a_profile_that_nobody_gets) {
  const auto text = std::string("version: 1\n") + listeners +
                    "profiles:\n  p: {allow: [\"@read\"]}\n  spare: {allow: [ImageList]}\n"
                    "  wide: {allow: [\"*\"]}\n";
  EXPECT_THAT(warnings_of(load(text)),
              ElementsAre(AllOf(HasSubstr("t.yaml:5: profiles.spare: nobody gets this profile"),
                                HasSubstr("name it there")),
                          AllOf(HasSubstr("t.yaml:6: profiles.wide: nobody gets this profile"),
                                HasSubstr("it allows \"*\": remove it"))));
}

std::string with_tls(const std::string& crl) {
  return "version: 1\nlisteners:\n  - address: tcp://0.0.0.0:2376\n"
         "    tls: { cert: /c.pem, key: /k.pem, client_ca: /a.pem" +
         crl + " }\n    profile: p\n" + profiles;
}

TEST(Warnings, tell_of_a_tls_listener_that_checks_no_revocation_list) {
  EXPECT_THAT(warnings_of(load(with_tls(""))),
              ElementsAre(AllOf(HasSubstr("t.yaml:4: listeners[0].tls.crl: is missing"),
                                HasSubstr("cannot be revoked"), HasSubstr("`crl: []`"))));
  EXPECT_THAT(warnings_of(load(with_tls(", crl: [/l.pem]"))), IsEmpty());
  EXPECT_THAT(warnings_of(load(with_tls(", crl: []"))), IsEmpty()) << "that is meant";
}

TEST(Accounts, of_any_machine_give_each_name_a_number_of_its_own) {
  const auto loaded = load_text(
      "version: 1\nlisteners:\n  - address: unix:///run/a.sock\n    group: builders\n    clients:\n"
      "      - { uid: alice, profile: p }\n      - { uid: bob, gid: alice, profile: p }\n" +
          std::string(profiles),
      "t.yaml", any_accounts());
  EXPECT_TRUE(loaded) << testing::PrintToString(lines_of(loaded));
  const auto twice = load_text(
      "version: 1\nlisteners:\n  - address: unix:///run/a.sock\n    clients:\n"
      "      - { uid: root, profile: p }\n      - { uid: 0, profile: p }\n" +
          std::string(profiles),
      "t.yaml", any_accounts());
  EXPECT_THAT(lines_of(twice), ElementsAre(HasSubstr("is never reached")));
}

}  // namespace
}  // namespace config
