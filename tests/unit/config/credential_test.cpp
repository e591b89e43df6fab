// SPDX-License-Identifier: Apache-2.0
#include "config/credential.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace config {
namespace {

using testing::HasSubstr;

class CredentialsOfSystemd : public testing::Test {
 protected:
  ~CredentialsOfSystemd() override { unsetenv("CREDENTIALS_DIRECTORY"); }
  static void unit_has(const char* folder) { setenv("CREDENTIALS_DIRECTORY", folder, 1); }
};

TEST_F(CredentialsOfSystemd, are_files_in_the_folder_that_systemd_names) {
  unit_has("/run/credentials/tidegate.service");
  EXPECT_EQ(path_of("credential:tls-key"), "/run/credentials/tidegate.service/tls-key");
  EXPECT_EQ(path_of("/etc/tidegate/key.pem"), "/etc/tidegate/key.pem");
}

TEST_F(CredentialsOfSystemd, cannot_lead_out_of_that_folder) {
  unit_has("/run/credentials/tidegate.service");
  for (const std::string wrong : {"credential:", "credential:.", "credential:..", "credential:a/b",
                                  "credential:../shadow", "credential:a b"}) {
    EXPECT_FALSE(is_credential(wrong)) << wrong;
    EXPECT_EQ(path_of(wrong), wrong);
  }
  EXPECT_TRUE(is_credential("credential:" + std::string(255, 'a')));
  EXPECT_FALSE(is_credential("credential:" + std::string(256, 'a')));
}

TEST_F(CredentialsOfSystemd, that_are_missing_name_the_line_of_the_unit) {
  EXPECT_THAT(remedy_for_missing("credential:tls-key"),
              testing::AllOf(HasSubstr("CREDENTIALS_DIRECTORY is not set"),
                             HasSubstr("LoadCredential=tls-key:/")));
  unit_has("/run/credentials/tidegate.service");
  EXPECT_THAT(remedy_for_missing("credential:tls-key"),
              testing::Not(HasSubstr("CREDENTIALS_DIRECTORY")));
  EXPECT_EQ(remedy_for_missing("/etc/tidegate/key.pem"), "");
}

}  // namespace
}  // namespace config
