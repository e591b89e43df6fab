// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <string>
#include <vector>

#include "tls/result.hpp"

namespace tls {

/// The DNS names that clients may connect to, "*.corp" as it stands there. The common name counts
/// where the certificate has no DNS name: some clients still go by it.
std::vector<std::string> server_names(X509*);

/// The same of the first certificate in a file.
Result<std::vector<std::string>> server_names(const std::string& file);

}  // namespace tls
