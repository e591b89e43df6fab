// SPDX-License-Identifier: Apache-2.0
#include "config/keys.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "config/constraint_keys.hpp"
#include "config/limit_checks.hpp"
#include "config/load.hpp"

namespace config {
namespace {

using testing::HasSubstr;

const std::filesystem::path project = TIDEGATE_SOURCE_DIR;

std::optional<std::uint32_t> exists(const std::string&) {
  return 7;
}
const Accounts everyone{exists, exists};

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

Loaded load_limit(std::string_view name, const std::string& value) {
  return load_text(
      "profiles: {p: {allow: []}}\nlisteners: [{address: unix:///run/a.sock, profile: p}]\n"
      "limits: {" +
          std::string(name) + ": " + value + "}\n",
      "t.yaml");
}

const Field<Limits>* limit(std::string_view name) {
  const auto& keys = limit_keys();
  const auto found = std::ranges::find(keys, name, &Field<Limits>::name);
  return found == keys.end() ? nullptr : &*found;
}

/// The outermost values that a limit takes, and their neighbours that it does not.
struct Edges {
  std::string name;
  std::string below, least, most, above;
};

const std::vector<Edges> edges{
    {"connections", "0", "1", "1000000", "1000001"},
    {"connections_per_client", "0", "1", "16384", "1000001"},
    {"handshakes", "0", "1", "1000000", "1000001"},
    {"handshakes_per_client", "0", "1", "1024", "1000001"},
    {"head_bytes", "1023", "1KiB", "1MiB", "1048577"},
    {"registry_config_bytes", "1023", "1KiB", "4MiB", "4194305"},
    {"head_fields", "9", "10", "1000", "1001"},
    {"target_bytes", "255", "256", "1MiB", "1048577"},
    {"query_parameters", "0", "1", "1000", "1001"},
    {"list_parameters", "0", "1", "100000", "100001"},
    {"body_bytes", "1023", "1KiB", "64MiB", "67108865"},
    {"config_bytes", "1023", "1KiB", "64MiB", "67108865"},
    {"held_bytes", "1048575", "4MiB", "1024GiB", "1099511627777"},
    {"lookups", "0", "1", "64", "65"},
    {"lookup_bytes", "1023", "1KiB", "64MiB", "67108865"},
    {"record_bytes", "1023", "1KiB", "64MiB", "67108865"},
    {"lookup_time", "0", "1ms", "365d", "31536000001ms"},
    {"handshake_time", "0", "1ms", "365d", "31536000001ms"},
    {"head_time", "0", "1ms", "365d", "31536000001ms"},
    {"body_time", "0", "1ms", "365d", "31536000001ms"},
    {"stall_time", "0", "1ms", "365d", "31536000001ms"},
    {"idle_time", "0", "1ms", "365d", "31536000001ms"},
    {"upstream_connect_time", "0", "1ms", "365d", "31536000001ms"},
    {"upstream_head_time", "0", "1ms", "365d", "31536000001ms"},
    {"upstream_spares", "-1", "0", "1024", "1025"},
    {"upstream_spare_time", "0", "1ms", "365d", "31536000001ms"},
    {"tunnel_idle_time", "-1ms", "0", "365d", "31536000001ms"},
    {"tunnel_linger_time", "0", "1ms", "365d", "31536000001ms"},
    {"drain_time", "0", "1ms", "365d", "31536000001ms"},
};

TEST(Limits, are_all_keys_of_the_file) {
  std::vector<std::string> names;
  for (const auto& row : edges) names.push_back(row.name);
  std::vector<std::string> keys;
  for (const auto& field : limit_keys()) keys.emplace_back(field.name);
  EXPECT_EQ(keys, names);
  // Each member is 8 bytes: one that is no key shows here.
  EXPECT_EQ(sizeof(Limits), edges.size() * 8);
}

TEST(Limits, take_the_edges_of_their_ranges) {
  for (const auto& row : edges) {
    for (const auto& value : {row.least, row.most}) {
      SCOPED_TRACE(row.name + ": " + value);
      const auto loaded = load_limit(row.name, value);
      ASSERT_TRUE(loaded) << to_string(loaded.error().front());
      EXPECT_EQ(limit(row.name)->print(loaded->limits).text, value);
    }
  }
}

TEST(Limits, refuse_what_is_beyond_their_ranges) {
  for (const auto& row : edges) {
    for (const auto& value : {row.below, row.above}) {
      SCOPED_TRACE(row.name + ": " + value);
      const auto loaded = load_limit(row.name, value);
      ASSERT_FALSE(loaded);
      ASSERT_EQ(loaded.error().size(), 1U);
      EXPECT_EQ(loaded.error().front().where, "limits." + row.name);
      EXPECT_EQ(loaded.error().front().line, 3);
    }
  }
}

TEST(Limits, of_one_client_are_at_most_those_of_all) {
  const auto loaded = load_limit("connections_per_client", "16385");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().front().message,
              HasSubstr("16385 is more than all connections together; write at most 16384"));
  const auto handshakes = load_limit("handshakes_per_client", "1025");
  ASSERT_FALSE(handshakes);
  EXPECT_THAT(
      handshakes.error().front().message,
      HasSubstr("1025 is more than all handshakes together; write at most 1024, or raise `hand"));
}

TEST(Limits, of_held_bytes_let_one_client_send_a_body) {
  const auto loaded = load_limit("held_bytes", "2MiB");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().front().message,
              HasSubstr("2MiB is too little for a body of `body_bytes`; write at least 4MiB"));
}

TEST(Limits, of_held_bytes_let_one_client_send_and_see_what_other_limits_allow) {
  for (const std::string key : {"config_bytes", "lookup_bytes", "record_bytes"}) {
    const auto loaded = load_limit("held_bytes", "32MiB, " + key + ": 8388609");
    ASSERT_FALSE(loaded) << key;
    EXPECT_THAT(loaded.error().front().message,
                HasSubstr(" of `" + key + "`; write at least 33554436, or lower `" + key + "`"));
    EXPECT_TRUE(load_limit("held_bytes", "32MiB, " + key + ": 8MiB")) << key;
  }
}

TEST(Limits, that_are_not_set_follow_lower_held_bytes) {
  const auto loaded = load_limit("held_bytes", "1MiB, body_bytes: 64KiB");
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  constexpr std::size_t KiB = 1024;
  EXPECT_EQ(loaded->limits.config_bytes, 256 * KiB);
  EXPECT_EQ(loaded->limits.lookup_bytes, 256 * KiB);
}

TEST(Limits, warn_where_automatic_held_bytes_are_too_few_for_a_body) {
  const auto loaded = load_limit("body_bytes", "16MiB");
  ASSERT_TRUE(loaded);
  constexpr std::size_t MiB = 1024 * 1024;
  EXPECT_FALSE(warn_of_held_bytes(64 * MiB, loaded->limits));
  const auto warning = warn_of_held_bytes(42 * MiB, loaded->limits);
  ASSERT_TRUE(warning);
  EXPECT_THAT(*warning, HasSubstr("limits.held_bytes: 42MiB"));
  EXPECT_THAT(*warning, HasSubstr("`limits.body_bytes` (16MiB)"));
  EXPECT_THAT(*warning, HasSubstr("at least 64MiB"));
}

TEST(Limits, have_defaults_that_the_file_could_say) {
  for (const auto& field : limit_keys()) {
    const auto loaded = load_limit(field.name, field.print(Limits{}).text);
    ASSERT_TRUE(loaded) << field.name << ": " << to_string(loaded.error().front());
  }
}

/// The row of a key begins with its name and default, and its range stands in some row.
template <class Struct>
void expect_documented(const std::string& readme, const Table<Struct>& table) {
  for (const auto& field : table) {
    const auto printed = field.print(Struct{}).text;
    const std::string value = !field.required.empty() ? "required"
                              : printed.empty()       ? ""
                                                      : "`" + printed + "`";
    EXPECT_THAT(readme, HasSubstr("| `" + std::string(field.name) + "` | " + value));
    EXPECT_THAT(readme, HasSubstr("| " + field.range + " |"));
  }
}

TEST(Readme, documents_each_limit_with_its_default_and_range) {
  const auto readme = contents(project / "config" / "README.md");
  for (const auto& field : limit_keys()) {
    EXPECT_THAT(readme, HasSubstr("| `" + std::string(field.name) + "` | `" +
                                  field.print(Limits{}).text + "` | " + field.range + " |"));
  }
}

TEST(Readme, documents_every_other_key_with_its_default_and_range) {
  const auto readme = contents(project / "config" / "README.md");
  expect_documented(readme, file_keys());
  expect_documented(readme, listener_keys());
  expect_documented(readme, listener_tls_keys());
  expect_documented(readme, client_keys());
  expect_documented(readme, certificate_keys());
  expect_documented(readme, upstream_tls_keys());
  expect_documented(readme, profile_keys());
  expect_documented(readme, constraint_keys());
  expect_documented(readme, bind_keys());
  expect_documented(readme, device_keys());
  expect_documented(readme, build_keys());
  expect_documented(readme, enforce_keys());
  expect_documented(readme, admin_keys());
  expect_documented(readme, audit_keys());
  expect_documented(readme, log_keys());
}

TEST(Readme, shows_files_that_load) {
  const auto readme = contents(project / "config" / "README.md");
  const std::string fence = "```yaml\n";
  int loaded = 0;
  for (auto at = readme.find(fence); at != std::string::npos; at = readme.find(fence, at)) {
    at += fence.size();
    const auto text = readme.substr(at, readme.find("```", at) - at);
    if (text.find("listeners:") == std::string::npos) continue;  // a few lines of one
    const auto settings = load_text(text, "README.md", everyone);
    EXPECT_TRUE(settings) << to_string(settings.error().front());
    ++loaded;
  }
  EXPECT_EQ(loaded, 3);
}

TEST(Examples, all_load) {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(project / "deploy" / "examples")) {
    if (file.path().extension() != ".yaml") continue;
    names.push_back(file.path().filename().string());
    const auto loaded = load_text(contents(file.path()), names.back(), everyone);
    EXPECT_TRUE(loaded) << to_string(loaded.error().front());
  }
  EXPECT_THAT(names, testing::IsSupersetOf({"monitor.yaml", "ci.yaml", "remote-admin.yaml"}));
}

}  // namespace
}  // namespace config
