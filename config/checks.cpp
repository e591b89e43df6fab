// SPDX-License-Identifier: Apache-2.0
#include "config/checks.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "acl/text.hpp"

namespace config {
namespace {

/// Where the checks report: the line is that of the place, or of what is around it.
struct Findings {
  const YamlNode& root;
  Report& report;

  void add(const std::string& where, std::string message, std::string hint = {}) const {
    report.add(line_of(root, where), where, std::move(message), std::move(hint));
  }
  /// A value that was reported could not be read: what it would have been is not known.
  bool knows(const std::string& where) const { return report.names(where); }
};

// Connecting to a unix socket needs permission to write to it (unix(7)).
constexpr unsigned anyone_writes = 0222;
constexpr unsigned others_write = 0002;

/// A number that chown(2) takes; its -1 means "leave it".
bool is_account_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() &&
         number != std::numeric_limits<std::uint32_t>::max();
}

void check_account(const std::optional<std::string>& account, std::string_view kind,
                   const std::function<bool(const std::string&)>& exists, const std::string& where,
                   const Findings& findings) {
  if (!account || is_account_number(*account) || exists(*account)) return;
  findings.add(where, "there is no " + std::string(kind) + " " + acl::quoted(*account) +
                          " on this machine; create it, or write an existing name or number");
}

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

void check_unix(const ListenerEntry& listener, const std::string& where, const Accounts& accounts,
                const Findings& findings) {
  check_mode(listener, where, findings);
  check_account(listener.owner, "user", accounts.has_user, join(where, "owner"), findings);
  check_account(listener.group, "group", accounts.has_group, join(where, "group"), findings);
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

  if (listener.insecure.value_or(false) || findings.knows(join(where, "insecure"))) return;
  findings.add(join(where, "address"),
               "a tcp listener without TLS gives the engine to whoever can connect; write "
               "`insecure: true` if that is meant (this version has no TLS)");
}

/// /var/run is a link to /run on every distribution that systemd runs on.
std::string_view without_var(std::string_view path) {
  if (path.starts_with("/var/run/")) path.remove_prefix(4);
  return path;
}

/// Whether both name one socket, or would quarrel about it: a wildcard host takes a port of all.
bool overlap(const Address& a, const Address& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Address::Kind::unix_socket) return without_var(a.path) == without_var(b.path);
  const auto is_wildcard = [](const std::string& host) {
    return host == "0.0.0.0" || host == "::";
  };
  return a.port == b.port && (a.host == b.host || is_wildcard(a.host) || is_wildcard(b.host));
}

void check_listeners(const FileEntry& file, const Accounts& accounts, const Findings& findings) {
  for (std::size_t i = 0; i < file.listeners.size(); ++i) {
    const auto where = join("listeners", i);
    const auto& listener = file.listeners[i];
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
    if (!findings.knows("upstream") && overlap(*address, file.upstream)) {
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
  check_limits(file, findings);
}

}  // namespace config
