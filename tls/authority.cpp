// SPDX-License-Identifier: Apache-2.0
#include "tls/authority.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <utility>

#include "tls/authority_state.hpp"
#include "tls/name.hpp"
#include "tls/pem.hpp"
#include "tls/request.hpp"
#include "tls/rollover.hpp"

namespace tls {
namespace {

using Clock = std::chrono::system_clock;

/// The limit for a common name (RFC 5280).
constexpr std::size_t most_common_name_bytes = 64;

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
  if (is_there(file)) {
    const auto issued = names_in(state.file("ca/issued"));
    if (!issued) return issued.error();
    if (issued->empty() && !is_there(state.file("ca/crl.pem"))) return read_key(file);
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

/// Whether init has come to its end; if not, it goes on. A key that was moved away afterwards does
/// not make an authority unfinished.
bool is_finished(const Authority::State& state) {
  if (!is_there(state.file("ca/ca.pem"))) return false;
  if (!is_there(state.file("ca/ca-key.pem"))) return true;
  return is_there(state.file("server/cert.pem")) && !is_mismatched(state.file("server"));
}

/// Writes the lists of an authority that has none yet. One that has issued certificates had lists,
/// and losing them would make revoked clients valid again.
Trouble make_lists(const Authority::State& state) {
  const auto issued = names_in(state.file("ca/issued"));
  if (!issued) return issued.error();
  const bool none = issued->empty() && !is_there(state.file("ca/crl.pem"));
  const auto lists = none ? Result<Lists>(Lists(1)) : read_lists(state);
  if (!lists) return lists.error();
  return write_lists(state.all(), *lists, {});
}

/// Removes the drafts of processes that were killed. Nobody else writes, since the lock is held.
void remove_all_drafts(const Authority::State& state) {
  for (const auto* part : {"ca", "ca/next", "ca/past", "ca/issued", "server"})
    remove_drafts(state.file(part));
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
    return is_client_of(cert.get(), name) && is_from_any(state, cert.get()) &&
           !is_refused(lists, cert.get());
  });
  if (!valid && records->damaged.empty()) return std::nullopt;
  return Error{damage + ". '" + name + "' may have a valid certificate: revoke it first"};
}

Trouble may_issue(const Authority::State& state, const std::string& name, const Lists& lists) {
  const auto file = state.file("clients/" + name + "/cert.pem");
  if (!is_there(file)) return std::nullopt;
  const auto present = read_one_certificate(file);
  if (!present) return may_replace_damaged(state, name, lists, present.error().message);
  const auto ends = openssl::time_of(X509_get0_notAfter(present->get()));
  const bool refused = is_refused(lists, present->get()) || !is_from_any(state, present->get());
  return ends < Clock::now() || refused ? Trouble() : is_valid_already(file);
}

/// A key whose certificate was revoked may be in wrong hands, under whatever name it comes back.
Trouble check_not_revoked(const Authority::State& state, const std::string& request,
                          const EVP_PKEY* key, const Lists& lists) {
  const auto records = read_records(state);
  if (!records) return records.error();
  if (!records->damaged.empty()) return records->damaged.front();
  const auto past = read_past_lists(state);
  if (!past) return past.error();
  const auto is_bad = [&](const openssl::Cert& cert) {
    return EVP_PKEY_eq(X509_get0_pubkey(cert.get()), key) == 1 &&
           (revocation_of(lists, cert.get()) != Revocation::none ||
            revocation_of(*past, cert.get()) != Revocation::none);
  };
  if (std::ranges::none_of(records->certs, is_bad)) return std::nullopt;
  return Error{request + " has the key of a certificate that was revoked: make a new key"};
}

/// Puts a new certificate where its owner looks for it. The certificate comes last: where it is,
/// the issue is complete.
Trouble hand_out(const Authority::State& state, const std::string& folder, const Minted& minted) {
  const NewFile ca{folder + "/ca.pem", state.ca_pem, open_file};
  const NewFile cert{folder + "/cert.pem", pem_of(minted.cert.get()), open_file};
  const auto key = folder + "/key.pem";
  if (minted.key != nullptr)
    return replace({ca, {key, pem_of(minted.key.get()), secret_file}, cert});
  // The client's key is elsewhere, and an earlier one of ours does not fit its certificate.
  if (auto trouble = remove_file(key)) return trouble;
  return replace({ca, cert});
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
                         TimePoint not_after, EVP_PKEY* key) {
  const auto ca_ends = openssl::time_of(X509_get0_notAfter(state.ca.cert.get()));
  if (ca_ends <= Clock::now())
    return Error{state.own_file("ca.pem") + " has expired: make a new one with `tidegate certs " +
                 "rollover --dir " + state.folder + "`"};
  blank.not_before = Clock::now() - clock_skew;
  blank.not_after = std::min(not_after, ca_ends);
  const auto minted =
      key == nullptr ? mint(blank, &state.ca) : Minted{certify(blank, state.ca, key), nullptr};
  if (minted.cert == nullptr)
    return openssl_problem("cannot make a certificate for " + blank.common_name);
  Entry entry{.kind = blank.purpose == Purpose::server ? Entry::Kind::server : Entry::Kind::client,
              .file = folder + "/cert.pem",
              .certificate = read_certificate(minted.cert.get()),
              .names = alternative_names(minted.cert.get())};
  // Notes the certificate before handing it out: an unknown certificate cannot be revoked.
  const auto noted = state.file("ca/issued/" + entry.certificate.serial + ".pem");
  if (auto trouble = write_new(noted, pem_of(minted.cert.get()), open_file)) return *trouble;
  if (auto trouble = hand_out(state, folder, minted)) return *trouble;
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

Trouble read_authority(Authority::State& state) {
  const auto ca = state.own_file("ca.pem"), ca_key = state.own_file("ca-key.pem");
  auto cert = read_one_certificate(ca);
  if (!cert) return cert.error();
  auto key = read_key(ca_key);
  if (!key) return key.error();
  if (X509_check_private_key(cert->get(), key->get()) != 1)
    return Error{ca_key + " is not the key of " + ca};
  state.ca = {std::move(*cert), std::move(*key)};
  state.ca_pem = pem_of(state.ca.cert.get());
  return std::nullopt;
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
  const bool begun = is_there(state->file("ca/ca.pem"));
  if (auto trouble = begun ? read_authority(*state) : make_authority(*state, life)) return *trouble;
  if (auto trouble = make_lists(*state)) return *trouble;
  return Authority(state);
}

Result<Authority> Authority::open(const std::string& folder) {
  if (!is_there(folder + "/ca/ca.pem")) {
    return Error{folder +
                 "/ca/ca.pem is not there: make an authority with `tidegate certs init "
                 "--dir " +
                 folder + " --host NAME`, or name its folder with --dir"};
  }
  const auto state = std::make_shared<State>(folder);
  if (!state->lock.held()) return Error{folder + "/ca cannot be opened"};
  remove_all_drafts(*state);
  if (auto trouble = settle_rollover(folder)) return *trouble;
  if (auto trouble = read_authority(*state)) return *trouble;
  if (auto trouble = join_next(*state)) return *trouble;
  return Authority(state);
}

Result<Entry> Authority::issue_server(const std::vector<std::string>& hosts, Days life) const {
  if (hosts.empty()) return Error{"a server needs a host name or an address"};
  for (const auto& host : hosts) {
    if (auto flaw = flaw_of_host(host); !flaw.empty()) return Error{std::move(flaw)};
  }
  if (const auto lists = read_lists(*state_); !lists) return lists.error();
  const auto& first = hosts.front();
  const auto blank =
      blank_for(first.size() > most_common_name_bytes ? "" : first, hosts, Purpose::server);
  return issue_into(of_server(*state_), state_->file("server"), blank, Clock::now() + life);
}

Result<Entry> Authority::issue_client(const std::string& name,
                                      const std::vector<std::string>& names, Days life,
                                      const std::string& request) const {
  if (auto flaw = flaw_of_client_name(name); !flaw.empty()) return Error{std::move(flaw)};
  for (const auto& one : names) {
    if (auto flaw = flaw_of_alternative_name(one); !flaw.empty()) return Error{std::move(flaw)};
  }
  const auto lists = read_lists(*state_);
  if (!lists) return lists.error();
  if (auto trouble = may_issue(*state_, name, *lists)) return *trouble;
  auto key = request.empty() ? openssl::Key() : key_of_request(request, name);
  if (!key) return key.error();
  if (*key != nullptr) {
    if (auto trouble = check_not_revoked(*state_, request, key->get(), *lists)) return *trouble;
  }
  const auto folder = state_->file("clients/" + name);
  if (auto trouble = make_folder(folder, closed_folder)) return *trouble;
  return issue_into(state_->of_clients(), folder, blank_for(name, names, Purpose::client),
                    Clock::now() + life, key->get());
}

}  // namespace tls
