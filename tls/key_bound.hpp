// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <optional>
#include <span>
#include <string>

/// Private to the room.
namespace tls {

/// Returns why a certificate's key costs too much, or may cost too much, as the end of a sentence:
/// "has a key …". A signature by any other key is verified within a millisecond. This reads bytes,
/// since OpenSSL already computes with a key when it reads the certificate.
/// \param der one certificate
std::optional<std::string> flaw_of_key(std::span<const unsigned char> der);

std::optional<std::string> flaw_of_key(const X509*);

}  // namespace tls
