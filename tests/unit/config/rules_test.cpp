// SPDX-License-Identifier: Apache-2.0
// What is said by operations and fields that look harmless, as a profile at `baseline` answers it.
#include <gmock/gmock.h>

#include <array>

#include "tests/unit/config/asked.hpp"

namespace config {
namespace {

using testing::HasSubstr;

/// Refused at both levels, and let through where the constraint is waived and without a level.
void expect_refused_unless_waived(const std::string& constraint, std::string_view request,
                                  std::string_view body = "", bool hidden = false) {
  SCOPED_TRACE(std::string(request) + " " + std::string(body));
  Asked baseline;
  EXPECT_EQ(baseline.says(request, body), "constraint." + constraint);
  // No answer tells how to get what is the host.
  EXPECT_EQ(baseline.message().find("`waive: [" + constraint + "]`") == std::string::npos, hidden);
  EXPECT_EQ(Asked("{level: restricted}").says(request, body), "constraint." + constraint);
  EXPECT_EQ(Asked("{waive: [" + constraint + "]}").says(request, body), "passes");
  EXPECT_EQ(Asked("{level: unconfined}").says(request, body), "passes");
}

TEST(PluginCreate, grants_itself_whatever_its_archive_says) {
  expect_refused_unless_waived("plugins", "POST /plugins/create?name=x", "", true);
}

TEST(PluginPush, goes_where_listed_images_may_go) {
  Asked asked("{images: [\"registry.corp/**\"], build: {images: any}}");
  EXPECT_EQ(asked.says("POST /plugins/registry.corp/p:1/push"), "passes");
  EXPECT_EQ(asked.says("POST /plugins/evil.example/p:1/push"), "constraint.images");
}

/// What `ps_args` is, as a client escapes it.
std::string top_with(std::string_view arguments) {
  std::string request = "GET /containers/a/top?ps_args=";
  for (const char c : arguments) {
    const auto at = std::string_view(" %\t\n").find(c);
    if (at == std::string_view::npos) {
      request += c;
    } else {
      request += std::array{"%20", "%25", "%09", "%0A"}[at];
    }
  }
  return request;
}

TEST(ContainerTop, shows_the_processes_of_the_container) {
  Asked asked;
  EXPECT_EQ(asked.says("GET /containers/a/top"), "passes");
  for (const auto* arguments : {"",
                                "-ef",
                                "-e",
                                "-eF",
                                "-el",
                                "-elf",
                                "-eLf",
                                "-efH",
                                "-ef -ww",
                                "aux",
                                "-aux",
                                "auxw",
                                "auxww",
                                "auxf",
                                "-auxww",
                                "ax",
                                "-o pid,comm",
                                "-o  pid",
                                "-opid",
                                "-eo pid,ppid,args",
                                "-Ao user,pid,%cpu,%mem,lstart,cmd",
                                "-e -o pid -o args",
                                "axo pid,command",
                                "o pid,args",
                                "ax -o pid,stat,time,command",
                                "-o pid,user,uid,ppid,vsz,rss,stime,etime,comm"}) {
    EXPECT_EQ(asked.says(top_with(arguments)), "passes") << arguments;
  }
}

TEST(ContainerTop, shows_no_environment_and_no_process_of_the_host) {
  Asked asked;
  for (const auto* arguments : {"-orss=PID axeww -oargs",
                                "-o rss=PID",
                                "-eo pid=",
                                "-opid=PID,args",
                                "-o pid,args=X",
                                "axe",
                                "e",
                                "auxe",
                                "-auxe",
                                "eww",
                                "axeo pid,args",
                                "-ef aux",
                                "-e ax",
                                "-ef -o pid",
                                "-o args,pid",
                                "-o comm,pid",
                                "-o lstart,pid",
                                "-o bsdstart,rss,pid",
                                "-o pid,environ",
                                "-o pid,label",
                                "-o",
                                "-o -e",
                                "-eo",
                                "-O rss",
                                "-p 1",
                                "-q1",
                                "1",
                                "-C sh",
                                "-u root",
                                "--format pid",
                                "--format=rss=PID",
                                "-eZ",
                                "-eM",
                                "h",
                                "auxh",
                                "--no-headers",
                                "k pid",
                                "-o pid,",
                                "-o ,pid",
                                "-o pid:9",
                                "-o PID",
                                "-",
                                "--",
                                "-ef\t-orss=PID",
                                "-ef\n",
                                "O rss",
                                "L",
                                "X",
                                "-V"}) {
    EXPECT_EQ(asked.says(top_with(arguments)), "constraint.ps_args") << arguments;
  }
  expect_refused_unless_waived("ps_args", top_with("-orss=PID axeww -oargs"));
  EXPECT_EQ(asked.says(top_with("axe")), "constraint.ps_args");
  EXPECT_EQ(asked.message(),
            "ContainerTop refused for profile 'p': ps_args is 'axe', level baseline wants flags as "
            "in '-ef' or 'aux', without 'e' in the latter, or columns without titles, 'pid' before "
            "those of text: '-eo user,pid,args', or `waive: [ps_args]`");
}

TEST(PluginPull, mounts_a_socket_only_where_a_container_could) {
  const std::string pull = "POST /plugins/pull?remote=a/b";
  const std::string privilege = R"([{"Name":"mount","Value":["/run/docker.sock"]}])";
  const std::string create = "POST /containers/create";
  const std::string bind = R"({"Image":"a","HostConfig":{"Binds":["/run/docker.sock:/s"]}})";
  Asked refuses;
  EXPECT_EQ(refuses.says(pull, privilege), "constraint.docker_socket");
  EXPECT_EQ(refuses.says(create, bind), "constraint.docker_socket");
  Asked allows("{docker_socket: allow}");
  EXPECT_EQ(allows.says(pull, privilege), "constraint.plugins");
  EXPECT_EQ(allows.says(create, bind), "constraint.binds");
  Asked lists("{docker_socket: allow, binds: [{path: /run/docker.sock}]}");
  EXPECT_EQ(lists.says(pull, privilege), "passes");
  EXPECT_EQ(lists.says(create, bind), "passes");
}

TEST(Refusals, name_the_same_reason_however_the_client_orders_its_fields) {
  Asked asked;
  for (const auto* fields :
       {R"("Privileged":true,"Binds":["/etc:/e"],"Sysctls":{"kernel.x":"1"})",
        R"("Sysctls":{"kernel.x":"1"},"Binds":["/etc:/e"],"Privileged":true)"}) {
    const std::string body = R"({"Image":"a","HostConfig":{)" + std::string(fields) + "}}";
    EXPECT_EQ(asked.says("POST /containers/create", body), "constraint.privileged") << body;
  }
}

TEST(PluginSet, takes_no_relative_path_to_a_mount_or_a_device) {
  constexpr auto set = "POST /plugins/p/set";
  Asked asked("{binds: [{path: /data}]}");
  for (const std::string setting :
       {"conf.source=../../../../etc", "conf.source=etc", "conf.source=data", "dev.path=dev/sda",
        "dev.path=dev", "conf=../../../../etc", "conf.value=a/../../etc", "dev=dev/sda", "dev=dev",
        "dev=.", "dev=./dev/sda", "dev=etc/x", "a.b.path=x", ".value=dev", "conf.=dev",
        "conf.source=/data/.."}) {
    EXPECT_EQ(asked.says(set, "[\"" + setting + "\"]"), "constraint.docker_socket") << setting;
    EXPECT_EQ(Asked("{docker_socket: allow}").says(set, "[\"" + setting + "\"]"),
              "constraint.plugins")
        << setting;
  }
  EXPECT_THAT(asked.message(), HasSubstr("an absolute path without '..' that `binds` lists"));
  for (const std::string setting :
       {"conf.source=/data", "conf.source=", "conf.source", "DEBUG=1", "args=--log a",
        "PROXY=http://proxy.corp:3128/dev", "mode.value=dev", "image=team/app", "USER=root"}) {
    EXPECT_EQ(asked.says(set, "[\"" + setting + "\"]"), "passes") << setting;
  }
}

TEST(Images, by_a_tag_are_none_that_a_digest_names_beside_it) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  const std::string reference = "reg.corp/app:1@" + digest;
  const std::string create = R"({"Image":")" + reference + "\"}";
  const std::string service =
      R"({"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":")" + reference + "\"}}}";
  const std::pair<std::string, std::string> asked_for[] = {
      {"POST /containers/create", create},
      {"POST /services/create", service},
      {"POST /images/create?fromImage=reg.corp/app:1@" + digest, ""},
      {"POST /images/create?fromImage=reg.corp/app:1&tag=" + digest, ""},
      {"POST /plugins/pull?remote=" + reference, "[]"},
  };
  const std::string rest = "\"], build: {images: any}}";
  Asked tagged("{images: [\"reg.corp/app:1" + rest);
  for (const auto& [request, body] : asked_for) {
    EXPECT_EQ(tagged.says(request, body), "constraint.images") << request;
    EXPECT_THAT(tagged.message(), HasSubstr("only where `images` lists that digest or the name"));
    for (const std::string entry : {"reg.corp/app", "reg.corp/app:*", "reg.corp/**"}) {
      EXPECT_EQ(Asked("{images: [\"" + entry + rest).says(request, body), "passes") << request;
    }
    EXPECT_EQ(Asked("{images: [\"reg.corp/app@" + digest + rest).says(request, body), "passes");
  }
  EXPECT_EQ(tagged.says("POST /containers/create", R"({"Image":"reg.corp/app:1"})"), "passes");
  Asked writes("{images_write: [\"reg.corp/app:1\"]}");
  EXPECT_EQ(writes.says("POST /images/a/tag?repo=reg.corp/app&tag=1"), "passes");
  EXPECT_EQ(writes.says("POST /images/a/tag?repo=reg.corp/app:1&tag=" + digest),
            "constraint.images");
}

TEST(SwarmJoin, obeys_the_managers_that_the_client_names) {
  expect_refused_unless_waived("swarm", "POST /swarm/join",
                               R"({"ListenAddr":"0.0.0.0:2377","JoinToken":"SWMTKN-1-x-y",
                                   "RemoteAddrs":["198.51.100.7:2377"]})",
                               true);
}

TEST(ServiceUpdate, rolls_back_to_no_spec_that_was_not_checked) {
  constexpr auto spec = R"({"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":"a"}}})";
  Asked asked;
  EXPECT_EQ(asked.says("POST /services/s/update?version=3&rollback=previous", spec),
            "constraint.services");
  EXPECT_THAT(asked.message(), HasSubstr("`waive: [services]`"));
  EXPECT_EQ(Asked("{waive: [services]}")
                .says("POST /services/s/update?version=3&rollback=previous", spec),
            "passes");
  EXPECT_EQ(asked.says("POST /services/s/update?version=3&rollback=none", spec), "passes");
  EXPECT_EQ(asked.says("POST /services/s/update?version=3&registryAuthFrom=spec", spec), "passes");
}

/// A service that gets a secret or a config ("Secret", "Config") as the file `name`.
std::string with_file(const std::string& kind, const std::string& name) {
  return R"({"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":"a",")" + kind + R"(s":[{")" +
         kind + R"(ID":"a",")" + kind + R"(Name":"a","File":{"Name":")" + name +
         R"(","UID":"0","GID":"0","Mode":292}}]}}})";
}

TEST(ServiceCreate, puts_secrets_and_configs_at_plain_paths) {
  Asked asked;
  for (const std::string kind : {"Secret", "Config"}) {
    const std::string refused = kind == "Secret" ? "constraint.secrets" : "constraint.configs";
    for (const auto* name : {"../../etc/cron.d/x", "a/../b", "/run/../etc/x", "..", ".", "/",
                             "a//b", "/etc/", "./a"}) {
      EXPECT_EQ(asked.says("POST /services/create", with_file(kind, name)), refused) << name;
      EXPECT_EQ(asked.says("POST /services/s/update?version=1", with_file(kind, name)), refused)
          << name;
    }
    for (const auto* name : {"db_password", "/etc/app/config.yml", "conf.d/x", "..data", "a..b"}) {
      EXPECT_EQ(asked.says("POST /services/create", with_file(kind, name)), "passes") << name;
    }
    EXPECT_EQ(
        Asked("{waive: [secrets, configs]}").says("POST /services/create", with_file(kind, "../x")),
        "passes");
  }
}

TEST(CheckpointCreate, names_a_checkpoint_and_no_path) {
  Asked asked;
  constexpr auto create = "POST /containers/a/checkpoints";
  EXPECT_EQ(asked.says(create, R"({"CheckpointID":"before-v2.1","Exit":true})"), "passes");
  EXPECT_EQ(asked.says(create, R"({"CheckpointID":"../../x"})"), "constraint.checkpoint");
  EXPECT_EQ(asked.says(create, R"({"CheckpointID":".."})"), "constraint.checkpoint");
  EXPECT_EQ(asked.says(create, R"({"CheckpointID":"a","CheckpointDir":"/etc"})"),
            "constraint.checkpoint");
}

/// What `docker swarm update` sends of a cluster whose settings nobody changed, and one other.
std::string cluster_with(const std::string& changed) {
  std::string spec =
      R"({"Name":"default","Orchestration":{"TaskHistoryRetentionLimit":5},)"
      R"("Raft":{"SnapshotInterval":10000,"KeepOldSnapshots":0,"LogEntriesForSlowFollowers":500,)"
      R"("ElectionTick":10,"HeartbeatTick":1},"Dispatcher":{"HeartbeatPeriod":5000000000},)"
      R"("CAConfig":{"NodeCertExpiry":7776000000000000,"ForceRotate":0},"TaskDefaults":{},)"
      R"("EncryptionConfig":{"AutoLockManagers":false}})";
  const auto key = changed.substr(0, changed.find(':') + 1);
  if (key.empty()) return spec;
  const auto at = spec.find(key);
  return spec.replace(at, spec.find_first_of(",}", at) - at, changed);
}

TEST(SwarmUpdate, leaves_the_settings_of_the_engine) {
  constexpr auto update = "POST /swarm/update?version=1";
  Asked asked;
  EXPECT_EQ(asked.says(update, cluster_with("")), "passes") << asked.message();
  EXPECT_EQ(asked.says(update, cluster_with(R"("TaskHistoryRetentionLimit":9)")), "passes");
  EXPECT_EQ(asked.says(update, cluster_with(R"("NodeCertExpiry":3600000000000)")), "passes");
  for (const auto* changed :
       {R"("SnapshotInterval":1)", R"("KeepOldSnapshots":9)", R"("LogEntriesForSlowFollowers":1)",
        R"("ElectionTick":9)", R"("HeartbeatTick":2)", R"("HeartbeatPeriod":1)",
        R"("NodeCertExpiry":7776000000000001)", R"("NodeCertExpiry":-1)", R"("ForceRotate":1)",
        R"("AutoLockManagers":true)"}) {
    expect_refused_unless_waived("swarm", update, cluster_with(changed));
  }
  EXPECT_EQ(asked.says(update, cluster_with(R"("SnapshotInterval":1)")), "constraint.swarm");
  EXPECT_EQ(asked.message(),
            "SwarmUpdate refused for profile 'p': Raft.SnapshotInterval is 1, level baseline wants "
            "10000, or `waive: [swarm]`");
}

TEST(SwarmInit, takes_addresses_and_locks_no_manager) {
  Asked asked;
  constexpr auto init = "POST /swarm/init";
  EXPECT_EQ(asked.says(init, R"({"ListenAddr":"0.0.0.0:2377","AdvertiseAddr":"1.2.3.4",
      "DataPathPort":0,"Spec":{"Raft":{"ElectionTick":0}},"DefaultAddrPool":["10.0.0.0/8"],
      "SubnetSize":24})"),
            "passes");
  expect_refused_unless_waived("swarm", init, R"({"AutoLockManagers":true})");
}

TEST(ContainerCreate, joins_no_network_by_the_id_of_an_endpoint) {
  constexpr auto create = "POST /containers/create";
  const std::string body =
      R"({"Image":"a","HostConfig":{"NetworkMode":"ci"},"NetworkingConfig":{"EndpointsConfig":
          {"ci":{"NetworkID":"ID"}}}})";
  const auto with = [&](const std::string& id) {
    return std::string(body).replace(body.find("ID\"}"), 2, id);
  };
  Asked any;
  EXPECT_EQ(any.says(create, with("host")), "constraint.namespaces.network");
  EXPECT_EQ(any.says(create, with("0123456789ab")), "asks");
  Asked listed("{networks: [ci]}");
  EXPECT_EQ(listed.says(create, with("other")), "constraint.networks");
  EXPECT_EQ(listed.says(create, with("ci")), "passes");
  EXPECT_EQ(listed.says("POST /networks/ci/connect",
                        R"({"Container":"a","EndpointConfig":{"NetworkID":"other"}})"),
            "constraint.networks");
}

}  // namespace
}  // namespace config
