// SPDX-License-Identifier: Apache-2.0
#include "proxy/cgroup_memory.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <string>

namespace proxy {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t MiB = std::size_t{1024} * 1024;

/// A machine's files, as far as they matter.
class CgroupMemory : public testing::Test {
 protected:
  CgroupMemory() {
    std::string path = fs::temp_directory_path() / "tidegate-XXXXXX";
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    root_ = path;
  }
  ~CgroupMemory() override { fs::remove_all(root_); }

  void file(const fs::path& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text << "\n";
  }
  void groups(const std::string& text) { file("proc/self/cgroup", text); }
  std::optional<std::size_t> limit() const { return cgroup_memory_limit(root_); }

 private:
  fs::path root_;
};

TEST_F(CgroupMemory, is_read_from_version_2) {
  groups("0::/system.slice/tidegate.service");
  file("sys/fs/cgroup/system.slice/tidegate.service/memory.max", "134217728");
  EXPECT_EQ(limit(), 128 * MiB);
}

TEST_F(CgroupMemory, is_the_least_of_a_group_and_those_above) {
  groups("0::/system.slice/tidegate.service");
  file("sys/fs/cgroup/system.slice/tidegate.service/memory.max", "max");
  file("sys/fs/cgroup/system.slice/memory.max", "67108864");
  EXPECT_EQ(limit(), 64 * MiB);
}

TEST_F(CgroupMemory, is_read_in_a_container_whose_group_is_the_root) {
  groups("0::/");
  file("sys/fs/cgroup/memory.max", "33554432");
  EXPECT_EQ(limit(), 32 * MiB);
}

TEST_F(CgroupMemory, is_read_from_version_1) {
  groups("5:cpu,cpuacct:/x\n4:memory:/docker/0123\n1:name=systemd:/x\n0::/x");
  file("sys/fs/cgroup/memory/docker/0123/memory.limit_in_bytes", "134217728");
  EXPECT_EQ(limit(), 128 * MiB);
}

TEST_F(CgroupMemory, is_read_from_version_1_where_the_path_is_the_hosts) {
  groups("4:memory:/docker/0123\n0::/");
  file("sys/fs/cgroup/memory/memory.limit_in_bytes", "134217728");
  EXPECT_EQ(limit(), 128 * MiB);
}

TEST_F(CgroupMemory, is_nothing_where_nobody_limits_it) {
  EXPECT_EQ(limit(), std::nullopt);
  groups("0::/user.slice");
  file("sys/fs/cgroup/user.slice/memory.max", "max");
  EXPECT_EQ(limit(), std::nullopt);
}

TEST(DefaultHeldBytes, are_a_third_of_the_memory_and_never_more_than_256_MiB) {
  EXPECT_EQ(default_held_bytes(96 * MiB), 32 * MiB);
  EXPECT_EQ(default_held_bytes(8192 * MiB), 256 * MiB);
  EXPECT_EQ(default_held_bytes(9223372036854771712U), 256 * MiB) << "no limit, in version 1";
  EXPECT_EQ(default_held_bytes(std::nullopt), 256 * MiB);
}

}  // namespace
}  // namespace proxy
