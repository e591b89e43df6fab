// SPDX-License-Identifier: Apache-2.0
#include "config/keys.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "config/constraint_keys.hpp"
#include "config/presets.hpp"
#include "config/scalar.hpp"
#include "config/types.hpp"

namespace config {
namespace {

constexpr auto year = std::chrono::hours(365 * 24);
constexpr std::size_t most_listeners = 64;
constexpr std::size_t most_clients = 1024;
constexpr std::size_t most_revocation_lists = 64;
constexpr std::size_t most_values_of_a_condition = 64;
constexpr std::size_t most_hosts = 64;
constexpr std::size_t most_origins = 64;
constexpr std::size_t most_profiles = 1024;
constexpr std::size_t most_entries = 256;  // in `allow` or `deny`: more than there are operations

bool read_profiles(const Place& place, acl::PolicySpec& to) {
  if (!place.is_a(YamlNode::Kind::map)) return false;
  const auto& entries = place.node.entries;
  if (entries.empty()) return place.refuse("is empty; at least one profile is needed");
  if (entries.size() > most_profiles)
    return place.refuse("has more than " + std::to_string(most_profiles) + " profiles");
  for (const auto& entry : entries) {
    auto& profile = to.profiles.emplace_back();
    profile.name = entry.key;
    read_profile(place.at(entry), profile);
  }
  return true;
}

YamlNode print_profiles(const acl::PolicySpec& from) {
  YamlNode node(YamlNode::Kind::map);
  for (const auto& profile : from.profiles)
    node.entries.push_back({profile.name, print_map(profile_keys(), profile)});
  return node;
}

Type<acl::PolicySpec> profiles() {
  Shape profile = shape_of(profile_keys());
  profile.needs = {"allow", "preset"};
  return {read_profiles, print_profiles, "a map of profiles by name",
          Shape{.kind = Shape::Kind::by_name,
                .least = 1,
                .most = static_cast<double>(most_profiles),
                .values = {std::move(profile)}}};
}

Type<std::vector<acl::ClientRule>> clients() {
  return filled(list_of(map_of(client_keys()), most_clients), "a list of rules",
                ", so nobody would be served; write at least one rule");
}

Type<std::vector<Listener>> listeners() {
  auto listener = map_of(listener_keys());
  listener.shape.needs = {"profile", "clients"};
  return filled(list_of(listener, most_listeners), "a list of listeners",
                "; at least one listener is needed");
}

/// The version of the format that this tidegate reads.
Type<std::size_t> format_version() {
  auto type = count(1, 1);
  type.range = "1";
  return type;
}

/// A key that is printed for unix sockets only.
Field<Listener> of_unix(Field<Listener> made) {
  made.print = [print = made.print](const Listener& listener) {
    return listener.on_tcp() ? YamlNode() : print(listener);
  };
  return made;
}

}  // namespace

const Table<Settings>& file_keys() {
  static const Table<Settings> table{
      reloadable(field("version", &Settings::version, format_version())),
      field("upstream", &Settings::upstream, upstream()),
      field("upstream_tls", &Settings::upstream_tls, map_of(upstream_tls_keys())),
      required("listeners", &Settings::listeners, listeners(), "where clients connect"),
      reloadable(required("profiles", &Settings::policy_spec, profiles(), "what clients may do")),
      field("limits", &Settings::limits, map_of(limit_keys())),
      field("admin", &Settings::admin, map_of(admin_keys())),
      field("audit", &Settings::audit, map_of(audit_keys())),
      field("log", &Settings::log, map_of(log_keys())),
      field("reload_every", &Settings::reload_every, duration_or_off(year)),
      field("workers", &Settings::workers, count(0, 256)),
  };
  return table;
}

const Table<Listener>& listener_keys() {
  static const Table<Listener> table{
      required("address", &Listener::address, address(),
               "where it listens, as unix:///run/tidegate/docker.sock"),
      reloadable(field("profile", &Listener::profile, text())),
      reloadable(field("clients", &Listener::clients, clients())),
      of_unix(field("mode", &Listener::mode, file_mode())),
      field("owner", &Listener::owner, one_of(users)),
      field("group", &Listener::group, one_of(groups)),
      field("insecure", &Listener::insecure, boolean()),
      field("tls", &Listener::tls, map_of(listener_tls_keys())),
      field("max_connection_time", &Listener::max_connection_time, duration_or_off(year)),
      reloadable(field("hosts", &Listener::hosts, list_of(own_host(), most_hosts))),
      reloadable(field("origins", &Listener::origins, list_of(origin(), most_origins))),
  };
  return table;
}

const Table<Listener>& admin_keys() {
  static const Table<Listener> table = [] {
    auto keys = listener_keys();
    std::erase_if(keys, [](const Field<Listener>& key) {
      return key.name == "profile" || key.name == "clients" || key.name == "tls" ||
             key.name == "max_connection_time";
    });
    keys.front().required =
        "where metrics and health are served, as unix:///run/tidegate/admin.sock";
    return keys;
  }();
  return table;
}

const Table<ListenerTls>& listener_tls_keys() {
  using Tls = ListenerTls;
  static const Table<Tls> table{
      reloadable(required("cert", &Tls::cert, file_path(), "the listener's certificate")),
      reloadable(required("key", &Tls::key, file_path(), "the certificate's private key")),
      reloadable(required("client_ca", &Tls::client_ca, file_path(),
                          "the certificate of the authority that signs clients' certificates")),
      reloadable(field("crl", &Tls::crl, list_of(file_path(), most_revocation_lists))),
      field("min_version", &Tls::min_version, one_of({"1.2", "1.3"})),
      field("on_revocation", &Tls::on_revocation, one_of({"close", "finish"})),
  };
  return table;
}

const Table<acl::ClientRule>& client_keys() {
  using Rule = acl::ClientRule;
  static const Table<Rule> table{
      required("profile", &Rule::profile, text(),
               "the name of the profile that decides for these clients"),
      field("uid", &Rule::uid, number_of(users)),
      field("gid", &Rule::gid, number_of(groups)),
      field("address", &Rule::address, text()),
      field("certificate", &Rule::certificate, map_of(certificate_keys())),
  };
  return table;
}

const Table<acl::CertificateMatch>& certificate_keys() {
  using Match = acl::CertificateMatch;
  static const auto any_of = one_or_several(text(), most_values_of_a_condition);
  static const Table<Match> table{
      field("common_name", &Match::common_name, any_of),
      field("organizational_unit", &Match::organizational_unit, any_of),
      field("san", &Match::san, any_of),
      field("email", &Match::email, any_of),
      field("issuer", &Match::issuer, any_of),
      field("key_sha256", &Match::key_sha256, any_of),
  };
  return table;
}

const Table<UpstreamTls>& upstream_tls_keys() {
  using Tls = UpstreamTls;
  static const Table<Tls> table{
      reloadable(required("ca", &Tls::ca, file_path(),
                          "the certificate of the authority that signs the engine's")),
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
      field("mode", &ProfileSpec::mode,
            choice<acl::Mode>({{"enforce", acl::Mode::enforce}, {"shadow", acl::Mode::shadow}})),
      field("allow", &ProfileSpec::allow, list_of(text(), most_entries)),
      field("deny", &ProfileSpec::deny, list_of(text(), most_entries)),
      field("containers", &ProfileSpec::constraints, map_of(constraint_keys(), advise_waiver)),
  };
  return table;
}

const Table<Limits>& limit_keys() {
  static const Table<Limits> table{
#define LIMIT(type, name, initially, values) field(#name, &Limits::name, values),
#include "config/limits.inc"
#undef LIMIT
  };
  return table;
}

const Table<Audit>& audit_keys() {
  static const Table<Audit> table{
      field("file", &Audit::file, output_path()),
      field("wait_time", &Audit::wait_time, duration(year)),
      field("exec_commands", &Audit::exec_commands, boolean()),
  };
  return table;
}

const Table<Log>& log_keys() {
  static const Table<Log> table{
      reloadable(field("level", &Log::level, one_of({"trace", "debug", "info", "warn", "error"})))};
  return table;
}

}  // namespace config
