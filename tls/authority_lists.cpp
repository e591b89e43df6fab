// SPDX-License-Identifier: Apache-2.0
#include <openssl/err.h>

#include <algorithm>
#include <utility>

#include "tls/authority.hpp"
#include "tls/authority_state.hpp"
#include "tls/pem.hpp"

namespace tls {
namespace {

using Clock = std::chrono::system_clock;

constexpr const char* listeners_file = "server/crl.pem";
constexpr const char* past_folder = "ca/past";

/// Reads the authority's list. During a rollover the listeners' file has one of each authority.
Result<openssl::Crl> read_list(const Authority::State& state, const std::string& file) {
  auto lists = read_revocation_lists(file);
  if (!lists) return lists.error();
  // A list that is not ours, or was changed, must not be signed.
  std::erase_if(*lists, [&state](const openssl::Crl& list) {
    return X509_CRL_verify(list.get(), state.ca.key.get()) != 1;
  });
  ERR_clear_error();
  if (lists->size() == 1) return std::move(lists->front());
  return Error{file + " does not have exactly one list that " + state.own_file("ca.pem") +
               " has signed"};
}

Result<Copies> read_copies(const Authority::State& state) {
  auto own = read_list(state, state.own_file("crl.pem"));
  auto listeners = read_list(state, state.file(listeners_file));
  if (!own) {
    return Error{own.error().message +
                 (listeners
                      ? ": " + state.file(listeners_file) + " has a copy that can be put there"
                      : ": if `tidegate certs init` was interrupted, run it again")};
  }
  if (listeners) return Copies{std::move(*own), std::move(*listeners), std::nullopt};
  return Copies{std::move(*own), nullptr, std::move(listeners.error())};
}

bool has(X509_CRL* list, X509* cert) {
  X509_REVOKED* entry = nullptr;
  return list != nullptr && X509_CRL_get0_by_cert(list, &entry, cert) == 1;
}

/// The authority's next list, as PEM text.
Result<std::string> next_list(const Authority::State& state, const Copies& earlier,
                              std::vector<const X509*> revoked) {
  const openssl::Crl all(earlier.own == nullptr ? nullptr : X509_CRL_dup(earlier.own.get()));
  if (all != nullptr && earlier.listeners != nullptr &&
      !add_entries(earlier.listeners.get(), all.get()))
    return openssl_problem("cannot join the two revocation lists");
  const auto* base = all == nullptr ? earlier.listeners.get() : all.get();
  const auto until = Clock::now() + Authority::list_life;
  std::erase_if(revoked, [&state](const X509* cert) { return !is_from(state, cert); });
  const auto list = mint_list(state.ca, base, revoked, Clock::now() - clock_skew, until);
  if (list == nullptr) return openssl_problem("cannot make a revocation list");
  return pem_of(list.get());
}

}  // namespace

Result<Lists> read_lists(const Authority::State& state) {
  Lists lists;
  for (const auto* each : state.all()) {
    auto copies = read_copies(*each);
    if (!copies) return copies.error();
    lists.push_back(std::move(*copies));
  }
  return lists;
}

Trouble keep_list(const Authority::State& ended, Copies& last) {
  if (last.listeners != nullptr && !add_entries(last.listeners.get(), last.own.get()))
    return openssl_problem("cannot join the two revocation lists");
  const auto folder = ended.file(past_folder);
  if (auto trouble = make_folder(folder, closed_folder)) return trouble;
  const auto serial = read_certificate(ended.ca.cert.get()).serial;
  return replace({{folder + "/" + serial + ".pem", pem_of(last.own.get()), open_file}});
}

Result<Lists> read_past_lists(const Authority::State& state) {
  Lists past;
  const auto folder = state.file(past_folder);
  if (!is_there(folder)) return past;
  const auto files = names_in(folder);
  if (!files) return files.error();
  const auto within = folder + "/";
  for (const auto& file : *files) {
    auto lists = read_revocation_lists(within + file);
    if (!lists) return lists.error();
    for (auto& list : *lists) past.push_back({.own = std::move(list)});
  }
  return past;
}

Trouble write_lists(const std::vector<const Authority::State*>& authorities, const Lists& earlier,
                    const std::vector<const X509*>& revoked) {
  const auto& folder = *authorities.front();
  // The daemon gets only server/: the authority's key must not be where the daemon runs. Its lists
  // come first, so that nothing counts as revoked that listeners still serve.
  std::vector<NewFile> files{{folder.file(listeners_file), "", open_file}};
  for (std::size_t i = 0; i < authorities.size(); ++i) {
    auto list = next_list(*authorities[i], earlier[i], revoked);
    if (!list) return list.error();
    files.front().text += *list;
    files.push_back({authorities[i]->own_file("crl.pem"), std::move(*list), open_file});
  }
  if (files.front().text.size() > most_list_bytes) {
    return Error{files.front().path + " would be larger than 32 MiB, which is the most that " +
                 "listeners read: make a new authority"};
  }
  const auto trouble = replace(files);
  if (!trouble) return std::nullopt;
  return Error{
      trouble->message + ". Both copies of the list are not written yet: " + folder.file("server") +
      " must be a folder, since listeners read the list there. Mend that, and run the same "
      "command again"};
}

Revocation revocation_of(const Lists& lists, X509* cert) {
  const bool own = std::ranges::any_of(
      lists, [cert](const Copies& copies) { return has(copies.own.get(), cert); });
  const bool listeners = std::ranges::any_of(
      lists, [cert](const Copies& copies) { return has(copies.listeners.get(), cert); });
  if (own == listeners) return own ? Revocation::everywhere : Revocation::none;
  return own ? Revocation::authority_only : Revocation::listeners_only;
}

bool is_refused(const Lists& lists, X509* cert) {
  const auto revocation = revocation_of(lists, cert);
  return revocation == Revocation::everywhere || revocation == Revocation::listeners_only;
}

Result<TimePoint> Authority::renew_list() const {
  const auto earlier = read_lists(*state_);
  if (!earlier) return earlier.error();
  if (auto trouble = write_lists(state_->all(), *earlier, {})) return *trouble;
  return list_ends();
}

Result<TimePoint> Authority::list_ends() const {
  auto first = TimePoint::max();
  for (const auto* each : state_->all()) {
    const auto list = read_list(*each, state_->file(listeners_file));
    if (!list) return list.error();
    first = std::min(first, openssl::time_of(X509_CRL_get0_nextUpdate(list->get())));
  }
  return first;
}

}  // namespace tls
