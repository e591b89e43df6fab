// SPDX-License-Identifier: Apache-2.0
#include "config/checks.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "acl/by_name.hpp"
#include "acl/ip_network.hpp"
#include "acl/operation.hpp"
#include "acl/text/shown.hpp"
#include "acl/written.hpp"
#include "config/limit_checks.hpp"
#include "config/words.hpp"
#include "config/yaml.hpp"

namespace config {
namespace {

// Connecting to a unix socket needs permission to write to it (unix(7)).
constexpr unsigned anyone_writes = 0222;
constexpr unsigned others_write = 0002;

/// Requires that either `profile` or `clients` says who has which profile.
void check_profile(const Listener& listener, const std::string& where, Report& report) {
  const auto profile = join(where, "profile");
  if (!listener.profile.empty() || !listener.clients.empty())
    return;  // acl::compile reports it if both are given
  if (report.is_reported(profile) || report.is_reported(join(where, "clients"))) return;
  report.mistake(profile,
                 "is missing: the name of the profile that decides for its clients, or `clients` "
                 "with rules that say who gets which");
}

/// Reports conditions of a rule that no client of this listener can meet.
void check_client(const acl::ClientRule& client, const Listener& listener, bool has_tls,
                  const std::string& where, Report& report) {
  const bool on_tcp = listener.on_tcp();
  const auto refuse = [&](bool is_refused, std::string_view key, const std::string& why) {
    if (is_refused) report.mistake(join(where, key), why);
  };
  refuse(on_tcp && client.uid, "uid",
         "only a unix socket shows its clients' 'uid', and this listener is tcp; remove it");
  refuse(on_tcp && client.gid, "gid",
         "only a unix socket shows its clients' 'gid', and this listener is tcp; remove it");
  refuse(!on_tcp && client.address, "address",
         "clients of a unix socket have no 'address'; ask for a uid or gid, or remove it");
  refuse(!on_tcp && client.certificate, "certificate",
         "clients of a unix socket show no certificate; ask for a uid or gid");
  refuse(on_tcp && !has_tls && client.certificate, "certificate",
         "without `tls` clients show no certificate; give the listener `tls`");
}

void check_mode(const Listener& listener, const std::string& where, Report& report) {
  const auto mode = join(where, "mode"), insecure = join(where, "insecure");
  if (report.is_reported(mode)) return;
  const bool for_others = (listener.mode & others_write) != 0;
  if (for_others && !listener.insecure && !report.is_reported(insecure)) {
    report.mistake(mode,
                   "this mode gives the engine to every user of the machine; take the last "
                   "digit's write bit away, as \"0660\", or write `insecure: true` if that is "
                   "meant");
  }
  if ((listener.mode & anyone_writes) == 0) {
    report.mistake(mode,
                   "with this mode nobody can connect, as that needs write permission; write "
                   "\"0660\" or \"0600\"");
  }
  if (listener.insecure && !for_others) {
    report.mistake(insecure, "there is nothing insecure about this unix socket; remove `insecure`");
  }
}

/// Requires TLS on tcp, or explicit consent to do without.
void check_secrecy(const Listener& listener, const std::string& where, Report& report) {
  const auto insecure = join(where, "insecure");
  if (report.is_reported(insecure) || report.is_reported(join(where, "tls"))) return;
  if (listener.tls && listener.insecure) {
    report.mistake(insecure, "there is nothing insecure about a listener with `tls`; remove one");
  } else if (!listener.tls && !listener.insecure) {
    report.mistake(join(where, "address"),
                   "a tcp listener without TLS gives the engine to whoever can connect; give it "
                   "a certificate under `tls`, or write `insecure: true` if that is meant");
  }
}

/// Reports keys that only the other kind of listener has.
void check_kind(const Listener& listener, const std::string& where, Report& report) {
  const bool on_tcp = listener.on_tcp();
  const auto refuse = [&](bool is_given, std::string_view key) {
    if (!is_given || report.is_reported(join(where, key))) return;
    report.mistake(join(where, key), on_tcp ? "only a unix socket has " + acl::quoted(key) +
                                                  ", and this listener is tcp; remove it"
                                            : "only a tcp listener has " + acl::quoted(key) +
                                                  ", and this one is a unix socket; remove it");
  };
  refuse(on_tcp && report.has_seen(join(where, "mode")), "mode");
  refuse(on_tcp && listener.owner, "owner");
  refuse(on_tcp && listener.group, "group");
  refuse(!on_tcp && listener.tls, "tls");
  refuse(!on_tcp && !listener.hosts.empty(), "hosts");
}

/// /var/run is a link to /run on every distribution with systemd.
std::string_view without_var(std::string_view path) {
  if (path.starts_with("/var/run/")) path.remove_prefix(4);
  return path;
}

bool is_wildcard(const Address& address) {
  return address.host == "0.0.0.0" || address.host == "::";
}

bool is_loopback(const Address& address) {
  return address.host == "::1" || address.host.starts_with("127.");
}

/// Returns whether both name one socket or conflict: a wildcard host takes a port on all addresses.
bool overlap(const Address& a, const Address& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Address::Kind::unix_socket) return without_var(a.path) == without_var(b.path);
  return a.port == b.port && (a.host == b.host || is_wildcard(a) || is_wildcard(b));
}

/// Returns whether a connection to the engine would reach this listener. An address that may be
/// another machine's, or a name, is taken for another machine's, which has all ports to itself.
bool is_engine(const Address& listener, const Address& engine) {
  const bool here = engine.kind == Address::Kind::unix_socket || listener.host == engine.host ||
                    is_loopback(engine) || is_wildcard(engine);
  return here && overlap(listener, engine);
}

void check_listener(const Listener& listener, const std::string& where, Report& report) {
  check_profile(listener, where, report);
  if (listener.address.empty()) return;
  const bool has_tls = listener.tls || report.is_reported(join(where, "tls"));
  for (std::size_t i = 0; i < listener.clients.size(); ++i)
    check_client(listener.clients[i], listener, has_tls, join(join(where, "clients"), i), report);
  check_kind(listener, where, report);
  if (listener.on_tcp()) {
    check_secrecy(listener, where, report);
  } else {
    check_mode(listener, where, report);
  }
}

void check_address(const Settings& settings, std::size_t index, Report& report) {
  const auto& address = settings.listeners[index].address;
  const auto where = join(join("listeners", index), "address");
  if (address.empty()) return;
  if (!report.is_reported("upstream") && is_engine(address, settings.upstream)) {
    report.mistake(where, acl::quoted(address.to_string()) +
                              " is the upstream too: tidegate would connect to itself; write "
                              "another address");
  }
  for (std::size_t i = 0; i < index; ++i) {
    if (!overlap(address, settings.listeners[i].address)) continue;
    report.mistake(where, acl::quoted(address.to_string()) + " is taken by " +
                              join("listeners", i) + " already; write another address");
    break;
  }
}

/// A socket and a file cannot have one path.
void check_audit(const Settings& settings, Report& report) {
  const auto refuse = [&](const Listener& listener, const std::string& by) {
    if (listener.address.path != settings.audit.file) return;
    report.mistake("audit.file", acl::quoted(settings.audit.file) + " is the socket of " + by +
                                     " too; write another path");
  };
  for (std::size_t i = 0; i < settings.listeners.size(); ++i)
    refuse(settings.listeners[i], join("listeners", i));
  if (settings.admin) refuse(*settings.admin, "`admin`");
}

void check_upstream_tls(const Settings& settings, Report& report) {
  if (!settings.upstream_tls) return;
  if (settings.upstream.kind == Address::Kind::unix_socket && !report.is_reported("upstream")) {
    report.mistake("upstream_tls",
                   "only an engine on tcp has TLS, and `upstream` is a unix socket; remove one");
  }
  const auto need = [&](const std::string& given, const std::string& other,
                        const std::string& name) {
    const auto where = join("upstream_tls", name);
    if (given.empty() || !other.empty() || report.is_reported(where)) return;
    report.mistake(
        where, "is missing: " + code(name == "key" ? "cert" : "key") + " is of no use without it");
  };
  need(settings.upstream_tls->cert, settings.upstream_tls->key, "key");
  need(settings.upstream_tls->key, settings.upstream_tls->cert, "cert");
}

/// Returns whether every request of a client with this profile is refused.
bool allows_nothing(const acl::ProfileSpec& profile) {
  const auto allowed = [&](const acl::OperationInfo& operation) {
    if (!acl::allows(profile, operation.id)) return false;
    return acl::why_by_name(profile.constraints, operation.id).empty() ||
           std::ranges::find(profile.allow, operation.name) != profile.allow.end();
  };
  return profile.mode == acl::Mode::enforce && std::ranges::none_of(acl::all_operations(), allowed);
}

/// A profile that allows nothing may be meant for some of a listener's clients, but not for all.
void warn_of_refusing_listeners(const acl::PolicySpec& policy, Report& report) {
  const auto refused = [&](const std::string& name) {
    const auto profile = std::ranges::find(policy.profiles, name, &acl::ProfileSpec::name);
    return profile != policy.profiles.end() && allows_nothing(*profile);
  };
  for (std::size_t i = 0; i < policy.listeners.size(); ++i) {
    const auto& [profile, clients] = policy.listeners[i];
    const bool nobody = clients.empty()
                            ? refused(profile)
                            : std::ranges::all_of(clients, refused, &acl::ClientRule::profile);
    if (!nobody) continue;
    const auto name = clients.empty() ? profile : clients.front().profile;
    report.warn(join(join("listeners", i), clients.empty() ? "profile" : "clients"),
                "every request is refused here: profile " + acl::quoted(name) + " allows nothing",
                "list what its clients need, as `allow: [\"@read\"]`, and deny less");
  }
}

/// Connections to a loopback address come from one.
bool is_of_this_machine(const acl::ClientRule& rule) {
  const auto network = rule.address ? acl::parse_network(*rule.address) : std::nullopt;
  if (!network) return true;
  const auto overlaps = [&](const char* text) {
    const auto loopback = *acl::parse_network(text);
    return loopback.holds(*network) || network->holds(loopback);
  };
  return overlaps("127.0.0.0/8") || overlaps("::1");
}

void warn_of_strangers(const Settings& settings, Report& report) {
  for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
    const auto& address = settings.listeners[i].address;
    const auto& clients = settings.listeners[i].clients;
    if (clients.empty() || !is_loopback(address)) continue;
    if (std::ranges::any_of(clients, is_of_this_machine)) continue;
    report.warn(join(join("listeners", i), "clients"),
                "nobody is served here: only this machine can connect to " + address.to_string() +
                    ", and no rule is for its addresses",
                "listen on an address that these clients can reach, or write a rule with `address: "
                "127.0.0.0/8`");
  }
}

}  // namespace

void check_admin(const Settings& settings, Report& report) {
  if (!settings.admin || settings.admin->address.empty()) return;
  const auto& admin = *settings.admin;
  check_kind(admin, "admin", report);
  const bool is_exposed = admin.on_tcp() && !is_loopback(admin.address);
  // The figures show who does what, though not to what object.
  if (is_exposed && !admin.insecure && !report.is_reported("admin.insecure")) {
    report.mistake("admin.address",
                   "whoever can connect sees these figures; write "
                   "tcp://127.0.0.1:" +
                       std::to_string(admin.address.port) +
                       " or a unix socket, or `insecure: true` if that is meant");
  }
  const auto refuse = [&](bool is_taken, const std::string& by) {
    if (!is_taken) return;
    report.mistake("admin.address", acl::quoted(admin.address.to_string()) + " is that of " + by +
                                        " too; write another address");
  };
  refuse(is_engine(admin.address, settings.upstream), "the engine");
  for (std::size_t i = 0; i < settings.listeners.size(); ++i)
    refuse(overlap(admin.address, settings.listeners[i].address), join("listeners", i));
}

void check(const Settings& settings, Report& report) {
  for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
    check_listener(settings.listeners[i], join("listeners", i), report);
    check_address(settings, i, report);
  }
  check_admin(settings, report);
  check_audit(settings, report);
  check_upstream_tls(settings, report);
  check(settings.limits, report);
}

void warn_of_lock_outs(const Settings& settings, Report& report) {
  for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
    const auto where = join("listeners", i) + ".tls.crl";
    const auto& tls = settings.listeners[i].tls;
    if (!tls || !tls->crl.empty() || report.has_seen(where)) continue;
    report.warn(where, "is missing, so a stolen certificate cannot be revoked",
                "name the authority's revocation list, as `crl: [/path/crl.pem]`, or write "
                "`crl: []` if that is meant");
  }
  warn_of_refusing_listeners(settings.policy_spec, report);
  warn_of_strangers(settings, report);
  const auto in_use = acl::profiles_in_use(settings.policy_spec);
  for (const auto& profile : settings.policy_spec.profiles) {
    if (in_use.contains(profile.name)) continue;
    const bool is_wide = std::ranges::find(profile.allow, "*") != profile.allow.end();
    report.warn(join("profiles", profile.name),
                "nobody gets this profile: no listener and no rule of `clients` names it",
                is_wide ? "it allows \"*\": remove it, so that nobody gets it by mistake"
                        : "name it there, or remove it");
  }
}

}  // namespace config
