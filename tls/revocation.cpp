// SPDX-License-Identifier: Apache-2.0
#include "tls/revocation.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <chrono>

namespace tls {
namespace {

using Time = RevocationList::Time;

/// A certificate of the store, and one there that has signed it. The store keeps both.
struct Link {
  X509 *cert, *issuer;
};

/// What a store requires.
struct Rules {
  RevocationLists lists;
  std::vector<Link> links;
};

void free_rules(void*, void* rules, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<Rules*>(rules);
}

/// The place of a store's rules.
int rules_slot() {
  static const int index =
      CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_X509_STORE, 0, nullptr, nullptr, nullptr, free_rules);
  return index;
}

const Rules& rules_of(X509_STORE_CTX* context) {
  return *static_cast<Rules*>(
      X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(context), rules_slot()));
}

std::vector<Link> links_in(X509_STORE* store) {
  std::vector<X509*> certs;
  auto* objects = X509_STORE_get0_objects(store);
  for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i)
    if (auto* cert = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i))) certs.push_back(cert);
  std::vector<Link> links;
  for (auto* cert : certs)
    for (auto* issuer : certs)
      if (openssl::has_signed(issuer, cert)) links.push_back({cert, issuer});
  return links;
}

/// The links from a certificate of the store to its issuers there, from these to theirs, and so on.
std::vector<Link> links_above(X509* anchor, const std::vector<Link>& all) {
  std::vector<Link> above;
  std::vector<X509*> certs{anchor};
  for (std::size_t at = 0; at < certs.size(); ++at)
    for (const auto& link : all) {
      if (X509_cmp(link.cert, certs[at]) != 0) continue;
      above.push_back(link);
      if (std::ranges::find(certs, link.issuer) == certs.end()) certs.push_back(link.issuer);
    }
  return above;
}

/// The lists that tell whether the certificate is revoked, without those that have been replaced.
std::vector<const RevocationList*> lists_about(X509* cert, X509* issuer,
                                               const RevocationLists& all) {
  std::vector<const RevocationList*> about;
  for (const auto& list : all)
    if (list->covers(cert) && list->is_signed_by(issuer) && !is_replaced(*list, all, issuer))
      about.push_back(list.get());
  return about;
}

/// \returns X509_V_OK if the certificate is not revoked, else the reason
int status_of(X509* cert, X509* issuer, const RevocationLists& all) {
  const auto about = lists_about(cert, issuer, all);
  if (about.empty()) return X509_V_ERR_UNABLE_TO_GET_CRL;
  const auto now = std::chrono::system_clock::now();
  if (std::ranges::any_of(about, [&](const auto* list) { return list->holds(cert); }))
    return X509_V_ERR_CERT_REVOKED;
  if (std::ranges::any_of(about, [&](const auto* list) { return list->is_valid_at(now); }))
    return X509_V_OK;
  return about.front()->until <= now ? X509_V_ERR_CRL_HAS_EXPIRED : X509_V_ERR_CRL_NOT_YET_VALID;
}

/// The same for a certificate that is trusted by itself, so that its issuer is not in the chain.
/// Nothing above it may be revoked either, as far as the store has authorities and lists there.
/// \param needs_list whether its issuer must have one
int status_of_anchor(X509* anchor, bool needs_list, const Rules& rules) {
  int status = X509_V_OK;
  bool is_listed = !needs_list;
  for (const auto& link : links_above(anchor, rules.links)) {
    const int said = status_of(link.cert, link.issuer, rules.lists);
    if (said == X509_V_ERR_CERT_REVOKED) return said;
    if (said == X509_V_ERR_UNABLE_TO_GET_CRL) continue;
    if (said != X509_V_OK) status = said;
    is_listed = is_listed || X509_cmp(link.cert, anchor) == 0;
  }
  return is_listed ? status : X509_V_ERR_UNABLE_TO_GET_CRL;
}

/// \returns Time::max() if no list tells of the certificate
Time end_of_lists(X509* cert, X509* issuer, const RevocationLists& all) {
  const auto about = lists_about(cert, issuer, all);
  if (about.empty()) return Time::max();
  return std::ranges::max(about, {}, &RevocationList::until)->until;
}

Time end_of_lists_above(X509* anchor, const Rules& rules) {
  auto until = Time::max();
  for (const auto& link : links_above(anchor, rules.links))
    until = std::min(until, end_of_lists(link.cert, link.issuer, rules.lists));
  return until;
}

int status_at(X509_STORE_CTX* context, int depth) {
  const auto* chain = X509_STORE_CTX_get0_chain(context);
  auto* cert = sk_X509_value(chain, depth);
  const auto& rules = rules_of(context);
  if (depth + 1 < sk_X509_num(chain))
    return status_of(cert, sk_X509_value(chain, depth + 1), rules.lists);
  const bool is_client = depth == 0;
  return status_of_anchor(cert, is_client, rules);
}

/// To find out who has signed a list costs as much as the list is long. Nobody may cause that with
/// a certificate that he has made himself.
bool may_look_into_lists(X509_STORE_CTX* context) {
  const auto* chain = X509_STORE_CTX_get0_chain(context);
  const auto is_awaited = [chain](const auto& list) {
    for (int i = 1; i < sk_X509_num(chain); ++i)
      if (list->awaits(sk_X509_value(chain, i))) return true;
    return false;
  };
  return std::ranges::none_of(rules_of(context).lists, is_awaited) ||
         X509_STORE_CTX_get_verify(context)(context) > 0;
}

int check_revocation(X509_STORE_CTX* context) {
  if (!may_look_into_lists(context)) return 0;
  const auto* chain = X509_STORE_CTX_get0_chain(context);
  for (int depth = 0; depth < sk_X509_num(chain); ++depth) {
    const int status = status_at(context, depth);
    if (status == X509_V_OK) continue;
    X509_STORE_CTX_set_error_depth(context, depth);
    X509_STORE_CTX_set_current_cert(context, sk_X509_value(chain, depth));
    X509_STORE_CTX_set_error(context, status);
    if (X509_STORE_CTX_get_verify_cb(context)(0, context) == 0) return 0;
  }
  return 1;
}

}  // namespace

bool is_replaced(const RevocationList& list, const RevocationLists& all, X509* authority) {
  return std::ranges::any_of(all, [&](const auto& other) {
    return other.get() != &list && other->is_signed_by(authority) && other->replaces(list);
  });
}

Time lists_hold_until(const STACK_OF(X509) * chain, X509_STORE* store) {
  const auto* rules = static_cast<Rules*>(X509_STORE_get_ex_data(store, rules_slot()));
  if (rules == nullptr) return Time::max();
  auto until = Time::max();
  const int last = sk_X509_num(chain) - 1;
  for (int depth = 0; depth < last; ++depth)
    until = std::min(until, end_of_lists(sk_X509_value(chain, depth),
                                         sk_X509_value(chain, depth + 1), rules->lists));
  return last < 0 ? until : std::min(until, end_of_lists_above(sk_X509_value(chain, last), *rules));
}

bool require_lists(X509_STORE* store, RevocationLists lists) {
  auto kept = std::make_unique<Rules>(Rules{std::move(lists), links_in(store)});
  if (X509_STORE_set_ex_data(store, rules_slot(), kept.get()) != 1) return false;
  static_cast<void>(kept.release());
  X509_STORE_set_check_revocation(store, check_revocation);
  return true;
}

}  // namespace tls
