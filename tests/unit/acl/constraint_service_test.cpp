// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "tests/unit/acl/judge.hpp"

namespace {

using acl::Level;

/// Fields of a place in a service that a level refuses, and beside each the nearest harmless ones.
struct Row {
  const char* constraint;
  const char* place;  ///< the body, with @ where the fields go
  const char* refused;
  const char* harmless;
};

std::string body_of(const Row& row, const char* fields) {
  std::string body = row.place;
  return body.replace(body.find('@'), 1, fields);
}

constexpr auto container = R"({"TaskTemplate":{"ContainerSpec":{"Image":"a",@}}})";
constexpr auto privileges = R"({"TaskTemplate":{"ContainerSpec":{"Privileges":{@}}}})";
constexpr auto task = R"({"TaskTemplate":{@}})";
constexpr auto service = R"({"Name":"s",@})";

constexpr Row rows[] = {
    {"capabilities.add", container, R"("CapabilityAdd":["CAP_SYS_ADMIN"])",
     R"("CapabilityAdd":["CAP_KILL"])"},
    {"binds", container, R"("Mounts":[{"Type":"bind","Source":"/etc","Target":"/e"}])",
     R"("Mounts":[{"Type":"volume","Source":"etc","Target":"/e"}])"},
    {"volumes", container,
     R"("Mounts":[{"Type":"volume","VolumeOptions":{"DriverConfig":{"Name":"x"}}}])",
     R"("Mounts":[{"Type":"volume","VolumeOptions":{"DriverConfig":{"Name":"local"}}}])"},
    {"mounts.other", container, R"("Mounts":[{"Type":"cluster"}])",
     R"("Mounts":[{"Type":"tmpfs"}])"},
    {"sysctls", container, R"("Sysctls":{"net.core.somaxconn":"1"})",
     R"("Sysctls":{"net.ipv4.tcp_syncookies":"1"})"},
    {"resources.oom", container, R"("OomScoreAdj":-5)", R"("OomScoreAdj":5)"},
    {"risky_fields", container, R"("Isolation":"process")", R"("Isolation":"default")"},
    {"labels", container, R"("Labels":{"com.docker.swarm.task":"x"})", R"("Labels":{"a":"b"})"},
    {"labels", service, R"("Labels":{"tidegate.x":"x"})",
     R"("Labels":{"com.docker.stack.namespace":"b"})"},
    {"security_opt.seccomp", privileges, R"("Seccomp":{"Mode":"unconfined"})",
     R"("Seccomp":{"Mode":"default"})"},
    {"security_opt.seccomp", privileges, R"("Seccomp":{"Profile":"e30="})", R"("Seccomp":{})"},
    {"security_opt.apparmor", privileges, R"("AppArmor":{"Mode":"disabled"})",
     R"("AppArmor":{"Mode":"default"})"},
    {"security_opt.label", privileges, R"("SELinuxContext":{"Disable":true})",
     R"("SELinuxContext":{"Disable":false,"Type":""})"},
    {"security_opt.label", privileges, R"("SELinuxContext":{"Type":"spc_t"})", R"("Seccomp":null)"},
    {"risky_fields", privileges, R"("CredentialSpec":{"File":"x"})", R"("CredentialSpec":{})"},
    {"plugins", task, R"("PluginSpec":{"name":"x"})", R"("PluginSpec":null)"},
    {"plugins", task, R"("Runtime":"plugin")", R"("Runtime":"container")"},
    {"risky_fields", task, R"("NetworkAttachmentSpec":{"ContainerID":"x"})",
     R"("NetworkAttachmentSpec":null)"},
    {"namespaces.network", task, R"("Networks":[{"Target":"host"}])",
     R"("Networks":[{"Target":"my_front","Aliases":["host"]}])"},
    {"namespaces.network", service, R"("Networks":[{"Target":"host"}])",
     R"("Networks":[{"Target":"my_hosts"}])"},
    {"sysctls", task, R"("Networks":[{"Target":"my_net","DriverOpts":{"x":"y"}}])",
     R"("Networks":[{"Target":"my_net","DriverOpts":{}}])"},
    {"log_driver", task, R"("LogDriver":{"Name":"gelf"})", R"("LogDriver":{"Name":"local"})"},
    {"devices", task,
     R"("Resources":{"Reservations":{"GenericResources":[{"NamedResourceSpec":{"Kind":"gpu"}}]}})",
     R"("Resources":{"Reservations":{"NanoCPUs":1,"GenericResources":[]}})"},
};

class ServiceRefuses : public testing::TestWithParam<Row> {};

TEST_P(ServiceRefuses, what_a_container_may_not_either) {
  Judge judge(Level::baseline);
  const auto wanted = std::string("constraint.") + GetParam().constraint;
  const auto body = body_of(GetParam(), GetParam().refused);
  EXPECT_EQ(judge.says("POST /services/create", body), wanted) << body;
  EXPECT_EQ(judge.says("POST /services/s/update?version=1", body), wanted) << body;
}

TEST_P(ServiceRefuses, but_lets_the_nearest_harmless_value_pass) {
  Judge judge(Level::baseline);
  const auto body = body_of(GetParam(), GetParam().harmless);
  EXPECT_EQ(judge.says("POST /services/create", body), "passes") << judge.decision().message;
}

INSTANTIATE_TEST_SUITE_P(Service, ServiceRefuses, testing::ValuesIn(rows));

constexpr auto hardened = R"({"TaskTemplate":{"ContainerSpec":{"Image":"a","User":"1000:1000",
    "ReadOnly":true,"CapabilityDrop":["ALL"],"Privileges":{"NoNewPrivileges":true}},
    "Resources":{"Limits":{"MemoryBytes":1000000,"NanoCPUs":1000000000,"Pids":50}}}})";

TEST(Service, passes_restricted_when_hardened) {
  Judge judge(Level::restricted);
  EXPECT_EQ(judge.says("POST /v1.44/services/create", hardened), "passes")
      << judge.decision().message;
}

TEST(Service, is_not_hardened_by_what_its_API_version_does_not_know) {
  Judge judge(Level::restricted);
  EXPECT_EQ(judge.says("POST /v1.43/services/create", hardened),
            "constraint.security_opt.no_new_privileges");
  EXPECT_EQ(judge.says("POST /v1.40/services/create", hardened), "constraint.capabilities.drop");
}

TEST(Service, has_to_say_all_that_restricted_asks_for) {
  Judge judge(Level::restricted);
  judge.says("POST /services/create", R"({"TaskTemplate":{"ContainerSpec":{"Image":"a"}},
      "EndpointSpec":{"Ports":[{"TargetPort":80}]}})");
  const auto& message = judge.decision().message;
  for (const auto* path :
       {"TaskTemplate.ContainerSpec.CapabilityDrop", "TaskTemplate.ContainerSpec.NoNewPrivileges",
        "TaskTemplate.ContainerSpec.ReadOnly", "TaskTemplate.ContainerSpec.User",
        "TaskTemplate.Resources.Limits.MemoryBytes", "TaskTemplate.Resources.Limits.NanoCPUs",
        "TaskTemplate.Resources.Limits.Pids", "EndpointSpec.Ports"}) {
    EXPECT_NE(message.find(path), message.npos) << path << " in " << message;
  }
}

}  // namespace
