// SPDX-License-Identifier: Apache-2.0
// The engine drops fields that are newer than a request's API version, and an old engine those that
// it does not know: what must be set counts only where the version has it.
#include <gmock/gmock.h>

#include <string>

#include "tests/unit/acl/judge.hpp"

namespace config {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr auto hardened_service =
    R"({"TaskTemplate":{"ContainerSpec":{"Image":"a","User":"1000:1000","ReadOnly":true,
        "CapabilityDrop":["ALL"],"Privileges":{"NoNewPrivileges":true}},
        "Resources":{"Limits":{"MemoryBytes":10000000,"NanoCPUs":1000000000,"Pids":50}}}})";
constexpr auto plain_service = R"({"TaskTemplate":{"ContainerSpec":{"Image":"a"}}})";
constexpr auto ipc_alone =
    "{level: restricted, waive: [capabilities.drop, security_opt.no_new_privileges, user, "
    "read_only_rootfs, resources.memory, resources.cpus, resources.pids]}";

TEST(ApiVersion, has_to_be_named_for_a_service_to_count_as_hardened) {
  Judge judge("{level: restricted}");
  EXPECT_EQ(judge.says("POST /v1.44/services/create", hardened_service), "passes")
      << judge.decision().message;
  EXPECT_NE(judge.says("POST /services/create", hardened_service), "passes");
  const std::string message = judge.decision().message;
  EXPECT_THAT(message, HasSubstr("NoNewPrivileges is not set, level restricted wants true, over "
                                 "API 1.44 or later, named in the path"));
  EXPECT_THAT(message, HasSubstr("ALL in it, over API 1.41 or later, named in the path"));
  EXPECT_THAT(message, HasSubstr("a limit, over API 1.41 or later, named in the path"));
}

struct Switch {
  std::string key, constraint, path;
  unsigned since;
};

const Switch switches[] = {
    {"no_new_privileges: true", "security_opt.no_new_privileges",
     "TaskTemplate.ContainerSpec.Privileges.NoNewPrivileges", 44},
    {"drop_all_capabilities: true", "capabilities.drop",
     "TaskTemplate.ContainerSpec.CapabilityDrop[0]", 41},
    {"read_only_rootfs: true", "read_only_rootfs", "TaskTemplate.ContainerSpec.ReadOnly", 29},
    {"pids: 100", "resources.pids", "TaskTemplate.Resources.Limits.Pids", 41},
};

TEST(ApiVersion, that_drops_what_is_enforced_in_a_service_is_refused_at_every_level) {
  for (const auto& [key, constraint, path, since] : switches) {
    for (const std::string level : {"unconfined", "baseline"}) {
      Judge judge("{level: " + level + ", enforce: {" + key + "}}");
      const auto over = [&](const std::string& version) {
        return judge.says("POST " + version + "/services/create", plain_service);
      };
      EXPECT_EQ(over("/v1." + std::to_string(since)), "passes") << judge.decision().message;
      EXPECT_THAT(judge.decision().enforced, Contains(path));
      for (const std::string& old : {std::string(), "/v1." + std::to_string(since - 1)}) {
        EXPECT_EQ(over(old), "constraint." + constraint) << old;
        EXPECT_THAT(judge.decision().enforced, Not(Contains(path))) << old;
      }
    }
  }
}

TEST(ApiVersion, that_drops_what_is_enforced_is_refused_whatever_the_client_sets_itself) {
  for (const auto& [key, constraint, path, since] : switches) {
    Judge judge("{enforce: {" + key + "}}");
    EXPECT_EQ(
        judge.says("POST /v1." + std::to_string(since - 1) + "/services/create", hardened_service),
        "constraint." + constraint);
  }
}

TEST(ApiVersion, that_drops_what_is_enforced_passes_with_a_waiver_and_nothing_is_recorded) {
  Judge judge("{waive: [resources.pids], enforce: {pids: 100}}");
  EXPECT_EQ(judge.says("POST /v1.40/services/create", plain_service), "passes");
  EXPECT_THAT(judge.decision().enforced, Not(Contains("TaskTemplate.Resources.Limits.Pids")));
}

TEST(ApiVersion, before_1_40_shares_ipc_by_default_so_restricted_asks_for_the_mode) {
  Judge judge(ipc_alone);
  for (const auto* host : {R"({"HostConfig":{"IpcMode":""}})", R"({"HostConfig":{}})", "{}"}) {
    EXPECT_EQ(judge.says("POST /v1.39/containers/create", host), "constraint.namespaces.ipc");
    EXPECT_EQ(judge.says("POST /v1.40/containers/create", host), "passes")
        << judge.decision().message;
  }
  judge.says("POST /v1.39/containers/create", "{}");
  EXPECT_THAT(judge.decision().message, HasSubstr("HostConfig.IpcMode is not set, level "
                                                  "restricted wants 'private' or 'none'"));
  EXPECT_EQ(judge.says("POST /v1.39/containers/create", R"({"HostConfig":{"IpcMode":"private"}})"),
            "passes");
  EXPECT_EQ(Judge("{}").says("POST /v1.39/containers/create", "{}"), "passes");
}

}  // namespace
}  // namespace config
