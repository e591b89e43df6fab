// SPDX-License-Identifier: Apache-2.0
#include "acl/ip_network.hpp"

#include <algorithm>
#include <cstddef>

#include "acl/text/numbers.hpp"

namespace acl {
namespace {

constexpr unsigned all_bits = 128;
constexpr unsigned v4_bits = 32;
constexpr unsigned mapped_bits = all_bits - v4_bits;

/// Some readers take a leading zero for octal, so it is refused.
std::optional<unsigned> bits_from(std::string_view digits, unsigned most) {
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  const auto bits = whole_number<unsigned>(digits);
  return bits && *bits <= most ? bits : std::nullopt;
}

}  // namespace

bool IpNetwork::holds(const IpAddress& address) const {
  return address.is_v4() == first.is_v4() && lowest({address, bits}).first == first;
}

bool IpNetwork::holds(const IpNetwork& other) const {
  return other.bits >= bits && holds(other.first);
}

std::string IpNetwork::to_string() const {
  return first.to_string() + "/" + std::to_string(bits - (first.is_v4() ? mapped_bits : 0));
}

std::optional<IpNetwork> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == text.npos) return IpNetwork{*address, all_bits};
  const bool written_as_v4 = text.find(':') == text.npos;
  const auto bits = bits_from(text.substr(slash + 1), written_as_v4 ? v4_bits : all_bits);
  if (!bits) return std::nullopt;
  return IpNetwork{*address, written_as_v4 ? mapped_bits + *bits : *bits};
}

IpNetwork lowest(IpNetwork network) {
  auto& bytes = network.first.bytes;
  const std::size_t whole = network.bits / 8;
  if (whole >= bytes.size()) return network;
  bytes[whole] &= static_cast<std::uint8_t>(0xff00U >> network.bits % 8);
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(whole) + 1, bytes.end(), std::uint8_t{0});
  return network;
}

}  // namespace acl
