// SPDX-License-Identifier: Apache-2.0
#include "acl/identity.hpp"

#include "acl/text/shown.hpp"

namespace acl {
namespace {

std::string name_of(const Certificate& certificate) {
  constexpr std::size_t longest = 128;
  if (!certificate.common_name.empty()) return quoted(certificate.common_name, longest);
  if (!certificate.sans.empty()) return quoted(certificate.sans.front().value, longest);
  return "without a name";
}

}  // namespace

std::string seen_as(const Identity& identity) {
  if (const auto& peer = identity.unix_peer) {
    return "uid " + std::to_string(peer->uid) + ", gid " + std::to_string(peer->gid);
  }
  const std::string address = shown(identity.address);
  if (!identity.certificate) return address.empty() ? "a client without an address" : address;
  const std::string certificate = "the certificate " + name_of(*identity.certificate);
  return address.empty() ? certificate : certificate + " from " + address;
}

}  // namespace acl
