// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tls {

/// "runner-7.corp.test", "*.corp.test"
bool is_host_name(const std::string&);

/// "spiffe://corp/ci/runner-7": a scheme, and visible ASCII only.
bool is_uri(const std::string&);

/// What clients can connect to: a host name or an IP address.
bool is_host(const std::string&);

/// What a certificate can say beside the common name.
bool is_alternative_name(const std::string&);

/// Letters, digits and . _ - @, at most 64; the first is no dot and no dash. Also a folder's name.
bool is_client_name(const std::string&);

}  // namespace tls
