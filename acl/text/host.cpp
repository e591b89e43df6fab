// SPDX-License-Identifier: Apache-2.0
#include "acl/text/host.hpp"

#include <algorithm>

#include "acl/text/words.hpp"

namespace acl {
namespace {

constexpr std::size_t longest_name = 253;  // RFC 1035
constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_port = 5;

bool is_label_byte(char c) {
  return is_letter_or_digit(c) || c == '-' || c == '_';
}

/// \param behind what follows the host
bool read_port(std::string_view behind, Authority& to) {
  if (behind.empty()) return true;
  if (behind.front() != ':' || behind.size() > longest_port + 1) return false;
  to.has_port = true;
  to.port = behind.substr(1);
  return std::ranges::all_of(to.port, is_digit);
}

}  // namespace

std::optional<Authority> split_authority(std::string_view text) {
  Authority parts;
  parts.bracketed = text.starts_with('[');
  if (parts.bracketed) text.remove_prefix(1);
  const auto end = text.find(parts.bracketed ? ']' : ':');
  if (parts.bracketed && end == text.npos) return std::nullopt;
  parts.host = text.substr(0, end);
  if (end != text.npos) text.remove_prefix(end + (parts.bracketed ? 1 : 0));
  const auto behind = end == text.npos ? std::string_view{} : text;
  if (!read_port(behind, parts)) return std::nullopt;
  return parts;
}

bool is_dns_name(std::string_view text) {
  if (text.size() > longest_name) return false;
  bool in_label = false;
  for (const char c : text) {
    if (c == '.' ? !in_label : !is_label_byte(c)) return false;
    in_label = c != '.';
  }
  return in_label;
}

bool has_labels(std::string_view name, const ByteSet& bytes) {
  return name.size() <= longest_name && all_words(name, '.', [&bytes](std::string_view label) {
           return !label.empty() && label.size() <= longest_label && label.front() != '-' &&
                  label.back() != '-' && has_only(label, bytes);
         });
}

bool is_named(std::string_view host, std::string_view name) {
  if (!name.starts_with("*.")) return equals_ignoring_case(host, name);
  name.remove_prefix(1);
  return host.size() > name.size() &&
         equals_ignoring_case(host.substr(host.size() - name.size()), name);
}

std::optional<std::string> normal_host(std::string_view text) {
  const auto name = text.starts_with("*.") ? text.substr(2) : text;
  return is_dns_name(name) ? std::optional(lower_case(text)) : std::nullopt;
}

}  // namespace acl
