// SPDX-License-Identifier: Apache-2.0
#include "tls/authority.hpp"

#include <algorithm>
#include <filesystem>
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

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

/// Writes the key first: a certificate without its key is useless, and init can be run again.
Trouble write_authority(const Authority::State& state) {
  if (auto trouble =
          write_new(state.file("ca/ca-key.pem"), pem_of(state.ca.key.get()), secret_file))
    return trouble;
  return write_new(state.file("ca/ca.pem"), state.ca_pem, open_file);
}

Trouble prepare(const std::string& folder) {
  for (const auto* part : {"", "/ca", "/ca/issued", "/server"}) {
    if (auto trouble = make_folder(folder + part, open_folder)) return trouble;
  }
  return make_folder(folder + "/clients", closed_folder);
}

Blank blank_for(const std::string& common_name, std::vector<std::string> names, Purpose purpose) {
  return {.common_name = common_name, .names = std::move(names), .purpose = purpose};
}

Trouble may_issue(const Authority::State& state, const std::string& name) {
  const auto file = state.file("clients/" + name + "/cert.pem");
  if (!exists(file)) return std::nullopt;
  const auto present = read_one_certificate(file);
  if (!present) return present.error();
  const auto lists = read_lists(state);
  if (!lists) return lists.error();
  const auto ends = openssl::time_of(X509_get0_notAfter(present->get()));
  if (ends < Clock::now() || is_revoked(*lists, present->get())) return std::nullopt;
  return Error{file + " exists already and is valid: renew it, or revoke it first"};
}

/// A key whose certificate was revoked may be in wrong hands, under whatever name it comes back.
Trouble check_not_revoked(const Authority::State& state, const std::string& request,
                          const EVP_PKEY* key) {
  const auto certs = issued_to_clients(state);
  if (!certs) return certs.error();
  const auto lists = read_lists(state);
  if (!lists) return lists.error();
  const auto is_bad = [&](const openssl::Cert& cert) {
    return EVP_PKEY_eq(X509_get0_pubkey(cert.get()), key) == 1 && is_revoked(*lists, cert.get());
  };
  if (std::ranges::none_of(*certs, is_bad)) return std::nullopt;
  return Error{request + " has the key of a certificate that was revoked: make a new key"};
}

/// A client's own key is elsewhere, and an earlier one of ours does not fit its certificate.
Trouble place_key(const std::string& file, EVP_PKEY* key) {
  if (key != nullptr) return replace(file, pem_of(key), secret_file);
  std::error_code error;
  std::filesystem::remove(file, error);
  if (error) return Error{file + " cannot be removed: " + error.message()};
  return std::nullopt;
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
              .certificate = read_certificate(minted.cert.get())};
  const auto pem = pem_of(minted.cert.get());
  // Notes the certificate before handing it out: an unknown certificate cannot be revoked.
  const auto noted = state.file("ca/issued/" + entry.certificate.serial + ".pem");
  if (auto trouble = write_new(noted, pem, open_file)) return *trouble;
  if (auto trouble = replace(folder + "/ca.pem", state.ca_pem, open_file)) return *trouble;
  if (auto trouble = place_key(folder + "/key.pem", minted.key.get())) return *trouble;
  if (auto trouble = replace(entry.file, pem, open_file)) return *trouble;
  return entry;
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
  for (const auto* file : {"/ca/ca.pem", "/ca/ca-key.pem"}) {
    if (exists(folder + file))
      return Error{folder + file +
                   " exists already and is kept, since every certificate depends on it"};
  }
  if (auto trouble = prepare(folder)) return *trouble;
  const auto state = std::make_shared<State>(folder);
  if (!state->lock.held()) return Error{folder + "/ca cannot be locked"};
  auto blank = blank_for("tidegate CA", {}, Purpose::authority);
  blank.not_before = Clock::now() - clock_skew;
  blank.not_after = Clock::now() + life;
  state->ca = mint(blank, nullptr);
  if (state->ca.cert == nullptr) return openssl_problem("no authority");
  state->ca_pem = pem_of(state->ca.cert.get());
  if (auto trouble = write_authority(*state)) return *trouble;
  const auto written = write_list(*state, nullptr, {});
  if (!written) return written.error();
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
  if (auto trouble = may_issue(*state_, name)) return *trouble;
  auto key = request.empty() ? openssl::Key() : key_of_request(request, name);
  if (!key) return key.error();
  if (*key != nullptr) {
    if (auto trouble = check_not_revoked(*state_, request, key->get())) return *trouble;
  }
  const auto folder = state_->file("clients/" + name);
  if (auto trouble = make_folder(folder, closed_folder)) return *trouble;
  return issue_into(state_->of_clients(), folder, blank_for(name, names, Purpose::client),
                    Clock::now() + life, key->get());
}

}  // namespace tls
