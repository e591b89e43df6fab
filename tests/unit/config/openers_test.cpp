// SPDX-License-Identifier: Apache-2.0
// A refusal names the key that would allow the request, and with that key the request passes.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/constraint.hpp"
#include "acl/text/words.hpp"
#include "config/environment.hpp"
#include "tests/unit/acl/judge.hpp"

namespace config {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto create = "POST /v1.44/containers/create";
constexpr auto service = "POST /v1.44/services/create";
constexpr auto exec = "POST /v1.44/containers/web/exec";
constexpr auto network = "POST /networks/create";
constexpr auto volume = "POST /volumes/create";
constexpr std::string_view would = "` would allow it";

using Keys = std::map<std::string, std::string>;

/// As a file has them: "{binds: [{path: /srv}], level: baseline}".
std::string text_of(const Keys& keys) {
  std::string text;
  for (const auto& [key, value] : keys) text += (text.empty() ? "" : ", ") + key + ": " + value;
  return "{" + text + "}";
}

// With `images` a profile that allows builds by name must say which images these may use.
const Keys listed_images{{"images", "[alpine]"}, {"build", "{images: any}"}};

struct Row {
  std::string constraint;
  Keys keys;  ///< of the profile
  std::string request, body;
  std::string opener;  ///< what follows "containers." in the message
};

std::string host(const std::string& members) {
  return R"({"Image":"a","HostConfig":{)" + members + "}}";
}

/// A container that `restricted` accepts, but for what is left out and what is added.
std::string hardened(std::string_view without, const std::string& more = "") {
  std::string members = more;
  for (const std::string_view each :
       {R"("ReadonlyRootfs":true)", R"("CapDrop":["ALL"])",
        R"("SecurityOpt":["no-new-privileges"])", R"("Memory":67108864)", R"("NanoCpus":500000000)",
        R"("PidsLimit":50)"}) {
    if (!without.empty() && each.find(without) != each.npos) continue;
    members += (members.empty() ? "" : ",") + std::string(each);
  }
  const bool has_user = without != "User";
  return std::string(R"({"Image":"a")") + (has_user ? R"(,"User":"1000:1000")" : "") +
         R"(,"HostConfig":{)" + members + "}}";
}

std::vector<Row> rows() {
  const Keys restricted{{"level", "restricted"}};
  return {
      {"capabilities.add",
       {},
       create,
       host(R"("CapAdd":["NET_ADMIN"])"),
       "capabilities: {add: [NET_ADMIN]}"},
      {"capabilities.add",
       {{"capabilities", "{add: []}"}},
       create,
       host(R"("CapAdd":["cap_kill"])"),
       "capabilities: {add: [KILL]}"},
      {"capabilities.drop", restricted, create, hardened("CapDrop"),
       "enforce: {drop_all_capabilities: true}"},
      {"namespaces.network",
       {},
       create,
       host(R"("NetworkMode":"container:web")"),
       "container_namespaces: true"},
      {"namespaces.pid",
       {},
       create,
       host(R"("PidMode":"container:web")"),
       "container_namespaces: true"},
      {"namespaces.ipc",
       {},
       create,
       host(R"("IpcMode":"container:web")"),
       "container_namespaces: true"},
      {"binds", {}, create, host(R"("Binds":["/srv/x:/x"])"), "binds: [{path: /srv/x}]"},
      {"binds",
       {},
       create,
       host(R"("Binds":["/srv//x/:/x:ro"])"),
       "binds: [{path: /srv/x, read_only: true}]"},
      {"binds",
       {},
       create,
       host(R"("Binds":["/etc/hosts:/x:ro"])"),
       "binds: [{path: /etc/hosts, read_only: true}]"},
      {"binds", {}, create, host(R"("Binds":["/srv/a, b:/x"])"), "binds: [{path: '/srv/a, b'}]"},
      {"binds",
       {{"binds", "[{path: /opt, read_only: true}]"}},
       create,
       host(R"("Binds":["/srv/x:/x"])"),
       "binds: [{path: /srv/x}]"},
      {"binds",
       {{"binds", "[{path: /opt, read_only: true}]"}},
       create,
       host(R"("Binds":["/opt:/x"])"),
       "binds: [{path: /opt, read_only: false}]"},
      {"binds",
       {},
       create,
       host(R"("Mounts":[{"Type":"bind","Source":"/srv/x","Target":"/x","ReadOnly":true}])"),
       "binds: [{path: /srv/x, read_only: true}]"},
      {"binds",
       {{"binds", "[{path: /opt, read_only: true}]"}},
       create,
       host(R"("Mounts":[{"Type":"bind","Source":"/opt","Target":"/x"}])"),
       "binds: [{path: /opt, read_only: false}]"},
      {"volumes", {}, volume, R"({"Driver":"rclone"})", "volume_drivers: [rclone]"},
      {"volumes_from", {}, create, host(R"("VolumesFrom":["web"])"), "volumes_from: true"},
      {"docker_socket",
       {{"level", "unconfined"}},
       create,
       host(R"("VolumesFrom":["web"])"),
       "volumes_from: true"},
      {"tmpfs", {}, create, host(R"("Tmpfs":{"/x":"size=2g"})"), "tmpfs: {max: 2147483648}"},
      {"tmpfs",
       {},
       create,
       host(R"("Mounts":[{"Type":"tmpfs","Target":"/x","TmpfsOptions":{"SizeBytes":2147483648}}])"),
       "tmpfs: {max: 2147483648}"},
      {"devices",
       {},
       create,
       host(R"("Devices":[{"PathOnHost":"/dev/fuse"}])"),
       "devices: [{path: /dev/fuse}]"},
      {"devices",
       {},
       create,
       host(R"("Devices":[{"PathOnHost":"/dev/ttyUSB0","CgroupPermissions":"rw"}])"),
       "devices: [{path: /dev/ttyUSB0, permissions: rw}]"},
      {"devices",
       {{"devices", "[{path: /dev/fuse, permissions: r}]"}},
       create,
       host(R"("Devices":[{"PathOnHost":"/dev/fuse","CgroupPermissions":"rwm"}])"),
       "devices: [{path: /dev/fuse}]"},
      {"devices",
       {},
       create,
       host(R"("DeviceRequests":[{"Count":-1,"Capabilities":[["gpu"]]}])"),
       "devices: [{gpu: all}]"},
      {"devices",
       {{"devices", "[{gpu: 1}]"}},
       create,
       host(R"("DeviceRequests":[{"DeviceIDs":["0"],"Capabilities":[["gpu"]]}])"),
       "devices: [{gpu: 0}]"},
      {"devices",
       {},
       create,
       host(R"("DeviceRequests":[{"Driver":"cdi","DeviceIDs":["vendor.com/gpu=0"]}])"),
       "devices: [{cdi: 'vendor.com/gpu=0'}]"},
      {"devices",
       {},
       create,
       host(R"("Devices":[{"PathOnHost":"vendor.com/gpu=0"}])"),
       "devices: [{cdi: 'vendor.com/gpu=0'}]"},
      {"security_opt.no_new_privileges", restricted, create, hardened("SecurityOpt"),
       "enforce: {no_new_privileges: true}"},
      {"user", restricted, create, hardened("User"), "enforce: {user: '1000:1000'}"},
      {"read_only_rootfs", restricted, create, hardened("ReadonlyRootfs"),
       "enforce: {read_only_rootfs: true}"},
      {"resources.memory", restricted, create, hardened("Memory"), "enforce: {memory: 512m}"},
      {"resources.cpus", restricted, create, hardened("NanoCpus"), "enforce: {cpus: 1}"},
      {"resources.pids", restricted, create, hardened("PidsLimit"), "enforce: {pids: 256}"},
      {"resources.memory",
       {{"memory", "{max: 64m}"}},
       create,
       host(R"("Memory":134217728)"),
       "memory: {max: 134217728}"},
      {"resources.memory",
       {{"memory", "{max: 64m}"}},
       create,
       host(R"("Memory":67108864,"MemorySwap":268435456)"),
       "memory: {max: 134217728}"},
      {"resources.cpus",
       {{"cpus", "{max: 0.25}"}},
       create,
       host(R"("NanoCpus":1500000000)"),
       "cpus: {max: 1.5}"},
      {"resources.pids",
       {{"pids", "{max: 10}"}},
       create,
       host(R"("PidsLimit":100)"),
       "pids: {max: 100}"},
      {"resources.memory",
       {{"memory", "{max: 64m}"}},
       "POST /build?memory=134217728",
       "",
       "memory: {max: 134217728}"},
      {"sysctls",
       {},
       create,
       host(R"("Sysctls":{"net.core.somaxconn":"1024"})"),
       "sysctls: [net.core.somaxconn]"},
      {"ulimits",
       {{"ulimits", "{nofile: 10}"}},
       create,
       host(R"("Ulimits":[{"Name":"nofile","Soft":10,"Hard":20}])"),
       "ulimits: {nofile: 20}"},
      {"runtime", {}, create, host(R"("Runtime":"runsc")"), "runtimes: [runsc]"},
      {"ports", restricted, create,
       hardened("", R"("PortBindings":{"80/tcp":[{"HostIp":"10.0.0.1","HostPort":"80"}]})"),
       "ports: {addresses: [10.0.0.1]}"},
      {"log_driver", {}, create, host(R"("LogConfig":{"Type":"syslog"})"), "log_drivers: [syslog]"},
      {"images", listed_images, create, R"({"Image":"registry.corp:5000/b:1"})",
       "images: [registry.corp:5000/b:1]"},
      {"images", {{"require_digest", "true"}}, create, R"({"Image":"b"})", "require_digest: false"},
      {"images",
       {{"images_write", "[corp/*]"}},
       "POST /images/a/tag?repo=b&tag=1",
       "",
       "images_write: [b:1]"},
      {"images", listed_images, "POST /images/load", "", "image_load: true"},
      {"image_import", {}, "POST /images/create?fromSrc=http://h/x.tar", "", "image_import: true"},
      {"image_import", restricted, "POST /images/load", "", "image_load: true"},
      {"image_import", {}, "POST /build?remote=http://h/x.git", "", "image_import: true"},
      {"build", {}, "POST /build?networkmode=ci", "", "build: {networks: [ci]}"},
      {"networks", {}, network, R"({"Name":"n","Driver":"macvlan"})", "network_drivers: [macvlan]"},
      {"networks",
       {},
       network,
       R"({"Name":"n","Options":{"com.docker.network.bridge.host_binding_ipv4":"10.0.0.1"}})",
       "ports: {addresses: [10.0.0.1]}"},
      {"networks",
       {{"networks", "[web]"}},
       create,
       host(R"("NetworkMode":"my-net")"),
       "networks: [my-net]"},
      {"networks", {{"networks", "[web]"}}, create, host(""), "networks: [bridge]"},
      {"namespaces.network",
       {},
       service,
       R"({"TaskTemplate":{"ContainerSpec":{"Image":"a"},"Networks":[{"Target":"cafe"}]}})",
       "networks: [cafe]"},
      {"subnets",
       {},
       network,
       R"({"Name":"n","IPAM":{"Config":[{"Subnet":"10.20.0.0/16"}]}})",
       "subnets: [10.20.0.0/16]"},
  };
}

TEST(Openers, are_named_by_the_refusal_and_allow_the_request) {
  for (const auto& row : rows()) {
    SCOPED_TRACE(row.request + " " + row.body);
    Judge refusing(text_of(row.keys));
    EXPECT_EQ(refusing.says(row.request, row.body), "constraint." + row.constraint);
    const std::string message = refusing.decision().message;
    EXPECT_THAT(message, HasSubstr(": `containers." + row.opener + std::string(would)));
    auto keys = row.keys;
    const auto colon = row.opener.find(": ");
    keys[row.opener.substr(0, colon)] = row.opener.substr(colon + 2);
    Judge allowing(text_of(keys));
    EXPECT_EQ(allowing.says(row.request, row.body), "passes") << allowing.decision().message;
  }
}

// What is the host, or leads there: an answer names the level, and no key.
const std::array<Row, 38>& dangerous() {
  static const std::array<Row, 38> all{{
      {"privileged", {}, create, host(R"("Privileged":true)"), ""},
      {"privileged", {}, exec, R"({"Privileged":true})", ""},
      {"capabilities.add", {}, create, host(R"("CapAdd":["ALL"])"), ""},
      {"capabilities.add", {}, create, host(R"("CapAdd":["CAP_SYS_ADMIN"])"), ""},
      {"namespaces.network", {}, create, host(R"("NetworkMode":"host")"), ""},
      {"namespaces.pid", {}, create, host(R"("PidMode":"host")"), ""},
      {"namespaces.ipc", {}, create, host(R"("IpcMode":"host")"), ""},
      {"namespaces.uts", {}, create, host(R"("UTSMode":"host")"), ""},
      {"namespaces.user", {}, create, host(R"("UsernsMode":"host")"), ""},
      {"namespaces.cgroup", {}, create, host(R"("CgroupnsMode":"other")"), ""},
      {"docker_socket", {}, create, host(R"("Binds":["/srv:/s"])"), ""},
      {"binds", {}, create, host(R"("Binds":["/etc:/e"])"), ""},
      {"binds", {}, create, host(R"("Binds":["/root:/e"])"), ""},
      {"binds", {}, create, host(R"("Binds":["/dev/sda:/e:ro"])"), ""},
      {"binds", {}, create, host(R"("Binds":["/var/lib/docker/overlay2:/e:ro"])"), ""},
      {"binds", {}, create, host(R"("Binds":["/opt/*:/e"])"), ""},
      {"binds", {{"binds", "[{path: /opt}]"}}, create, host(R"("Binds":["/opt/x:/e"])"), ""},
      {"binds",
       {{"binds", "[{path: /opt/x}]"}},
       create,
       host(R"("Binds":["/opt/x:/e:rshared"])"),
       ""},
      {"mounts.other", {}, create, host(R"("Mounts":[{"Type":"npipe"}])"), ""},
      {"devices", {}, create, host(R"("Devices":[{"PathOnHost":"/dev/sda1"}])"), ""},
      {"devices", {}, create, host(R"("Devices":[{"PathOnHost":"/dev"}])"), ""},
      {"devices", {}, create, host(R"("Devices":[{"PathOnHost":"/dev/x/../mem"}])"), ""},
      {"devices", {}, create, host(R"("DeviceRequests":[{"DeviceIDs":["/dev/sda"]}])"), ""},
      {"security_opt.seccomp", {}, create, host(R"("SecurityOpt":["seccomp=unconfined"])"), ""},
      {"security_opt.apparmor", {}, create, host(R"("SecurityOpt":["apparmor=unconfined"])"), ""},
      {"security_opt.label", {}, create, host(R"("SecurityOpt":["label=disable"])"), ""},
      {"security_opt.systempaths",
       {},
       create,
       host(R"("SecurityOpt":["systempaths=unconfined"])"),
       ""},
      {"security_opt.other", {}, create, host(R"("SecurityOpt":["x=y"])"), ""},
      {"cgroup_parent", {}, create, host(R"("CgroupParent":"/")"), ""},
      {"volumes", {}, volume, R"({"DriverOpts":{"type":"none","o":"bind","device":"/etc"}})", ""},
      {"images", listed_images, create, R"({"Image":"**"})", ""},
      {"build", {}, "POST /build?networkmode=host", "", ""},
      {"plugins", {}, "POST /plugins/create?name=x", "", ""},
      {"swarm", {}, "POST /swarm/join", R"({"JoinToken":"x"})", ""},
      {"resources.memory", {{"memory", "{max: 64m}"}}, create, host(R"("Memory":-1)"), ""},
      {"checkpoint", {}, "GET /containers/a/checkpoints?dir=/etc", "", ""},
      {"risky_fields", {}, create, host(R"("Annotations":{"a":"b"})"), ""},
      {"resources.oom", {}, create, host(R"("OomKillDisable":true)"), ""},
  }};
  return all;
}

TEST(Openers, are_not_named_for_what_is_the_host) {
  for (const auto& row : dangerous()) {
    SCOPED_TRACE(row.request + " " + row.body);
    Judge judge(text_of(row.keys));
    EXPECT_EQ(judge.says(row.request, row.body), "constraint." + row.constraint);
    EXPECT_THAT(judge.decision().message, Not(HasSubstr("would allow")));
    EXPECT_THAT(judge.decision().message, Not(HasSubstr("waive")));
    EXPECT_THAT(judge.decision().message, Not(HasSubstr("docker_socket: allow")));
  }
}

/// Their messages say what is wanted in the request: no key but `waive` allows anything else.
constexpr auto wanted_in_the_request = std::to_array<std::string_view>(
    {"templates", "links", "env", "working_dir", "changes", "labels", "names", "nodes", "services",
     "secrets", "configs", "archive", "start_body", "ps_args"});

TEST(Openers, are_decided_about_for_each_constraint) {
  std::set<std::string_view> seen(wanted_in_the_request.begin(), wanted_in_the_request.end());
  const auto named = rows();
  for (const auto& row : named) seen.insert(row.constraint);
  for (const auto& row : dangerous()) seen.insert(row.constraint);
  for (std::size_t i = 0; i < acl::constraint_count; ++i) {
    const auto key = acl::info(static_cast<acl::Constraint>(i)).key;
    EXPECT_TRUE(seen.contains(key)) << key << ": name the key that would allow a refused value";
  }
}

TEST(Openers, of_an_unknown_field_drop_it) {
  const std::string body = R"({"Image":"a","Frob":1})";
  Judge judge("{}");
  EXPECT_EQ(judge.says(create, body), "body.unknown_field");
  EXPECT_THAT(judge.decision().message,
              HasSubstr(": `containers.unknown_fields: drop` would leave it out"));
  EXPECT_EQ(Judge("{unknown_fields: drop}").says(create, body), "passes");
}

/// What a profile with these entries says of an operation without a body.
Told asked_of(const std::string& entries, const acl::OperationInfo& operation) {
  const auto policy = policy_of("profiles: {p: {" + entries +
                                "}}\nlisteners: [{address: unix:///run/a.sock, profile: p}]\n");
  return told(*policy, {}, std::string(to_string(operation.method)) + " " + target_of(operation));
}

TEST(Openers, of_an_operation_are_its_name) {
  std::size_t named = 0;
  for (const auto& operation : acl::all_operations()) {
    SCOPED_TRACE(operation.name);
    const std::string name(operation.name);
    const std::string other = name == "SystemPing" ? "SystemInfo" : "SystemPing";
    const auto refused = asked_of("allow: [" + other + "]", operation);
    ASSERT_EQ(refused.reason, acl::Reason::operation_denied);
    const auto opener = "`allow: [" + name + "]";
    if (refused.message.find(opener) == std::string::npos) {
      const bool is_a_managers = name == "SwarmInspect" || name == "SwarmUnlockkey";
      EXPECT_TRUE(operation.effect == acl::Effect::admin || is_a_managers);
      continue;
    }
    ++named;
    EXPECT_NE(asked_of("allow: [" + name + "]", operation).says(), "operation.denied");
  }
  EXPECT_GT(named, 80U);
}

TEST(Openers, of_what_deny_lists_are_not_in_allow) {
  const auto logs = acl::info(acl::Operation::ContainerLogs);
  const auto refused = asked_of("allow: [\"*\"], deny: [\"@read-sensitive\"]", logs);
  EXPECT_THAT(refused.message, HasSubstr(": `deny` lists '@read-sensitive'"));
  EXPECT_THAT(refused.message, Not(HasSubstr("would allow")));
}

constexpr auto limits = std::to_array<std::string_view>({
#define LIMIT(type, name, initial, values) #name,
#include "config/limits.inc"
#undef LIMIT
});

/// Nothing is refused at these, or the message adds them to the reason's meaning.
constexpr auto untold = std::to_array<std::string_view>(
    {"lookups", "idle_time", "upstream_connect_time", "upstream_spares", "upstream_spare_time",
     "tunnel_linger_time", "drain_time"});

TEST(Openers, of_a_limit_are_its_key) {
  std::string meanings;
#define REASON(name, id, status, meaning) meanings += meaning "\n";
#include "acl/reasons.inc"
#undef REASON
  for (const auto limit : limits) {
    if (std::ranges::find(untold, limit) != untold.end()) continue;
    EXPECT_THAT(meanings, HasSubstr("`limits." + std::string(limit) + "`"));
  }
}

/// What variables make of an operation without a body.
Told asked_of(const Environment& variables, const acl::OperationInfo& operation) {
  const auto loaded = load_environment(variables);
  EXPECT_TRUE(loaded) << to_string(loaded.error().front());
  return told(*loaded->policy, {},
              std::string(to_string(operation.method)) + " " + target_of(operation));
}

/// The variables that the message names, added to those that are set.
Environment with_openers(Environment variables, const std::string& message) {
  const auto end = message.rfind(would);
  if (end == std::string::npos) return {};
  const auto from = message.rfind('`', end - 1) + 1;
  acl::for_each_word(std::string_view(message).substr(from, end - from), ' ',
                     [&](std::string_view word) {
                       const auto equals = word.find('=');
                       variables[std::string(word.substr(0, equals))] = word.substr(equals + 1);
                     });
  return variables;
}

TEST(Openers, are_variables_where_variables_are_the_policy) {
  for (const std::string image : {"tecnativa", "linuxserver"}) {
    const Environment variables{{"TIDEGATE_COMPAT", image}, {"VERSION", "0"}};
    std::size_t named = 0;
    for (const auto& operation : acl::all_operations()) {
      SCOPED_TRACE(image + ": " + std::string(operation.name));
      const auto refused = asked_of(variables, operation);
      if (refused.says() != "operation.denied") continue;
      EXPECT_THAT(refused.message, Not(HasSubstr("`allow: ")));
      const auto wider = with_openers(variables, refused.message);
      if (wider.empty()) continue;
      ++named;
      EXPECT_NE(asked_of(wider, operation).says(), "operation.denied") << refused.message;
    }
    EXPECT_GT(named, 80U) << image;
  }
}

TEST(Openers, are_the_fewest_variables_and_allow_the_least) {
  const auto named = [](const Environment& variables, acl::Operation operation) {
    const auto message = asked_of(variables, acl::info(operation)).message;
    const auto from = message.find(": `");
    return from == std::string::npos ? "" : message.substr(from + 2);
  };
  using acl::Operation;
  EXPECT_EQ(
      named({{"CONTAINERS", "1"}, {"TIDEGATE_COMPAT", "linuxserver"}}, Operation::ContainerLogs),
      "`ALLOW_LOGS=1` would allow it");
  EXPECT_EQ(named({}, Operation::ContainerLogs), "`CONTAINERS=1` would allow it");
  EXPECT_EQ(named({{"CONTAINERS", "1"}}, Operation::ContainerCreate), "`POST=1` would allow it");
  EXPECT_EQ(named({}, Operation::ImageCreate), "`IMAGES=1 POST=1` would allow it");
  EXPECT_EQ(named({}, Operation::ContainerStop), "`ALLOW_STOP=1 POST=1` would allow it");
  EXPECT_EQ(named({{"CONTAINERS", "1"}, {"POST", "1"}}, Operation::ContainerExec),
            "`EXEC=1` would allow it");
}

TEST(Openers, of_a_value_need_a_file_where_variables_are_the_policy) {
  const auto loaded = load_environment({{"CONTAINERS", "1"}, {"POST", "1"}});
  ASSERT_TRUE(loaded);
  const auto refused = told(*loaded->policy, {}, create, host(R"("Binds":["/srv/x:/x"])"));
  EXPECT_THAT(refused.message, HasSubstr(": in a configuration file `containers.binds: [{path: "
                                         "/srv/x}]` would allow it"));
}

}  // namespace
}  // namespace config
