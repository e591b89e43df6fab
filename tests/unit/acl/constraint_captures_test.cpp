// SPDX-License-Identifier: Apache-2.0
// What real clients send, as tests/unit/acl/bodies records it: nothing ordinary is refused.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

#include "tests/unit/acl/judge.hpp"

namespace {

struct Capture {
  std::string operation;
  std::string body;
};

std::vector<Capture> captures() {
  std::vector<Capture> out;
  const std::filesystem::path folder = TIDEGATE_SOURCE_DIR "/tests/unit/acl/bodies";
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::ifstream lines(file.path());
    for (std::string line; std::getline(lines, line);) {
      const auto space = line.find(' ');
      out.push_back({line.substr(0, space), line.substr(space + 1)});
    }
  }
  return out;
}

/// "POST /networks/x/connect" for NetworkConnect.
std::string request_of(const std::string& operation) {
  const auto& row = acl::info(*acl::operation_by_name(operation));
  std::string path(row.path);
  for (auto open = path.find('{'); open != path.npos; open = path.find('{')) {
    path.replace(open, path.find('}') - open + 1, "x");
  }
  return std::string(acl::to_string(row.method)) + " " + path;
}

TEST(Captures, pass_at_baseline_but_for_what_is_dangerous) {
  // Operation, and what makes a capture of it dangerous; containers have tests of their own.
  const std::multimap<std::string, std::string> dangerous = {
      {"VolumeCreate", R"("type":"nfs")"},           {"PluginPull", R"("Value":["host"])"},
      {"SwarmInit", R"("SnapshotInterval":5)"},      {"SwarmJoin", "RemoteAddrs"},
      {"SwarmUpdate", R"("AutoLockManagers":true)"},
  };
  // The recorded networks are of 10.0.0.0/8, to which hosts belong often: a profile lists it.
  Judge judge("{subnets: [10.0.0.0/8]}");
  std::size_t passed = 0;
  for (const auto& [operation, body] : captures()) {
    if (operation.starts_with("Container") || operation.starts_with("Service")) continue;
    const auto [first, last] = dangerous.equal_range(operation);
    const bool is_dangerous = std::any_of(
        first, last, [&](const auto& entry) { return body.find(entry.second) != body.npos; });
    const auto verdict = judge.says(request_of(operation), body);
    EXPECT_EQ(verdict == "passes", !is_dangerous) << operation << " " << body << " " << verdict;
    passed += verdict == "passes" ? 1 : 0;
  }
  EXPECT_GT(passed, 30U);
}

}  // namespace
