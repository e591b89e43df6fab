// SPDX-License-Identifier: Apache-2.0
// Containers as real clients make them, from tests/unit/acl/bodies: where a capture is refused, it
// asks for something that the level is there to refuse.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/unit/acl/judge.hpp"

namespace {

using nlohmann::json;

/// The bodies of `operation` in all captures.
std::vector<json> captured(const std::string& operation) {
  std::vector<json> out;
  const std::filesystem::path folder = TIDEGATE_SOURCE_DIR "/tests/unit/acl/bodies";
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::ifstream lines(file.path());
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with(operation + " ")) continue;
      out.push_back(json::parse(line.substr(operation.size() + 1)));
    }
  }
  return out;
}

/// What the captures were made to show of each client's options, and a level refuses.
json tamed(json body) {
  constexpr const char* dangerous[] = {
      "Privileged",  "CapAdd",        "Devices",     "DeviceRequests", "Mounts",
      "MaskedPaths", "PidMode",       "IpcMode",     "UTSMode",        "UsernsMode",
      "Sysctls",     "ReadonlyPaths", "VolumesFrom", "CgroupnsMode",   "OomKillDisable",
      "Annotations", "CapabilityAdd"};
  for (const auto* key : dangerous) body.erase(key);
  if (body.value("NetworkMode", "") == "host") body.erase("NetworkMode");
  if (body.contains("Binds")) body["Binds"] = json::array({"data:/d"});
  for (auto& child : body) {
    if (child.is_object()) child = tamed(child);
  }
  return body;
}

void expect_tamed_captures_pass(const std::string& operation, const std::string& request,
                                const std::string& containers = "{}") {
  Judge judge(containers);
  const auto bodies = captured(operation);
  ASSERT_FALSE(bodies.empty());
  for (const auto& body : bodies) {
    EXPECT_EQ(judge.says(request, tamed(body).dump()), "passes") << judge.decision().message;
  }
}

TEST(Clients, make_containers_at_baseline) {
  expect_tamed_captures_pass("ContainerCreate", "POST /containers/create");
}

TEST(Clients, update_containers_at_baseline) {
  expect_tamed_captures_pass("ContainerUpdate", "POST /containers/web/update");
}

TEST(Clients, run_commands_at_baseline) {
  expect_tamed_captures_pass("ContainerExec", "POST /containers/web/exec");
  expect_tamed_captures_pass("ExecStart", "POST /exec/abc/start");
}

TEST(Clients, make_services_at_baseline) {
  // The docker command sends a network's id, docker-py the name: both could be the host's.
  const auto networks = "{networks: [n, " + std::string(64, 'b') + "]}";
  expect_tamed_captures_pass("ServiceCreate", "POST /services/create", networks);
  expect_tamed_captures_pass("ServiceUpdate", "POST /services/web/update?version=1", networks);
}

TEST(Clients, run_plain_containers_at_baseline_as_they_are) {
  Judge judge(acl::Level::baseline);
  std::size_t passed = 0;
  for (const auto& body : captured("ContainerCreate")) {
    passed += judge.says("POST /containers/create", body.dump()) == "passes" ? 1U : 0U;
  }
  EXPECT_GE(passed,
            4U);  // docker run of both command lines, with and without a terminal; docker-py
}

/// What watchtower and Portainer make from `docker inspect`: every default spelt out.
TEST(Clients, make_containers_anew_from_what_inspect_shows) {
  Judge judge(acl::Level::baseline);
  EXPECT_EQ(
      judge.says("POST /containers/create", R"({"Hostname":"h","Image":"nginx:1","Env":["A=b"],
      "Labels":{"com.docker.compose.project":"p","com.centurylinklabs.watchtower":"true"},
      "HostConfig":{"Binds":["v:/v"],"ContainerIDFile":"","LogConfig":{"Type":"json-file","Config":{}},
      "NetworkMode":"bridge","CgroupnsMode":"private","IpcMode":"private","Runtime":"runc",
      "ShmSize":67108864,"MaskedPaths":["/proc/asound","/proc/acpi","/proc/kcore","/proc/keys",
      "/proc/latency_stats","/proc/timer_list","/proc/timer_stats","/proc/sched_debug","/proc/scsi",
      "/sys/firmware"],"ReadonlyPaths":["/proc/bus","/proc/fs","/proc/irq","/proc/sys",
      "/proc/sysrq-trigger"],"OomKillDisable":false,"PidsLimit":null,"MemorySwappiness":null},
      "NetworkingConfig":{"EndpointsConfig":{"bridge":{"IPAMConfig":{},"Links":null,"Aliases":null,
      "NetworkID":"abc","EndpointID":"","Gateway":"172.17.0.1","IPAddress":"172.17.0.2",
      "IPPrefixLen":16,"MacAddress":"02:42:ac:11:00:02","DriverOpts":null}}}})"),
      "asks")
      << judge.decision().message;
}

TEST(Clients, are_refused_for_each_danger_in_a_capture) {
  Judge judge(acl::Level::baseline);
  std::set<std::string> reasons;
  for (const auto& body : captured("ContainerCreate")) {
    reasons.insert(judge.says("POST /containers/create", body.dump()));
  }
  EXPECT_THAT(reasons, testing::Contains("constraint.privileged"));
  EXPECT_THAT(reasons, testing::Contains("constraint.capabilities.add"));
  EXPECT_THAT(reasons, testing::Contains("constraint.binds"));
}

}  // namespace
