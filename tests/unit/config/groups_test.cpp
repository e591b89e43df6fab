// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/unit/config/asked.hpp"

namespace config {
namespace {

constexpr auto waived =
    "waive: [capabilities.drop, security_opt.no_new_privileges, read_only_rootfs, "
    "resources.memory, resources.cpus, resources.pids]}";

/// What is said of a container and of a service whose processes are in the group as well.
std::vector<std::string> verdicts(Asked& asked, const std::string& group) {
  const std::string list = "[\"" + group + "\"]";
  return {asked.says("POST /v1.44/containers/create",
                     R"({"User":"1000:1000","HostConfig":{"GroupAdd":)" + list + "}}"),
          asked.says(
              "POST /v1.44/services/create",
              R"({"TaskTemplate":{"ContainerSpec":{"User":"1000:1000","Groups":)" + list + "}}}")};
}

TEST(FurtherGroups, are_numbers_where_users_are) {
  Asked asked("{level: restricted, numeric_user: true, " + std::string(waived));
  EXPECT_THAT(verdicts(asked, "50"), testing::Each("passes")) << asked.message();
  for (const auto* group : {"wheel", "0", "00", "+0", "-0", "+50", "root", "", "5x"}) {
    EXPECT_THAT(verdicts(asked, group), testing::Each("constraint.user")) << group;
    EXPECT_THAT(asked.message(), testing::HasSubstr("a number other than 0, by "
                                                    "`containers.numeric_user`"));
  }
}

TEST(FurtherGroups, may_have_names_where_users_may) {
  Asked asked("{level: restricted, " + std::string(waived));
  EXPECT_THAT(verdicts(asked, "audio"), testing::Each("passes")) << asked.message();
}

}  // namespace
}  // namespace config
