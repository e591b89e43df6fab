// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "tls/authority.hpp"
#include "tls/authority_state.hpp"
#include "tls/pem.hpp"

namespace tls {
namespace {

using Clock = std::chrono::system_clock;

Result<openssl::Crl> read_list(const Authority::State& state, const std::string& name) {
  const auto file = state.file(name);
  auto lists = read_revocation_lists(file);
  if (!lists) return lists.error();
  // A list that is not ours, or was changed, must not be signed.
  auto& list = lists->front();
  if (lists->size() != 1 || X509_CRL_verify(list.get(), state.ca.key.get()) != 1)
    return Error{file + " is not a single list signed by this authority"};
  return std::move(list);
}

bool has(X509_CRL* list, X509* cert) {
  X509_REVOKED* entry = nullptr;
  return list != nullptr && X509_CRL_get0_by_cert(list, &entry, cert) == 1;
}

}  // namespace

Result<Lists> read_lists(const Authority::State& state) {
  auto own = read_list(state, "ca/crl.pem");
  auto listeners = read_list(state, "server/crl.pem");
  if (!own) {
    return Error{own.error().message +
                 (listeners
                      ? ": " + state.file("server/crl.pem") + " is a copy that can be put there"
                      : ": if `tidegate certs init` was interrupted, run "
                        "it again")};
  }
  if (listeners) return Lists{std::move(*own), std::move(*listeners), std::nullopt};
  return Lists{std::move(*own), nullptr, std::move(listeners.error())};
}

Revocation revocation_of(const Lists& lists, X509* cert) {
  const bool own = has(lists.own.get(), cert), listeners = has(lists.listeners.get(), cert);
  if (own == listeners) return own ? Revocation::everywhere : Revocation::none;
  return own ? Revocation::authority_only : Revocation::listeners_only;
}

Trouble write_lists(const Authority::State& state, const Lists& earlier,
                    const std::vector<const X509*>& revoked) {
  const openssl::Crl all(earlier.own == nullptr ? nullptr : X509_CRL_dup(earlier.own.get()));
  if (all != nullptr && earlier.listeners != nullptr &&
      !add_entries(earlier.listeners.get(), all.get()))
    return openssl_problem("cannot join the two revocation lists");
  const auto* base = all == nullptr ? earlier.listeners.get() : all.get();
  const auto until = Clock::now() + Authority::list_life;
  const auto list = mint_list(state.ca, base, revoked, Clock::now() - clock_skew, until);
  if (list == nullptr) return openssl_problem("cannot make a revocation list");
  const auto pem = pem_of(list.get());
  if (pem.size() > most_file_bytes)
    return Error{"the revocation list would be larger than 1 MiB: make a new authority"};
  // The daemon gets only server/: the authority's key must not be where the daemon runs. Its list
  // comes first, so that nothing counts as revoked that listeners still serve.
  auto trouble = replace(
      {{state.file("server/crl.pem"), pem, open_file}, {state.file("ca/crl.pem"), pem, open_file}});
  if (!trouble) return std::nullopt;
  return Error{
      trouble->message + ". Both copies of the list are not written yet: " + state.file("server") +
      " must be a folder, since listeners read the list there. Mend that, and run the same "
      "command again"};
}

Result<TimePoint> Authority::renew_list() const {
  const auto earlier = read_lists(*state_);
  if (!earlier) return earlier.error();
  if (auto trouble = write_lists(*state_, *earlier, {})) return *trouble;
  return list_ends();
}

Result<TimePoint> Authority::list_ends() const {
  const auto list = read_list(*state_, "server/crl.pem");
  if (!list) return list.error();
  return openssl::time_of(X509_CRL_get0_nextUpdate(list->get()));
}

}  // namespace tls
