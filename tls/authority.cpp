// SPDX-License-Identifier: Apache-2.0
#include "tls/authority.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "tls/authority_state.hpp"
#include "tls/name.hpp"
#include "tls/pem.hpp"

namespace tls {
namespace {

using Clock = std::chrono::system_clock;

/// The limit for a common name (RFC 5280).
constexpr std::size_t most_common_name_bytes = 64;

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

Blank blank_for(const std::string& common_name, std::vector<std::string> names, Purpose purpose) {
  Blank blank;
  blank.common_name = common_name;
  blank.names = std::move(names);
  blank.purpose = purpose;
  return blank;
}

/// The key that an interrupted make() has left, or a new one. It has signed nothing without ca.pem.
Result<openssl::Key> key_of_new_authority(const Authority::State& state) {
  const auto file = state.file("ca/ca-key.pem");
  if (exists(file)) {
    const auto issued = names_in(state.file("ca/issued"));
    if (!issued) return issued.error();
    if (issued->empty() && !exists(state.file("ca/crl.pem"))) return read_key(file);
    return Error{file +
                 " exists already and has signed certificates, but ca.pem is not beside it: " +
                 "copy " + state.file("server/ca.pem") + " there"};
  }
  auto key = new_key();
  if (key == nullptr) return openssl_problem("no key");
  // The key comes first: ca.pem without it would be useless.
  if (auto trouble = write_new(file, pem_of(key.get()), secret_file)) return *trouble;
  return key;
}

Trouble make_authority(Authority::State& state, Days life) {
  auto key = key_of_new_authority(state);
  if (!key) return key.error();
  auto blank = blank_for("tidegate CA", {}, Purpose::authority);
  blank.not_before = Clock::now() - clock_skew;
  blank.not_after = Clock::now() + life;
  state.ca = mint(blank, nullptr, std::move(*key));
  if (state.ca.cert == nullptr) return openssl_problem("no authority");
  state.ca_pem = pem_of(state.ca.cert.get());
  return write_new(state.file("ca/ca.pem"), state.ca_pem, open_file);
}

Trouble read_authority(Authority::State& state) {
  auto cert = read_one_certificate(state.file("ca/ca.pem"));
  if (!cert) return cert.error();
  auto key = read_key(state.file("ca/ca-key.pem"));
  if (!key) return key.error();
  if (X509_check_private_key(cert->get(), key->get()) != 1)
    return Error{state.file("ca/ca-key.pem") + " is not the key of " + state.file("ca/ca.pem")};
  state.ca = {std::move(*cert), std::move(*key)};
  state.ca_pem = pem_of(state.ca.cert.get());
  return std::nullopt;
}

/// Whether init has come to its end; if not, it goes on. A key that was moved away afterwards does
/// not make an authority unfinished.
bool is_finished(const Authority::State& state) {
  if (!exists(state.file("ca/ca.pem"))) return false;
  if (!exists(state.file("ca/ca-key.pem"))) return true;
  return exists(state.file("server/cert.pem")) && !is_mismatched(state.file("server"));
}

/// Writes the lists of an authority that has none yet. One that has issued certificates had lists,
/// and losing them would make revoked clients valid again.
Trouble make_lists(const Authority::State& state) {
  const auto issued = names_in(state.file("ca/issued"));
  if (!issued) return issued.error();
  if (issued->empty() && !exists(state.file("ca/crl.pem"))) return write_lists(state, {}, {});
  const auto lists = read_lists(state);
  if (!lists) return lists.error();
  return write_lists(state, *lists, {});
}

/// Removes the drafts of processes that were killed. Nobody else writes, since the lock is held.
void remove_all_drafts(const Authority::State& state) {
  for (const auto* part : {"ca", "ca/issued", "server"}) remove_drafts(state.file(part));
  const auto clients = names_in(state.file("clients"));
  if (!clients) return;
  for (const auto& name : *clients) remove_drafts(state.file("clients/" + name));
}

Trouble prepare(const std::string& folder) {
  for (const auto* part : {"", "/ca", "/ca/issued", "/server"}) {
    if (auto trouble = make_folder(folder + part, open_folder)) return trouble;
  }
  return make_folder(folder + "/clients", closed_folder);
}

Error is_valid_already(const std::string& file) {
  return {file + " exists already and is valid: renew it, or revoke it first"};
}

/// With a certificate that cannot be read: whether a record of the client is still valid.
Trouble may_replace_damaged(const Authority::State& state, const std::string& name,
                            const Lists& lists, const std::string& damage) {
  const auto records = read_records(state);
  if (!records) return records.error();
  const bool valid = std::ranges::any_of(records->certs, [&](const openssl::Cert& cert) {
    return is_client_of(cert.get(), name) && !is_refused(revocation_of(lists, cert.get()));
  });
  if (!valid && records->damaged.empty()) return std::nullopt;
  return Error{damage + ". '" + name + "' may have a valid certificate: revoke it first"};
}

Trouble may_issue(const Authority::State& state, const std::string& name) {
  const auto file = state.file("clients/" + name + "/cert.pem");
  if (!exists(file)) return std::nullopt;
  const auto lists = read_lists(state);
  if (!lists) return lists.error();
  const auto present = read_one_certificate(file);
  if (!present) return may_replace_damaged(state, name, *lists, present.error().message);
  const auto ends = openssl::time_of(X509_get0_notAfter(present->get()));
  const bool refused = is_refused(revocation_of(*lists, present->get()));
  return ends < Clock::now() || refused ? Trouble() : is_valid_already(file);
}

}  // namespace

Error openssl_problem(const std::string& what) {
  return {what + ": " + openssl::last_error()};
}

Result<openssl::Cert> read_one_certificate(const std::string& path) {
  auto all = read_certificates(path);
  if (!all) return all.error();
  return std::move(all->front());
}

Result<Entry> issue_into(const Authority::State& state, const std::string& folder, Blank blank,
                         TimePoint not_after) {
  const auto ca_ends = openssl::time_of(X509_get0_notAfter(state.ca.cert.get()));
  if (ca_ends <= Clock::now())
    return Error{state.file("ca/ca.pem") + " has expired: make a new authority in another folder"};
  // An authority without a list could not revoke what it issues.
  if (const auto lists = read_lists(state); !lists) return lists.error();
  blank.not_before = Clock::now() - clock_skew;
  blank.not_after = std::min(not_after, ca_ends);
  const auto minted = mint(blank, &state.ca);
  if (minted.cert == nullptr)
    return openssl_problem("cannot make a certificate for " + blank.common_name);
  Entry entry{.kind = blank.purpose == Purpose::server ? Entry::Kind::server : Entry::Kind::client,
              .file = folder + "/cert.pem",
              .certificate = read_certificate(minted.cert.get()),
              .names = alternative_names(minted.cert.get())};
  const auto pem = pem_of(minted.cert.get());
  // Notes the certificate before handing it out: an unknown certificate cannot be revoked.
  const auto noted = state.file("ca/issued/" + entry.certificate.serial + ".pem");
  if (auto trouble = write_new(noted, pem, open_file)) return *trouble;
  // The certificate comes last: where it is, the issue is complete.
  if (auto trouble = replace({{folder + "/ca.pem", state.ca_pem, open_file},
                              {folder + "/key.pem", pem_of(minted.key.get()), secret_file},
                              {entry.file, pem, open_file}}))
    return *trouble;
  return entry;
}

bool is_mismatched(const std::string& folder) {
  const auto cert = read_one_certificate(folder + "/cert.pem");
  const auto key = read_key(folder + "/key.pem");
  if (!cert || !key) return false;
  const bool matches = X509_check_private_key(cert->get(), key->get()) == 1;
  ERR_clear_error();
  return !matches;
}

Result<Authority> Authority::make(const std::string& folder, Days life) {
  if (auto trouble = prepare(folder)) return *trouble;
  const auto state = std::make_shared<State>(folder);
  if (!state->lock.held()) return Error{folder + "/ca cannot be locked"};
  remove_all_drafts(*state);
  if (is_finished(*state)) {
    return Error{state->file("ca/ca.pem") +
                 " exists already and is kept, since every certificate depends on it"};
  }
  const bool begun = exists(state->file("ca/ca.pem"));
  if (auto trouble = begun ? read_authority(*state) : make_authority(*state, life)) return *trouble;
  if (auto trouble = make_lists(*state)) return *trouble;
  return Authority(state);
}

Result<Authority> Authority::open(const std::string& folder) {
  if (!exists(folder + "/ca/ca.pem")) {
    return Error{folder +
                 "/ca/ca.pem is not there: make an authority with `tidegate certs init "
                 "--dir " +
                 folder + " --host NAME`, or name its folder with --dir"};
  }
  const auto state = std::make_shared<State>(folder);
  if (!state->lock.held()) return Error{folder + "/ca cannot be opened"};
  remove_all_drafts(*state);
  if (auto trouble = read_authority(*state)) return *trouble;
  return Authority(state);
}

Result<Entry> Authority::issue_server(const std::vector<std::string>& hosts, Days life) const {
  if (hosts.empty()) return Error{"a server needs a host name or an address"};
  for (const auto& host : hosts) {
    if (auto flaw = flaw_of_host(host); !flaw.empty()) return Error{std::move(flaw)};
  }
  const auto& first = hosts.front();
  const auto blank =
      blank_for(first.size() > most_common_name_bytes ? "" : first, hosts, Purpose::server);
  return issue_into(*state_, state_->file("server"), blank, Clock::now() + life);
}

Result<Entry> Authority::issue_client(const std::string& name,
                                      const std::vector<std::string>& names, Days life) const {
  if (auto flaw = flaw_of_client_name(name); !flaw.empty()) return Error{std::move(flaw)};
  for (const auto& one : names) {
    if (auto flaw = flaw_of_alternative_name(one); !flaw.empty()) return Error{std::move(flaw)};
  }
  if (auto trouble = may_issue(*state_, name)) return *trouble;
  const auto folder = state_->file("clients/" + name);
  if (auto trouble = make_folder(folder, closed_folder)) return *trouble;
  return issue_into(*state_, folder, blank_for(name, names, Purpose::client), Clock::now() + life);
}

}  // namespace tls
