// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "acl/alternative_name.hpp"

namespace acl {

/// The process at the other end of a unix socket, from SO_PEERCRED at connect time.
/// The pid is for the record only: it may have been reused since.
struct UnixPeer {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::int32_t pid = 0;
};

/// A client's certificate, verified by the listener. Empty members prove nothing.
struct Certificate {
  std::string common_name;
  std::vector<std::string> organizational_units = {};
  std::vector<AlternativeName> sans;  ///< as written in the certificate
  std::string issuer;                 ///< its distinguished name (RFC 2253): "CN=Corp CI CA,O=Corp"
  std::string key_sha256;             ///< of the DER public key (SPKI), 64 lower-case hex digits
  std::string serial;                 ///< for the record only: hex digits
};

/// Who is asking, as proven to the listener. Plain data.
struct Identity {
  std::size_t listener = 0;   ///< index of the listener in the configuration
  std::string listener_name;  ///< its address as configured, for people
  std::optional<UnixPeer> unix_peer;
  std::string address;  ///< the remote address, "192.0.2.1"; empty on unix sockets
  std::optional<Certificate> certificate;
};

/// Describes the client for people: "uid 1000, gid 1000", "the certificate 'ops-bob' from
/// 192.0.2.1".
std::string seen_as(const Identity&);

}  // namespace acl
