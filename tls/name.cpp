// SPDX-License-Identifier: Apache-2.0
#include "tls/name.hpp"

#include <algorithm>
#include <string_view>

#include "acl/text/ascii.hpp"
#include "acl/text/host.hpp"
#include "acl/text/ip.hpp"
#include "acl/text/utf8.hpp"

namespace tls {
namespace {

constexpr std::size_t most_host_bytes = 253;  // RFC 1035
constexpr std::size_t most_uri_bytes = 255;   // a SPIFFE id may have 2048, but nobody writes those
constexpr std::size_t most_common_name_bytes = 64;  // RFC 5280, ub-common-name

/// A scheme, and visible ASCII only.
bool is_uri(const std::string& name) {
  const auto scheme = name.find("://");
  return scheme != std::string::npos && scheme > 0 && name.size() > scheme + 3 &&
         name.size() <= most_uri_bytes && std::ranges::all_of(name, acl::is_visible) &&
         std::ranges::all_of(name.substr(0, scheme), acl::is_letter_or_digit);
}

/// The longest beginning of at most `most` bytes that ends with a whole character.
std::string beginning_of(const std::string& text, std::size_t most) {
  std::size_t size = 0;
  while (size < text.size()) {
    const auto next =
        std::max<std::size_t>(1, acl::utf8_length(std::string_view(text).substr(size)));
    if (size + next > most) break;
    size += next;
  }
  return text.substr(0, size);
}

bool is_host(const std::string& name) {
  return acl::parse_ip(name) || is_host_name(name);
}

}  // namespace

bool is_host_name(const std::string& name) {
  static constexpr auto bytes = acl::letters_digits_and("-_");
  std::string_view rest = name;
  if (rest.starts_with("*.")) rest.remove_prefix(2);
  // "10.0.0.256" is neither an address nor a name.
  return name.size() <= most_host_bytes && acl::has_labels(rest, bytes) &&
         !acl::has_only(rest.substr(rest.rfind('.') + 1), "0123456789");
}

bool is_client_name(const std::string& name) {
  static constexpr auto bytes = acl::letters_digits_and("._-@");
  return !name.empty() && name.size() <= most_common_name_bytes && name.front() != '.' &&
         name.front() != '-' && acl::has_only(name, bytes);
}

std::string successor_of(const std::string& common_name) {
  constexpr std::size_t most_digits = 6;
  const auto space = common_name.rfind(' ');
  const auto digits = space == std::string::npos ? std::string() : common_name.substr(space + 1);
  const bool counted =
      !digits.empty() && digits.size() <= most_digits && acl::has_only(digits, "0123456789");
  const auto count = " " + std::to_string(counted ? std::stoul(digits) + 1 : 2);
  const auto name = counted ? common_name.substr(0, space) : common_name;
  return beginning_of(name.empty() ? "tidegate CA" : name, most_common_name_bytes - count.size()) +
         count;
}

std::string flaw_of_host(const std::string& name) {
  return is_host(name) ? "" : "'" + name + "' is not a host name or IP address";
}

std::string flaw_of_alternative_name(const std::string& name) {
  if (is_host(name) || is_uri(name)) return "";
  return "'" + name + "' is not a host name, IP address or URI such as spiffe://corp/ci";
}

std::string flaw_of_client_name(const std::string& name) {
  if (is_client_name(name)) return "";
  return "'" + name +
         "' is not a client's name: write at most 64 letters, digits and . _ - @, and begin with "
         "neither a dot nor a dash";
}

std::string flaw_of_password(const std::string& password) {
  constexpr std::size_t least = 8, most = 128;
  const bool readable = std::ranges::all_of(password, [](char c) { return c >= ' ' && c <= '~'; });
  if (password.size() >= least && password.size() <= most && readable) return {};
  return "a password has 8 to 128 printable ASCII characters, in one line";
}

}  // namespace tls
