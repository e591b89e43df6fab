// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <string>
#include <vector>

#include "tls/result.hpp"

namespace tls {

/// The DNS names of a server's certificate, wildcards such as "*.corp" as written. Without DNS
/// names the common name counts: some clients still use it.
std::vector<std::string> server_names(X509*);

/// The same for the first certificate in a file.
Result<std::vector<std::string>> server_names(const std::string& file);

}  // namespace tls
