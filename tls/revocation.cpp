// SPDX-License-Identifier: Apache-2.0
#include "tls/revocation.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <chrono>

namespace tls {
namespace {

using Issuers =
    openssl::Owned<STACK_OF(X509), [](STACK_OF(X509) * all) { sk_X509_pop_free(all, X509_free); }>;

void free_lists(void*, void* lists, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<RevocationLists*>(lists);
}

/// The place of a store's lists.
int lists_slot() {
  static const int index =
      CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_X509_STORE, 0, nullptr, nullptr, nullptr, free_lists);
  return index;
}

const RevocationLists& lists_of(X509_STORE_CTX* context) {
  return *static_cast<RevocationLists*>(
      X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(context), lists_slot()));
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
int status_of_anchor(X509_STORE_CTX* context, X509* anchor, const RevocationLists& all) {
  int status = X509_V_ERR_UNABLE_TO_GET_CRL;
  const Issuers issuers(X509_STORE_CTX_get1_certs(context, X509_get_issuer_name(anchor)));
  for (int i = 0; i < sk_X509_num(issuers.get()); ++i) {
    auto* issuer = sk_X509_value(issuers.get(), i);
    if (X509_check_issued(issuer, anchor) != X509_V_OK) continue;
    const int said = status_of(anchor, issuer, all);
    if (said == X509_V_ERR_CERT_REVOKED) return said;
    if (said != X509_V_ERR_UNABLE_TO_GET_CRL) status = said;
  }
  return status;
}

int status_at(X509_STORE_CTX* context, int depth) {
  const auto* chain = X509_STORE_CTX_get0_chain(context);
  auto* cert = sk_X509_value(chain, depth);
  const auto& all = lists_of(context);
  if (depth + 1 < sk_X509_num(chain)) return status_of(cert, sk_X509_value(chain, depth + 1), all);
  const int status = status_of_anchor(context, cert, all);
  const bool is_authority = depth > 0;
  return is_authority && status == X509_V_ERR_UNABLE_TO_GET_CRL ? X509_V_OK : status;
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
  return std::ranges::none_of(lists_of(context), is_awaited) ||
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

bool require_lists(X509_STORE* store, RevocationLists lists) {
  auto kept = std::make_unique<RevocationLists>(std::move(lists));
  if (X509_STORE_set_ex_data(store, lists_slot(), kept.get()) != 1) return false;
  static_cast<void>(kept.release());
  X509_STORE_set_check_revocation(store, check_revocation);
  return true;
}

}  // namespace tls
