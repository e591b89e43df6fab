// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "tls/authority.hpp"
#include "tls/authority_state.hpp"

namespace tls {
namespace {

void add_client(std::vector<openssl::Cert>& certs, openssl::Cert cert, const std::string& name) {
  const auto is_same = [&](const openssl::Cert& one) {
    return X509_cmp(one.get(), cert.get()) == 0;
  };
  if (is_client_of(cert.get(), name) && std::ranges::none_of(certs, is_same))
    certs.push_back(std::move(cert));
}

/// The unexpired certificates of `name` that are trusted: by their records, wherever its folder is
/// now, and the one in its folder, whose record may be damaged.
std::vector<openssl::Cert> issued_to(const Authority::State& state, const std::string& name,
                                     Records& records) {
  std::vector<openssl::Cert> certs;
  for (auto& cert : records.certs) add_client(certs, std::move(cert), name);
  auto present = read_one_certificate(state.file("clients/" + name + "/cert.pem"));
  if (present) add_client(certs, std::move(*present), name);
  std::erase_if(certs, [&](const openssl::Cert& cert) { return !is_from_any(state, cert.get()); });
  return certs;
}

Error nothing_to_revoke(const std::string& name, const Records& records) {
  std::string damage;
  for (const auto& problem : records.damaged) damage += ". " + problem.message;
  return {"'" + name +
          "' has no certificate that is still valid: `tidegate certs list` shows who has one" +
          damage};
}

}  // namespace

bool is_from(const Authority::State& state, const X509* cert) {
  return X509_NAME_cmp(X509_get_issuer_name(cert), X509_get_subject_name(state.ca.cert.get())) == 0;
}

bool is_from_any(const Authority::State& state, const X509* cert) {
  return std::ranges::any_of(state.all(),
                             [cert](const auto* each) { return is_from(*each, cert); });
}

bool is_for_clients(X509* cert) {
  return X509_check_purpose(cert, X509_PURPOSE_SSL_CLIENT, 0) == 1;
}

bool is_valid_client(X509* cert) {
  return is_for_clients(cert) &&
         openssl::time_of(X509_get0_notAfter(cert)) >= std::chrono::system_clock::now();
}

bool is_client_of(X509* cert, const std::string& name) {
  return is_valid_client(cert) && read_certificate(cert).common_name == name;
}

Result<Records> read_records(const Authority::State& state) {
  const auto files = names_in(state.file("ca/issued"));
  if (!files) return files.error();
  Records records;
  for (const auto& file : *files) {
    if (!file.ends_with(".pem")) continue;  // a draft; write_new() names each record so
    auto cert = read_one_certificate(state.file("ca/issued/" + file));
    if (cert)
      records.certs.push_back(std::move(*cert));
    else
      records.damaged.push_back(
          {cert.error().message +
           ": nobody knows whose certificate that was, and it is not revoked. "
           "Restore the file from a backup, or remove it if it is no record"});
  }
  return records;
}

Result<Outcome> Authority::revoke_client(const std::string& name) const {
  auto records = read_records(*state_);
  if (!records) return records.error();
  const auto certs = issued_to(*state_, name, *records);
  if (certs.empty()) return nothing_to_revoke(name, *records);
  const auto earlier = read_lists(*state_);
  if (!earlier) return earlier.error();
  std::vector<const X509*> revoked;
  revoked.reserve(certs.size());
  for (const auto& cert : certs) revoked.push_back(cert.get());
  if (auto trouble = write_lists(state_->all(), *earlier, revoked)) return *trouble;
  Outcome outcome;
  outcome.problems = std::move(records->damaged);
  for (const auto& cert : certs) {
    outcome.entries.push_back({.file = state_->file("clients/" + name + "/cert.pem"),
                               .certificate = read_certificate(cert.get()),
                               .names = alternative_names(cert.get()),
                               .revocation = Revocation::everywhere});
  }
  return outcome;
}

}  // namespace tls
