// SPDX-License-Identifier: Apache-2.0
#include "tls/serials.hpp"

#include <openssl/asn1.h>

#include <algorithm>

namespace tls {
namespace {

constexpr int longest = 64;

/// The length, the sign, and the bytes of a number.
std::string stored(const ASN1_INTEGER* number) {
  const auto size = static_cast<std::size_t>(ASN1_STRING_length(number));
  std::string out{static_cast<char>(size + 1),
                  ASN1_STRING_type(number) == V_ASN1_NEG_INTEGER ? '-' : '+'};
  return out.append(reinterpret_cast<const char*>(ASN1_STRING_get0_data(number)), size);
}

}  // namespace

bool Serials::add(const ASN1_INTEGER* number) {
  if (ASN1_STRING_length(number) > longest) return false;
  offsets_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  bytes_ += stored(number);
  return true;
}

void Serials::sort() {
  bytes_.shrink_to_fit();
  offsets_.shrink_to_fit();
  std::ranges::sort(offsets_, {}, [this](std::uint32_t offset) { return at(offset); });
}

bool Serials::holds(const ASN1_INTEGER* number) const {
  if (ASN1_STRING_length(number) > longest) return false;
  const auto wanted = stored(number);
  return std::ranges::binary_search(offsets_, std::string_view(wanted).substr(1), {},
                                    [this](std::uint32_t offset) { return at(offset); });
}

std::string_view Serials::at(std::uint32_t offset) const {
  return std::string_view(bytes_).substr(offset + 1, static_cast<unsigned char>(bytes_[offset]));
}

}  // namespace tls
