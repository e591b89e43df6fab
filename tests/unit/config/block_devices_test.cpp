// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <string>

#include "tests/unit/config/asked.hpp"

namespace config {
namespace {

constexpr auto create = "POST /v1.44/containers/create";
constexpr auto update = "POST /v1.44/containers/c/update";

std::string limit(const std::string& field, const std::string& path) {
  return R"({")" + field + R"(":[{"Path":")" + path + R"("}]})";
}

TEST(BlockDevices, whose_rates_are_limited_lie_in_dev) {
  Asked asked;
  for (const std::string field : {"BlkioWeightDevice", "BlkioDeviceReadBps", "BlkioDeviceWriteBps",
                                  "BlkioDeviceReadIOps", "BlkioDeviceWriteIOps"}) {
    const auto verdict = [&](const std::string& path) {
      const std::string in_update = asked.says(update, limit(field, path));
      EXPECT_EQ(asked.says(create, R"({"HostConfig":)" + limit(field, path) + "}"), in_update);
      return in_update;
    };
    for (const auto* path : {"/dev/sda", "//dev/./mapper/vg-lv", "/dev"}) {
      EXPECT_EQ(verdict(path), "passes") << field << path << asked.message();
    }
    for (const auto* path : {"/root/.ssh/id_rsa", "/dev/../etc/shadow", "/dev/fd/3/..", "/devil",
                             "/dev/fd/3/x", "dev/sda", "", "/"}) {
      EXPECT_EQ(verdict(path), "constraint.devices") << field << path;
      EXPECT_THAT(asked.message(), testing::HasSubstr("a path in /dev without '..'"));
    }
  }
}

TEST(BlockDevices, lie_anywhere_where_devices_are_not_looked_at) {
  for (const auto* containers : {"{level: unconfined}", "{waive: [devices]}"}) {
    EXPECT_EQ(Asked(containers).says(update, limit("BlkioWeightDevice", "/srv/x")), "passes");
  }
}

}  // namespace
}  // namespace config
