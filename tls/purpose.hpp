// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <cstdint>

/// Private to the room.
namespace tls {

enum class Role : std::uint8_t { server, client };

/// OpenSSL's number for the purpose of certificates of peers with this role: clientAuth or
/// serverAuth, or anyExtendedKeyUsage, which Go accepts too and OpenSSL by itself does not. To be
/// asked first while no other thread verifies certificates.
int purpose_of(Role peers);

/// Whether a peer with this role may show the certificate.
bool is_for(Role peers, X509*);

}  // namespace tls
