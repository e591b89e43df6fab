// SPDX-License-Identifier: Apache-2.0
#include "config/effective.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "config/constraint_keys.hpp"
#include "config/keys.hpp"
#include "config/load.hpp"
#include "config/presets.hpp"

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

std::string printed(const std::string& text) {
  const auto loaded = load_text(text, "t.yaml", everyone);
  EXPECT_TRUE(loaded) << to_string(loaded.error().front()) << "\n" << text;
  return loaded ? effective_text(*loaded) : "";
}

/// Names and texts of whole configurations.
std::vector<std::pair<std::string, std::string>> whole_configurations() {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& file : std::filesystem::directory_iterator(project / "deploy" / "examples"))
    if (file.path().extension() == ".yaml")
      all.emplace_back(file.path().filename(), contents(file.path()));
  for (const auto& preset : presets()) all.emplace_back(preset.name, configuration_with(preset));
  return all;
}

TEST(EffectiveText, of_examples_and_presets_loads_to_the_same) {
  const auto all = whole_configurations();
  ASSERT_GT(all.size(), 20U);
  for (const auto& [name, text] : all) {
    SCOPED_TRACE(name);
    const auto once = printed(text);
    EXPECT_EQ(printed(once), once);
  }
}

// Every key has another value here than its default, where it has one. In the printer's own words:
// what it left out or changed would show.
constexpr const char* everything = R"(version: 1
upstream: tcp://engine.corp:2376
upstream_tls:
  ca: /etc/tidegate/engine-ca.pem
  cert: /etc/tidegate/engine.pem
  key: /etc/tidegate/engine-key.pem
  server_name: other.corp
listeners:
  - address: unix:///run/tidegate/a.sock
    clients:
      - profile: ci
        uid: 1000
        gid: 1001
      - profile: plain
    mode: "0622"
    owner: ops
    group: docker
    insecure: true
    max_connection_time: 1h
    hosts: []
    origins:
      - http://10.0.0.5:9000
  - address: tcp://0.0.0.0:2376
    clients:
      - profile: ci
        address: "10.0.0.0/8"
        certificate:
          common_name: "ops-*"
          organizational_unit:
            - ops
            - "dev*"
          san: spiffe://corp/ci/x
          email: "*@corp.example"
          issuer: "CN=Corp CA,O=\"Corp\""
          key_sha256: abababababababababababababababababababababababababababababababab
    insecure: false
    tls:
      cert: /etc/tidegate/server.pem
      key: /etc/tidegate/server-key.pem
      client_ca: /etc/tidegate/ca.pem
      crl:
        - /etc/tidegate/a.crl
      min_version: 1.2
      on_revocation: close
    max_connection_time: 12h
    hosts:
      - "*.corp"
      - gate.example
    origins:
      - https://portal.corp
profiles:
  ci:
    mode: shadow
    allow:
      - "@container"
      - SystemPing
    deny:
      - ContainerExport
    containers:
      level: restricted
      docker_socket: allow
      unknown_fields: drop
      client_habits: keep
      binds:
        - path: "/srv/ci cache"
          read_only: true
        - path: "/srv/*/b"
          read_only: false
          below: unresolved
      images:
        - "registry.corp/**"
      require_digest: true
      capabilities:
        add:
          - NET_ADMIN
      devices:
        - path: /dev/fuse
          permissions: rw
        - gpu: all
        - cdi: "vendor.com/gpu=0"
      networks: []
      subnets:
        - "10.20.0.0/16"
        - "2001:db8:1::/48"
      container_namespaces: true
      volumes_from: true
      numeric_user: true
      runtimes:
        - runsc
      ports:
        addresses:
          - "127.0.0.1"
          - "::1"
      sysctls:
        - net.core.somaxconn
      log_drivers:
        - syslog
      volume_drivers:
        - nfs
      network_drivers:
        - macvlan
      build:
        networks:
          - host
        images: any
      image_import: true
      images_write:
        - "registry.corp/made/*"
      image_load: true
      memory:
        max: 4GiB
      cpus:
        max: 1.5
      pids:
        max: 100
      tmpfs:
        max: 64MiB
      ulimits:
        nofile: 4096
        nproc: 0
      waive:
        - security_opt.seccomp
      enforce:
        labels:
          "a b": "null"
          com.corp/team: "1e3 # ä \\"
        no_new_privileges: true
        drop_all_capabilities: true
        read_only_rootfs: true
        memory: 512MiB
        cpus: 0.5
        pids: 50
        user: "65534:65534"
        log_driver: local
  plain:
    mode: enforce
    allow: []
)";

/// All behind the profile `plain` and its constraints.
constexpr const char* rest = R"(limits:
  connections: 100
  connections_per_client: 10
  handshakes: 20
  handshakes_per_client: 5
  head_bytes: 32KiB
  registry_config_bytes: 128KiB
  head_fields: 50
  target_bytes: 16KiB
  query_parameters: 32
  list_parameters: 100
  body_bytes: 2MiB
  config_bytes: 3MiB
  held_bytes: 64MiB
  lookups: 32
  lookup_bytes: 512KiB
  record_bytes: 128KiB
  lookup_time: 20s
  handshake_time: 1s
  head_time: 2s
  body_time: 3s
  stall_time: 4m
  idle_time: 5m
  upstream_connect_time: 6s
  upstream_head_time: 7m
  upstream_spares: 4
  upstream_spare_time: 3s
  tunnel_idle_time: 8h
  tunnel_linger_time: 9s
  drain_time: 1500ms
admin:
  address: unix:///run/tidegate/admin.sock
  mode: "0600"
  owner: ops
  group: ops
  insecure: false
  hosts: []
  origins:
    - https://portal.corp
audit:
  file: /var/log/tidegate/audit.log
  wait_time: 7s
  exec_commands: true
log:
  level: warn
reload_every: 1h
workers: 3
)";

TEST(EffectiveText, says_every_key_with_its_value) {
  const auto text = printed(std::string(everything) + rest);
  EXPECT_THAT(text, testing::StartsWith(everything));
  EXPECT_THAT(text, testing::EndsWith(rest));
  EXPECT_EQ(printed(text), text);
}

template <class Struct>
void expect_all_keys(const std::string& text, const Table<Struct>& table) {
  for (const auto& field : table)
    if (field.name != "preset") {  // written out
      EXPECT_THAT(text, HasSubstr(std::string(field.name) + ":"));
    }
}

TEST(EffectiveText, is_tested_with_every_key) {
  const auto text = std::string(everything) + rest;
  expect_all_keys(text, file_keys());
  expect_all_keys(text, listener_keys());
  expect_all_keys(text, listener_tls_keys());
  expect_all_keys(text, client_keys());
  expect_all_keys(text, certificate_keys());
  expect_all_keys(text, upstream_tls_keys());
  expect_all_keys(text, profile_keys());
  expect_all_keys(text, constraint_keys());
  expect_all_keys(text, bind_keys());
  expect_all_keys(text, device_keys());
  expect_all_keys(text, enforce_keys());
  expect_all_keys(text, limit_keys());
  expect_all_keys(text, admin_keys());
  expect_all_keys(text, audit_keys());
  expect_all_keys(text, log_keys());
}

TEST(EffectiveText, says_defaults_and_writes_presets_out) {
  const auto text = printed(
      "listeners: [{address: unix:///run/a.sock, profile: p}]\n"
      "admin: {address: tcp://127.0.0.1:9376}\n"
      "profiles: {p: {preset: traefik, deny: [ContainerInspect]}}\n");
  EXPECT_THAT(text, HasSubstr("upstream: unix:///var/run/docker.sock\n"));
  EXPECT_THAT(text, HasSubstr("    mode: \"0660\"\n"));
  EXPECT_THAT(text, HasSubstr("      level: baseline\n"));
  EXPECT_THAT(text, HasSubstr("  idle_time: 10m\n"));
  EXPECT_THAT(text, HasSubstr("      - ContainerList\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("      - ContainerInspect\n      - ContainerList")));
  EXPECT_THAT(text, testing::Not(HasSubstr("preset")));
  EXPECT_EQ(printed(text), text);
}

}  // namespace
}  // namespace config
