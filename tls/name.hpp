// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tls {

/// A DNS name or wildcard: "runner-7.corp.test", "*.corp.test".
bool is_host_name(const std::string&);

/// Letters, digits and . _ - @, at most 64, not beginning with a dot or dash. Also a folder's name.
bool is_client_name(const std::string&);

/// The common name of an authority that takes over from another: "tidegate CA" is followed by
/// "tidegate CA 2". With one name for both, programs may look for a certificate's issuer, or for
/// its list, in the wrong one.
std::string successor_of(const std::string& common_name);

// Functions that say what is wrong with a requested name; empty if nothing is.

/// For a name that clients connect to: a host name or an IP address.
std::string flaw_of_host(const std::string&);
/// For a name besides the common name; URIs such as "spiffe://corp/ci/runner-7" are allowed too.
std::string flaw_of_alternative_name(const std::string&);
std::string flaw_of_client_name(const std::string&);
/// For the password of a file that other programs read. Their encodings differ beyond ASCII.
std::string flaw_of_password(const std::string&);

}  // namespace tls
