// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>
#include <string>

#include "tests/unit/acl/judge.hpp"

namespace {

using acl::Level;
using nlohmann::json;

constexpr auto create = "POST /containers/create";
constexpr auto exec = "POST /containers/web/exec";
constexpr auto update = "POST /containers/web/update";

/// docker run --user 1000:1000 --read-only --cap-drop ALL --security-opt no-new-privileges --memory
/// 64m
///     --pids-limit 50 --cpus 0.5 -p 127.0.0.1:8080:80 alpine
json hardened() {
  return json::parse(R"({"Image":"alpine","User":"1000:1000","Env":["A=b"],"HostConfig":{
      "ReadonlyRootfs":true,"CapDrop":["ALL"],"SecurityOpt":["no-new-privileges"],
      "Memory":67108864,"NanoCpus":500000000,"PidsLimit":50,"NetworkMode":"default",
      "PortBindings":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"}]}}})");
}

/// The hardened body with a change (a JSON merge patch: null takes a field away).
std::string changed(const char* patch) {
  auto body = hardened();
  body.merge_patch(json::parse(patch));
  return body.dump();
}

struct Row {
  const char* constraint;
  const char* refused;
  const char* harmless;
};

constexpr Row rows[] = {
    {"capabilities.add", R"({"HostConfig":{"CapAdd":["KILL"]}})",
     R"({"HostConfig":{"CapAdd":["net_bind_service"]}})"},
    {"capabilities.drop", R"({"HostConfig":{"CapDrop":["KILL"]}})",
     R"({"HostConfig":{"CapDrop":["kill","all"]}})"},
    {"capabilities.drop", R"({"HostConfig":{"CapDrop":["CAP_ALL"]}})",
     R"({"HostConfig":{"CapDrop":"ALL"}})"},
    {"capabilities.drop", R"({"HostConfig":{"CapDrop":null}})", "{}"},
    {"security_opt.no_new_privileges", R"({"HostConfig":{"SecurityOpt":null}})", "{}"},
    {"security_opt.no_new_privileges",
     R"({"HostConfig":{"SecurityOpt":["no-new-privileges","no-new-privileges=false"]}})",
     R"({"HostConfig":{"SecurityOpt":["no-new-privileges:true"]}})"},
    {"user", R"({"User":null})", "{}"},
    {"user", R"({"User":""})", R"({"User":"nobody:nogroup"})"},
    {"user", R"({"User":"0:1"})", R"({"User":"10:1"})"},
    {"user", R"({"User":"00:1"})", R"({"User":"01:1"})"},
    {"user", R"({"User":"+0:1"})", R"({"User":"1000:1000"})"},
    {"user", R"({"User":"root:1000"})", R"({"User":"roots:1000"})"},
    {"user", R"({"User":"1000:0"})", R"({"User":"1000:10"})"},
    {"user", R"({"User":":1000"})", R"({"User":"1000:1000"})"},
    {"user", R"({"User":"1000"})", R"({"User":"1000:1000"})"},
    {"user", R"({"User":"1000:"})", R"({"User":"1000:1000"})"},
    {"user", R"({"User":"nobody"})", R"({"User":"nobody:nobody"})"},
    {"user", R"({"HostConfig":{"GroupAdd":["0"]}})", R"({"HostConfig":{"GroupAdd":["5"]}})"},
    {"read_only_rootfs", R"({"HostConfig":{"ReadonlyRootfs":false}})", "{}"},
    {"resources.memory", R"({"HostConfig":{"Memory":0}})", R"({"HostConfig":{"MemorySwap":0}})"},
    {"resources.memory", R"({"HostConfig":{"MemorySwap":-1}})",
     R"({"HostConfig":{"MemorySwap":134217728}})"},
    {"resources.cpus", R"({"HostConfig":{"NanoCpus":null}})",
     R"({"HostConfig":{"NanoCpus":0,"CpuQuota":50000}})"},
    {"resources.pids", R"({"HostConfig":{"PidsLimit":-1}})", R"({"HostConfig":{"PidsLimit":1}})"},
    {"namespaces.ipc", R"({"HostConfig":{"IpcMode":"shareable"}})",
     R"({"HostConfig":{"IpcMode":"private"}})"},
    {"ports", R"({"HostConfig":{"PortBindings":{"80/tcp":[{"HostPort":"80"}]}}})",
     R"({"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"::1","HostPort":"80"}]}}})"},
    {"ports", R"({"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"0.0.0.0"}]}}})",
     R"({"HostConfig":{"PortBindings":null}})"},
    {"ports", R"({"HostConfig":{"PublishAllPorts":true}})",
     R"({"HostConfig":{"PublishAllPorts":false}})"},
    {"links", R"({"HostConfig":{"Links":["db:db"]}})", R"({"HostConfig":{"Links":[]}})"},
    {"env", R"({"Env":["A=b","DB_PASSWORD=x"]})", R"({"Env":["DB_PASSWORD_FILE=/run/secrets/x"]})"},
};

class RestrictedRefuses : public testing::TestWithParam<Row> {};

TEST_P(RestrictedRefuses, in_ContainerCreate) {
  Judge judge(Level::restricted);
  EXPECT_EQ(judge.says(create, changed(GetParam().refused)),
            std::string("constraint.") + GetParam().constraint);
  EXPECT_EQ(judge.says(create, changed(GetParam().harmless)), "passes") << judge.decision().message;
}

TEST_P(RestrictedRefuses, what_baseline_lets_pass) {
  Judge judge(Level::baseline);
  const bool switched_off = std::string(GetParam().refused).find("=false") != std::string::npos;
  EXPECT_EQ(judge.says(create, changed(GetParam().refused)),
            switched_off ? "constraint.security_opt.no_new_privileges" : "passes");
}

INSTANTIATE_TEST_SUITE_P(Container, RestrictedRefuses, testing::ValuesIn(rows));

TEST(Restricted, lets_a_hardened_container_pass) {
  Judge judge(Level::restricted);
  EXPECT_EQ(judge.says(create, hardened().dump()), "passes") << judge.decision().message;
}

TEST(Restricted, names_what_is_missing_where_it_belongs) {
  Judge judge(Level::restricted);
  judge.says(create, R"({"Image":"alpine"})");
  const auto& message = judge.decision().message;
  for (const auto* path :
       {"HostConfig.CapDrop", "HostConfig.SecurityOpt", "HostConfig.ReadonlyRootfs",
        "HostConfig.Memory", "HostConfig.NanoCpus", "HostConfig.PidsLimit", "User"}) {
    EXPECT_NE(message.find(std::string(path) + " is not set"), message.npos) << message;
  }
}

TEST(Restricted, never_shows_the_value_of_a_variable) {
  Judge judge(Level::restricted);
  judge.says(create, changed(R"({"Env":["DB_PASSWORD=hunter2"]})"));
  EXPECT_EQ(judge.decision().message.find("hunter2"), std::string::npos);
  EXPECT_NE(judge.decision().message.find("DB_PASSWORD"), std::string::npos);
}

TEST(Restricted, runs_no_exec_as_root) {
  Judge judge(Level::restricted);
  for (const auto* user : {"0", "root", "00", "0:0", "1:0", "root:1"}) {
    EXPECT_EQ(judge.says(exec, R"({"Cmd":["id"],"User":")" + std::string(user) + "\"}"),
              "constraint.user");
  }
  EXPECT_EQ(judge.says(exec, R"({"Cmd":["id"],"User":""})"), "passes");
  EXPECT_EQ(judge.says(exec, R"({"Cmd":["id"],"User":"1000:1000"})"), "passes");
  EXPECT_EQ(judge.says(exec, R"({"Cmd":["id"],"User":"1000"})"), "passes");
  EXPECT_EQ(judge.says(exec, R"({"Cmd":["id"],"Env":["API_TOKEN=x"]})"), "constraint.env");
}

TEST(Restricted, lifts_no_limit_of_a_running_container) {
  Judge judge(Level::restricted);
  EXPECT_EQ(judge.says(update, R"({"Memory":1000000,"MemorySwap":2000000,"PidsLimit":9})"),
            "passes");
  EXPECT_EQ(judge.says(update, R"({"RestartPolicy":{"Name":"no"},"Memory":0,"PidsLimit":null})"),
            "passes");
  for (const auto* body : {R"({"PidsLimit":-1})", R"({"PidsLimit":0})"}) {
    EXPECT_EQ(judge.says(update, body), "constraint.resources.pids") << body;
  }
  EXPECT_EQ(judge.says(update, R"({"Memory":1000000,"MemorySwap":-1})"),
            "constraint.resources.memory");
  EXPECT_EQ(judge.says(update, R"({"CpuQuota":-1})"), "constraint.resources.cpus");
  EXPECT_EQ(judge.says(update, R"({"CpuPeriod":1000})"), "constraint.resources.cpus");
}

TEST(Restricted, may_ask_for_numbers_as_users) {
  Judge judge("{level: restricted, numeric_user: true}");
  EXPECT_EQ(judge.says(create, changed(R"({"User":"toor"})")), "constraint.user");
  EXPECT_EQ(judge.says(create, changed(R"({"User":"1000:staff"})")), "constraint.user");
  EXPECT_EQ(judge.says(create, changed(R"({"User":"1000:50"})")), "passes");
}

}  // namespace
