// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Private to the room.
namespace tls {

/// Serial numbers of revoked certificates: a quarter of a million of the usual 16 bytes take 6 MiB.
class Serials {
 public:
  /// \returns false if the number is longer than any authority's (RFC 5280: 20 bytes)
  bool add(const ASN1_INTEGER*);
  /// To be called after the last add() and before the first holds().
  void sort();
  bool holds(const ASN1_INTEGER*) const;

 private:
  std::string_view at(std::uint32_t offset) const;

  std::string bytes_;  ///< each number as its length, its sign, and its bytes
  std::vector<std::uint32_t> offsets_;
};

}  // namespace tls
