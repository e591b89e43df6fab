// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tls/context.hpp"
#include "tls/files.hpp"
#include "tls/purpose.hpp"

/// Fills a context with our certificate and the authorities that we trust. Each function returns
/// what is wrong and adds what it has read to `found`. Private to the room.
namespace tls {

/// Sets our own certificate with its chain, and its key.
Trouble show_certificate(SSL_CTX*, Role, const std::string& cert, const std::string& key,
                         Findings& found);

/// Requires that the certificates of peers, who have this role, are signed by one of these. A
/// server also sends their names to clients, so that these pick the right certificate.
Trouble trust(SSL_CTX*, Role peers, const std::string& ca, Findings& found);

/// Requires a valid revocation list of every issuer from now on; without files, none.
/// \param ca the file of the authorities that are trusted already
Trouble check_lists(SSL_CTX*, const std::string& ca, const std::vector<std::string>& files,
                    Findings& found);

}  // namespace tls
