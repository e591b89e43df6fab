// SPDX-License-Identifier: Apache-2.0
#include "acl/text/ip.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>

namespace acl {
namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t v4_size = 4, v6_size = 16;

}  // namespace

IpBytes ip_bytes(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> copy{};  // inet_pton needs a terminating NUL
  if (text.size() >= copy.size() || text.find('\0') != text.npos) return {};
  std::ranges::copy(text, copy.begin());
  const bool v4 = text.find(':') == text.npos;
  IpBytes read;
  if (inet_pton(v4 ? AF_INET : AF_INET6, copy.data(), read.room.data()) == 1)
    read.size = v4 ? v4_size : v6_size;
  return read;
}

std::string ip_text(std::span<const std::uint8_t> bytes) {
  if (bytes.size() != v4_size && bytes.size() != v6_size) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = bytes.size() == v4_size ? AF_INET : AF_INET6;
  inet_ntop(family, bytes.data(), text.data(), text.size());
  return text.data();
}

bool IpAddress::is_v4() const {
  return std::ranges::equal(std::span(bytes).first<v4_prefix.size()>(), v4_prefix);
}

std::string IpAddress::to_string() const {
  return ip_text(std::span(bytes).subspan(is_v4() ? v4_prefix.size() : 0));
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  const auto read = ip_bytes(text);
  if (read.size == 0) return std::nullopt;
  IpAddress address;
  std::ranges::copy(v4_prefix, address.bytes.begin());
  std::ranges::copy_backward(read.span(), address.bytes.end());
  return address;
}

}  // namespace acl
