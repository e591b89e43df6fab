// SPDX-License-Identifier: Apache-2.0
#include "tls/rollover.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <utility>

#include "tls/pem.hpp"

namespace tls {
namespace {

using Now = std::chrono::system_clock;

constexpr const char* next_folder = "ca/next";

bool is_there(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

/// "tidegate CA" is followed by "tidegate CA 2". With one name for both, programs may look for a
/// certificate's issuer, or for its list, in the wrong one.
std::string successor_of(const std::string& name) {
  constexpr std::size_t most_digits = 6;
  const auto space = name.rfind(' ');
  const auto digits = space == std::string::npos ? std::string() : name.substr(space + 1);
  const bool counted = !digits.empty() && digits.size() <= most_digits &&
                       std::ranges::all_of(digits, [](unsigned char c) { return std::isdigit(c); });
  if (!counted) return name.empty() ? "tidegate CA 2" : name.substr(0, 56) + " 2";
  return name.substr(0, space) + " " + std::to_string(std::stoul(digits) + 1);
}

Minted mint_successor(const Authority::State& state, Days life) {
  const auto name = openssl::common_name_of(X509_get_subject_name(state.ca.cert.get()));
  const Blank blank{.common_name = successor_of(name),
                    .names = {},
                    .purpose = Purpose::authority,
                    .not_before = Now::now() - clock_skew,
                    .not_after = Now::now() + life};
  return mint(blank, nullptr);
}

Result<std::string> first_list(const Minted& authority) {
  const auto ends = std::chrono::floor<std::chrono::seconds>(Now::now()) + Authority::list_life;
  const auto list = mint_list(authority, nullptr, {}, Now::now() - clock_skew, ends);
  if (list == nullptr) return openssl_problem("cannot make a revocation list");
  return pem_of(list.get());
}

Result<std::string> own_list(const Authority::State& state) {
  const auto list = read_list(state);
  if (!list) return list.error();
  return pem_of(list->get());
}

/// Tells listeners and clients whom to trust. A list more does no harm, but clients whose authority
/// has no list are refused: lists come first where trust grows, and last where it shrinks.
Trouble publish_authorities(const Authority::State& state, const std::string& trusted) {
  if (auto trouble = replace(state.file("server/ca.pem"), trusted, open_file)) return trouble;
  const auto names = client_names(state);
  if (!names) return names.error();
  for (const auto& name : *names) {
    const auto file = state.file("clients/" + name + "/ca.pem");
    if (auto trouble = replace(file, trusted, open_file)) return trouble;
  }
  return std::nullopt;
}

Trouble publish_lists(const Authority::State& state, const std::string& lists) {
  return replace(state.file("server/crl.pem"), lists, open_file);
}

/// Removes ca/next. Without ca.pem the rest counts for nothing.
Trouble remove_next(const std::string& folder) {
  std::error_code error;
  std::filesystem::remove(folder + "/ca.pem", error);
  if (!error) std::filesystem::remove_all(folder, error);
  if (error) return Error{folder + " cannot be removed: " + error.message()};
  return std::nullopt;
}

/// Gives the server a certificate of the new authority, unless it has one.
Trouble move_server(const Authority::State& next) {
  const auto file = next.file("server/cert.pem");
  if (!is_there(file)) return std::nullopt;
  const auto cert = read_one_certificate(file);
  if (!cert) return cert.error();
  if (is_from(next, cert->get())) return std::nullopt;
  const auto made = renew_one(
      next,
      {.kind = Entry::Kind::server, .file = file, .certificate = read_certificate(cert->get())});
  return made ? Trouble() : made.error();
}

/// The certificate comes first: settle_rollover() goes on from there.
Trouble take_over(const Authority::State& state) {
  const auto pem = pem_of(state.next->ca.cert.get());
  if (auto trouble = replace(state.own_file("ca.pem"), pem, open_file)) return trouble;
  return settle_rollover(state.folder);
}

}  // namespace

Trouble settle_rollover(const std::string& folder) {
  const auto next = folder + "/" + next_folder;
  if (!is_there(next)) return std::nullopt;
  if (!is_there(next + "/ca.pem")) return remove_next(next);
  const auto present = read_one_certificate(folder + "/ca/ca.pem");
  if (!present) return present.error();
  const auto coming = read_one_certificate(next + "/ca.pem");
  if (!coming) return coming.error();
  if (X509_cmp(present->get(), coming->get()) != 0) return std::nullopt;
  const auto key = read_key(next + "/ca-key.pem");
  if (!key) return key.error();
  const auto lists = read_revocation_lists(next + "/crl.pem");
  if (!lists) return lists.error();
  if (auto trouble = replace(folder + "/ca/ca-key.pem", pem_of(key->get()), secret_file))
    return trouble;
  if (auto trouble = replace(folder + "/ca/crl.pem", pem_of(lists->front().get()), open_file))
    return trouble;
  return remove_next(next);
}

Trouble join_next(Authority::State& state) {
  if (!is_there(state.file(std::string(next_folder) + "/ca.pem"))) return std::nullopt;
  const auto next = std::make_shared<Authority::State>(state.folder, next_folder);
  if (!next->lock.held()) return Error{next->own_file("") + " cannot be opened"};
  if (auto trouble = read_authority(*next)) return trouble;
  next->ca_pem = state.ca_pem += next->ca_pem;
  state.next = next;
  return std::nullopt;
}

const Authority::State& of_server(const Authority::State& state) {
  const auto ends = openssl::time_of(X509_get0_notAfter(state.ca.cert.get()));
  return ends <= Now::now() ? state.of_clients() : state;
}

Result<std::string> listeners_lists(const Authority::State& state, const std::string& own) {
  const bool is_next = state.own_folder == next_folder;
  if (!is_next && state.next == nullptr) return own;
  const auto file = is_next ? state.file("ca/crl.pem") : state.next->own_file("crl.pem");
  const auto others = read_revocation_lists(file);
  if (!others) return others.error();
  return own + pem_of(others->front().get());
}

Trouble Authority::begin_rollover(Days life) const {
  if (state_->next != nullptr) {
    const auto own = own_list(*state_);
    if (!own) return own.error();
    const auto lists = listeners_lists(*state_, *own);
    if (!lists) return lists.error();
    if (auto trouble = publish_lists(*state_, *lists)) return trouble;
    return publish_authorities(*state_, state_->ca_pem);
  }
  const auto next = mint_successor(*state_, life);
  if (next.cert == nullptr) return openssl_problem("no authority");
  const auto pem = pem_of(next.cert.get());
  const auto own = own_list(*state_), list = first_list(next);
  if (!own) return own.error();
  if (!list) return list.error();
  const auto folder = state_->file(next_folder);
  if (auto trouble = make_folder(folder, closed_folder)) return trouble;
  if (auto trouble = replace(folder + "/ca-key.pem", pem_of(next.key.get()), secret_file))
    return trouble;
  if (auto trouble = replace(folder + "/crl.pem", *list, open_file)) return trouble;
  if (auto trouble = publish_lists(*state_, *own + *list)) return trouble;
  if (auto trouble = publish_authorities(*state_, state_->ca_pem + pem)) return trouble;
  return replace(folder + "/ca.pem", pem, open_file);
}

Result<std::vector<Entry>> Authority::left_by_rollover() const {
  std::vector<Entry> left;
  if (state_->next == nullptr) return left;
  const auto certs = issued_to_clients(*state_);
  if (!certs) return certs.error();
  const auto lists = read_lists(*state_);
  if (!lists) return lists.error();
  for (const auto& cert : *certs) {
    if (!is_from(*state_, cert.get()) || is_revoked(*lists, cert.get())) continue;
    left.push_back({.certificate = read_certificate(cert.get())});
  }
  return left;
}

Result<bool> Authority::finish_rollover() const {
  if (state_->next == nullptr) return false;
  const auto& next = *state_->next;
  if (auto trouble = move_server(next)) return *trouble;
  const auto list = own_list(next);
  if (!list) return list.error();
  if (auto trouble = publish_authorities(*state_, pem_of(next.ca.cert.get()))) return *trouble;
  if (auto trouble = publish_lists(*state_, *list)) return *trouble;
  if (auto trouble = take_over(*state_)) return *trouble;
  return true;
}

}  // namespace tls
