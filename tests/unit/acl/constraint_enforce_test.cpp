// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <string>

#include "tests/unit/acl/judge.hpp"

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto create = "POST /containers/create";

constexpr auto everything =
    "{level: restricted, enforce: {labels: {team: ci}, no_new_privileges: true, "
    "drop_all_capabilities: true, read_only_rootfs: true, memory: 6MiB, cpus: 0.01, pids: 30, "
    "user: '1000:1000', log_driver: local}}";

TEST(Enforce, hardens_a_container_of_an_unaware_client_so_that_it_passes_restricted) {
  Judge judge(everything);
  EXPECT_EQ(judge.says(create, R"({"Image":"a"})"), "passes") << judge.decision().message;
  EXPECT_EQ(judge.decision().body,
            R"({"Image":"a","HostConfig":{"SecurityOpt":["no-new-privileges"],"CapDrop":["ALL"],)"
            R"("ReadonlyRootfs":true,"LogConfig":{"Type":"local"},"Memory":6291456,"PidsLimit":30,)"
            R"("NanoCpus":10000000},"User":"1000:1000","Labels":{"team":"ci"}})");
  EXPECT_THAT(
      judge.decision().enforced,
      ElementsAre("User", "HostConfig.SecurityOpt[0]", "HostConfig.CapDrop[0]",
                  "HostConfig.ReadonlyRootfs", "HostConfig.LogConfig.Type", "HostConfig.Memory",
                  "HostConfig.PidsLimit", "HostConfig.NanoCpus", "Labels.team"));
}

TEST(Enforce, changes_nothing_the_second_time) {
  Judge judge(everything);
  ASSERT_EQ(judge.says(create, R"({"Image":"a","HostConfig":null,"Labels":{"team":"x"}})"),
            "passes");
  const std::string once(judge.decision().body);
  ASSERT_EQ(judge.says(create, once), "passes");
  EXPECT_EQ(judge.decision().body, once);
  EXPECT_THAT(judge.decision().enforced, IsEmpty());
}

TEST(Enforce, leaves_what_the_client_chose_within_its_bounds) {
  Judge judge(everything);
  ASSERT_EQ(judge.says(create, R"({"User":"7:7","HostConfig":{"Memory":5,"PidsLimit":6,)"
                               R"("CpuQuota":1,"CpuPeriod":1000000,"LogConfig":{"Type":"none"}}})"),
            "passes");
  EXPECT_THAT(std::string(judge.decision().body),
              testing::HasSubstr(R"("Memory":5,"PidsLimit":6,"CpuQuota":1,)"
                                 R"("CpuPeriod":1000000)"));
}

TEST(Enforce, lowers_what_the_client_asks_too_much_of) {
  Judge judge(everything);
  ASSERT_EQ(
      judge.says(create, R"({"HostConfig":{"Memory":6291457,"PidsLimit":-1,"NanoCpus":10000000}})"),
      "passes");
  EXPECT_THAT(std::string(judge.decision().body),
              testing::HasSubstr(R"("Memory":6291456,"PidsLimit":30,"NanoCpus":10000000)"));
}

TEST(Enforce, holds_switches_whatever_the_client_says) {
  Judge judge(everything);
  EXPECT_EQ(judge.says(create, R"({"HostConfig":{"ReadonlyRootfs":false,)"
                               R"("SecurityOpt":["no-new-privileges:false"]}})"),
            "passes")
      << judge.decision().message;
  EXPECT_THAT(std::string(judge.decision().body),
              testing::HasSubstr(R"(["no-new-privileges:false","no-new-privileges"])"));
}

TEST(Enforce, hardens_the_tasks_of_a_service) {
  Judge judge(everything);
  EXPECT_EQ(judge.says("POST /v1.44/services/create",
                       R"({"TaskTemplate":{"ContainerSpec":{"Image":"a"}}})"),
            "passes")
      << judge.decision().message;
  EXPECT_EQ(judge.decision().enforced.size(), 9u);
}

TEST(Enforce, does_nothing_unasked) {
  Judge judge(acl::Level::unconfined);
  ASSERT_EQ(judge.says(create, R"({"Image":"a"})"), "passes");
  EXPECT_EQ(judge.decision().body, R"({"Image":"a"})");
}

}  // namespace
