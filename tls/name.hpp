// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tls {

/// "runner-7.corp.test", "*.corp.test"
bool is_host_name(const std::string&);

/// Letters, digits and . _ - @, at most 64; the first is no dot and no dash. Also a folder's name.
bool is_client_name(const std::string&);

// What is wrong with a name that somebody asks for; empty where nothing is.

/// Of what clients connect to: a host name or an IP address.
std::string flaw_of_host(const std::string&);
/// Of what a certificate says beside the common name; "spiffe://corp/ci/runner-7" as well.
std::string flaw_of_alternative_name(const std::string&);
std::string flaw_of_client_name(const std::string&);

}  // namespace tls
