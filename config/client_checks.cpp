// SPDX-License-Identifier: Apache-2.0
#include "config/client_checks.hpp"

#include <cstddef>

#include "acl/text.hpp"

namespace config {
namespace {

/// What a listener can tell of its clients.
struct Shown {
  bool account = false;
  bool address = false;
  bool certificate = false;
};

Shown shown_by(const ListenerEntry& listener, bool knows_of_tls) {
  const bool is_unix = listener.address->kind == Address::Kind::unix_socket;
  return {.account = is_unix,
          .address = !is_unix,
          .certificate = !is_unix && (listener.tls || knows_of_tls)};
}

void check_shown(const ClientEntry& client, const Shown& shown, const std::string& where,
                 const Findings& findings) {
  const auto refuse = [&](bool refused, std::string_view key, const std::string& why) {
    if (refused) findings.add(join(where, key), why);
  };
  refuse(client.uid && !shown.account, "uid",
         "only a unix socket shows its clients' 'uid', and this listener is tcp; remove it");
  refuse(client.gid && !shown.account, "gid",
         "only a unix socket shows its clients' 'gid', and this listener is tcp; remove it");
  refuse(client.address && !shown.address, "address",
         "clients of a unix socket have no 'address'; ask for a uid or gid, or remove it");
  refuse(client.certificate && !shown.certificate, "certificate",
         shown.account ? "clients of a unix socket show no certificate; ask for a uid or gid"
                       : "without `tls` clients show no certificate; give the listener `tls`");
}

void check_one_is_given(const ListenerEntry& listener, const std::string& where,
                        const Findings& findings) {
  const auto profile = join(where, "profile");
  if (listener.profile || listener.clients) return;  // acl::compile finds where both are
  if (findings.knows(profile) || findings.knows(join(where, "clients"))) return;
  findings.add(profile,
               "is missing: the name of the profile that decides for its clients, or `clients` "
               "with rules that say who gets which");
}

}  // namespace

void check_account(const std::optional<std::string>& account, std::string_view kind,
                   const Accounts::Lookup& lookup, const std::string& where,
                   const Findings& findings) {
  if (!account || account_number(*account, lookup)) return;
  findings.add(where, "there is no " + std::string(kind) + " " + acl::quoted(*account) +
                          " on this machine; create it, or write an existing name or number");
}

void check_clients(const ListenerEntry& listener, const std::string& where,
                   const Accounts& accounts, const Findings& findings) {
  check_one_is_given(listener, where, findings);
  if (!listener.clients) return;
  for (std::size_t i = 0; i < listener.clients->size(); ++i) {
    const auto& client = (*listener.clients)[i];
    const auto rule = join(join(where, "clients"), i);
    check_account(client.uid, "user", accounts.uid_of, join(rule, "uid"), findings);
    check_account(client.gid, "group", accounts.gid_of, join(rule, "gid"), findings);
    if (!listener.address) continue;
    const bool knows_of_tls = findings.knows(join(where, "tls"));
    check_shown(client, shown_by(listener, knows_of_tls), rule, findings);
  }
}

}  // namespace config
