// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/acl/judge.hpp"

namespace {

using acl::Level;

constexpr auto create = "POST /volumes/create";
constexpr auto refused = "constraint.volumes";

TEST(VolumeCreate, lets_plain_volumes_and_volumes_in_memory_pass) {
  Judge judge;
  for (const auto* body : {
           R"({"Name":"v"})",
           R"({"Name":"v","Driver":"local","DriverOpts":{},"Labels":{"device":"/","o":"bind"}})",
           R"({"Driver":"","DriverOpts":null})",
           R"({"DriverOpts":{"type":"tmpfs","device":"tmpfs","o":"size=100m,uid=1000,mode=0700"}})",
           R"({"DriverOpts":{"type":"tmpfs","o":"noexec,nosuid"}})",
           R"({"DriverOpts":{"size":"10G"}})",
           R"({"DriverOpts":{"device":"","o":"","type":""}})",
       }) {
    EXPECT_EQ(judge.says(create, body), "passes") << body << judge.decision().message;
  }
}

TEST(VolumeCreate, is_refused_where_the_local_driver_would_mount_something) {
  Judge judge;
  for (const auto* body : {
           R"({"DriverOpts":{"type":"none","o":"bind","device":"/data"}})",
           R"({"Driver":"local","DriverOpts":{"type":"ext4","device":"/dev/sda1"}})",
           R"({"DriverOpts":{"type":"nfs","o":"addr=10.0.0.1","device":":/x"}})",
           R"({"DriverOpts":{"type":"overlay","device":"overlay","o":"lowerdir=/etc"}})",
           R"({"driveropts":{"type":"tmpfs","device":"/etc"}})",
       }) {
    EXPECT_EQ(judge.says(create, body), refused) << body;
  }
}

TEST(VolumeCreate, does_not_take_a_bind_for_a_tmpfs) {
  Judge judge;
  EXPECT_EQ(
      judge.says(create, R"({"DriverOpts":{"type":"tmpfs","o":"size=1m,bind","device":"x"}})"),
      "constraint.docker_socket");
  EXPECT_EQ(judge.says(create, R"({"DriverOpts":{"type":"tmpfs","o":"remount"}})"), refused);
}

TEST(VolumeCreate, never_binds_the_socket_at_any_level) {
  Judge judge(Level::unconfined);
  for (const auto* body : {
           R"({"DriverOpts":{"type":"none","o":"bind","device":"/srv/engine.sock"}})",
           R"({"DriverOpts":{"type":"none","o":"rbind","device":"/srv//x/.."}})",
           R"({"DriverOpts":{"type":"none","o":"bind","device":"/"}})",
           R"({"DriverOpts":{"type":"none","o":"ro,bind","device":"srv"}})",
           R"({"DriverOpts":{"type":"overlay","device":"x","o":"upperdir=/a,lowerdir=/b:/srv"}})",
           R"({"DriverOpts":{"type":"overlay","device":"x","o":"lowerdir=run/docker"}})",
           R"({"DriverOpts":{"type":"overlay","device":"x","o":"lowerdir=/a\\:/r\\un"}})",
           R"({"DriverOpts":{"type":"overlay","device":"x","o":"lowerdir+=srv"}})",
           R"({"DriverOpts":{"type":"none","o":"bind","device":"/var/lock/../docker.sock"}})",
           R"({"DriverOpts":{"type":"none","o":"bind","device":"/proc/1/root/data"}})",
           R"({"DriverOpts":{"type":"none","o":"bind","device":"/run/user/1000/docker.sock"}})",
           R"({"DriverOpts":{"type":"proc","device":"proc"}})",
           R"({"Driver":"local-persist","DriverOpts":{"mountpoint":"/run"}})",
       }) {
    EXPECT_EQ(judge.says(create, body), "constraint.docker_socket") << body;
  }
  for (const auto* body : {
           R"({"DriverOpts":{"type":"none","o":"bind","device":"/data"}})",
           R"({"DriverOpts":{"type":"overlay","device":"x","o":"lowerdir=/a::/b"}})",
           R"({"DriverOpts":{"type":"nfs","o":"addr=10.0.0.1,rw","device":":/run"}})",
           R"({"Driver":"rclone","DriverOpts":{"remote":"x:run","path":"/data"}})",
       }) {
    EXPECT_EQ(judge.says(create, body), "passes") << body;
  }
}

TEST(VolumeCreate, does_not_look_into_more_layers_than_overlayfs_takes) {
  Judge judge(Level::unconfined);
  std::string layers = "lowerdir=/a";
  const auto says = [&] {
    return judge.says(create, R"({"DriverOpts":{"type":"overlay","o":")" + layers + R"("}})");
  };
  for (int i = 1; i < 512; ++i) layers += ":/a";
  EXPECT_EQ(says(), "passes");
  layers += ":/a";
  EXPECT_EQ(says(), "constraint.docker_socket");
}

TEST(VolumeCreate, takes_the_drivers_that_the_profile_lists) {
  EXPECT_EQ(Judge().says(create, R"({"Driver":"rclone"})"), refused);
  Judge judge("{volume_drivers: [rclone]}");
  EXPECT_EQ(judge.says(create, R"({"Driver":"rclone","DriverOpts":{"remote":"x"}})"), "passes");
  EXPECT_EQ(judge.says(create, R"({"Driver":"local"})"), refused);
}

TEST(VolumeCreate, makes_no_cluster_volume) {
  Judge judge;
  EXPECT_EQ(judge.says(create, R"({"ClusterVolumeSpec":{"Group":"g"}})"), refused);
  EXPECT_EQ(judge.says(create, R"({"ClusterVolumeSpec":null})"), "passes");
  EXPECT_EQ(judge.says("PUT /v1.44/volumes/v?version=1", R"({"Spec":{"Availability":"drain"}})"),
            refused);
  EXPECT_EQ(judge.says("PUT /v1.44/volumes/v?version=1", "{}"), "passes");
}

TEST(Labels, keep_off_prefixes_that_the_engine_obeys) {
  Judge judge;
  EXPECT_EQ(judge.says(create, R"({"Labels":{"com.docker.swarm.task.id":"x"}})"),
            "constraint.labels");
  EXPECT_EQ(judge.says(create, R"({"Labels":{"tidegate.owner":"x"}})"), "constraint.labels");
  EXPECT_EQ(judge.says(create, R"({"Labels":{"com.docker.compose.project":"x"}})"), "passes");
}

TEST(Constraints, are_not_checked_at_level_unconfined_or_when_waived) {
  constexpr auto body = R"({"Driver":"rclone"})";
  EXPECT_EQ(Judge(Level::unconfined).says(create, body), "passes");
  EXPECT_EQ(Judge("{waive: [volumes]}").says(create, body), "passes");
}

TEST(Constraints, are_all_reported_at_once) {
  Judge judge;
  judge.says(create, R"({"Driver":"rclone","ClusterVolumeSpec":{"Group":"g"}})");
  EXPECT_EQ(
      judge.decision().message,
      "VolumeCreate refused for profile 'p': Driver is 'rclone', level baseline wants 'local': "
      "`containers.volume_drivers: [rclone]` would allow it; ClusterVolumeSpec is an object, level "
      "baseline wants no cluster volume");
}

}  // namespace
