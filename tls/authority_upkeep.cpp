// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <utility>

#include "tls/authority.hpp"
#include "tls/authority_state.hpp"
#include "tls/name.hpp"
#include "tls/pem.hpp"
#include "tls/rollover.hpp"

namespace tls {
namespace {

using Clock = std::chrono::system_clock;

/// No authority has as many; a larger folder is not ours.
constexpr std::size_t most_files = 100'000;

Result<std::vector<std::string>> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator next(folder, error);
  for (; !error && next != std::filesystem::directory_iterator(); next.increment(error)) {
    names.push_back(next->path().filename());
    if (names.size() > most_files) return Error{folder + " has more than 100000 entries"};
  }
  if (error) return Error{folder + " cannot be read: " + error.message()};
  std::ranges::sort(names);
  return names;
}

bool ends_before(const Certificate& certificate, TimePoint when) {
  return certificate.not_after < when;
}

bool is_on(X509_CRL* list, X509* cert) {
  X509_REVOKED* entry = nullptr;
  return X509_CRL_get0_by_cert(list, &entry, cert) == 1;
}

Result<Entry> read_entry(const std::vector<openssl::Crl>& lists, Entry::Kind kind,
                         const std::string& file) {
  const auto cert = read_one_certificate(file);
  if (!cert) return cert.error();
  return Entry{.kind = kind,
               .file = file,
               .certificate = read_certificate(cert->get()),
               .revoked = is_revoked(lists, cert->get())};
}

/// A client that has made its key itself shows it to nobody.
bool has_key(const std::string& folder) {
  std::error_code ignored;
  return std::filesystem::exists(folder + "/key.pem", ignored);
}

Result<openssl::Key> key_of_certificate(const std::string& file) {
  const auto cert = read_one_certificate(file);
  if (!cert) return cert.error();
  return openssl::Key(X509_get_pubkey(cert->get()));
}

/// Revokes those of the certificates that are from this authority, and adds them to `entries`.
Trouble revoke_own(const Authority::State& state, const std::vector<openssl::Cert>& certs,
                   std::vector<Entry>& entries) {
  const auto earlier = read_list(state);
  if (!earlier) return earlier.error();
  std::vector<const X509*> revoked;
  for (const auto& cert : certs) {
    if (!is_from(state, cert.get()) || is_on(earlier->get(), cert.get())) continue;
    revoked.push_back(cert.get());
    auto certificate = read_certificate(cert.get());
    const auto file = state.file("clients/" + certificate.common_name + "/cert.pem");
    entries.push_back({.file = file, .certificate = std::move(certificate), .revoked = true});
  }
  if (revoked.empty()) return std::nullopt;
  const auto written = write_list(state, earlier->get(), revoked);
  return written ? Trouble() : written.error();
}

}  // namespace

bool is_revoked(const std::vector<openssl::Crl>& lists, X509* cert) {
  return std::ranges::any_of(lists, [cert](const auto& list) { return is_on(list.get(), cert); });
}

Result<std::vector<openssl::Crl>> read_lists(const Authority::State& state) {
  std::vector<openssl::Crl> lists;
  for (const auto* each : state.all()) {
    auto list = read_list(*each);
    if (!list) return list.error();
    lists.push_back(std::move(*list));
  }
  return lists;
}

Result<std::vector<std::string>> client_names(const Authority::State& state) {
  auto names = names_in(state.file("clients"));
  if (!names) return names;
  std::erase_if(*names, [&state](const std::string& name) {
    return !is_client_name(name) ||
           !std::filesystem::exists(state.file("clients/" + name + "/cert.pem"));
  });
  return names;
}

bool is_from(const Authority::State& state, const X509* cert) {
  return X509_NAME_cmp(X509_get_issuer_name(cert), X509_get_subject_name(state.ca.cert.get())) == 0;
}

Result<std::vector<openssl::Cert>> issued_to_clients(const Authority::State& state) {
  const auto files = names_in(state.file("ca/issued"));
  if (!files) return files.error();
  std::vector<openssl::Cert> certs;
  for (const auto& file : *files) {
    auto cert = read_one_certificate(state.file("ca/issued/" + file));
    if (!cert) return cert.error();
    const bool client = X509_check_purpose(cert->get(), X509_PURPOSE_SSL_CLIENT, 0) == 1;
    if (client && !ends_before(read_certificate(cert->get()), Clock::now()))
      certs.push_back(std::move(*cert));
  }
  return certs;
}

Result<Entry> renew_one(const Authority::State& state, const Entry& old) {
  const bool server = old.kind == Entry::Kind::server;
  const Blank blank{.common_name = old.certificate.common_name,
                    .names = old.certificate.names(),
                    .purpose = server ? Purpose::server : Purpose::client};
  const auto life = old.certificate.not_after - old.certificate.not_before - clock_skew;
  const auto folder = std::filesystem::path(old.file).parent_path().string();
  auto key = server || has_key(folder) ? openssl::Key() : key_of_certificate(old.file);
  if (!key) return key.error();
  return issue_into(state, folder, blank, Clock::now() + life, key->get());
}

Result<openssl::Crl> read_list(const Authority::State& state) {
  const auto file = state.own_file("crl.pem");
  auto lists = read_revocation_lists(file);
  if (!lists) return lists.error();
  // A list that is not ours, or was changed, must not be signed.
  auto& list = lists->front();
  if (lists->size() != 1 || X509_CRL_verify(list.get(), state.ca.key.get()) != 1)
    return Error{file + " is not a single list signed by this authority"};
  return std::move(list);
}

Result<TimePoint> write_list(const Authority::State& state, const X509_CRL* earlier,
                             const std::vector<const X509*>& revoked) {
  const auto until = std::chrono::floor<std::chrono::seconds>(Clock::now()) + Authority::list_life;
  const auto list = mint_list(state.ca, earlier, revoked, Clock::now() - clock_skew, until);
  if (list == nullptr) return openssl_problem("cannot make a revocation list");
  const auto pem = pem_of(list.get());
  if (pem.size() > most_file_bytes)
    return Error{"the revocation list would be larger than 1 MiB: make a new authority"};
  const auto all = listeners_lists(state, pem);
  if (!all) return all.error();
  if (auto trouble = replace(state.own_file("crl.pem"), pem, open_file)) return *trouble;
  // The daemon gets only server/: the authority's key must not be where the daemon runs.
  if (auto trouble = replace(state.file("server/crl.pem"), *all, open_file)) return *trouble;
  return TimePoint(until);
}

Result<std::vector<Entry>> Authority::revoke_client(const std::string& name) const {
  auto certs = issued_to_clients(*state_);
  if (!certs) return certs.error();
  std::erase_if(*certs, [&name](const openssl::Cert& cert) {
    return read_certificate(cert.get()).common_name != name;
  });
  if (certs->empty()) {
    return Error{"'" + name +
                 "' has no certificate that is still valid: `tidegate certs list` "
                 "shows who has one"};
  }
  std::vector<Entry> entries;
  for (const auto* each : state_->all()) {
    if (auto trouble = revoke_own(*each, *certs, entries)) return *trouble;
  }
  if (entries.empty()) return Error{"'" + name + "' is revoked already"};
  return entries;
}

Result<std::vector<Entry>> Authority::renew(std::chrono::seconds within) const {
  const auto all = list();
  if (!all) return all.error();
  std::vector<Entry> renewed;
  for (const auto& entry : *all) {
    const bool due = ends_before(entry.certificate, Clock::now() + within);
    if (entry.kind == Entry::Kind::authority || entry.revoked || !due) continue;
    const bool server = entry.kind == Entry::Kind::server;
    auto made = renew_one(server ? of_server(*state_) : state_->of_clients(), entry);
    if (!made) return made.error();
    renewed.push_back(std::move(*made));
  }
  return renewed;
}

Result<TimePoint> Authority::renew_list() const {
  auto first = TimePoint::max();
  for (const auto* each : state_->all()) {
    const auto earlier = read_list(*each);
    if (!earlier) return earlier.error();
    const auto ends = write_list(*each, earlier->get(), {});
    if (!ends) return ends;
    first = std::min(first, *ends);
  }
  return first;
}

Result<std::vector<Entry>> Authority::list() const {
  const auto lists = read_lists(*state_);
  if (!lists) return lists.error();
  std::vector<std::pair<Entry::Kind, std::string>> files;
  for (const auto* each : state_->all())
    files.emplace_back(Entry::Kind::authority, each->own_file("ca.pem"));
  const auto server = state_->file("server/cert.pem");
  if (std::filesystem::exists(server)) files.emplace_back(Entry::Kind::server, server);
  const auto clients = client_names(*state_);
  if (!clients) return clients.error();
  for (const auto& name : *clients)
    files.emplace_back(Entry::Kind::client, state_->file("clients/" + name + "/cert.pem"));
  std::vector<Entry> entries;
  for (const auto& [kind, file] : files) {
    auto entry = read_entry(*lists, kind, file);
    if (!entry) return entry.error();
    entries.push_back(std::move(*entry));
  }
  return entries;
}

Result<TimePoint> Authority::list_ends() const {
  const auto lists = read_lists(*state_);
  if (!lists) return lists.error();
  auto first = TimePoint::max();
  for (const auto& list : *lists)
    first = std::min(first, openssl::time_of(X509_CRL_get0_nextUpdate(list.get())));
  return first;
}

}  // namespace tls
