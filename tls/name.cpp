// SPDX-License-Identifier: Apache-2.0
#include "tls/name.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace tls {
namespace {

constexpr std::size_t most_host_bytes = 253;  // RFC 1035
constexpr std::size_t most_label_bytes = 63;
constexpr std::size_t most_uri_bytes = 255;  // of a SPIFFE id 2048 are allowed; nobody writes those
constexpr std::size_t most_client_bytes = 64;  // of a common name: RFC 5280, ub-common-name

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= most_label_bytes && label.front() != '-' &&
         label.back() != '-' && std::ranges::all_of(label, [](char c) {
           return is_letter_or_digit(c) || c == '-' || c == '_';
         });
}

}  // namespace

std::string ip_bytes(const std::string& text) {
  std::array<char, sizeof(in6_addr)> bytes{};
  if (text.find('\0') != std::string::npos) return {};
  if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return {bytes.data(), sizeof(in_addr)};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return {bytes.data(), bytes.size()};
  return {};
}

bool is_host_name(const std::string& name) {
  if (name.size() > most_host_bytes) return false;
  std::string_view rest = name;
  if (rest.starts_with("*.")) rest.remove_prefix(2);
  for (;;) {
    const auto dot = rest.find('.');
    if (!is_label(rest.substr(0, dot))) return false;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  // "10.0.0.256" is no address, and no name either.
  return !std::ranges::all_of(rest, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_uri(const std::string& name) {
  const auto scheme = name.find("://");
  return scheme != std::string::npos && scheme > 0 && name.size() > scheme + 3 &&
         name.size() <= most_uri_bytes &&
         std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7f; }) &&
         std::ranges::all_of(std::string_view(name).substr(0, scheme), is_letter_or_digit);
}

bool is_host(const std::string& name) {
  return !ip_bytes(name).empty() || is_host_name(name);
}

bool is_alternative_name(const std::string& name) {
  return is_host(name) || is_uri(name);
}

bool is_client_name(const std::string& name) {
  return !name.empty() && name.size() <= most_client_bytes && name.front() != '.' &&
         name.front() != '-' && std::ranges::all_of(name, [](char c) {
           return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-' || c == '@';
         });
}

}  // namespace tls
