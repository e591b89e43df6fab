// SPDX-License-Identifier: Apache-2.0
// What a configuration without a version is told about groups that stand for less than in 0.1.
#include "tests/unit/config/loading.hpp"

namespace config {
namespace {

std::vector<std::string> told(const std::string& profile) {
  const auto loaded = load(std::string(listeners) + "profiles: {p: " + profile + "}\n");
  std::vector<std::string> lines;
  if (!loaded) return lines_of(loaded);
  for (const auto& warning : loaded->warnings) {
    if (warning.where != "version") lines.push_back(to_string(warning));
  }
  return lines;
}

TEST(Version, names_groups_that_no_longer_make_the_engine_connect_where_a_client_says) {
  EXPECT_THAT(told("{allow: [\"@container\", \"@read\"], deny: [\"@swarm\"]}"),
              testing::ElementsAre(testing::AllOf(
                  HasSubstr("profiles.p.allow[1]"),
                  HasSubstr("'@read' no longer allows ImageSearch, GetPluginPrivileges, "
                            "DistributionInspect"),
                  HasSubstr("by name, or \"@egress\""))));
  EXPECT_THAT(told("{allow: [\"@image\", ImageSearch]}"), testing::IsEmpty());
  EXPECT_THAT(told("{allow: [\"@image\", \"@egress\"]}"), testing::IsEmpty());
  EXPECT_THAT(told("{allow: [\"@image\"], deny: [ImageSearch]}"), testing::IsEmpty());
  EXPECT_THAT(told("{allow: [\"@system\"]}"),
              testing::ElementsAre(HasSubstr("'@system' no longer allows SystemAuth")));
  EXPECT_THAT(told("{allow: [\"*\"], deny: [\"@read\"], containers: {level: unconfined}}"),
              testing::ElementsAre(HasSubstr("'@read' no longer denies SystemAuth, ImageSearch")));
}

TEST(Version, names_operations_that_a_level_refuses_since_then) {
  EXPECT_THAT(told("{allow: [PluginCreate]}"),
              testing::ElementsAre(testing::AllOf(HasSubstr("PluginCreate no longer passes"),
                                                  HasSubstr("waive: [plugins]"))));
  EXPECT_THAT(told("{allow: [SwarmJoin, SwarmUpdate]}"), testing::SizeIs(2));
  EXPECT_THAT(told("{allow: [SwarmJoin, SwarmUpdate], containers: {waive: [swarm]}}"),
              testing::IsEmpty());
  EXPECT_THAT(told("{allow: [SwarmJoin], containers: {level: unconfined}}"), testing::IsEmpty());
}

}  // namespace
}  // namespace config
