// SPDX-License-Identifier: Apache-2.0
#include "config/checks.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include "acl/text.hpp"
#include "config/client_checks.hpp"
#include "config/units.hpp"

namespace config {
namespace {

// Connecting to a unix socket needs permission to write to it (unix(7)).
constexpr unsigned anyone_writes = 0222;
constexpr unsigned others_write = 0002;

void check_mode(const ListenerEntry& listener, const std::string& where, const Findings& findings) {
  if (findings.knows(join(where, "mode"))) return;
  const bool insecure = listener.insecure.value_or(false);
  const unsigned mode = listener.mode.value_or(Listener{}.mode);
  if ((mode & others_write) != 0 && !insecure && !findings.knows(join(where, "insecure"))) {
    findings.add(join(where, "mode"),
                 "this mode gives the engine to every user of the machine; take the last digit's "
                 "write bit away, as \"0660\", or write `insecure: true` if that is meant");
  }
  if ((mode & anyone_writes) == 0) {
    findings.add(join(where, "mode"),
                 "with this mode nobody can connect, as that needs write permission; write "
                 "\"0660\" or \"0600\"");
  }
  if (insecure && (mode & others_write) == 0) {
    findings.add(join(where, "insecure"),
                 "there is nothing insecure about this unix socket; remove `insecure`");
  }
}

void refuse_on_unix(std::string_view key, const std::string& where, const Findings& findings) {
  findings.add(join(where, key), "only a tcp listener has " + acl::quoted(key) +
                                     ", and this one is a unix socket; remove it");
}

void check_unix(const ListenerEntry& listener, const std::string& where, const Accounts& accounts,
                const Findings& findings) {
  check_mode(listener, where, findings);
  check_account(listener.owner, "user", accounts.uid_of, join(where, "owner"), findings);
  check_account(listener.group, "group", accounts.gid_of, join(where, "group"), findings);
  if (listener.tls) refuse_on_unix("tls", where, findings);
  if (!listener.hosts.empty()) refuse_on_unix("hosts", where, findings);
}

/// Either nobody can listen, or whoever wrote this knows that somebody can.
void check_secrecy(const ListenerEntry& listener, const std::string& where,
                   const Findings& findings) {
  const auto insecure = join(where, "insecure");
  if (findings.knows(insecure) || findings.knows(join(where, "tls"))) return;
  if (listener.tls && listener.insecure.value_or(false)) {
    findings.add(insecure, "there is nothing insecure about a listener with `tls`; remove one");
  } else if (!listener.tls && !listener.insecure.value_or(false)) {
    findings.add(join(where, "address"),
                 "a tcp listener without TLS gives the engine to whoever can connect; give it a "
                 "certificate under `tls`, or write `insecure: true` if that is meant");
  }
}

void check_tcp(const ListenerEntry& listener, const std::string& where, const Findings& findings) {
  const auto refuse = [&](bool written, std::string_view key) {
    if (!written) return;
    findings.add(join(where, key), "only a unix socket has " + acl::quoted(key) +
                                       ", and this listener is tcp; remove it");
  };
  refuse(listener.mode.has_value(), "mode");
  refuse(listener.owner.has_value(), "owner");
  refuse(listener.group.has_value(), "group");

  check_secrecy(listener, where, findings);
}

/// /var/run is a link to /run on every distribution that systemd runs on.
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

/// Whether both name one socket, or would quarrel about it: a wildcard host takes a port of all.
bool overlap(const Address& a, const Address& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Address::Kind::unix_socket) return without_var(a.path) == without_var(b.path);
  return a.port == b.port && (a.host == b.host || is_wildcard(a) || is_wildcard(b));
}

/// Whether who connects to the engine would reach this listener. An address that is not this
/// machine's for certain, or a name, is that of another, which has all its ports for itself.
bool is_engine(const Address& listener, const Address& engine) {
  const bool here = engine.kind == Address::Kind::unix_socket || listener.host == engine.host ||
                    is_loopback(engine) || is_wildcard(engine);
  return here && overlap(listener, engine);
}

void check_listeners(const FileEntry& file, const Accounts& accounts, const Findings& findings) {
  for (std::size_t i = 0; i < file.listeners.size(); ++i) {
    const auto where = join("listeners", i);
    const auto& listener = file.listeners[i];
    check_clients(listener, where, accounts, findings);
    if (!listener.address) continue;
    if (listener.address->kind == Address::Kind::unix_socket) {
      check_unix(listener, where, accounts, findings);
    } else {
      check_tcp(listener, where, findings);
    }
  }
}

void check_addresses(const FileEntry& file, const Findings& findings) {
  for (std::size_t i = 0; i < file.listeners.size(); ++i) {
    const auto& address = file.listeners[i].address;
    const auto where = join(join("listeners", i), "address");
    if (!address) continue;
    if (!findings.knows("upstream") && is_engine(*address, file.upstream)) {
      findings.add(where, acl::quoted(address->to_string()) +
                              " is the upstream too: tidegate would connect to itself; write "
                              "another address");
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (!file.listeners[j].address || !overlap(*address, *file.listeners[j].address)) continue;
      findings.add(where, acl::quoted(address->to_string()) + " is taken by " +
                              join("listeners", j) + " already; write another address");
      break;
    }
  }
}

/// Who may see the figures sees who does what, if not to whom.
void check_admin_tcp(const Listener& admin, const Findings& findings) {
  for (const auto* key : {"mode", "owner", "group"}) {
    if (findings.root.find("admin")->find(key) == nullptr) continue;
    findings.add(join("admin", key), "only a unix socket has " + acl::quoted(key) +
                                         ", and this listener is tcp; remove it");
  }
  if (is_loopback(admin.address) || admin.insecure || findings.knows("admin.insecure")) return;
  findings.add("admin.address", "whoever can connect sees these figures; write tcp://127.0.0.1:" +
                                    std::to_string(admin.address.port) +
                                    " or a unix socket, or `insecure: true` if that is meant");
}

void check_admin(const FileEntry& file, const Accounts& accounts, const Findings& findings) {
  if (!file.admin || findings.knows("admin.address")) return;
  const auto& admin = *file.admin;
  if (admin.address.kind == Address::Kind::tcp) {
    check_admin_tcp(admin, findings);
  } else {
    check_account(admin.owner, "user", accounts.uid_of, "admin.owner", findings);
    check_account(admin.group, "group", accounts.gid_of, "admin.group", findings);
    if (!admin.hosts.empty()) refuse_on_unix("hosts", "admin", findings);
  }
  const auto refuse = [&](bool taken, const std::string& by) {
    if (!taken) return;
    findings.add("admin.address", acl::quoted(admin.address.to_string()) + " is that of " + by +
                                      " too; write another address");
  };
  refuse(is_engine(admin.address, file.upstream), "the engine");
  for (std::size_t i = 0; i < file.listeners.size(); ++i) {
    const auto& other = file.listeners[i].address;
    refuse(other && overlap(admin.address, *other), join("listeners", i));
  }
}

void check_upstream_tls(const FileEntry& file, const Findings& findings) {
  if (!file.upstream_tls) return;
  if (file.upstream.kind == Address::Kind::unix_socket && !findings.knows("upstream")) {
    findings.add("upstream_tls",
                 "only an engine on tcp has TLS, and `upstream` is a unix socket; remove one");
  }
  const auto& tls = *file.upstream_tls;
  const auto check_pair = [&](const std::string& one, std::string_view name,
                              const std::string& other, std::string_view other_name) {
    const auto where = join("upstream_tls", name);
    if (!one.empty() || other.empty() || findings.knows(where)) return;
    findings.add(where, "is missing: " + code(other_name) + " is of no use without it");
  };
  check_pair(tls.cert, "cert", tls.key, "key");
  check_pair(tls.key, "key", tls.cert, "cert");
}

/// One client may hold half of `held_bytes`: a body as it came, and as it is sent.
constexpr std::size_t bodies_held = 4;

void check_held_bytes(const Limits& limits, const Findings& findings) {
  const std::string where = "limits.held_bytes";
  if (findings.knows(where) || findings.knows("limits.body_bytes")) return;
  if (limits.held_bytes == 0 || limits.held_bytes / bodies_held >= limits.body_bytes) return;
  findings.add(where, format_size(limits.held_bytes) +
                          " is too little for a body of `body_bytes`; write at least " +
                          format_size(bodies_held * limits.body_bytes) + ", or lower `body_bytes`");
}

void check_limits(const FileEntry& file, const Findings& findings) {
  const std::string where = "limits.connections_per_client";
  const YamlNode* written = findings.root.find("limits");
  if (written == nullptr || written->find("connections_per_client") == nullptr) return;
  if (findings.knows(where) || findings.knows("limits.connections")) return;
  const auto most = file.limits.connections;
  if (file.limits.connections_per_client <= most) return;
  findings.add(where, std::to_string(file.limits.connections_per_client) +
                          " is more than all connections together; write at most " +
                          std::to_string(most) + ", or raise `connections`");
}

}  // namespace

void check(const FileEntry& file, const YamlNode& root, const Accounts& accounts, Report& report) {
  const Findings findings{root, report};
  check_listeners(file, accounts, findings);
  check_addresses(file, findings);
  check_admin(file, accounts, findings);
  check_upstream_tls(file, findings);
  check_limits(file, findings);
  check_held_bytes(file.limits, findings);
}

std::optional<std::string> warn_of_held_bytes(std::size_t held_bytes, const Limits& limits) {
  if (held_bytes / bodies_held >= limits.body_bytes) return std::nullopt;
  return "limits.held_bytes: " + format_size(held_bytes) +
         ", by the memory that there is, is too little for a body of `limits.body_bytes` (" +
         format_size(limits.body_bytes) + "): such a body may be refused with `limit.memory`; " +
         "give tidegate more memory, set `limits.held_bytes` to at least " +
         format_size(bodies_held * limits.body_bytes) + ", or lower `limits.body_bytes`";
}

}  // namespace config
