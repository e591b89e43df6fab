// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace acl {

/// The 4 or 16 bytes of an address as written; none where the text is not a literal address.
struct IpBytes {
  std::array<std::uint8_t, 16> room{};
  std::size_t size = 0;

  std::span<const std::uint8_t> span() const { return std::span(room).first(size); }
};

/// Accepts what inet_pton accepts, for the whole text.
IpBytes ip_bytes(std::string_view text);

/// Writes 4 or 16 bytes as RFC 5952 spells them, "192.0.2.1" or "2001:db8::1"; "" for other sizes.
std::string ip_text(std::span<const std::uint8_t> bytes);

/// An IPv4 or IPv6 address. IPv4 is kept as IPv6 maps it (RFC 4291 section 2.5.5.2), so a client
/// that a dual-stack socket shows as ::ffff:192.0.2.1 is 192.0.2.1.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  bool is_v4() const;
  /// The address as ip_text() writes it.
  std::string to_string() const;
  bool operator==(const IpAddress&) const = default;
};

/// \returns nothing where `text` is not a literal address
std::optional<IpAddress> parse_ip(std::string_view text);

}  // namespace acl
