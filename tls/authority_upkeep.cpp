// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <utility>

#include "tls/authority.hpp"
#include "tls/authority_state.hpp"
#include "tls/name.hpp"
#include "tls/pem.hpp"
#include "tls/rollover.hpp"

namespace tls {
namespace {

using Clock = std::chrono::system_clock;

bool ends_before(const Certificate& certificate, TimePoint when) {
  return certificate.not_after < when;
}

Entry entry_of(const Authority::State& state, Entry::Kind kind, const std::string& file, X509* cert,
               const Lists& lists) {
  return {.kind = kind,
          .file = file,
          .certificate = read_certificate(cert),
          .names = alternative_names(cert),
          .revocation = revocation_of(lists, cert),
          .trusted = is_from_any(state, cert)};
}

std::string folder_of(const Entry& entry) {
  return std::filesystem::path(entry.file).parent_path().string();
}

/// The public key of a client that has made its key itself, and shows it to nobody; null if its
/// key is in its folder.
Result<openssl::Key> key_to_keep(const Entry& old) {
  if (old.kind == Entry::Kind::server || is_there(folder_of(old) + "/key.pem"))
    return openssl::Key();
  const auto cert = read_one_certificate(old.file);
  if (!cert) return cert.error();
  return openssl::Key(X509_get_pubkey(cert->get()));
}

std::string remedy_for(Entry::Kind kind, const std::string& name) {
  if (kind == Entry::Kind::server) return ": issue a new one with `tidegate certs server`";
  if (kind == Entry::Kind::authority) return "";
  return ": restore it from ca/issued, or revoke '" + name + "' and issue a new one";
}

/// Adds the certificate in `file`, if there is one, to the entries or to the problems.
void add(Outcome& outcome, const Authority::State& state, Entry::Kind kind, const std::string& file,
         const Lists& lists) {
  if (!is_there(file)) return;
  const auto folder = std::filesystem::path(file).parent_path();
  if (const auto cert = read_one_certificate(file))
    outcome.entries.push_back(entry_of(state, kind, file, cert->get(), lists));
  else
    outcome.problems.push_back(
        {cert.error().message + remedy_for(kind, folder.filename().string())});
}

/// The certificates where they were put.
Result<Outcome> in_place(const Authority::State& state, const Lists& lists) {
  const auto clients = client_names(state);
  if (!clients) return clients.error();
  Outcome outcome;
  for (const auto* each : state.all())
    add(outcome, state, Entry::Kind::authority, each->own_file("ca.pem"), lists);
  add(outcome, state, Entry::Kind::server, state.file("server/cert.pem"), lists);
  for (const auto& name : *clients)
    add(outcome, state, Entry::Kind::client, state.file("clients/" + name + "/cert.pem"), lists);
  return outcome;
}

/// Adds what is valid, or not refused everywhere, and is not in the outcome yet.
void add_others(Outcome& outcome, const Authority::State& state, const Records& records,
                const Lists& lists) {
  std::set<std::string> known;
  for (const auto& entry : outcome.entries) known.insert(entry.certificate.serial);
  for (const auto& cert : records.certs) {
    const auto kind = is_for_clients(cert.get()) ? Entry::Kind::client : Entry::Kind::server;
    auto entry = entry_of(state, kind, "", cert.get(), lists);
    const auto& serial = entry.certificate.serial;
    entry.file = state.file("ca/issued/" + serial + ".pem");
    const bool over = ends_before(entry.certificate, Clock::now()) ||
                      entry.revocation == Revocation::everywhere || !entry.trusted;
    if (!over && known.insert(serial).second) outcome.entries.push_back(std::move(entry));
  }
}

/// The file with the own list of the authority that has issued a certificate.
std::string list_of(const Authority::State& state, const Entry& entry) {
  const auto& issuer = entry.certificate.issuer;
  const auto is_issuer = [&issuer](const Authority::State& one) {
    return read_certificate(one.ca.cert.get()).issuer == issuer;  // it has signed itself
  };
  return (is_issuer(state) ? state : state.of_clients()).own_file("crl.pem");
}

Error no_list(const Error& why, const std::string& own, const std::string& renew) {
  return {why.message + ": listeners have no list there, and what " + own +
          " revokes is not refused. Put the folder back, and " + renew};
}

/// Adds the authorities without a list that listeners can use. \returns whether there are any
bool add_missing_lists(Outcome& outcome, const Authority::State& state, const Lists& lists,
                       const std::string& renew) {
  const auto before = outcome.problems.size();
  const auto all = state.all();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!lists[i].why_no_listeners) continue;
    outcome.problems.push_back(
        no_list(*lists[i].why_no_listeners, all[i]->own_file("crl.pem"), renew));
  }
  return outcome.problems.size() > before;
}

/// \param why says what the difference means
Error differ(const Entry& entry, const std::string& revoked_in, const std::string& not_in,
             const std::string& why, const std::string& renew) {
  return {"'" + entry.certificate.common_name + "' (serial " + entry.certificate.serial +
          ") is revoked in " + revoked_in + " but not in " + not_in + ": " + why +
          ". To write both, " + renew};
}

Error mismatched(const std::string& folder, const std::string& renew) {
  return {folder +
          "/key.pem is not the key of cert.pem beside it: a command was interrupted. To make both "
          "anew, " +
          renew};
}

/// Adds where the files contradict each other, as interruptions leave them.
void add_contradictions(Outcome& outcome, const Authority::State& state, const Lists& lists) {
  const auto listeners = state.file("server/crl.pem");
  const auto renew = "run `tidegate certs renew --dir " + state.folder + "`";
  const bool missing = add_missing_lists(outcome, state, lists, renew);
  for (const auto& entry : outcome.entries) {
    const auto own = list_of(state, entry);
    auto& problems = outcome.problems;
    if (entry.revocation == Revocation::authority_only && !missing)
      problems.push_back(differ(entry, own, listeners, "listeners still serve it", renew));
    if (entry.revocation == Revocation::listeners_only)
      problems.push_back(differ(entry, listeners, own, "a command was interrupted", renew));
    const bool pair = entry.kind != Entry::Kind::authority && entry.file.ends_with("/cert.pem");
    if (pair && is_mismatched(folder_of(entry)))
      problems.push_back(mismatched(folder_of(entry), renew));
  }
}

/// Whether renew() makes a new one, given that it ends soon.
bool is_long_over(const Entry& entry) {
  return entry.kind == Entry::Kind::client &&
         ends_before(entry.certificate, Clock::now() - Authority::grace);
}

}  // namespace

Result<std::vector<std::string>> client_names(const Authority::State& state) {
  auto names = names_in(state.file("clients"));
  if (!names) return names;
  std::erase_if(*names, [&state](const std::string& name) {
    return !is_client_name(name) || !is_there(state.file("clients/" + name + "/cert.pem"));
  });
  return names;
}

Result<Entry> renew_one(const Authority::State& state, const Entry& old) {
  const bool server = old.kind == Entry::Kind::server;
  Blank blank;
  blank.common_name = old.certificate.common_name;
  blank.names = old.names;
  blank.purpose = server ? Purpose::server : Purpose::client;
  const auto life = old.certificate.not_after - old.certificate.not_before - clock_skew;
  const auto key = key_to_keep(old);
  if (!key) return key.error();
  return issue_into(state, folder_of(old), blank, Clock::now() + life, key->get());
}

Result<Outcome> Authority::renew(std::chrono::seconds within) const {
  const auto lists = read_lists(*state_);
  if (!lists) return lists.error();
  auto present = in_place(*state_, *lists);
  if (!present) return present;
  Outcome outcome;
  outcome.problems = std::move(present->problems);
  for (const auto& entry : present->entries) {
    const bool due = ends_before(entry.certificate, Clock::now() + within) || !entry.trusted ||
                     is_mismatched(folder_of(entry));
    if (entry.kind == Entry::Kind::authority || entry.revocation != Revocation::none || !due)
      continue;
    if (is_long_over(entry)) {
      outcome.left_out.push_back(entry);
      continue;
    }
    const bool server = entry.kind == Entry::Kind::server;
    auto made = renew_one(server ? of_server(*state_) : state_->of_clients(), entry);
    if (made)
      outcome.entries.push_back(std::move(*made));
    else
      outcome.problems.push_back(made.error());
  }
  return outcome;
}

Result<Outcome> Authority::list() const {
  const auto lists = read_lists(*state_);
  if (!lists) return lists.error();
  auto outcome = in_place(*state_, *lists);
  if (!outcome) return outcome;
  auto records = read_records(*state_);
  if (!records) return records.error();
  add_others(*outcome, *state_, *records, *lists);
  std::ranges::move(records->damaged, std::back_inserter(outcome->problems));
  add_contradictions(*outcome, *state_, *lists);
  return outcome;
}

}  // namespace tls
