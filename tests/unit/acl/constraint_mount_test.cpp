// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "tests/unit/acl/judge.hpp"

namespace {

using acl::Level;

constexpr auto create = "POST /containers/create";

std::string with_bind(const std::string& text) {
  return R"({"HostConfig":{"Binds":[")" + text + R"("]}})";
}

std::string with_mount(const std::string& fields) {
  return R"({"HostConfig":{"Mounts":[{"Target":"/t",)" + fields + "}]}}";
}

constexpr auto with_binds = "{binds: [{path: /srv/ci}, {path: /srv/cache, read_only: true}]}";

/// The engine's own socket in Judge is /srv/engine.sock; the usual one is protected anyway.
constexpr const char* socket_spellings[] = {
    "/srv/engine.sock",
    "/srv//engine.sock",
    "/srv/./engine.sock/",
    "/srv/x/../engine.sock",
    "/srv",
    "/srv/",
    "/",
    "//",
    "/..",
    "/usr/../srv",
    "/run/docker.sock",
    "/var/run/docker.sock",
    "/var/run/",
    "/var/run/../run/docker.sock",
    "/run",
    "/var",
    "/var/./run//docker.sock",
    "/proc",
    "/proc/",
    "/proc/1",
    "/proc/1/root",
    "/proc/1/root/run/docker.sock",
    "/proc/self/root/srv/engine.sock",
    "/proc//self/../thread-self/root",
    "/proc/1/cwd",
    "/proc/1/ns/mnt",
    "/proc/cpuinfo",
    "/usr/../proc/2",
    "/dev/fd/7",
    "/run/containerd/containerd.sock",
    "/var/run/docker/containerd/containerd.sock",
    "/run/podman/podman.sock",
    "/run/crio/crio.sock",
    "/run/buildkit/buildkitd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/var/run/k3s",
    "/run/host-services/docker.proxy.sock",
    "/run//./host-services",
    "/run/systemd",
    "/run/systemd/private",
    "/var/run/dbus/system_bus_socket",
    "/run/dbus",
    "/run/snapd.socket",
    "/run/libvirt/libvirt-sock",
    "/run/incus/unix.socket",
    "/var/lib/incus/unix.socket",
    "/var/lib/lxd",
    "/var/snap",
    "/var/snap/docker/current/run/docker.sock",
    "/var/snap/lxd/common/lxd/unix.socket",
    "/run/user",
    "/run/user/1000",
    "/var/run/user/1000/docker.sock",
    "/run/user/0/podman/podman.sock",
    "/run/user/1000/bus",
    "/run/user/1000/systemd/private",
    "/home/ci/.docker",
    "/home/ci/.docker/run/docker.sock",
    "/home/ci/x/../.docker/desktop",
    "/home/ci/.colima/default/docker.sock",
    "/root/.docker/run/docker.sock",
    "/root/.rd/docker.sock",
    "/mnt/wsl/docker-desktop/shared-sockets",
};

class DockerSocket : public testing::TestWithParam<const char*> {};

TEST_P(DockerSocket, is_no_bind_at_any_level) {
  for (const std::string level : {"unconfined", "baseline", "restricted"}) {
    Judge judge("{level: " + level +
                ", binds: [{path: /}], waive: [user, capabilities.drop, "
                "security_opt.no_new_privileges, read_only_rootfs, resources.memory, "
                "resources.cpus, resources.pids]}");
    EXPECT_EQ(judge.says(create, with_bind(std::string(GetParam()) + ":/s")),
              "constraint.docker_socket");
    EXPECT_EQ(judge.says(create, with_bind("v:/v\",\"" + std::string(GetParam()) + ":/s:ro")),
              "constraint.docker_socket");
  }
}

TEST_P(DockerSocket, is_no_mount_of_a_container_or_service) {
  Judge judge(Level::unconfined);
  const auto fields = R"("Type":"bind","Source":")" + std::string(GetParam()) + "\"";
  EXPECT_EQ(judge.says(create, with_mount(fields)), "constraint.docker_socket");
  EXPECT_EQ(judge.says("POST /services/create",
                       R"({"TaskTemplate":{"ContainerSpec":{"Mounts":[{)" + fields + "}]}}}"),
            "constraint.docker_socket");
}

TEST_P(DockerSocket, is_no_device_of_a_volume) {
  Judge judge(Level::unconfined);
  const auto options =
      R"("Options":{"type":"none","o":"bind","device":")" + std::string(GetParam()) + "\"}";
  EXPECT_EQ(judge.says(create, with_mount(R"("Type":"volume","VolumeOptions":{"DriverConfig":{)" +
                                          options + "}}")),
            "constraint.docker_socket");
}

TEST_P(DockerSocket, may_be_mounted_where_a_profile_says_so) {
  Judge judge("{level: unconfined, docker_socket: allow}");
  EXPECT_EQ(judge.says(create, with_bind(std::string(GetParam()) + ":/s")), "passes");
}

INSTANTIATE_TEST_SUITE_P(Spellings, DockerSocket, testing::ValuesIn(socket_spellings));

TEST(DockerSocket, is_not_what_stands_beside_it) {
  Judge judge(Level::unconfined);
  for (const auto* source : {"/srv/engine.sock2",
                             "/srv/data",
                             "/var/lib",
                             "/var/lib/x",
                             "/var/lib/docker",
                             "/var/log",
                             "/run/user/1000/pulse",
                             "/run/udev",
                             "/run/lock",
                             "/run/systemd/journal/socket",
                             "/run/systemd/resolve",
                             "/run/dockerx",
                             "/home",
                             "/home/ci",
                             "/home/docker.sock",
                             "/home/ci/.docker/config.json",
                             "/root",
                             "/root/.docker/config.json",
                             "/etc",
                             "/sys",
                             "/dev",
                             "/dev/shm",
                             "/processes",
                             "/srv/proc/1",
                             "engine.sock"}) {
    EXPECT_EQ(judge.says(create, with_bind(std::string(source) + ":/s")), "passes") << source;
  }
}

TEST(DockerSocket, is_not_the_word_in_labels_env_or_targets) {
  Judge judge(Level::baseline);
  EXPECT_EQ(judge.says(create, R"({"Labels":{"a":"/var/run/docker.sock"},
      "Env":["A=/var/run/docker.sock:/x"],"HostConfig":{"Binds":["v:/var/run/docker.sock"]}})"),
            "passes");
}

TEST(Binds, are_refused_where_none_is_listed) {
  Judge judge(Level::baseline);
  EXPECT_EQ(judge.says(create, with_bind("/etc:/e:ro")), "constraint.binds");
  EXPECT_EQ(judge.says(create, with_bind("/etc:/e:")), "constraint.binds");
  EXPECT_EQ(judge.says(create, with_mount(R"("Type":"bind","Source":"/etc")")), "constraint.binds");
  EXPECT_EQ(judge.says(create, with_bind("data:/e:ro")), "passes");
  EXPECT_EQ(judge.says(create, with_bind("/anonymous")), "passes");
}

TEST(Binds, match_listed_paths_alone_after_cleaning) {
  Judge judge(with_binds);
  for (const auto* text : {"/srv/ci:/d", "/srv/ci/:/d:rw,z", "/srv/./ci//a/../:/d:rprivate"}) {
    EXPECT_EQ(judge.says(create, with_bind(text)), "passes") << text << judge.decision().message;
  }
  for (const auto* text : {"/srv/ci-evil:/d", "/srv/ci/../cj:/d", "/etc:/d", "/srv/cI:/d",
                           "/srv/ci/a:/d", "/srv/ci/x:/d:ro", "/srv/ci/a/b:/d"}) {
    EXPECT_EQ(judge.says(create, with_bind(text)), "constraint.binds") << text;
  }
}

TEST(Binds, are_read_only_where_listed_so) {
  Judge judge(with_binds);
  EXPECT_EQ(judge.says(create, with_bind("/srv/cache:/d")), "constraint.binds");
  EXPECT_EQ(judge.says(create, with_bind("/srv/cache:/d:nocopy,ro")), "passes");
  const std::string source = R"("Type":"bind","Source":"/srv/cache")";
  EXPECT_EQ(judge.says(create, with_mount(source)), "constraint.binds");
  EXPECT_EQ(judge.says(create, with_mount(source + R"(,"ReadOnly":true)")), "passes");
  EXPECT_EQ(judge.says(create, with_mount(source + R"(,"ReadOnly":true,"BindOptions":
      {"ReadOnlyNonRecursive":true})")),
            "constraint.binds");
}

TEST(Binds, keep_mounts_private) {
  Judge judge(with_binds);
  for (const auto* mode : {"shared", "rshared", "slave", "rslave", "unbindable"}) {
    EXPECT_EQ(judge.says(create, with_bind("/srv/ci:/d:rw," + std::string(mode))),
              "constraint.binds");
    EXPECT_EQ(judge.says(create, with_mount(R"("Type":"bind","Source":"/srv/ci","BindOptions":
        {"Propagation":")" + std::string(mode) +
                                            "\"}")),
              "constraint.binds");
  }
  EXPECT_EQ(judge.says(create, with_mount(R"("Type":"bind","Source":"/srv/ci","BindOptions":
      {"Propagation":"rprivate","CreateMountpoint":true,"NonRecursive":true})")),
            "passes");
}

TEST(Mounts, of_volumes_take_no_driver_that_binds) {
  Judge judge(with_binds);
  const auto volume = [&](const char* driver) {
    return judge.says(create, with_mount(R"("Type":"volume","Source":"v","VolumeOptions":
        {"DriverConfig":)" + std::string(driver) +
                                         "}"));
  };
  EXPECT_EQ(volume(R"({"Name":"local","Options":{"type":"none","o":"bind","device":"/data"}})"),
            "constraint.volumes");
  EXPECT_EQ(volume(R"({"Name":"rexray"})"), "constraint.volumes");
  EXPECT_EQ(volume(R"({"Name":"local"})"), "passes");
  EXPECT_EQ(volume(R"({"Options":{"type":"tmpfs","device":"tmpfs","o":"size=1m"}})"), "passes");
}

}  // namespace
