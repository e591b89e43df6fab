// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <string>

#include "tls/context.hpp"

/// What peers are going to object to in a certificate of ours that OpenSSL takes. Private to the
/// room.
namespace tls {

/// Refuses a key that no peer can use by the versions of TLS that the context has, and warns of one
/// that only some can use.
/// \param file the certificate's, for messages
Trouble check_kind_of_key(SSL_CTX*, X509* cert, const std::string& file, Findings& found);

/// Warns of a chain that does not lead to an authority. Peers know their authority only, and the
/// chain must have what is between that and us. Wants the context to know what we trust: often our
/// own certificate is from there too.
void warn_of_chain(SSL_CTX*, const std::string& file, Findings& found);

}  // namespace tls
