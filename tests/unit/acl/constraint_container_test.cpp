// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <string>

#include "tests/unit/acl/judge.hpp"

namespace {

using acl::Level;

constexpr auto create = "POST /containers/create";
constexpr auto update = "POST /containers/web/update";
constexpr auto exec = "POST /containers/web/exec";

/// Fields of HostConfig that a level refuses, and beside each the nearest harmless ones.
struct Row {
  const char* constraint;
  const char* refused;
  const char* harmless;
};

std::string in_host_config(const char* fields) {
  return R"({"Image":"alpine","HostConfig":{)" + std::string(fields) + "}}";
}

class BaselineRefuses : public testing::TestWithParam<Row> {};

TEST_P(BaselineRefuses, in_ContainerCreate) {
  Judge judge(Level::baseline);
  const auto body = in_host_config(GetParam().refused);
  EXPECT_EQ(judge.says(create, body), std::string("constraint.") + GetParam().constraint) << body;
}

TEST_P(BaselineRefuses, but_lets_the_nearest_harmless_value_pass) {
  Judge judge(Level::baseline);
  const auto body = in_host_config(GetParam().harmless);
  EXPECT_EQ(judge.says(create, body), "passes") << body << judge.decision().message;
}

TEST_P(BaselineRefuses, not_where_the_profile_waives_it) {
  Judge judge("{waive: [" + std::string(GetParam().constraint) + "]}");
  const auto body = in_host_config(GetParam().refused);
  EXPECT_EQ(judge.says(create, body), "passes") << body << judge.decision().message;
}

TEST_P(BaselineRefuses, not_at_unconfined) {
  Judge judge(Level::unconfined);
  const auto said = judge.says(create, in_host_config(GetParam().refused));
  const bool may_show_the_socket = std::string(GetParam().constraint) == "volumes_from";
  EXPECT_EQ(said, may_show_the_socket ? "constraint.docker_socket" : "passes");
}

constexpr Row rows[] = {
    {"privileged", R"("Privileged":true)", R"("Privileged":false)"},
    {"privileged", R"("privileged":true)", R"("Privileged":null)"},
    {"capabilities.add", R"("CapAdd":["SYS_ADMIN"])", R"("CapAdd":["NET_RAW","KILL"])"},
    {"capabilities.add", R"("CapAdd":["cap_sys_admin"])", R"("CapAdd":["cap_Chown"])"},
    {"capabilities.add", R"("CapAdd":["KILL","sYs_PtRaCe"])", R"("CapAdd":["mknod"])"},
    {"capabilities.add", R"("CapAdd":["ſys_admin"])", R"("CapAdd":[])"},
    {"capabilities.add", R"("CapAdd":["ALL"])", R"("CapAdd":null)"},
    {"capabilities.add", R"("CapAdd":"all")", R"("CapAdd":"SETUID")"},
    {"capabilities.add", R"("Capabilities":["CAP_KILL"])", R"("Capabilities":[])"},
    {"volumes", R"("VolumeDriver":"rexray")", R"("VolumeDriver":"local")"},
    {"volumes_from", R"("VolumesFrom":["web"])", R"("VolumesFrom":[])"},
    {"mounts.other", R"("Mounts":[{"Type":"npipe","Target":"/t"}])",
     R"("Mounts":[{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"SizeBytes":1}}])"},
    {"mounts.other", R"("Mounts":[{"Type":"cluster","Source":"v","Target":"/t"}])",
     R"("Mounts":[{"Type":"image","Source":"alpine","Target":"/t"}])"},
    {"mounts.other", R"("Mounts":[{"Target":"/t"}])", R"("Mounts":[null])"},
    {"namespaces.network", R"("NetworkMode":"host")", R"("NetworkMode":"HOST")"},
    {"namespaces.network", R"("NetworkMode":"container:web")", R"("NetworkMode":"front")"},
    {"namespaces.pid", R"("PidMode":"host")", R"("PidMode":"")"},
    {"namespaces.pid", R"("PidMode":"container:web")", R"("PidMode":"private")"},
    {"namespaces.ipc", R"("IpcMode":"host")", R"("IpcMode":"shareable")"},
    {"namespaces.ipc", R"("IpcMode":"container:web")", R"("IpcMode":"none")"},
    {"namespaces.uts", R"("UTSMode":"host")", R"("UTSMode":"")"},
    {"namespaces.user", R"("UsernsMode":"host")", R"("UsernsMode":null)"},
    {"namespaces.cgroup", R"("CgroupnsMode":"container:x")", R"("CgroupnsMode":"private")"},
    {"namespaces.cgroup", R"("Cgroup":"container:web")", R"("Cgroup":"")"},
    {"devices", R"("Devices":[{"PathOnHost":"/dev/sda"}])", R"("Devices":[])"},
    {"devices", R"("Devices":[null])", R"("Devices":null)"},
    {"devices", R"("DeviceCgroupRules":["a *:* rwm"])", R"("DeviceCgroupRules":[])"},
    {"devices", R"("DeviceRequests":[{"Count":-1,"Capabilities":[["gpu"]]}])",
     R"("DeviceRequests":null)"},
    {"security_opt.seccomp", R"("SecurityOpt":["seccomp=unconfined"])",
     R"("SecurityOpt":["seccomp=builtin"])"},
    {"security_opt.seccomp", R"("SecurityOpt":["seccomp:unconfined"])",
     R"("SecurityOpt":["seccomp:builtin"])"},
    {"security_opt.seccomp", R"("SecurityOpt":["seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}"])",
     R"("SecurityOpt":[])"},
    {"security_opt.apparmor", R"("SecurityOpt":["apparmor=unconfined"])",
     R"("SecurityOpt":["apparmor=docker-default"])"},
    {"security_opt.apparmor", R"("SecurityOpt":["apparmor:mine"])",
     R"("SecurityOpt":["apparmor:docker-default"])"},
    {"security_opt.label", R"("SecurityOpt":["label=disable"])", R"("SecurityOpt":null)"},
    {"security_opt.label", R"("SecurityOpt":["disable"])", R"("SecurityOpt":null)"},
    {"security_opt.label", R"("SecurityOpt":["label:type:spc_t"])", R"("SecurityOpt":null)"},
    {"security_opt.systempaths", R"("SecurityOpt":["systempaths=unconfined"])",
     R"("SecurityOpt":null)"},
    {"security_opt.systempaths", R"("MaskedPaths":[])", R"("MaskedPaths":null)"},
    {"security_opt.systempaths", R"("ReadonlyPaths":[])", R"("ReadonlyPaths":null)"},
    {"security_opt.systempaths", R"("ReadonlyPaths":["/proc/bus"])",
     R"("ReadonlyPaths":["/proc/bus","/proc/fs","/proc/irq","/proc/sys","/proc/sysrq-trigger"])"},
    {"security_opt.no_new_privileges", R"("SecurityOpt":["no-new-privileges=false"])",
     R"("SecurityOpt":["no-new-privileges"])"},
    {"security_opt.no_new_privileges",
     R"("SecurityOpt":["no-new-privileges","no-new-privileges:0"])",
     R"("SecurityOpt":["no-new-privileges:0","no-new-privileges:true"])"},
    {"security_opt.other", R"("SecurityOpt":["writable-cgroups=true"])", R"("SecurityOpt":null)"},
    {"resources.oom", R"("OomKillDisable":true)", R"("OomKillDisable":false)"},
    {"resources.oom", R"("OomScoreAdj":-1)", R"("OomScoreAdj":500)"},
    {"cgroup_parent", R"("CgroupParent":"/")", R"("CgroupParent":"")"},
    {"sysctls", R"("Sysctls":{"kernel.core_pattern":"|/x"})",
     R"("Sysctls":{"net.ipv4.tcp_syncookies":"1"})"},
    {"sysctls", R"("Sysctls":{"kernel/shm_rmid_forced":"1"})",
     R"("Sysctls":{"kernel.shm_rmid_forced":"1"})"},
    {"runtime", R"("Runtime":"io.containerd.kata.v2")", R"("Runtime":"runc")"},
    {"log_driver", R"("LogConfig":{"Type":"syslog"})", R"("LogConfig":{"Type":"journald"})"},
    {"log_driver", R"("LogConfig":{"Type":"","Config":{"syslog-address":"udp://x"}})",
     R"("LogConfig":{"Type":"json-file","Config":{"max-size":"1m"}})"},
    {"risky_fields", R"("Annotations":{"a":"b"})", R"("Annotations":{})"},
    {"risky_fields", R"("CpuRealtimeRuntime":1)", R"("CpuRealtimeRuntime":0)"},
    {"risky_fields", R"("CpuRealtimePeriod":1)", R"("CpuShares":1)"},
    {"risky_fields", R"("StorageOpt":{"devicemapper.x":"y"})", R"("StorageOpt":{"size":"1g"})"},
    {"risky_fields", R"("InitPath":"/bin/sh")", R"("Init":true)"},
};
INSTANTIATE_TEST_SUITE_P(Container, BaselineRefuses, testing::ValuesIn(rows));

class UpdateRefuses : public testing::TestWithParam<Row> {};

TEST_P(UpdateRefuses, what_ContainerCreate_refuses) {
  Judge judge(Level::baseline);
  const auto refused = "{" + std::string(GetParam().refused) + "}";
  EXPECT_EQ(judge.says(update, refused), std::string("constraint.") + GetParam().constraint);
  const auto harmless = "{" + std::string(GetParam().harmless) + "}";
  EXPECT_EQ(judge.says(update, harmless), "passes") << judge.decision().message;
}

constexpr Row update_rows[] = {
    {"devices", R"("Devices":[{"PathOnHost":"/dev/sda"}])", R"("Devices":[])"},
    {"devices", R"("DeviceCgroupRules":["a *:* rwm"])", R"("DeviceCgroupRules":null)"},
    {"devices", R"("DeviceRequests":[{"Count":-1}])", R"("DeviceRequests":[])"},
    {"resources.oom", R"("OomKillDisable":true)", R"("OomKillDisable":null)"},
    {"cgroup_parent", R"("CgroupParent":"/x")", R"("CgroupParent":"")"},
    {"risky_fields", R"("CpuRealtimeRuntime":9)", R"("Memory":1073741824,"MemorySwap":-1)"},
};
INSTANTIATE_TEST_SUITE_P(Container, UpdateRefuses, testing::ValuesIn(update_rows));

TEST(ContainerExec, is_refused_if_privileged) {
  Judge judge(Level::baseline);
  EXPECT_EQ(judge.says(exec, R"({"Cmd":["id"],"Privileged":true})"), "constraint.privileged");
  EXPECT_EQ(judge.says(exec, R"({"Cmd":["id"],"pRIVILEGED":true})"), "constraint.privileged");
  EXPECT_EQ(judge.says(exec, R"({"Cmd":["id"],"User":"0","Env":["A=b"],"WorkingDir":"/"})"),
            "passes");
}

TEST(ContainerCreate, tells_every_violation_in_one_message) {
  Judge judge(Level::baseline);
  judge.says(create, R"({"HostConfig":{"Privileged":true,"Binds":["/etc:/e"],"PidMode":"host"}})");
  EXPECT_EQ(
      judge.decision().message,
      "ContainerCreate refused for profile 'p': HostConfig.Privileged is true, level baseline "
      "wants false; HostConfig.PidMode is 'host', level baseline wants 'private' or none; "
      "HostConfig.Binds[0] is '/etc:/e', level baseline wants no host path");
  EXPECT_EQ(judge.decision().reason, acl::Reason::constraint_privileged);
}

TEST(ContainerCreate, counts_violations_beyond_the_first_twenty) {
  Judge judge(Level::baseline);
  std::string binds;
  for (int i = 0; i < 25; ++i) binds += (i == 0 ? "\"/a:/b\"" : ",\"/a:/b\"");
  judge.says(create, in_host_config(("\"Binds\":[" + binds + "]").c_str()));
  EXPECT_THAT(judge.decision().message, testing::EndsWith("; and 5 more"));
}

TEST(ContainerCreate, sends_what_was_checked_and_not_what_came) {
  Judge judge(Level::baseline);
  EXPECT_EQ(judge.says(create, R"( {"image":"a","\u0048ostconfig":{ "memory":5 ,"Nope":0}} )"),
            "passes");
  EXPECT_EQ(judge.decision().body, R"({"Image":"a","HostConfig":{"Memory":5}})");
  EXPECT_THAT(judge.decision().dropped, testing::ElementsAre("HostConfig.Nope"));
}

TEST(ContainerCreate, needs_a_body) {
  Judge judge(Level::unconfined);
  EXPECT_EQ(judge.says(create, ""), "body.not_json");
  EXPECT_EQ(judge.says("POST /exec/abc/start", ""), "passes");
}

TEST(ContainerCreate, refuses_old_spellings_of_danger_before_it_looks_at_values) {
  Judge judge(Level::unconfined);
  EXPECT_EQ(judge.says(create, R"({"HoſtConfig":{"Privileged":true}})"), "body.key_not_ascii");
  EXPECT_EQ(judge.says(create, R"({"HostConfig":{},"hostconfig":{"Privileged":true}})"),
            "body.duplicate_key");
  EXPECT_EQ(judge.says(create, R"({"Image":"a"}{"HostConfig":{"Privileged":true}})"),
            "body.trailing_data");
}

TEST(ContainerCreate, obeys_what_the_profile_lists) {
  Judge judge(
      "{capabilities: {add: [SYS_PTRACE]}, devices: [{path: /dev/fuse, permissions: rw}], "
      "container_namespaces: true, volumes_from: true, runtimes: [runsc], "
      "sysctls: [net.core.somaxconn], log_drivers: [syslog], networks: [ci]}");
  const auto says = [&](const char* fields) { return judge.says(create, in_host_config(fields)); };
  const std::string network = R"("NetworkMode":"ci")";
  const auto with = [&](const char* fields) { return says((network + "," + fields).c_str()); };
  EXPECT_EQ(with(R"("CapAdd":["sys_ptrace"],"PidMode":"container:x","VolumesFrom":["y"])"),
            "passes");
  EXPECT_EQ(with(R"("CapAdd":["KILL"])"), "constraint.capabilities.add");
  EXPECT_EQ(with(R"("Devices":[{"PathOnHost":"/dev//fuse","CgroupPermissions":"r"}])"), "passes");
  EXPECT_EQ(with(R"("Devices":[{"PathOnHost":"/dev/fuse"}])"), "constraint.devices");
  EXPECT_EQ(with(R"("DeviceRequests":[{"Driver":"evil","Capabilities":[["gpu"]]}])"),
            "constraint.devices");
  for (const auto* driver : {"", "nvidia", "cdi"}) {
    const auto cdi = R"("DeviceRequests":[{"Driver":")" + std::string(driver) +
                     R"(","DeviceIDs":["vendor.com/disk=all"],"Capabilities":[["gpu"]]}])";
    EXPECT_EQ(with(cdi.c_str()), "constraint.devices") << driver;
  }
  EXPECT_EQ(with(R"("Runtime":"runsc","Sysctls":{"net.core.somaxconn":"9"})"), "passes");
  EXPECT_EQ(with(R"("Sysctls":{"net.ipv4.tcp_syncookies":"1"})"), "constraint.sysctls");
  EXPECT_EQ(with(R"("LogConfig":{"Type":"syslog"})"), "passes");
  EXPECT_EQ(says(R"("NetworkMode":"default")"), "constraint.networks");
  EXPECT_EQ(says(R"("NetworkMode":"none")"), "passes");
}

TEST(ContainerCreate, obeys_maxima_and_takes_no_limit_for_too_much) {
  Judge judge("{memory: {max: 6MiB}, cpus: {max: 2}, pids: {max: 10}, ulimits: {nofile: 100}}");
  const auto with = [&](const std::string& fields) {
    return judge.says(create, R"({"HostConfig":{)" + fields + "}}");
  };
  const std::string memory = R"("Memory":6291456,)", cpus = R"("NanoCpus":2000000000,)";
  const std::string pids = R"("PidsLimit":10)";
  EXPECT_EQ(with(memory + cpus + pids), "passes");
  EXPECT_EQ(with(memory + R"("CpuQuota":200000,)" + pids), "passes");
  EXPECT_EQ(with(memory + R"("CpuQuota":200000,"CpuPeriod":50000,)" + pids),
            "constraint.resources.cpus");
  EXPECT_EQ(with(memory + R"("CpuQuota":-1,)" + pids), "constraint.resources.cpus");
  EXPECT_EQ(with(R"("Memory":6291457,)" + cpus + pids), "constraint.resources.memory");
  EXPECT_EQ(with(cpus + pids), "constraint.resources.memory");
  EXPECT_EQ(with(memory + R"("MemorySwap":-1,)" + cpus + pids), "constraint.resources.memory");
  EXPECT_EQ(with(memory + cpus + R"("PidsLimit":-1)"), "constraint.resources.pids");
  const std::string limits = R"(,"Ulimits":[{"Name":"nofile","Soft":1,"Hard":)";
  EXPECT_EQ(with(memory + cpus + pids + limits + "100}]"), "passes");
  EXPECT_EQ(with(memory + cpus + pids + limits + "-1}]"), "constraint.ulimits");
}

}  // namespace
