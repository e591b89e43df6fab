// SPDX-License-Identifier: Apache-2.0
// What a client of each preset can still do: the table in config/README.md says what its policy
// decides.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "config/presets.hpp"
#include "tests/unit/config/passing.hpp"

namespace config {
namespace {

/// Something that a client can do, and the requests of which any one lets it.
struct Power {
  std::string sentence;
  std::vector<std::string> requests;
};

const std::vector<Power> over_the_host{
    {"what containers and volumes of others reach, by running code or writing files in them",
     {"POST /containers/a/exec", "POST /containers/a/attach?stdin=1",
      "GET /containers/a/attach/ws?stdin=1", "PUT /containers/a/archive?path=/",
      "POST /containers/create"}},
    {"what containers of others have mounted, by reading their files",
     {"GET /containers/a/archive?path=/", "GET /containers/a/export"}},
    {"services on its network, by `ADD http://…` in a build", {"POST /build"}},
    {"services on its network, as the engine connects where the client says",
     {"GET /distribution/a/json", "GET /images/search?term=a", "POST /auth",
      "GET /plugins/privileges?remote=a"}},
    {"all that BuildKit can do, unseen", {"POST /session", "POST /grpc"}},
};

const std::vector<Power> over_others{
    {"reads environments, command lines or logs",
     {"GET /containers/a/json", "GET /containers/a/logs", "GET /containers/a/top", "GET /events"}},
    {"reads files",
     {"GET /containers/a/archive?path=/", "GET /containers/a/export", "GET /images/a/get"}},
    {"runs code in their containers",
     {"POST /containers/a/exec", "POST /containers/a/attach?stdin=1",
      "GET /containers/a/attach/ws?stdin=1", "PUT /containers/a/archive?path=/"}},
    {"mounts their volumes and joins their networks", {"POST /containers/create"}},
    {"stops and restarts their containers",
     {"POST /containers/a/stop", "POST /containers/a/restart", "POST /containers/a/kill"}},
    {"removes their containers", {"DELETE /containers/a", "POST /containers/prune"}},
    {"removes their images, networks or volumes",
     {"DELETE /images/a", "DELETE /networks/a", "DELETE /volumes/a", "POST /images/prune",
      "POST /networks/prune", "POST /volumes/prune"}},
    {"replaces what their image names stand for",
     {"POST /images/a/tag?repo=b", "POST /build?t=b", "POST /images/load", "POST /commit?repo=b",
      "POST /session"}},
};

std::string told(const acl::Policy& policy, const std::vector<Power>& powers) {
  std::string text;
  for (const Power& power : powers) {
    const bool has = std::ranges::any_of(
        power.requests, [&](const std::string& request) { return passes(policy, request); });
    if (has) text += (text.empty() ? "" : "; ") + power.sentence;
  }
  return text.empty() ? "nothing" : text;
}

std::string table() {
  std::string text = "| preset | of the host it reaches | of others it |\n|---|---|---|\n";
  for (const Preset& preset : presets()) {
    const auto loaded = load_text(configuration_with(preset), "preset.yaml");
    if (!loaded) return to_string(loaded.error().front());
    text += "| `" + std::string(preset.name) + "` | " + told(*loaded->policy, over_the_host) +
            " | " + told(*loaded->policy, over_others) + " |\n";
  }
  return text;
}

TEST(PresetsReach, is_told_by_the_readme_as_the_policies_decide) {
  std::ostringstream readme;
  readme
      << std::ifstream(std::filesystem::path(TIDEGATE_SOURCE_DIR) / "config" / "README.md").rdbuf();
  EXPECT_THAT(readme.str(), testing::HasSubstr(table())) << "the table should be:\n" << table();
}

}  // namespace
}  // namespace config
