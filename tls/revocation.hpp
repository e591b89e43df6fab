// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "tls/revocation_list.hpp"

/// Private to the room.
namespace tls {

using RevocationLists = std::vector<std::unique_ptr<const RevocationList>>;

/// Returns whether `list` is replaced by another one of `all` that `authority` has signed too.
bool is_replaced(const RevocationList& list, const RevocationLists& all, X509* authority);

/// Has each verification against this store require a valid list of every issuer, from these. A
/// trusted authority needs none for itself; but where its own issuer is in the store too, and a
/// list of that one covers it, it must not be revoked there either. The same holds for its issuer,
/// and for all above. To be called when the store has all its certificates.
/// \returns false if OpenSSL fails
bool require_lists(X509_STORE*, RevocationLists);

/// Returns when the first certificate of a verified chain will have no valid list any more; the end
/// of time if the store requires no lists.
std::chrono::system_clock::time_point lists_hold_until(const STACK_OF(X509) * chain, X509_STORE*);

}  // namespace tls
