// SPDX-License-Identifier: Apache-2.0
#include "config/keys.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "config/constraint_keys.hpp"
#include "config/constraint_types.hpp"
#include "config/presets.hpp"
#include "config/types.hpp"
#include "config/web_types.hpp"

namespace config {
namespace {

constexpr std::size_t KiB = 1024;
constexpr std::size_t MiB = 1024 * KiB;
constexpr std::size_t GiB = 1024 * MiB;
constexpr auto year = std::chrono::hours(365 * 24);
constexpr std::size_t most_connections = 1'000'000;
constexpr std::size_t most_listeners = 64;
constexpr std::size_t most_clients = 1024;
constexpr std::size_t most_revocation_lists = 64;
constexpr std::size_t most_hosts = 64;
constexpr std::size_t most_origins = 64;
constexpr std::size_t most_profiles = 1024;
constexpr std::size_t most_entries = 256;  // of `allow` or `deny`: more than there are operations

bool read_profiles(const Place& place, std::vector<acl::ProfileSpec>& to, Report& report) {
  if (!expect(place, YamlNode::Kind::map, report)) return false;
  if (place.node.entries.empty()) place.mistake(report, "is empty; at least one profile is needed");
  if (place.node.entries.size() > most_profiles) {
    place.mistake(report, "has more than " + std::to_string(most_profiles) + " profiles");
    return false;
  }
  for (const auto& [name, node] : place.node.entries) {
    const Place at{node, join(place.where, name)};
    auto& profile = to.emplace_back();
    profile.name = name;
    read_profile(at, profile, report);
  }
  return true;
}

bool read_listeners(const Place& place, std::vector<ListenerEntry>& to, Report& report) {
  const bool is_empty = place.node.kind == YamlNode::Kind::list && place.node.items.empty();
  if (is_empty) place.mistake(report, "is empty; at least one listener is needed");
  return list_of(map_of(listener_keys()), most_listeners).read(place, to, report);
}

bool read_clients(const Place& place, std::vector<ClientEntry>& to, Report& report) {
  const bool is_empty = place.node.kind == YamlNode::Kind::list && place.node.items.empty();
  if (is_empty) place.mistake(report, "is empty, so nobody would be served; write a rule at least");
  return list_of(map_of(client_keys()), most_clients).read(place, to, report);
}

YamlNode print_profiles(const std::vector<acl::ProfileSpec>& profiles) {
  YamlNode node;
  node.kind = YamlNode::Kind::map;
  for (const auto& profile : profiles)
    node.entries.push_back({profile.name, print_map(profile_keys(), profile)});
  return node;
}

Type<std::vector<acl::ProfileSpec>> profiles() {
  Shape profile = shape_of(profile_keys());
  profile.needs = {"allow", "preset"};
  Shape shape{.kind = Shape::Kind::by_name,
              .least = 1,
              .most = static_cast<double>(most_profiles),
              .values = {std::move(profile)}};
  return {read_profiles, print_profiles, "a map of profiles by name", std::move(shape)};
}

/// A list that `read` takes, with one entry at least.
template <class T, class Read>
Type<std::vector<T>> filled(Type<std::vector<T>> type, Read read, std::string range) {
  type.read = read;
  type.range = std::move(range);
  type.shape.least = 1;
  return type;
}

Type<std::vector<ClientEntry>> clients() {
  return filled(list_of(map_of(client_keys()), most_clients), read_clients, "a list of rules");
}

Type<std::vector<ListenerEntry>> listeners() {
  auto listener = map_of(listener_keys());
  listener.shape.needs = {"profile", "clients"};
  return filled(list_of(listener, most_listeners), read_listeners, "a list of listeners");
}

/// The version of the format that this tidegate reads.
Type<std::size_t> format_version() {
  auto type = count(1, 1);
  type.range = "1";
  return type;
}

}  // namespace

const Table<FileEntry>& file_keys() {
  static const Table<FileEntry> table{
      reloadable(field("version", &FileEntry::version, format_version())),
      field("upstream", &FileEntry::upstream, upstream()),
      field("upstream_tls", &FileEntry::upstream_tls, map_of(upstream_tls_keys())),
      required("listeners", &FileEntry::listeners, listeners(), "where clients connect"),
      reloadable(required("profiles", &FileEntry::profiles, profiles(), "what clients may do")),
      field("limits", &FileEntry::limits, map_of(limit_keys())),
      field("admin", &FileEntry::admin, map_of(admin_keys())),
      field("audit", &FileEntry::audit, map_of(audit_keys())),
      field("log", &FileEntry::log, map_of(log_keys())),
      field("workers", &FileEntry::workers, count(0, 256)),
  };
  return table;
}

const Table<ListenerEntry>& listener_keys() {
  static const Table<ListenerEntry> table{
      required("address", &ListenerEntry::address, address(),
               "where it listens, as unix:///run/tidegate/docker.sock"),
      reloadable(field("profile", &ListenerEntry::profile, text())),
      reloadable(field("clients", &ListenerEntry::clients, clients())),
      field("mode", &ListenerEntry::mode, file_mode()),
      field("owner", &ListenerEntry::owner, text()),
      field("group", &ListenerEntry::group, text()),
      field("insecure", &ListenerEntry::insecure, boolean()),
      field("tls", &ListenerEntry::tls, map_of(listener_tls_keys())),
      reloadable(field("hosts", &ListenerEntry::hosts, list_of(own_host(), most_hosts))),
      reloadable(field("origins", &ListenerEntry::origins, list_of(origin(), most_origins))),
  };
  return table;
}

const Table<ListenerTls>& listener_tls_keys() {
  using Tls = ListenerTls;
  static const Table<Tls> table{
      reloadable(required("cert", &Tls::cert, file_path(), "the listener's certificate")),
      reloadable(required("key", &Tls::key, file_path(), "the certificate's private key")),
      reloadable(required("client_ca", &Tls::client_ca, file_path(),
                          "the certificate of whoever signs those of clients")),
      reloadable(field("crl", &Tls::crl, list_of(file_path(), most_revocation_lists))),
      field("min_version", &Tls::min_version, one_of({"1.2", "1.3"})),
  };
  return table;
}

const Table<ClientEntry>& client_keys() {
  static const Table<ClientEntry> table{
      required("profile", &ClientEntry::profile, text(),
               "the name of the profile that decides for these clients"),
      field("uid", &ClientEntry::uid, text()),
      field("gid", &ClientEntry::gid, text()),
      field("address", &ClientEntry::address, text()),
      field("certificate", &ClientEntry::certificate, map_of(certificate_keys())),
  };
  return table;
}

const Table<acl::CertificateMatch>& certificate_keys() {
  using Match = acl::CertificateMatch;
  static const Table<Match> table{
      field("common_name", &Match::common_name, text()),
      field("san", &Match::san, text()),
      field("issuer", &Match::issuer, text()),
      field("key_sha256", &Match::key_sha256, text()),
  };
  return table;
}

const Table<UpstreamTls>& upstream_tls_keys() {
  using Tls = UpstreamTls;
  static const Table<Tls> table{
      reloadable(required("ca", &Tls::ca, file_path(),
                          "the certificate of whoever signs that of the engine")),
      reloadable(field("cert", &Tls::cert, file_path())),
      reloadable(field("key", &Tls::key, file_path())),
      field("server_name", &Tls::server_name, host_name()),
  };
  return table;
}

const Table<acl::ProfileSpec>& profile_keys() {
  using acl::ProfileSpec;
  static const Table<ProfileSpec> table{
      preset_key(),
      field("mode", &ProfileSpec::mode, profile_mode()),
      field("allow", &ProfileSpec::allow, list_of(text(), most_entries)),
      field("deny", &ProfileSpec::deny, list_of(text(), most_entries)),
      field("containers", &ProfileSpec::constraints, map_of(constraint_keys())),
  };
  return table;
}

const Table<Limits>& limit_keys() {
  static const Table<Limits> table{
      field("connections", &Limits::connections, count(1, most_connections)),
      field("connections_per_client", &Limits::connections_per_client, count(1, most_connections)),
      field("head_bytes", &Limits::head_bytes, size(1 * KiB, 1 * MiB)),
      field("head_fields", &Limits::head_fields, count(10, 1000)),
      field("target_bytes", &Limits::target_bytes, size(256, 1 * MiB)),
      field("query_parameters", &Limits::query_parameters, count(1, 1000)),
      field("body_bytes", &Limits::body_bytes, size(1 * KiB, 64 * MiB)),
      field("held_bytes", &Limits::held_bytes, size_or_automatic(1 * MiB, 1024 * GiB)),
      field("lookups", &Limits::lookups, count(1, 64)),
      field("lookup_bytes", &Limits::lookup_bytes, size(1 * KiB, 64 * MiB)),
      field("record_bytes", &Limits::record_bytes, size(1 * KiB, 64 * MiB)),
      field("lookup_time", &Limits::lookup_time, duration(year)),
      field("handshake_time", &Limits::handshake_time, duration(year)),
      field("head_time", &Limits::head_time, duration(year)),
      field("body_time", &Limits::body_time, duration(year)),
      field("stall_time", &Limits::stall_time, duration(year)),
      field("idle_time", &Limits::idle_time, duration(year)),
      field("upstream_connect_time", &Limits::upstream_connect_time, duration(year)),
      field("upstream_head_time", &Limits::upstream_head_time, duration(year)),
      field("upstream_spares", &Limits::upstream_spares, count(0, 1024)),
      field("upstream_spare_time", &Limits::upstream_spare_time, duration(year)),
      field("tunnel_idle_time", &Limits::tunnel_idle_time, duration_or_off(year)),
      field("tunnel_linger_time", &Limits::tunnel_linger_time, duration(year)),
      field("drain_time", &Limits::drain_time, duration(year)),
  };
  return table;
}

const Table<Listener>& admin_keys() {
  static const Table<Listener> table{
      required("address", &Listener::address, address(),
               "where metrics and health are served, as unix:///run/tidegate/admin.sock"),
      field("mode", &Listener::mode, file_mode()),
      field("owner", &Listener::owner, text()),
      field("group", &Listener::group, text()),
      field("insecure", &Listener::insecure, boolean()),
      reloadable(field("hosts", &Listener::hosts, list_of(own_host(), most_hosts))),
      reloadable(field("origins", &Listener::origins, list_of(origin(), most_origins))),
  };
  return table;
}

const Table<Audit>& audit_keys() {
  static const Table<Audit> table{field("file", &Audit::file, output_path())};
  return table;
}

const Table<Log>& log_keys() {
  static const Table<Log> table{
      reloadable(field("level", &Log::level, one_of({"trace", "debug", "info", "warn", "error"})))};
  return table;
}

}  // namespace config
