// SPDX-License-Identifier: Apache-2.0
#include "config/presets.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "tests/unit/config/passing.hpp"

namespace config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Loaded load(const std::string& profile) {
  return load_text("listeners: [{address: unix:///run/tidegate.sock, profile: p}]\nprofiles: {p: " +
                       profile + "}\n",
                   "t.yaml");
}

std::vector<std::string> mistakes_in(const std::string& profile) {
  std::vector<std::string> lines;
  const auto loaded = load(profile);
  if (loaded) return lines;
  for (const auto& mistake : loaded.error()) lines.push_back(to_string(mistake));
  return lines;
}

struct Client {
  std::string preset;
  std::vector<std::string> needs;   ///< what the client is known to ask for
  std::vector<std::string> beyond;  ///< one step further
};

const std::vector<Client> clients{
    {"traefik",
     {"HEAD /_ping", "GET /v1.24/version", "GET /v1.41/containers/json?all=1",
      "GET /v1.41/containers/a/json", "GET /v1.41/events?filters=%7B%7D"},
     {"GET /containers/a/logs", "GET /containers/a/top", "GET /containers/a/archive?path=/",
      "GET /images/json", "GET /services", "POST /containers/a/stop"}},
    {"portainer-read-only",
     {"GET /_ping", "GET /info", "GET /version", "GET /containers/json", "GET /containers/a/json",
      "GET /containers/a/stats", "GET /containers/a/top", "GET /containers/a/logs?stdout=1",
      "GET /images/json", "GET /images/a/b/json", "GET /images/a/history", "GET /networks",
      "GET /networks/a", "GET /volumes", "GET /volumes/a", "GET /system/df", "GET /events"},
     {"GET /containers/a/export", "GET /images/a/get", "GET /swarm", "POST /containers/a/restart",
      "POST /containers/create", "GET /containers/a/attach/ws?stdin=1"}},
    {"portainer",
     {"GET /info", "POST /containers/create", "POST /containers/a/exec", "POST /exec/a/start",
      "POST /images/create?fromImage=a", "POST /build", "POST /networks/create",
      "POST /volumes/create", "DELETE /volumes/a", "POST /containers/prune"},
     {"POST /swarm/init", "POST /services/create", "POST /plugins/pull?remote=a", "POST /session",
      "POST /auth", "GET /secrets", "GET /images/search?term=a"}},
    {"watchtower",
     {"HEAD /_ping", "GET /containers/json", "GET /containers/a/json", "GET /images/a/json",
      "GET /info", "POST /images/create?fromImage=a&tag=1", "POST /containers/a/stop",
      "DELETE /containers/a", "POST /containers/create?name=a", "POST /networks/a/connect",
      "POST /containers/a/start", "POST /containers/a/rename?name=b", "POST /containers/a/update",
      "POST /containers/a/kill?signal=SIGTERM", "POST /networks/a/disconnect"},
     {"POST /containers/a/exec", "DELETE /images/a", "POST /volumes/create",
      "GET /containers/a/logs", "POST /networks/create"}},
    {"homepage",
     {"GET /containers/json?all=true", "GET /containers/a/json",
      "GET /containers/a/stats?stream=false"},
     {"GET /_ping", "GET /info", "GET /containers/a/logs", "POST /containers/a/restart"}},
    {"diun",
     {"HEAD /_ping", "GET /_ping", "GET /version", "GET /containers/json", "GET /containers/a/json",
      "GET /images/a/json"},
     {"GET /images/json", "GET /events", "POST /images/create?fromImage=a"}},
    {"dozzle",
     {"GET /_ping", "GET /info", "GET /version", "GET /containers/json", "GET /containers/a/json",
      "GET /containers/a/logs?follow=1&stdout=1", "GET /containers/a/stats?stream=1",
      "GET /events"},
     {"POST /containers/a/stop", "POST /containers/a/exec", "POST /containers/a/attach?stdin=1",
      "GET /containers/a/archive?path=/"}},
    {"autoheal",
     {"GET /containers/json?filters=%7B%7D", "POST /containers/a/restart?t=10"},
     {"GET /containers/a/json", "POST /containers/a/stop", "POST /containers/a/kill"}},
    {"prometheus",
     {"HEAD /_ping", "GET /_ping", "GET /v1.41/containers/json", "GET /v1.41/networks"},
     {"GET /containers/a/json", "GET /info", "GET /networks/a", "GET /tasks"}},
    {"cadvisor",
     {"GET /_ping", "GET /info", "GET /version", "GET /containers/a/json", "GET /images/json"},
     {"GET /containers/json", "GET /containers/a/logs", "POST /containers/a/exec"}},
    {"telegraf",
     {"GET /_ping", "GET /info", "GET /containers/json", "GET /containers/a/json",
      "GET /containers/a/stats?stream=false"},
     {"GET /system/df", "GET /containers/a/logs", "GET /services"}},
    {"netdata",
     {"GET /_ping", "GET /info", "GET /images/json", "GET /containers/json",
      "GET /containers/a/json"},
     {"GET /containers/a/stats", "GET /containers/a/logs", "GET /volumes"}},
    {"datadog",
     {"GET /_ping", "GET /info", "GET /containers/json", "GET /containers/a/json?size=1",
      "GET /containers/a/stats?one-shot=1", "GET /containers/a/top", "GET /containers/a/logs",
      "GET /images/json", "GET /images/a/json", "GET /images/a/history", "GET /volumes",
      "GET /events"},
     {"GET /images/get?names=a", "GET /volumes/a", "GET /secrets", "POST /containers/a/restart"}},
    {"gitlab-runner",
     {"GET /version",
      "GET /info",
      "GET /images/a/json",
      "POST /images/create?fromImage=a",
      "POST /images/load",
      "POST /images/a/tag?repo=b",
      "GET /containers/json",
      "POST /containers/create",
      "GET /containers/a/json",
      "POST /containers/a/start",
      "POST /containers/a/attach",
      "POST /containers/a/wait",
      "POST /containers/a/stop",
      "POST /containers/a/kill",
      "DELETE /containers/a?v=1",
      "GET /containers/a/logs",
      "GET /networks",
      "GET /networks/a",
      "POST /networks/create",
      "DELETE /networks/a",
      "POST /networks/a/disconnect",
      "POST /volumes/create",
      "GET /volumes/a",
      "GET /volumes",
      "DELETE /volumes/a",
      "POST /containers/a/exec",
      "POST /exec/a/start"},
     {"POST /build", "POST /containers/prune", "PUT /containers/a/archive?path=/",
      "POST /containers/a/update", "DELETE /images/a", "POST /volumes/prune"}},
    {"github-actions-runner",
     {"GET /version",
      "GET /containers/json",
      "POST /networks/create",
      "DELETE /networks/a",
      "POST /networks/prune",
      "POST /images/create?fromImage=a",
      "POST /auth",
      "POST /containers/create",
      "POST /containers/a/start",
      "GET /containers/a/json",
      "GET /containers/a/logs",
      "DELETE /containers/a",
      "POST /containers/a/exec",
      "POST /exec/a/start",
      "GET /exec/a/json",
      "POST /containers/a/attach",
      "POST /containers/a/wait",
      "POST /build",
      "GET /info",
      "POST /containers/prune"},
     {"POST /session", "POST /images/a/push", "POST /volumes/create", "POST /commit",
      "PUT /containers/a/archive?path=/"}},
    {"jenkins",
     {"GET /version", "GET /containers/json", "GET /images/json", "GET /images/a/json",
      "POST /images/create?fromImage=a", "POST /containers/create", "POST /containers/a/start",
      "GET /containers/a/json", "PUT /containers/a/archive?path=/", "POST /containers/a/exec",
      "POST /exec/a/start", "GET /containers/a/logs", "POST /containers/a/stop",
      "DELETE /containers/a"},
     {"POST /build", "POST /commit?container=a", "POST /images/a/push", "DELETE /images/a",
      "GET /containers/a/archive?path=/"}},
    {"testcontainers",
     {"GET /_ping",
      "GET /info",
      "GET /version",
      "GET /containers/json",
      "POST /containers/a/restart",
      "POST /commit?container=a",
      "POST /containers/create",
      "POST /containers/a/start",
      "GET /containers/a/json",
      "GET /containers/a/logs?follow=1",
      "POST /containers/a/stop",
      "POST /containers/a/kill",
      "DELETE /containers/a",
      "PUT /containers/a/archive?path=/",
      "GET /containers/a/archive?path=/",
      "POST /containers/a/exec",
      "POST /exec/a/start",
      "GET /exec/a/json",
      "GET /images/a/json",
      "GET /images/json",
      "POST /images/create?fromImage=a",
      "POST /build",
      "DELETE /images/a",
      "GET /networks",
      "GET /networks/a",
      "POST /networks/create",
      "POST /networks/a/connect",
      "DELETE /networks/a"},
     {"GET /containers/a/export", "POST /containers/a/rename?name=b", "POST /networks/prune",
      "POST /volumes/create", "POST /images/a/push", "POST /containers/a/update"}},
    {"docker-compose",
     {"GET /info",
      "GET /version",
      "GET /containers/json",
      "GET /containers/a/json",
      "POST /containers/create",
      "POST /containers/a/start",
      "POST /containers/a/stop",
      "POST /containers/a/restart",
      "POST /containers/a/kill",
      "POST /containers/a/pause",
      "POST /containers/a/unpause",
      "POST /containers/a/rename?name=b",
      "POST /containers/a/wait",
      "DELETE /containers/a",
      "GET /containers/a/logs",
      "GET /containers/a/top",
      "POST /containers/a/attach",
      "POST /containers/a/resize?h=1&w=1",
      "HEAD /containers/a/archive?path=/",
      "PUT /containers/a/archive?path=/",
      "GET /containers/a/archive?path=/",
      "POST /containers/a/exec",
      "POST /exec/a/start",
      "GET /exec/a/json",
      "GET /images/json",
      "GET /images/a/json",
      "POST /images/create?fromImage=a",
      "DELETE /images/a",
      "POST /build",
      "GET /distribution/a/json",
      "GET /networks",
      "GET /networks/a",
      "POST /networks/create",
      "POST /networks/a/connect",
      "POST /networks/a/disconnect",
      "DELETE /networks/a",
      "GET /volumes",
      "GET /volumes/a",
      "POST /volumes/create",
      "DELETE /volumes/a",
      "GET /events"},
     {"POST /session", "POST /grpc", "POST /images/a/push", "GET /containers/a/export",
      "POST /commit?container=a", "POST /containers/prune", "POST /containers/a/update"}},
    {"buildx",
     {"HEAD /_ping", "GET /version", "GET /info", "POST /session", "POST /grpc"},
     {"POST /containers/create", "POST /build", "POST /build/prune", "GET /images/json",
      "POST /containers/a/exec", "POST /images/load"}},
    {"read-only",
     {"GET /_ping", "GET /containers/json", "GET /images/json", "GET /networks", "GET /events"},
     {"GET /containers/a/json", "GET /containers/a/logs", "GET /swarm", "POST /containers/a/stop",
      "GET /containers/a/archive?path=/", "GET /images/a/attestations",
      "GET /images/search?term=127.0.0.1:9777/x", "GET /distribution/127.0.0.1:9777/x/json",
      "GET /plugins/privileges?remote=127.0.0.1:9777/x", "POST /auth"}},
    {"cis",
     {"POST /containers/create", "POST /containers/a/exec", "POST /networks/create",
      "POST /volumes/create", "POST /images/create?fromImage=a"},
     {"POST /plugins/pull?remote=a", "POST /swarm/init", "POST /session", "GET /secrets"}},
};

TEST(Presets, let_their_clients_work_and_stop_one_step_beyond) {
  std::vector<std::string_view> tried;
  for (const auto& client : clients) {
    SCOPED_TRACE(client.preset);
    tried.push_back(preset_named(client.preset)->name);
    const auto loaded = load("{preset: " + client.preset + "}");
    ASSERT_TRUE(loaded) << to_string(loaded.error().front());
    for (const auto& request : client.needs)
      EXPECT_TRUE(passes(*loaded->policy, request)) << request;
    for (const auto& request : client.beyond)
      EXPECT_FALSE(passes(*loaded->policy, request)) << request;
  }
  for (const auto& preset : presets()) EXPECT_THAT(tried, Contains(preset.name));
}

TEST(Presets, are_all_files_that_there_are) {
  std::vector<std::string> files;
  const std::filesystem::path project = TIDEGATE_SOURCE_DIR;
  for (const auto& file : std::filesystem::directory_iterator(project / "config" / "presets"))
    files.push_back(file.path().stem());
  std::vector<std::string> names;
  for (const auto& preset : presets()) names.emplace_back(preset.name);
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(files));
}

TEST(Presets, have_a_row_each_in_the_readme) {
  std::ostringstream readme;
  readme
      << std::ifstream(std::filesystem::path(TIDEGATE_SOURCE_DIR) / "config" / "README.md").rdbuf();
  std::string table;
  for (const auto& preset : presets())
    table += "| `" + std::string(preset.name) + "` | " + std::string(preset.summary()) + " |\n";
  EXPECT_THAT(readme.str(), HasSubstr("| preset | for |\n|---|---|\n" + table + "\n"));
}

TEST(Presets, have_a_sentence_and_no_tabs) {
  for (const auto& preset : presets()) {
    EXPECT_GT(preset.summary().size(), 20U) << preset.name;
    EXPECT_TRUE(preset.summary().ends_with(".")) << preset.name;
    EXPECT_EQ(preset.text.find('\t'), std::string_view::npos) << preset.name;
  }
}

TEST(Presets, are_at_level_baseline_or_stricter) {
  for (const auto& preset : presets()) {
    const auto profile = profile_of(preset);
    EXPECT_NE(profile.constraints.level, acl::Level::unconfined) << preset.name;
    EXPECT_THAT(profile.constraints.waive, ElementsAre()) << preset.name;
    EXPECT_FALSE(profile.constraints.docker_socket) << preset.name;
  }
}

TEST(Presets, written_out_are_configurations_that_say_the_same) {
  for (const auto& preset : presets()) {
    const auto shown = load_text(configuration_with(preset), "shown.yaml");
    ASSERT_TRUE(shown) << to_string(shown.error().front());
    const auto& profile = shown->policy_spec.profiles.front();
    EXPECT_EQ(profile.name, preset.name);
    EXPECT_EQ(profile.allow, profile_of(preset).allow);
    EXPECT_EQ(profile.deny, profile_of(preset).deny);
    EXPECT_EQ(profile.constraints.level, profile_of(preset).constraints.level);
  }
}

TEST(PresetKey, is_added_to_by_what_stands_beside_it) {
  const auto loaded = load(
      "{preset: docker-compose, allow: [ImagePush, ContainerList], deny: [ContainerKill, "
      "\"@exec\"], "
      "containers: {binds: [{path: /srv}]}}");
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  EXPECT_TRUE(passes(*loaded->policy, "POST /images/a/push"));
  EXPECT_TRUE(passes(*loaded->policy, "POST /containers/create"));
  EXPECT_FALSE(passes(*loaded->policy, "POST /containers/a/kill"));
  EXPECT_FALSE(passes(*loaded->policy, "POST /containers/a/exec"));
  const auto& constraints = loaded->policy_spec.profiles.front().constraints;
  EXPECT_EQ(constraints.binds.size(), 1U);
  EXPECT_EQ(constraints.level, acl::Level::baseline);
}

TEST(PresetKey, gives_way_to_what_the_file_says) {
  const auto wider = load("{preset: read-only, allow: [ContainerLogs]}");
  ASSERT_TRUE(wider) << to_string(wider.error().front());
  EXPECT_TRUE(passes(*wider->policy, "GET /containers/a/logs"));
  EXPECT_FALSE(passes(*wider->policy, "GET /containers/a/json"));
  const auto group = load("{preset: portainer, deny: [ContainerExport]}");
  ASSERT_TRUE(group) << to_string(group.error().front());
  EXPECT_FALSE(passes(*group->policy, "GET /containers/a/export"));
  EXPECT_TRUE(passes(*group->policy, "GET /containers/a/json"));
  const auto level = load("{preset: cis, containers: {level: baseline}}");
  ASSERT_TRUE(level);
  EXPECT_EQ(level->policy_spec.profiles.front().constraints.level, acl::Level::baseline);
  EXPECT_TRUE(level->policy_spec.profiles.front().constraints.enforce.no_new_privileges);
}

TEST(PresetKey, of_an_unknown_name_is_answered_with_the_nearest) {
  EXPECT_THAT(mistakes_in("{preset: traefk}"),
              ElementsAre("t.yaml:2: profiles.p.preset: there is no preset 'traefk'; did you mean "
                          "'traefik'?"));
  EXPECT_THAT(mistakes_in("{preset: \"\"}"), ElementsAre(HasSubstr("known here: autoheal, ")));
  EXPECT_THAT(mistakes_in("{preset: [traefik]}"), ElementsAre(HasSubstr("a list where")));
}

TEST(PresetKey, leaves_the_places_of_mistakes_as_they_are_written) {
  EXPECT_THAT(mistakes_in("{preset: traefik, allow: [SystemInfo, Sytem]}"),
              ElementsAre(HasSubstr("profiles.p.allow[1]: 'Sytem'")));
}

TEST(PresetKey, or_allow_must_be_there) {
  EXPECT_THAT(mistakes_in("{deny: [\"@read\"]}"),
              ElementsAre(HasSubstr("profiles.p.allow: is missing")));
}

}  // namespace
}  // namespace config
