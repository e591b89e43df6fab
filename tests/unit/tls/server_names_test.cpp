// SPDX-License-Identifier: Apache-2.0
#include "tls/server_names.hpp"

#include <gmock/gmock.h>

#include "tests/unit/tls/pki.hpp"

namespace tls {
namespace {

using testing::ElementsAre;

class ServerNames : public Pki {
 protected:
  std::vector<std::string> of(const std::string& common_name,
                              const std::vector<std::string>& sans) const {
    return server_names(mint(blank(Purpose::server, common_name, sans), &ca_).cert.get());
  }
};

TEST_F(ServerNames, are_the_DNS_names_of_the_certificate) {
  EXPECT_THAT(of("tidegate", {"Gate.Corp", "*.ci.corp", "192.0.2.1"}),
              ElementsAre("gate.corp", "*.ci.corp"));
}

TEST_F(ServerNames, are_the_common_name_where_there_is_no_other) {
  EXPECT_THAT(of("gate.corp", {}), ElementsAre("gate.corp"));
  EXPECT_THAT(of("gate.corp", {"192.0.2.1"}), ElementsAre("gate.corp"));
}

TEST_F(ServerNames, are_read_from_a_file_too) {
  EXPECT_FALSE(server_names("/no/such/file"));
}

}  // namespace
}  // namespace tls
