// SPDX-License-Identifier: Apache-2.0
#include "acl/ip_network.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <span>

namespace acl {
namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned all_bits = 128;
constexpr unsigned v4_bits = 32;
constexpr unsigned mapped_bits = all_bits - v4_bits;

std::optional<unsigned> number(std::string_view digits, unsigned most, int base) {
  unsigned value = 0;
  const auto* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, value, base);
  const bool whole = parsed.ec == std::errc{} && parsed.ptr == end;
  return whole && value <= most ? std::optional(value) : std::nullopt;
}

/// To some readers a leading zero means octal, so there is none.
std::optional<unsigned> decimal(std::string_view digits, unsigned most) {
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  return number(digits, most, 10);
}

/// The beginning or the end of an address.
struct Part {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t size = 0;

  bool add(unsigned byte) {
    if (size == bytes.size()) return false;
    bytes[size++] = static_cast<std::uint8_t>(byte);
    return true;
  }
};

bool read_v4(std::string_view text, Part& to) {
  for (int left = 4; left > 0; --left) {
    const auto end = left > 1 ? text.find('.') : text.size();
    if (end == text.npos) return false;
    const auto byte = decimal(text.substr(0, end), 0xff);
    if (!byte || !to.add(*byte)) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

bool read_group(std::string_view text, Part& to) {
  if (text.size() > 4) return false;
  const auto group = number(text, 0xffff, 16);
  return group && to.add(*group >> 8U) && to.add(*group & 0xffU);
}

/// Groups between colons; none in an empty text. At the end of an address the last may be IPv4.
bool read_groups(std::string_view text, bool ends_address, Part& to) {
  while (!text.empty()) {
    const auto colon = text.find(':');
    if (colon == text.npos) {
      const bool is_v4 = ends_address && text.find('.') != text.npos;
      return is_v4 ? read_v4(text, to) : read_group(text, to);
    }
    if (!read_group(text.substr(0, colon), to)) return false;
    text.remove_prefix(colon + 1);
    if (text.empty()) return false;  // a colon with nothing behind it
  }
  return true;
}

std::optional<IpAddress> parse_v4(std::string_view text) {
  Part part;
  std::ranges::for_each(v4_prefix, [&](std::uint8_t byte) { part.add(byte); });
  return read_v4(text, part) ? std::optional(IpAddress{part.bytes}) : std::nullopt;
}

std::optional<IpAddress> parse_v6(std::string_view text) {
  const auto gap = text.find("::");
  Part head, tail;
  if (!read_groups(text.substr(0, gap), gap == text.npos, head)) return std::nullopt;
  if (gap != text.npos && !read_groups(text.substr(gap + 2), true, tail)) return std::nullopt;
  const auto given = head.size + tail.size;
  const bool fits = gap == text.npos ? given == head.bytes.size() : given < head.bytes.size();
  if (!fits) return std::nullopt;
  IpAddress address{head.bytes};
  std::copy_n(tail.bytes.begin(), tail.size,
              address.bytes.end() - static_cast<std::ptrdiff_t>(tail.size));
  return address;
}

std::string v4_text(std::span<const std::uint8_t> bytes) {
  std::string out;
  for (const auto byte : bytes) out += (out.empty() ? "" : ".") + std::to_string(byte);
  return out;
}

using Groups = std::array<unsigned, 8>;

std::string hex_groups(std::span<const unsigned> groups) {
  std::string out;
  for (const auto group : groups) {
    std::array<char, 4> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), group, 16).ptr;
    out += (out.empty() ? "" : ":") + std::string(digits.data(), end);
  }
  return out;
}

/// The first of the longest runs of zeros.
std::span<const unsigned> longest_gap(const Groups& groups) {
  std::span<const unsigned> longest;
  for (std::size_t begin = 0; begin < groups.size(); ++begin) {
    std::size_t end = begin;
    while (end < groups.size() && groups[end] == 0) ++end;
    if (end - begin > longest.size()) longest = std::span(groups).subspan(begin, end - begin);
  }
  return longest;
}

std::string v6_text(const IpAddress& address) {
  Groups groups{};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i] = address.bytes[2 * i] * 256U + address.bytes[2 * i + 1];
  }
  const auto gap = longest_gap(groups);
  if (gap.size() < 2) return hex_groups(groups);
  const auto begin = static_cast<std::size_t>(gap.data() - groups.data());
  return hex_groups(std::span(groups).first(begin)) +
         "::" + hex_groups(std::span(groups).subspan(begin + gap.size()));
}

}  // namespace

bool IpAddress::is_v4() const {
  return std::ranges::equal(std::span(bytes).first<v4_prefix.size()>(), v4_prefix);
}

std::string IpAddress::to_string() const {
  return is_v4() ? v4_text(std::span(bytes).subspan<v4_prefix.size()>()) : v6_text(*this);
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  return text.find(':') == text.npos ? parse_v4(text) : parse_v6(text);
}

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
  const auto bits = decimal(text.substr(slash + 1), written_as_v4 ? v4_bits : all_bits);
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
