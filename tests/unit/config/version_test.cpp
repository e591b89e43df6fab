// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/config/loading.hpp"

namespace config {
namespace {

TEST(Version, a_file_without_one_is_read_as_version_1_and_says_so) {
  const auto loaded = load(std::string(profiles) + listeners);
  EXPECT_THAT(warnings_of(loaded),
              testing::Contains("t.yaml: version: is missing: this file is read as version 1; "
                                "write `version: 1`"));
}

TEST(Version, a_file_with_version_1_has_no_warnings_of_it) {
  const auto loaded = load("version: 1\n" + std::string(profiles) + listeners);
  EXPECT_THAT(warnings_of(loaded), testing::IsEmpty());
}

TEST(Version, a_file_without_one_is_told_of_names_that_no_longer_pass) {
  const std::string tcp = "listeners: [{address: tcp://0.0.0.0:2375, insecure: true, profile: p";
  const std::string warning = "t.yaml:2: listeners[0].hosts: this listener no longer answers under";
  EXPECT_THAT(warnings_of(load(profiles + tcp + "}]\n")), testing::Contains(HasSubstr(warning)));
  EXPECT_THAT(warnings_of(load(profiles + tcp + ", hosts: [gate.corp]}]\n")),
              testing::Not(testing::Contains(HasSubstr(warning))));
  EXPECT_THAT(warnings_of(load("version: 1\n" + (profiles + tcp) + "}]\n")), testing::IsEmpty());
}

TEST(Version, a_file_without_one_is_told_of_names_under_which_admin_no_longer_answers) {
  const std::string file = std::string(profiles) + listeners + "admin: {address: ";
  const std::string warning = "t.yaml:3: admin.hosts: `admin` no longer answers under names";
  EXPECT_THAT(warnings_of(load(file + "tcp://127.0.0.1:9180}\n")),
              testing::Contains(HasSubstr(warning)));
  EXPECT_THAT(warnings_of(load(file + "tcp://127.0.0.1:9180, hosts: [gate.corp]}\n")),
              testing::Not(testing::Contains(HasSubstr("admin.hosts"))));
  EXPECT_THAT(warnings_of(load(file + "unix:///run/admin.sock}\n")),
              testing::Not(testing::Contains(HasSubstr("admin.hosts"))));
  EXPECT_THAT(warnings_of(load("version: 1\n" + file + "tcp://127.0.0.1:9180}\n")),
              testing::IsEmpty());
}

TEST(Version, any_other_version_is_a_mistake) {
  for (const std::string version : {"0", "2", "one", "\"\""}) {
    const auto loaded = load("version: " + version + "\n" + std::string(profiles) + listeners);
    ASSERT_FALSE(loaded) << version;
    EXPECT_EQ(loaded.error().front().where, "version");
  }
}

}  // namespace
}  // namespace config
