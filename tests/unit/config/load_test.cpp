// SPDX-License-Identifier: Apache-2.0
#include "config/load.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "config/environment.hpp"
#include "tests/unit/config/loading.hpp"
#include "tests/unit/told.hpp"

namespace config {
namespace {

using namespace std::chrono_literals;

std::string with_limit(const std::string& limit) {
  return std::string(profiles) + listeners + "limits: {" + limit + "}\n";
}

std::string with_listener(const std::string& keys) {
  return std::string(profiles) + "listeners:\n  - {" + keys + ", profile: p}\n";
}

TEST(Load, reads_every_key) {
  const auto loaded = load(R"(
upstream: unix:///run/engine.sock
listeners:
  - address: unix:///run/tidegate/ci.sock
    mode: "0600"
    owner: root
    group: docker
    profile: ci
  - address: tcp://127.0.0.1:2375
    insecure: true
    profile: ci
profiles:
  ci: { allow: ["@read", ContainerStart], deny: ["@read-sensitive"] }
limits:
  connections: 10
  connections_per_client: 5
  head_bytes: 32KiB
  tunnel_idle_time: 1h
audit: { file: /var/log/tidegate/audit.json }
log: { level: debug }
workers: 3
)");
  ASSERT_TRUE(loaded) << testing::PrintToString(lines_of(loaded));
  EXPECT_EQ(loaded->upstream.to_string(), "unix:///run/engine.sock");
  ASSERT_EQ(loaded->listeners.size(), 2U);
  EXPECT_EQ(loaded->listeners[0].address.path, "/run/tidegate/ci.sock");
  EXPECT_EQ(loaded->listeners[0].mode, 0600U);
  EXPECT_EQ(loaded->listeners[0].owner, "root");
  EXPECT_EQ(loaded->listeners[0].group, "docker");
  EXPECT_FALSE(loaded->listeners[0].insecure);
  EXPECT_EQ(loaded->listeners[1].address.port, 2375);
  EXPECT_TRUE(loaded->listeners[1].insecure);
  ASSERT_NE(loaded->policy, nullptr);
  EXPECT_EQ(loaded->limits.connections, 10U);
  EXPECT_EQ(loaded->limits.connections_per_client, 5U);
  EXPECT_EQ(loaded->limits.head_bytes, 32U * 1024);
  EXPECT_EQ(loaded->limits.tunnel_idle_time, 1h);
  EXPECT_EQ(loaded->audit.file, "/var/log/tidegate/audit.json");
  EXPECT_EQ(loaded->log.level, "debug");
  EXPECT_EQ(loaded->workers, 3U);
}

TEST(Load, gives_each_listener_its_own_profile) {
  const auto loaded = load(R"(
listeners:
  - { address: unix:///run/a.sock, profile: second }
  - { address: unix:///run/b.sock, profile: first }
profiles:
  first: { allow: [] }
  second: { allow: ["@read"] }
)");
  ASSERT_TRUE(loaded) << testing::PrintToString(lines_of(loaded));
  acl::Identity identity;
  identity.listener = 0;
  EXPECT_EQ(loaded->policy->profile_of(identity).name(), "second");
  identity.listener = 1;
  EXPECT_EQ(loaded->policy->profile_of(identity).name(), "first");
}

TEST(Load, fills_in_the_defaults) {
  const auto loaded = load(std::string(profiles) + listeners);
  ASSERT_TRUE(loaded) << testing::PrintToString(lines_of(loaded));
  EXPECT_EQ(loaded->upstream.to_string(), "unix:///var/run/docker.sock");
  EXPECT_EQ(loaded->listeners[0].mode, 0660U);
  EXPECT_EQ(loaded->listeners[0].owner, std::nullopt);
  EXPECT_EQ(loaded->limits.head_bytes, Limits{}.head_bytes);
  EXPECT_EQ(loaded->audit.file, "-");
  EXPECT_EQ(loaded->log.level, "info");
  EXPECT_EQ(loaded->workers, 0U);
}

TEST(Load, takes_values_as_they_are_written_and_not_as_yaml_1_1_reads_them) {
  const auto loaded = load(R"(
listeners: [{ address: unix:///run/a.sock, profile: no, mode: 0600, owner: 1000, group: 0 }]
profiles: { no: { allow: [] } }
)");
  ASSERT_TRUE(loaded) << testing::PrintToString(lines_of(loaded));
  EXPECT_EQ(loaded->listeners[0].mode, 0600U);
  EXPECT_EQ(loaded->listeners[0].owner, "1000");
}

TEST(Load, allows_a_profile_that_no_listener_uses) {
  EXPECT_TRUE(load("profiles: {p: {allow: []}, spare: {allow: []}}\n" + std::string(listeners)));
}

TEST(Load, lets_the_limit_of_one_client_follow_a_lower_limit_of_all) {
  const auto loaded = load(with_limit("connections: 100"));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->limits.connections_per_client, 100U);
  const auto handshakes = load(with_limit("handshakes: 10"));
  ASSERT_TRUE(handshakes);
  EXPECT_EQ(handshakes->limits.handshakes_per_client, 10U);
}

TEST(Load, reports_all_mistakes_of_a_file_at_once) {
  const auto loaded = load(R"(upstream: docker.sock
listners: []
listeners:
  - address: tcp://0.0.0.0:2375
    mode: "0660"
    insecure: yes
    profile: cii
  - profil: ci
profiles:
  ci:
    allow: ["@reed", {a: b}]
    deny: ContainerExport
limits:
  head_bytes: 1
  idle_time: 30
log: {level: loud}
workers: many
)");
  EXPECT_THAT(
      lines_of(loaded),
      testing::ElementsAre(
          HasSubstr("t.yaml:1: upstream: 'docker.sock' is not an address"),
          HasSubstr("t.yaml:2: listners: unknown key 'listners'; did you mean 'listeners'?"),
          HasSubstr("t.yaml:5: listeners[0].mode: only a unix socket has 'mode'"),
          HasSubstr("t.yaml:6: listeners[0].insecure: 'yes' is not a boolean here; write `true`"),
          HasSubstr("t.yaml:7: listeners[0].profile: no profile is named 'cii'; did you mean"),
          HasSubstr("t.yaml:8: listeners[1].profil: unknown key 'profil'; did you mean"),
          HasSubstr("t.yaml:8: listeners[1].address: is missing"),
          HasSubstr("t.yaml:8: listeners[1].profile: is missing"),
          HasSubstr("t.yaml:11: profiles.ci.allow[1]: is a map where a single value belongs"),
          HasSubstr("t.yaml:11: profiles.ci.allow[0]: '@reed' is neither"),
          HasSubstr("t.yaml:12: profiles.ci.deny: is a single value where a list belongs"),
          HasSubstr("t.yaml:14: limits.head_bytes: '1' is out of range; write 1KiB to 1MiB"),
          HasSubstr("t.yaml:15: limits.idle_time: '30' has no unit; write `30s`"),
          HasSubstr("t.yaml:16: log.level: unknown value 'loud'"),
          HasSubstr("t.yaml:17: workers: 'many' is not a whole number")));
}

TEST(Load, refuses_what_is_no_plain_yaml) {
  const std::string good = std::string(profiles) + listeners;
  expect_one_mistake_each({
      {"", 0, "", "empty", "`listeners` and `profiles`"},
      {"# nothing yet\n", 0, "", "empty"},
      {"- a\n", 1, "", "is a list where a map belongs"},
      {"hello\n", 1, "", "is a single value where a map belongs"},
      {"a: [b\nc: d\n", 2, "", "not valid YAML", "indentation"},
      {"a:\n\tb: c\n", 2, "", "not valid YAML"},
      {good + "---\n" + good, 3, "", "more after the end", "a second document"},
      {good + "}\n", 3, "", "not valid YAML"},
      {",\n", 1, "", "more after the end", "comma"},
      {good + "log: &here {level: info}\n", 3, "log", "anchors"},
      {"upstream: &u unix:///run/u.sock\n" + good, 1, "upstream", "anchors"},
      {good + "workers: !!int 3\n", 3, "workers", "tags"},
      {good + "log: {level: info, <<: {level: info}}\n", 3, "log", "merge keys"},
      {good + "log: {level: info}\nlog: {level: warn}\n", 4, "log", "the first is on line 3"},
      {good + "log:\n  level: info\n  level: warn\n", 5, "log.level", "the first is on line 4"},
      {good + "[a]: b\n", 3, "", "a key is not a plain word"},
      {good + "audit: {file: \"/var/log/a\\nb\"}\n", 3, "audit.file", "control character"},
  });
}

TEST(Load, refuses_aliases_so_that_no_small_file_grows_large) {
  const auto loaded = load("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n");
  EXPECT_THAT(lines_of(loaded), testing::Contains(HasSubstr("t.yaml:2: b[0]: aliases")));
  EXPECT_THAT(lines_of(loaded), testing::Contains(HasSubstr("t.yaml:3: c: anchors")));
}

TEST(Load, bounds_size_and_depth) {
  const auto large = load(std::string(1024 * 1024, '#') + "\n");
  EXPECT_THAT(lines_of(large), testing::ElementsAre("t.yaml: the file is larger than 1MiB; is this "
                                                    "the configuration?"));
  const auto deep = load("a: " + std::string(5000, '[') + std::string(5000, ']'));
  EXPECT_THAT(lines_of(deep), testing::ElementsAre(HasSubstr("nested deeper than 16 levels")));
}

TEST(Load, shows_no_control_characters_of_the_file) {
  const auto loaded = load("\"a\\e[2Jb\": c\n" + std::string(profiles) + listeners);
  ASSERT_FALSE(loaded);
  for (const auto& line : lines_of(loaded)) EXPECT_EQ(line.find('\x1b'), std::string::npos);
  // Where it is no YAML, the parser quotes the file.
  const auto unreadable = lines_of(load("a: \"\\\x1b[2J\"\n"));
  EXPECT_THAT(unreadable, testing::ElementsAre(HasSubstr("not valid YAML")));
  EXPECT_EQ(unreadable.front().find('\x1b'), std::string::npos);
}

TEST(Load, names_unknown_and_missing_keys) {
  const std::string good = std::string(profiles) + listeners;
  expect_one_mistake_each({
      {good + "limit: {}\n", 3, "limit", "unknown key 'limit'", "did you mean 'limits'?"},
      {good + "colour: red\n", 3, "colour", "unknown key 'colour'",
       "known here: version, upstream, "},
      {with_limit("head_byte: 1KiB"), 3, "limits.head_byte", "unknown key",
       "did you mean 'head_bytes'?"},
      {good + "log: {levle: info}\n", 3, "log.levle", "unknown key", "known here: level"},
      {profiles, 1, "listeners", "is missing: where clients connect"},
      {std::string(profiles) + "listeners: []\n", 2, "listeners", "at least one listener"},
      {std::string(profiles) + "listeners:\n", 2, "listeners", "is empty"},
      {std::string(profiles) + "listeners: [{profile: p}]\n", 2, "listeners[0].address",
       "is missing"},
      {std::string(profiles) + "listeners: [{address: unix:///run/a.sock}]\n", 2,
       "listeners[0].profile", "is missing: the name of the profile"},
      {std::string(listeners) + "profiles:\n  p: {}\n", 3, "profiles.p.allow", "is missing"},
      {std::string(listeners) + "profiles:\n  p: {allow: [], denny: []}\n", 3, "profiles.p.denny",
       "unknown key", "did you mean 'deny'?"},
  });
}

TEST(Load, names_values_of_the_wrong_kind) {
  const std::string good = std::string(profiles) + listeners;
  expect_one_mistake_each({
      {good + "limits: 3\n", 3, "limits", "a single value where a map belongs", "key: value"},
      {good + "log: {level: [info]}\n", 3, "log.level", "a list where a single value belongs"},
      {good + "log: {level: warning}\n", 3, "log.level", "'warning'", "trace, debug, info"},
      {good + "audit: {file: audit.log}\n", 3, "audit.file", "not an absolute path"},
      {good + "audit: {file: \"\"}\n", 3, "audit.file", "not an absolute path"},
      {good + "limits:\n", 3, "limits", "is empty"},
      {good + "workers: 257\n", 3, "workers", "write 0 to 256"},
      {std::string(profiles) + "listeners: {address: x}\n", 2, "listeners",
       "a map where a list belongs"},
      {std::string(profiles) + "listeners: [unix:///run/a.sock]\n", 2, "listeners[0]",
       "a single value where a map belongs"},
      {std::string(listeners) + "profiles: {p: {allow: \"@read\"}}\n", 2, "profiles.p.allow",
       "a single value where a list belongs", "[one, two]"},
  });
}

TEST(Load, places_mistakes_of_the_policy_at_their_lines) {
  expect_one_mistake_each({
      {std::string(listeners) + "profiles:\n  p:\n    allow:\n      - \"@read\"\n"
                                "      - ContainerLst\n",
       6, "profiles.p.allow[1]", "ContainerLst", "ContainerList"},
      {std::string(listeners) + "profiles:\n  p: {allow: []}\n  \"a b\":\n    allow: []\n", 4,
       "profiles.a b", "not a valid name for a profile"},
      {std::string(listeners) + "profiles:\n  p: {allow: []}\n  p.q:\n    allow: []\n"
                                "    deny: [nothing]\n",
       6, "profiles.p.q.deny[0]", "nothing"},
      {std::string(profiles) + "listeners:\n  - address: unix:///run/a.sock\n    profile: q\n", 4,
       "listeners[0].profile", "'q'"},
  });
}

TEST(Load, refuses_a_tcp_listener_that_does_not_say_insecure) {
  expect_one_mistake_each({
      {with_listener("address: tcp://127.0.0.1:2375"), 3, "listeners[0].address",
       "under `tls`, or write `insecure: true` if that is meant"},
      {with_listener("address: tcp://127.0.0.1:2375, insecure: false"), 3, "listeners[0].address",
       "whoever can connect"},
      {with_listener("address: tcp://127.0.0.1:2375, insecure: on"), 3, "listeners[0].insecure",
       "'on' is not a boolean here; write `true`"},
      {with_listener("address: tcp://127.0.0.1:2375, insecure: \"true\""), 3,
       "listeners[0].insecure", "write `true`, without quotes"},
      {with_listener("address: tcp://127.0.0.1:2375, insecure: maybe"), 3, "listeners[0].insecure",
       "write `true` or `false`"},
  });
  EXPECT_TRUE(load(with_listener("address: tcp://127.0.0.1:2375, insecure: true")));
}

TEST(Load, refuses_permissions_on_a_tcp_listener) {
  const std::string tcp = "address: tcp://127.0.0.1:2375, insecure: true, ";
  expect_one_mistake_each({
      {with_listener(tcp + "mode: 0660"), 3, "listeners[0].mode", "only a unix socket"},
      {with_listener(tcp + "owner: root"), 3, "listeners[0].owner", "only a unix socket"},
      {with_listener(tcp + "group: docker"), 3, "listeners[0].group", "only a unix socket"},
  });
}

TEST(Load, checks_the_permissions_of_a_unix_socket) {
  const std::string socket = "address: unix:///run/a.sock, ";
  expect_one_mistake_each({
      {with_listener(socket + "mode: 0666"), 3, "listeners[0].mode", "every user of the machine"},
      {with_listener(socket + "mode: 0662"), 3, "listeners[0].mode", "every user of the machine"},
      {with_listener(socket + "mode: 0440"), 3, "listeners[0].mode", "nobody can connect"},
      {with_listener(socket + "mode: 660"), 3, "listeners[0].mode", "as \"0660\""},
      {with_listener(socket + "mode: 0o600"), 3, "listeners[0].mode", "as \"0600\""},
      {with_listener(socket + "mode: 0880"), 3, "listeners[0].mode", "is not a mode"},
      {with_listener(socket + "mode: \"04660\""), 3, "listeners[0].mode", "is not a mode"},
      {with_listener(socket + "mode: u=rw"), 3, "listeners[0].mode", "is not a mode"},
      {with_listener(socket + "insecure: true"), 3, "listeners[0].insecure", "nothing insecure"},
      {with_listener(socket + "owner: nemo"), 3, "listeners[0].owner", "no user 'nemo'"},
      {with_listener(socket + "group: nemos"), 3, "listeners[0].group", "no group 'nemos'"},
      {with_listener(socket + "owner: 4294967295"), 3, "listeners[0].owner", "no user"},
      {with_listener(socket + "owner: \"\""), 3, "listeners[0].owner", "is empty"},
  });
  EXPECT_TRUE(load(with_listener(socket + "mode: 0666, insecure: true")));
  EXPECT_TRUE(load(with_listener(socket + "mode: 0664")));
}

std::string with_addresses(const std::string& upstream, const std::vector<std::string>& addresses) {
  std::string text = std::string(profiles) + "upstream: " + upstream + "\nlisteners:\n";
  for (const auto& address : addresses) {
    const bool tcp = address.starts_with("tcp");
    text +=
        "  - {address: \"" + address + "\", profile: p" + (tcp ? ", insecure: true" : "") + "}\n";
  }
  return text;
}

TEST(Load, refuses_a_loop_through_the_upstream) {
  expect_one_mistake_each({
      {with_addresses("unix:///run/a.sock", {"unix:///run/a.sock"}), 4, "listeners[0].address",
       "connect to itself"},
      {with_addresses("unix:///var/run/docker.sock", {"unix:///run/docker.sock"}), 4,
       "listeners[0].address", "connect to itself"},
      {with_addresses("tcp://127.0.0.1:2375", {"tcp://0.0.0.0:2375"}), 4, "listeners[0].address",
       "connect to itself"},
  });
  EXPECT_TRUE(load(with_addresses("tcp://127.0.0.1:2375", {"tcp://127.0.0.1:2376"})));
}

TEST(Load, refuses_two_listeners_on_one_address) {
  expect_one_mistake_each({
      {with_addresses("unix:///u", {"unix:///run/a.sock", "unix:///var/run/a.sock"}), 5,
       "listeners[1].address", "taken by listeners[0]"},
      {with_addresses("unix:///u", {"tcp://127.0.0.1:80", "tcp://127.0.0.2:80", "tcp://[::]:80"}),
       6, "listeners[2].address", "taken by listeners[0]"},
  });
  EXPECT_TRUE(load(with_addresses("unix:///u", {"tcp://127.0.0.1:80", "tcp://127.0.0.2:80"})));
}

TEST(Load, refuses_records_in_the_place_of_a_socket) {
  const std::string good = std::string(profiles) + listeners;
  expect_one_mistake_each({
      {good + "audit: {file: /run/tidegate.sock}\n", 3, "audit.file", "socket of listeners[0] too"},
      {good + "admin: {address: unix:///run/b.sock}\naudit: {file: /run/b.sock}\n", 4, "audit.file",
       "socket of `admin` too"},
  });
}

TEST(Load, bounds_how_much_of_everything_there_is) {
  std::string many = std::string(profiles) + "listeners:\n";
  for (int i = 0; i < 65; ++i) {
    many += "  - {address: unix:///run/" + std::to_string(i) + ".sock, profile: p}\n";
  }
  std::string entries = std::string(listeners) + "profiles: {p: {allow: [";
  for (int i = 0; i < 257; ++i) entries += "\"@read\", ";
  expect_one_mistake_each({
      {many, 2, "listeners", "has 65 entries; write at most 64"},
      {entries + "]}}\n", 2, "profiles.p.allow", "has 257 entries; write at most 256"},
  });
}

/// A file in a directory of its own, which goes with it.
struct TemporaryFile {
  explicit TemporaryFile(const std::string& text) {
    std::string name = (std::filesystem::temp_directory_path() / "tidegate-load-XXXXXX").string();
    directory = mkdtemp(name.data());
    path = directory / "tidegate.yaml";
    std::ofstream(path) << text;
    chmod(path.c_str(), 0644);
  }
  ~TemporaryFile() { std::filesystem::remove_all(directory); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  std::filesystem::path directory;
  std::filesystem::path path;
};

TEST(LoadFile, names_the_file_in_its_mistakes) {
  const TemporaryFile file("workers: many\n" + std::string(profiles) + listeners);
  const auto loaded = load_file(file.path.string());
  EXPECT_THAT(lines_of(loaded),
              testing::ElementsAre(HasSubstr(file.path.string() + ":1: workers: ")));
}

TEST(LoadFile, refuses_a_file_that_every_user_can_write_to) {
  const TemporaryFile file(std::string(profiles) + listeners + "workers: many\n");
  chmod(file.path.c_str(), 0646);
  EXPECT_THAT(lines_of(load_file(file.path.string())),
              testing::ElementsAre(HasSubstr("chmod o-w " + file.path.string()),
                                   HasSubstr(":3: workers: ")));
}

TEST(LoadFile, says_why_a_file_cannot_be_read) {
  const TemporaryFile file("");
  const auto directory = file.directory.string();
  EXPECT_THAT(lines_of(load_file(directory + "/other.yaml")),
              testing::ElementsAre(HasSubstr("No such file or directory")));
  EXPECT_THAT(lines_of(load_file(directory)),
              testing::ElementsAre(HasSubstr("is not a regular file")));
  mkfifo((directory + "/fifo").c_str(), 0600);
  EXPECT_THAT(lines_of(load_file(directory + "/fifo")),
              testing::ElementsAre(HasSubstr("is not a regular file")));
  EXPECT_THAT(lines_of(load_file(file.path.string())), testing::ElementsAre(HasSubstr("empty")));
}

TEST(LoadFile, serves_metrics_where_the_variable_says_if_the_file_does_not) {
  const TemporaryFile file(std::string(profiles) + listeners);
  const auto loaded = load_file(file.path.string(), {{"TIDEGATE_ADMIN", "tcp://127.0.0.1:9180"}});
  ASSERT_TRUE(loaded && loaded->admin);
  EXPECT_EQ(loaded->admin->address.to_string(), "tcp://127.0.0.1:9180");
  for (const Environment& without : {Environment(), Environment{{"TIDEGATE_ADMIN", ""}}}) {
    const auto none = load_file(file.path.string(), without);
    ASSERT_TRUE(none);
    EXPECT_FALSE(none->admin);
  }
}

TEST(LoadFile, prefers_the_files_own_admin_to_the_variable) {
  const TemporaryFile file(std::string(profiles) + listeners + "admin: {address: 'unix:///a/b'}\n");
  const auto loaded = load_file(file.path.string(), {{"TIDEGATE_ADMIN", "tcp://127.0.0.1:9180"}});
  ASSERT_TRUE(loaded && loaded->admin);
  EXPECT_EQ(loaded->admin->address.to_string(), "unix:///a/b");
}

TEST(LoadFile, names_the_variable_in_mistakes_about_its_address) {
  const TemporaryFile file(std::string(profiles) + listeners);
  for (const std::string address : {"tcp://0.0.0.0:9180", "9180", "tcp://gate.corp:1"})
    EXPECT_THAT(lines_of(load_file(file.path.string(), {{"TIDEGATE_ADMIN", address}})),
                testing::ElementsAre(HasSubstr(": TIDEGATE_ADMIN: ")))
        << address;
}

TEST(LoadFile, warns_of_variables_that_change_nothing_beside_a_file) {
  const TemporaryFile file("version: 1\n" + std::string(profiles) + listeners);
  const auto loaded =
      load_file(file.path.string(), {{"SOCKET_PATH", "/x.sock"}, {"BIND_CONFIG", ""}});
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->warnings.size(), 1U);
  EXPECT_THAT(to_string(loaded->warnings.front()),
              HasSubstr("environment: SOCKET_PATH: changes nothing"));
}

TEST(WithoutFile, serves_metrics_where_the_variable_says) {
  const auto listen = parse_address("unix:///run/tidegate.sock");
  const auto upstream = parse_address("unix:///run/engine.sock");
  const auto loaded = without_file(
      *listen, *upstream, {{"TIDEGATE_ADMIN", "tcp://[::1]:9180"}, {"BIND_CONFIG", "*:2375"}});
  ASSERT_TRUE(loaded && loaded->admin);
  EXPECT_EQ(loaded->admin->address.to_string(), "tcp://[::1]:9180");
  ASSERT_EQ(loaded->warnings.size(), 1U);
  EXPECT_EQ(loaded->warnings.front().where, "BIND_CONFIG");
  for (const std::string address :
       {"tcp://0.0.0.0:9180", "9180", "unix:///run/tidegate.sock", "unix:///run/engine.sock"})
    EXPECT_THAT(lines_of(without_file(*listen, *upstream, {{"TIDEGATE_ADMIN", address}})),
                testing::ElementsAre(HasSubstr("TIDEGATE_ADMIN: ")))
        << address;
}

TEST(WithoutFile, reads_without_secrets_on_one_unix_socket) {
  const auto listen = parse_address("unix:///run/tidegate.sock");
  const auto upstream = parse_address("unix:///run/engine.sock");
  const auto settings = without_file(*listen, *upstream);
  ASSERT_EQ(settings.listeners.size(), 1U);
  EXPECT_EQ(settings.listeners[0].address.path, "/run/tidegate.sock");
  EXPECT_EQ(settings.listeners[0].mode, 0660U);
  EXPECT_EQ(settings.upstream.path, "/run/engine.sock");

  const auto verdict = [&](std::string_view request) {
    return told(*settings.policy, {}, request).verdict;
  };
  EXPECT_EQ(verdict("GET /containers/json"), acl::Verdict::allow);
  EXPECT_EQ(verdict("GET /containers/a/export"), acl::Verdict::deny);
  EXPECT_EQ(verdict("POST /containers/a/start"), acl::Verdict::deny);
}

}  // namespace
}  // namespace config
