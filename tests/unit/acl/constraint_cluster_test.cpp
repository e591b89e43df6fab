// SPDX-License-Identifier: Apache-2.0
// Plugins, the swarm and what belongs to it.
#include "tests/unit/acl/judge.hpp"

namespace {

using acl::Level;

TEST(PluginPull, grants_nothing_that_reaches_the_host) {
  constexpr auto pull = "POST /plugins/pull?remote=corp%2Fplugin";
  Judge judge;
  EXPECT_EQ(judge.says(pull, "[]"), "passes");
  EXPECT_EQ(judge.says(pull, R"([{"Name":"network","Value":["bridge"]}])"), "passes");
  EXPECT_EQ(judge.says(pull, R"([{"Name":"allow-all-devices","Value":["false"]}])"), "passes");
  for (const auto* body : {
           R"([{"Name":"network","Value":["host"]}])",
           R"([{"Name":"mount","Value":["/etc"]}])",
           R"([{"Name":"device","Value":["/dev/sda"]}])",
           R"([{"Name":"pid host","Value":["true"]}])",
           R"([{"Name":"capabilities","Value":["CAP_SYS_ADMIN"]}])",
           R"([{"Name":"allow-all-devices","Value":["true"]}])",
       }) {
    EXPECT_EQ(judge.says(pull, body), "constraint.plugins") << body;
    EXPECT_EQ(judge.says("POST /plugins/p/upgrade?remote=x", body), "constraint.plugins") << body;
  }
  EXPECT_EQ(Judge(Level::unconfined).says(pull, R"([{"Name":"mount","Value":["/"]}])"),
            "constraint.docker_socket");
}

TEST(PluginPull, takes_listed_plugins_and_paths) {
  Judge judge(
      "{images: [corp/*], build: {images: any}, binds: [{path: /data}, {path: /certs, read_only: "
      "true}], devices: [{path: /dev/fuse}, {path: /dev/null, permissions: r}]}");
  constexpr auto body =
      R"([{"Name":"mount","Value":["/data"]},{"Name":"device","Value":["/dev/fuse"]}])";
  EXPECT_EQ(judge.says("POST /plugins/pull?remote=corp%2Fplugin", body), "passes");
  // What is below may be a link, and a plugin may write to what it mounts and to its devices.
  for (const std::string path : {"/data/x", "/certs", "/dev/fuse/x", "/dev/null", "/x/../data"}) {
    EXPECT_NE(judge.says("POST /plugins/pull?remote=corp%2Fplugin",
                         R"([{"Name":"mount","Value":[")" + path + "\"]}]"),
              "passes")
        << path;
  }
  EXPECT_EQ(judge.says("POST /plugins/pull?remote=evil%2Fplugin", "[]"), "constraint.images");
}

TEST(PluginSet, moves_no_mount_to_the_host) {
  Judge judge;
  EXPECT_EQ(judge.says("POST /plugins/p/set", R"(["DEBUG=1","args=a b"])"), "passes");
  EXPECT_EQ(judge.says("POST /plugins/p/set", R"(["m.source=/etc"])"), "constraint.plugins");
  EXPECT_EQ(judge.says("POST /plugins/p/set", R"(["m=/etc"])"), "constraint.plugins");
  EXPECT_EQ(judge.says("POST /plugins/p/set", R"(["m.source=/"])"), "constraint.docker_socket");
  EXPECT_EQ(judge.says("POST /plugins/p/set", R"(["m=/proc/1"])"), "constraint.docker_socket");
  EXPECT_EQ(judge.says("POST /plugins/p/set", R"(["m=/a/../run"])"), "constraint.docker_socket");
}

TEST(SwarmInit, makes_no_new_authority) {
  constexpr auto init = "POST /swarm/init";
  Judge judge;
  EXPECT_EQ(judge.says(init, R"({"ListenAddr":"0.0.0.0:2377","ForceNewCluster":false,"Spec":
      {"CAConfig":{"NodeCertExpiry":1},"TaskDefaults":{"LogDriver":{"Name":"json-file"}}}})"),
            "passes");
  EXPECT_EQ(judge.says(init, R"({"ForceNewCluster":true})"), "constraint.swarm");
  EXPECT_EQ(judge.says(init, R"({"Spec":{"CAConfig":{"ExternalCAs":[{"URL":"https://x"}]}}})"),
            "constraint.swarm");
  EXPECT_EQ(judge.says("POST /swarm/update?version=1", R"({"CAConfig":{"SigningCAKey":"secret"}})"),
            "constraint.swarm");
  EXPECT_EQ(judge.decision().message.find("secret"), std::string::npos);
  EXPECT_EQ(judge.says("POST /swarm/update?version=1",
                       R"({"TaskDefaults":{"LogDriver":{"Name":"syslog"}}})"),
            "constraint.log_driver");
}

TEST(NodeUpdate, sets_the_role_of_a_worker_without_a_question) {
  Judge judge;
  EXPECT_EQ(
      judge.says("POST /nodes/x/update?version=1", R"({"Role":"worker","Availability":"drain"})"),
      "passes");
  EXPECT_EQ(judge.says("POST /nodes/x/update?version=1", R"({"Role":"Manager"})"),
            "constraint.nodes");
}

TEST(SecretCreate, stores_data_and_nothing_else) {
  Judge judge;
  EXPECT_EQ(judge.says("POST /secrets/create", R"({"Name":"s","Data":"eA==","Driver":null})"),
            "passes");
  EXPECT_EQ(judge.says("POST /secrets/create", R"({"Name":"s","Driver":{"Name":"vault"}})"),
            "constraint.secrets");
  EXPECT_EQ(judge.says("POST /secrets/create", R"({"Templating":{"Name":"golang"}})"),
            "constraint.secrets");
  EXPECT_EQ(judge.says("POST /configs/create", R"({"Name":"c","Data":"eA=="})"), "passes");
  EXPECT_EQ(judge.says("POST /configs/create", R"({"Templating":{"Name":"golang"}})"),
            "constraint.configs");
}

std::string says_of(std::string_view entry, std::string_view method, std::string_view target,
                    std::string_view level = "baseline") {
  const auto policy = policy_of("profiles:\n  p: {allow: [\"" + std::string(entry) +
                                "\"], containers: {level: " + std::string(level) +
                                "}}\nlisteners: [{address: unix:///run/a.sock, profile: p}]\n");
  const auto answer = told(*policy, {}, std::string(method) + " " + std::string(target));
  const bool asks = answer.planned == acl::Plan::Body::whole;
  return answer.verdict == acl::Verdict::deny && !asks ? answer.message : "passes";
}

TEST(Levels, want_egress_asked_for) {
  const std::pair<std::string, const char*> asked[] = {
      {"GET", "/images/search?term=127.0.0.1:9777/x"},
      {"GET", "/distribution/127.0.0.1:9777/x/json"},
      {"GET", "/plugins/privileges?remote=127.0.0.1:9777/x"},
      {"POST", "/auth"},
  };
  for (const auto& [method, target] : asked) {
    for (const auto* entry : {"*", "@read", "@read-sensitive", "@image", "@distribution", "@plugin",
                              "@system", "@admin"}) {
      EXPECT_NE(says_of(entry, method, target), "passes") << entry << " " << target;
      EXPECT_NE(says_of(entry, method, target, "restricted"), "passes") << entry << target;
    }
    EXPECT_EQ(says_of("@egress", method, target), "passes") << target;
    EXPECT_EQ(says_of("*", method, target, "unconfined"), "passes") << target;
    EXPECT_NE(says_of("@read", method, target, "unconfined"), "passes") << target;
  }
  EXPECT_EQ(says_of("ImageSearch", "GET", "/images/search?term=a"), "passes");
  EXPECT_EQ(says_of("@image", "GET", "/images/search?term=a"),
            "ImageSearch refused for profile 'p': the profile does not allow this operation; level "
            "baseline allows it only by its name or \"@egress\", since the engine connects to a "
            "host that "
            "the client names: `allow: [ImageSearch]` would allow it");
}

TEST(Levels, want_what_they_cannot_look_into_named) {
  EXPECT_EQ(says_of("*", "POST", "/swarm/leave"),
            "SwarmLeave refused for profile 'p': the profile does not allow this operation; level "
            "baseline allows it only by its name or section, not by \"*\" or a group by effect");
  EXPECT_NE(says_of("@admin", "POST", "/plugins/x/enable"), "passes");
  EXPECT_EQ(says_of("@swarm", "POST", "/swarm/leave"), "passes");
  EXPECT_EQ(says_of("SwarmLeave", "POST", "/swarm/leave"), "passes");
  EXPECT_EQ(says_of("*", "POST", "/swarm/leave", "unconfined"), "passes");
  EXPECT_EQ(says_of("@read", "GET", "/nodes"), "passes");
  EXPECT_EQ(says_of("*", "POST", "/containers/create"), "passes");
}

}  // namespace
