// SPDX-License-Identifier: Apache-2.0
#include "tls/rollover.hpp"

#include <filesystem>
#include <utility>

#include "tls/name.hpp"
#include "tls/pem.hpp"

namespace tls {
namespace {

using Now = std::chrono::system_clock;

constexpr const char* next_folder = "ca/next";

Minted mint_successor(const Authority::State& state, Days life) {
  const auto name = openssl::common_name_of(X509_get_subject_name(state.ca.cert.get()));
  const Blank blank{.common_name = successor_of(name),
                    .names = {},
                    .purpose = Purpose::authority,
                    .not_before = Now::now() - clock_skew,
                    .not_after = Now::now() + life};
  return mint(blank, nullptr);
}

/// Tells listeners and clients whom to trust. A list more does no harm, but clients whose authority
/// has no list are refused: lists come first where trust grows, and last where it shrinks.
Trouble publish_authorities(const Authority::State& state, const std::string& trusted) {
  if (auto trouble = replace({{state.file("server/ca.pem"), trusted, open_file}})) return trouble;
  const auto names = client_names(state);
  if (!names) return names.error();
  for (const auto& name : *names) {
    const auto file = state.file("clients/" + name + "/ca.pem");
    if (auto trouble = replace({{file, trusted, open_file}})) return trouble;
  }
  return std::nullopt;
}

/// Removes ca/next. Without ca.pem the rest counts for nothing.
Trouble remove_next(const std::string& folder) {
  if (auto trouble = remove_file(folder + "/ca.pem")) return trouble;
  std::error_code error;
  std::filesystem::remove_all(folder, error);
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
  const auto made = renew_one(next, {.kind = Entry::Kind::server,
                                     .file = file,
                                     .certificate = read_certificate(cert->get()),
                                     .names = alternative_names(cert->get())});
  return made ? Trouble() : made.error();
}

/// The certificate comes first: settle_rollover() goes on from there.
Trouble take_over(const Authority::State& state) {
  const auto pem = pem_of(state.next->ca.cert.get());
  if (auto trouble = replace({{state.own_file("ca.pem"), pem, open_file}})) return trouble;
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
  if (auto trouble = replace({{folder + "/ca/ca-key.pem", pem_of(key->get()), secret_file},
                              {folder + "/ca/crl.pem", pem_of(lists->front().get()), open_file}}))
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

Trouble Authority::begin_rollover(Days life) const {
  auto lists = read_lists(*state_);
  if (!lists) return lists.error();
  if (state_->next != nullptr) {
    if (auto trouble = write_lists(state_->all(), *lists, {})) return trouble;
    return publish_authorities(*state_, state_->ca_pem);
  }
  const auto folder = state_->file(next_folder);
  if (auto trouble = make_folder(folder, closed_folder)) return trouble;
  State next(state_->folder, next_folder);
  next.ca = mint_successor(*state_, life);
  if (next.ca.cert == nullptr) return openssl_problem("no authority");
  const auto pem = pem_of(next.ca.cert.get());
  const NewFile key{next.own_file("ca-key.pem"), pem_of(next.ca.key.get()), secret_file};
  if (auto trouble = replace({key})) return trouble;
  lists->emplace_back();
  if (auto trouble = write_lists({state_.get(), &next}, *lists, {})) return trouble;
  if (auto trouble = publish_authorities(*state_, state_->ca_pem + pem)) return trouble;
  return replace({{next.own_file("ca.pem"), pem, open_file}});
}

Result<Outcome> Authority::left_by_rollover() const {
  Outcome left;
  if (state_->next == nullptr) return left;
  auto records = read_records(*state_);
  if (!records) return records.error();
  const auto lists = read_lists(*state_);
  if (!lists) return lists.error();
  for (const auto& cert : records->certs) {
    const bool needed = is_valid_client(cert.get()) && is_from(*state_, cert.get()) &&
                        !is_refused(*lists, cert.get());
    if (needed) left.entries.push_back({.certificate = read_certificate(cert.get())});
  }
  left.problems = std::move(records->damaged);
  return left;
}

Result<bool> Authority::finish_rollover() const {
  if (state_->next == nullptr) return false;
  const auto& next = *state_->next;
  auto lists = read_lists(*state_);
  if (!lists) return lists.error();
  if (auto trouble = keep_list(*state_, lists->front())) return *trouble;
  lists->erase(lists->begin());
  if (auto trouble = move_server(next)) return *trouble;
  if (auto trouble = publish_authorities(*state_, pem_of(next.ca.cert.get()))) return *trouble;
  if (auto trouble = write_lists({&next}, *lists, {})) return *trouble;
  if (auto trouble = take_over(*state_)) return *trouble;
  return true;
}

}  // namespace tls
