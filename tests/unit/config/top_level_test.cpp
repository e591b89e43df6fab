// SPDX-License-Identifier: Apache-2.0
// HostConfig's fields at the top level of a create request, where engines up to 26.1 obey them.
#include <gmock/gmock.h>

#include <string>

#include "tests/unit/acl/judge.hpp"

namespace config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr auto create = "POST /v1.41/containers/create";
constexpr auto unconfined = "{level: unconfined}";
constexpr auto drops = "{unknown_fields: drop}";

/// What reaches the engine, or the reason for a refusal.
std::string sent(const std::string& containers, const std::string& body) {
  Judge judge(containers);
  const auto says = judge.says(create, body);
  return says == "passes" ? judge.decision().body : says;
}

TEST(TopLevel, host_config_of_docker_pys_low_level_api_moves_into_host_config) {
  for (const auto* containers : {unconfined, drops}) {
    EXPECT_EQ(sent(containers, R"({"Image":"a","Memory":5,"MemorySwap":9,"CpuShares":2,)"
                               R"("Cpuset":"0,1","Tty":true,"VolumeDriver":"local"})"),
              R"({"Image":"a","Tty":true,"HostConfig":{"Memory":5,"MemorySwap":9,"CpuShares":2,)"
              R"("CpusetCpus":"0,1","VolumeDriver":"local"}})");
  }
}

TEST(TopLevel, host_config_of_dockerodes_examples_moves_where_there_is_none) {
  EXPECT_EQ(sent(unconfined, R"({"Dns":["8.8.8.8"],"Image":"a"})"),
            R"({"Image":"a","HostConfig":{"Dns":["8.8.8.8"]}})");
  EXPECT_EQ(sent(unconfined, R"({"HostConfig":null,"privileged":true})"),
            R"({"HostConfig":{"Privileged":true}})");
  EXPECT_EQ(sent(unconfined, R"({"Binds":["/srv:/s"],"Memory":0})"), "constraint.docker_socket");
}

/// Engines from 27 on would leave them out, without a word. What tidegate has checked, they get.
TEST(TopLevel, host_config_moves_whatever_engine_the_client_has_in_mind) {
  for (const auto* version : {"", "/v1.24", "/v1.45", "/v1.46", "/v1.52"}) {
    Judge judge(unconfined);
    EXPECT_EQ(judge.says("POST " + std::string(version) + "/containers/create", R"({"Memory":5})"),
              "passes");
    EXPECT_EQ(judge.decision().body, R"({"HostConfig":{"Memory":5}})") << version;
  }
}

TEST(TopLevel, fields_fill_gaps_of_a_host_config_as_in_the_engine) {
  const auto* gaps = R"({"hostconfig":{"memory":0,"CpusetCpus":"","CpuShares":3,"Dns":null},)"
                     R"("Memory":5,"MemorySwap":9,"CpuShares":2,"Cpuset":"1","VolumeDriver":"d"})";
  EXPECT_EQ(sent("{level: unconfined, volume_drivers: [d]}", gaps),
            R"({"HostConfig":{"CpuShares":3,"Dns":null,"Memory":5,"MemorySwap":9,)"
            R"("CpusetCpus":"1","VolumeDriver":"d"}})");
  EXPECT_EQ(sent(unconfined, R"({"HostConfig":{"CpusetCpus":"0"},"Cpuset":"1","Memory":0})"),
            R"({"HostConfig":{"CpusetCpus":"0"}})");
  EXPECT_EQ(sent(unconfined, R"({"Cpuset":"0","CpusetCpus":"1"})"),
            R"({"HostConfig":{"CpusetCpus":"1"}})");
  EXPECT_EQ(sent(unconfined, R"({"Cpuset":"0","CpusetCpus":""})"),
            R"({"HostConfig":{"CpusetCpus":"0"}})");
}

TEST(TopLevel, fields_that_the_engine_ignores_beside_a_host_config_are_dropped_on_record) {
  Judge judge(drops);
  EXPECT_EQ(judge.says(create, R"({"Image":"a","HostConfig":{"Init":true},"AutoRemove":true,)"
                               R"("Privileged":true,"RestartPolicy":{"Name":"always"},)"
                               R"("Mounts":[{"Destination":"/d"}],"MaskedPaths":[]})"),
            "passes");
  EXPECT_EQ(judge.decision().body, R"({"Image":"a","HostConfig":{"Init":true}})");
  EXPECT_THAT(judge.decision().dropped,
              ElementsAre("AutoRemove", "Privileged", "RestartPolicy", "Mounts", "MaskedPaths"));
}

TEST(TopLevel, empty_lists_that_unmask_paths_are_no_habit) {
  for (const auto* containers : {"{}", "{client_habits: keep}"}) {
    for (const auto* field :
         {R"("MaskedPaths":[])", R"("readonlypaths":[])", R"("Init":false)",
          R"("OomKillDisable":false)", R"("MemorySwappiness":0)", R"("Capabilities":[])"}) {
      for (const auto* rest : {"", R"(,"HostConfig":null)"}) {
        const auto body = "{" + std::string(field) + rest + "}";
        EXPECT_EQ(sent(containers, body), "body.top_level_host_config") << body;
      }
    }
  }
  EXPECT_EQ(sent(drops, R"({"MaskedPaths":[]})"), "constraint.security_opt.systempaths");
  EXPECT_EQ(sent(unconfined, R"({"MaskedPaths":[],"ReadonlyPaths":null})"),
            R"({"HostConfig":{"MaskedPaths":[]}})");
}

TEST(TopLevel, zeros_that_mean_nothing_are_dropped_even_with_the_habits) {
  const std::string body = R"({"Image":"a","Memory":0,"Binds":null,"MaskedPaths":null,"New":0})";
  EXPECT_EQ(sent("{client_habits: keep}", body), R"({"Image":"a","New":0})");
  EXPECT_EQ(sent("{level: unconfined, client_habits: keep}", body), R"({"Image":"a","New":0})");
}

TEST(TopLevel, host_config_that_moves_is_no_dropped_field) {
  Judge judge(drops);
  EXPECT_EQ(judge.says(create, R"({"Image":"a","Memory":5,"New":1})"), "passes");
  EXPECT_THAT(judge.decision().dropped, Contains("New"));
  EXPECT_THAT(judge.decision().dropped, Not(Contains("Memory")));
}

TEST(TopLevel, host_config_is_checked_where_it_moves_to) {
  Judge judge(drops);
  EXPECT_EQ(judge.says(create, R"({"Privileged":true})"), "constraint.privileged");
  EXPECT_THAT(judge.decision().message, HasSubstr("HostConfig.Privileged is true"));
  EXPECT_EQ(sent(drops, R"({"pIDmODE":"host"})"), "constraint.namespaces.pid");
  EXPECT_EQ(sent(drops, R"({"Binds":["/etc:/e"]})"), "constraint.binds");
  EXPECT_EQ(sent(drops, R"({"CapAdd":"SYS_ADMIN"})"), "constraint.capabilities.add");
  EXPECT_EQ(sent(drops, R"({"Memory":"5"})"), "body.wrong_type");
  EXPECT_EQ(sent(drops, R"({"HostConfig":7,"Memory":5})"), "body.wrong_type");
  EXPECT_EQ(sent("{level: unconfined, enforce: {memory: 64m}}", R"({"Memory":99999999999})"),
            R"({"HostConfig":{"Memory":67108864}})");
}

TEST(TopLevel, fields_given_twice_in_one_place_are_refused) {
  for (const auto* body :
       {R"({"Memory":5,"memory":6})", R"({"Memory":1,"HostConfig":{"Memory":5,"memory":0}})",
        R"({"HostConfig":{},"hostConfig":{},"Memory":5})"}) {
    EXPECT_EQ(sent(unconfined, body), "body.duplicate_key") << body;
  }
}

TEST(TopLevel, what_belongs_there_stays) {
  const std::string body = R"({"Image":"a","MacAddress":"02:42:ac:11:00:02","Volumes":{"/v":{}}})";
  EXPECT_EQ(sent(unconfined, body), body);
  EXPECT_EQ(sent(drops, R"({"Image":"a","platform":"linux","PortSpecs":["1"]})"),
            R"({"Image":"a"})");
}

TEST(TopLevel, host_config_is_refused_with_the_key_that_moves_it) {
  Judge judge("{}");
  EXPECT_EQ(judge.says(create, R"({"Image":"a","Memory":5})"), "body.top_level_host_config");
  EXPECT_THAT(judge.decision().message,
              HasSubstr(": `containers.unknown_fields: drop` would move it there if they obey it"));
  EXPECT_EQ(sent("{level: restricted}", R"({"Memory":5})"), "body.top_level_host_config");
  Judge start(unconfined);
  EXPECT_EQ(start.says("POST /v1.41/containers/web/start", R"({"Privileged":true})"),
            "body.top_level_host_config");
  EXPECT_THAT(start.decision().message, Not(HasSubstr("would move")));
}

}  // namespace
}  // namespace config
