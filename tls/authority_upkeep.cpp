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

namespace tls {
namespace {

using Clock = std::chrono::system_clock;

bool ends_before(const Certificate& certificate, TimePoint when) {
  return certificate.not_after < when;
}

Entry entry_of(Entry::Kind kind, const std::string& file, X509* cert, const Lists& lists) {
  return {.kind = kind,
          .file = file,
          .certificate = read_certificate(cert),
          .names = alternative_names(cert),
          .revocation = revocation_of(lists, cert)};
}

Result<Entry> renew_one(const Authority::State& state, const Entry& old) {
  const bool server = old.kind == Entry::Kind::server;
  Blank blank;
  blank.common_name = old.certificate.common_name;
  blank.names = old.names;
  blank.purpose = server ? Purpose::server : Purpose::client;
  const auto life = old.certificate.not_after - old.certificate.not_before - clock_skew;
  const auto folder = std::filesystem::path(old.file).parent_path().string();
  return issue_into(state, folder, blank, Clock::now() + life);
}

std::string remedy_for(Entry::Kind kind, const std::string& name) {
  if (kind == Entry::Kind::server) return ": issue a new one with `tidegate certs server`";
  if (kind == Entry::Kind::authority) return "";
  return ": restore it from ca/issued, or revoke '" + name + "' and issue a new one";
}

/// Adds the certificate in `file`, if there is one, to the entries or to the problems.
void add(Outcome& outcome, Entry::Kind kind, const std::string& file, const Lists& lists) {
  if (!std::filesystem::exists(std::filesystem::symlink_status(file))) return;
  const auto folder = std::filesystem::path(file).parent_path();
  if (const auto cert = read_one_certificate(file))
    outcome.entries.push_back(entry_of(kind, file, cert->get(), lists));
  else
    outcome.problems.push_back(
        {cert.error().message + remedy_for(kind, folder.filename().string())});
}

/// The certificates where they were put.
Result<Outcome> in_place(const Authority::State& state, const Lists& lists) {
  const auto clients = names_in(state.file("clients"));
  if (!clients) return clients.error();
  Outcome outcome;
  add(outcome, Entry::Kind::authority, state.file("ca/ca.pem"), lists);
  add(outcome, Entry::Kind::server, state.file("server/cert.pem"), lists);
  for (const auto& name : *clients) {
    if (is_client_name(name))
      add(outcome, Entry::Kind::client, state.file("clients/" + name + "/cert.pem"), lists);
  }
  return outcome;
}

/// Adds what is valid, or not refused everywhere, and is not in the outcome yet.
void add_others(Outcome& outcome, const Authority::State& state, const Records& records,
                const Lists& lists) {
  std::set<std::string> known;
  for (const auto& entry : outcome.entries) known.insert(entry.certificate.serial);
  for (const auto& cert : records.certs) {
    const auto kind = is_for_clients(cert.get()) ? Entry::Kind::client : Entry::Kind::server;
    auto entry = entry_of(kind, "", cert.get(), lists);
    const auto& serial = entry.certificate.serial;
    entry.file = state.file("ca/issued/" + serial + ".pem");
    const bool over =
        ends_before(entry.certificate, Clock::now()) || entry.revocation == Revocation::everywhere;
    if (!over && known.insert(serial).second) outcome.entries.push_back(std::move(entry));
  }
}

/// Adds where the files contradict each other, as interruptions leave them.
void add_contradictions(Outcome& outcome, const Authority::State& state, const Lists& lists) {
  const auto own = state.file("ca/crl.pem"), listeners = state.file("server/crl.pem");
  const auto renew = "run `tidegate certs renew --dir " + state.folder + "`";
  if (lists.why_no_listeners) {
    outcome.problems.push_back({lists.why_no_listeners->message +
                                ": listeners have no list there, and what " + own +
                                " revokes is not refused. Put the folder back, and " + renew});
  }
  for (const auto& entry : outcome.entries) {
    const auto who =
        "'" + entry.certificate.common_name + "' (serial " + entry.certificate.serial + ")";
    if (entry.revocation == Revocation::authority_only && lists.listeners != nullptr)
      outcome.problems.push_back({who + " is revoked in " + own + " but not in " + listeners +
                                  ": listeners still serve it. To write both, " + renew});
    if (entry.revocation == Revocation::listeners_only)
      outcome.problems.push_back({who + " is revoked in " + listeners + " but not in " + own +
                                  ": a command was interrupted. To write both, " + renew});
    const auto folder = std::filesystem::path(entry.file).parent_path().string();
    const bool pair = entry.kind != Entry::Kind::authority && entry.file.ends_with("/cert.pem");
    if (pair && is_mismatched(folder))
      outcome.problems.push_back({folder + "/key.pem is not the key of cert.pem beside it: a " +
                                  "command was interrupted. To make both anew, " + renew});
  }
}

/// Whether renew() makes a new one, given that it ends soon.
bool is_long_over(const Entry& entry) {
  return entry.kind == Entry::Kind::client &&
         ends_before(entry.certificate, Clock::now() - Authority::grace);
}

}  // namespace

Result<Outcome> Authority::renew(std::chrono::seconds within) const {
  const auto lists = read_lists(*state_);
  if (!lists) return lists.error();
  auto present = in_place(*state_, *lists);
  if (!present) return present;
  Outcome outcome;
  outcome.problems = std::move(present->problems);
  for (const auto& entry : present->entries) {
    const auto folder = std::filesystem::path(entry.file).parent_path().string();
    const bool due = ends_before(entry.certificate, Clock::now() + within) || is_mismatched(folder);
    if (entry.kind == Entry::Kind::authority || entry.revocation != Revocation::none || !due)
      continue;
    if (is_long_over(entry)) {
      outcome.left_out.push_back(entry);
      continue;
    }
    auto made = renew_one(*state_, entry);
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
