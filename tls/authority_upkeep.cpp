// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <utility>

#include "tls/authority.hpp"
#include "tls/authority_state.hpp"
#include "tls/name.hpp"
#include "tls/pem.hpp"

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

/// The unexpired certificates that were issued to `name`, wherever its folder is now.
Result<std::vector<openssl::Cert>> issued_to(const Authority::State& state,
                                             const std::string& name) {
  const auto files = names_in(state.file("ca/issued"));
  if (!files) return files.error();
  std::vector<openssl::Cert> certs;
  for (const auto& file : *files) {
    auto cert = read_one_certificate(state.file("ca/issued/" + file));
    if (!cert) return cert.error();
    const auto certificate = read_certificate(cert->get());
    const bool client = X509_check_purpose(cert->get(), X509_PURPOSE_SSL_CLIENT, 0) == 1;
    if (client && certificate.common_name == name && !ends_before(certificate, Clock::now()))
      certs.push_back(std::move(*cert));
  }
  return certs;
}

Result<Entry> read_entry(Entry::Kind kind, const std::string& file, X509_CRL* list) {
  const auto cert = read_one_certificate(file);
  if (!cert) return cert.error();
  return Entry{.kind = kind,
               .file = file,
               .certificate = read_certificate(cert->get()),
               .revoked = is_revoked(list, cert->get())};
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

}  // namespace

bool is_revoked(X509_CRL* list, X509* cert) {
  X509_REVOKED* entry = nullptr;
  return X509_CRL_get0_by_cert(list, &entry, cert) == 1;
}

Result<openssl::Crl> read_list(const Authority::State& state) {
  const auto file = state.file("ca/crl.pem");
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
  if (auto trouble = replace(state.file("ca/crl.pem"), pem, open_file)) return *trouble;
  // The daemon gets only server/: the authority's key must not be where the daemon runs.
  if (auto trouble = replace(state.file("server/crl.pem"), pem, open_file)) return *trouble;
  return TimePoint(until);
}

Result<std::vector<Entry>> Authority::revoke_client(const std::string& name) const {
  const auto certs = issued_to(*state_, name);
  if (!certs) return certs.error();
  if (certs->empty()) {
    return Error{"'" + name +
                 "' has no certificate that is still valid: `tidegate certs list` "
                 "shows who has one"};
  }
  const auto earlier = read_list(*state_);
  if (!earlier) return earlier.error();
  std::vector<const X509*> revoked;
  std::vector<Entry> entries;
  for (const auto& cert : *certs) {
    if (is_revoked(earlier->get(), cert.get())) continue;
    revoked.push_back(cert.get());
    entries.push_back({.file = state_->file("clients/" + name + "/cert.pem"),
                       .certificate = read_certificate(cert.get()),
                       .revoked = true});
  }
  if (revoked.empty()) return Error{"'" + name + "' is revoked already"};
  const auto written = write_list(*state_, earlier->get(), revoked);
  if (!written) return written.error();
  return entries;
}

Result<std::vector<Entry>> Authority::renew(std::chrono::seconds within) const {
  const auto all = list();
  if (!all) return all.error();
  std::vector<Entry> renewed;
  for (const auto& entry : *all) {
    const bool due = ends_before(entry.certificate, Clock::now() + within);
    if (entry.kind == Entry::Kind::authority || entry.revoked || !due) continue;
    auto made = renew_one(*state_, entry);
    if (!made) return made.error();
    renewed.push_back(std::move(*made));
  }
  return renewed;
}

Result<TimePoint> Authority::renew_list() const {
  const auto earlier = read_list(*state_);
  if (!earlier) return earlier.error();
  return write_list(*state_, earlier->get(), {});
}

Result<std::vector<Entry>> Authority::list() const {
  const auto revoked = read_list(*state_);
  if (!revoked) return revoked.error();
  std::vector<std::pair<Entry::Kind, std::string>> files{
      {Entry::Kind::authority, state_->file("ca/ca.pem")}};
  files.emplace_back(Entry::Kind::server, state_->file("server/cert.pem"));
  const auto clients = names_in(state_->file("clients"));
  if (!clients) return clients.error();
  for (const auto& name : *clients) {
    if (is_client_name(name))
      files.emplace_back(Entry::Kind::client, state_->file("clients/" + name + "/cert.pem"));
  }
  std::vector<Entry> entries;
  for (const auto& [kind, file] : files) {
    if (!std::filesystem::exists(file)) continue;  // not issued yet, or removed
    auto entry = read_entry(kind, file, revoked->get());
    if (!entry) return entry.error();
    entries.push_back(std::move(*entry));
  }
  return entries;
}

Result<TimePoint> Authority::list_ends() const {
  const auto list = read_list(*state_);
  if (!list) return list.error();
  return openssl::time_of(X509_CRL_get0_nextUpdate(list->get()));
}

}  // namespace tls
