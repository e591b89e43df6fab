// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tls/context.hpp"
#include "tls/files.hpp"

/// What a context is filled with: what we show, whom we trust. Each function returns what is wrong,
/// and adds what it has read to `expiries`. Private to the room.
namespace tls {

enum class Role : std::uint8_t { server, client };

/// Our own certificate with its chain, and its key.
Trouble show_certificate(SSL_CTX*, Role, const std::string& cert, const std::string& key,
                         std::vector<Expiry>& expiries);

/// Peers must be signed by one of these. A server also tells clients their names, so that they pick
/// the right certificate.
Trouble trust(SSL_CTX*, const std::string& ca, std::vector<Expiry>& expiries);

/// From now on every issuer needs a valid revocation list. No files: no lists are asked for.
Trouble check_lists(SSL_CTX*, const std::vector<std::string>& files, std::vector<Expiry>& expiries);

}  // namespace tls
