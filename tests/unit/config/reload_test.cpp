// SPDX-License-Identifier: Apache-2.0
#include "config/reload.hpp"

#include <set>

#include "config/keys.hpp"
#include "tests/unit/config/loading.hpp"

namespace config {
namespace {

using Keys = std::vector<std::string>;

const std::string running = R"(
upstream: tcp://10.0.0.1:2377
upstream_tls: {ca: /ca.pem, cert: /c.pem, key: /k.pem, server_name: engine}
listeners:
  - {address: unix:///run/a.sock, mode: 0660, owner: root, group: docker, profile: p}
  - address: tcp://0.0.0.0:2376
    tls: {cert: /c.pem, key: /k.pem, client_ca: /ca.pem, crl: [/a.crl], min_version: 1.3}
    clients: [{address: 10.0.0.0/8, profile: p}]
profiles: {p: {allow: ["@read"]}}
limits: {head_time: 10s}
audit: {file: /var/log/a}
log: {level: info}
workers: 1
)";

Keys changes(const std::string& before, const std::string& after) {
  const auto now = load(before);
  const auto then = load(after);
  EXPECT_TRUE(now) << testing::PrintToString(lines_of(now));
  EXPECT_TRUE(then) << testing::PrintToString(lines_of(then));
  return now && then ? fixed_changes(*now, *then) : Keys{"not loaded"};
}

std::string edited(const std::string& from, const std::string& to) {
  const auto at = running.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return std::string(running).replace(at, from.size(), to);
}

struct Change {
  std::string from, to;
  Keys reported;
};

const std::vector<Change> fixed{
    {"10.0.0.1:2377", "10.0.0.1:2378", {"upstream"}},
    {"server_name: engine", "server_name: motor", {"upstream_tls.server_name"}},
    {"upstream_tls: {ca: /ca.pem, cert: /c.pem, key: /k.pem, server_name: engine}\n",
     "",
     {"upstream_tls"}},
    {"/run/a.sock", "/run/b.sock", {"listeners[0].address"}},
    {"mode: 0660", "mode: 0600", {"listeners[0].mode"}},
    {"owner: root", "owner: 7", {"listeners[0].owner"}},
    {"group: docker, ", "", {"listeners[0].group"}},
    {"tls: {cert: /c.pem, key: /k.pem, client_ca: /ca.pem, crl: [/a.crl], min_version: 1.3}",
     "insecure: true",
     {"listeners[1].insecure", "listeners[1].tls"}},
    {"min_version: 1.3", "min_version: 1.2", {"listeners[1].tls.min_version"}},
    {"min_version: 1.3", "on_revocation: close", {"listeners[1].tls.on_revocation"}},
    {"owner: root", "owner: root, max_connection_time: 1h", {"listeners[0].max_connection_time"}},
    {"profiles:", "  - {address: unix:///run/c.sock, profile: p}\nprofiles:", {"listeners"}},
    {"head_time: 10s", "head_time: 11s", {"limits.head_time"}},
    {"head_time: 10s",
     "head_time: 10s, connections: 5",
     {"limits.connections", "limits.connections_per_client"}},
    {"/var/log/a", "/var/log/b", {"audit.file"}},
    {"/var/log/a", "/var/log/a, wait_time: 9s", {"audit.wait_time"}},
    {"/var/log/a", "/var/log/a, exec_commands: true", {"audit.exec_commands"}},
    {"workers: 1", "workers: 2", {"workers"}},
    {"workers: 1", "workers: 1\nreload_every: 0", {"reload_every"}},
};

TEST(Reload, cannot_change_what_is_fixed) {
  for (const auto& [from, to, reported] : fixed) {
    EXPECT_EQ(changes(running, edited(from, to)), reported) << from << " → " << to;
  }
}

TEST(Reload, changes_who_may_do_what_and_the_files_of_certificates) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"allow: [\"@read\"]", "allow: [\"*\"]"},
           {"profile: p}", "clients: [{uid: 0, profile: p}]}"},
           {"10.0.0.0/8", "10.1.0.0/16"},
           {"cert: /c.pem, key: /k.pem, client_ca", "cert: /d.pem, key: /l.pem, client_ca"},
           {"client_ca: /ca.pem", "client_ca: /cb.pem"},
           {"crl: [/a.crl], ", ""},
           {"ca: /ca.pem, cert: /c.pem, key: /k.pem, server", "ca: /cb.pem, server"},
           {"level: info", "level: debug"},
           {"tls: {cert", "hosts: [gate.corp]\n    origins: [\"https://a.corp\"]\n    tls: {cert"},
           {"", ""},
       }) {
    EXPECT_EQ(changes(running, edited(from, to)), Keys{}) << from << " → " << to;
  }
}

TEST(Reload, takes_a_default_for_what_it_is_whether_written_or_not) {
  EXPECT_EQ(changes(running, edited("mode: 0660, ", "")), Keys{});
  EXPECT_EQ(changes(running, edited("limits: {head_time: 10s}\n", "")), Keys{});
}

/// A key that neither reloads nor has a row above might change unnoticed.
template <class Struct>
void expect_known(const Table<Struct>& table, const std::set<std::string>& known) {
  for (const auto& field : table) {
    EXPECT_TRUE(field.reloadable || known.contains(std::string(field.name))) << field.name;
  }
}

TEST(Reload, knows_of_every_key) {
  std::set<std::string> known{"limits", "admin", "audit", "log"};  // whose own keys are compared
  for (const auto& change : fixed) {
    for (const auto& key : change.reported) known.insert(key.substr(key.rfind('.') + 1));
  }
  expect_known(file_keys(), known);
  expect_known(listener_keys(), known);
  expect_known(listener_tls_keys(), known);
  expect_known(upstream_tls_keys(), known);
  expect_known(admin_keys(), known);
  expect_known(audit_keys(), known);
  expect_known(log_keys(), known);
}

}  // namespace
}  // namespace config
