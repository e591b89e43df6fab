// SPDX-License-Identifier: Apache-2.0
#include "acl/version.hpp"

#include <optional>
#include <string>

#include "acl/text/ascii.hpp"
#include "acl/text/numbers.hpp"
#include "acl/text/shown.hpp"

namespace acl {
namespace {

// The engine compares versions part by part with strconv.Atoi and takes its errors for 0, so it
// reads v1.041, v1.41.0 and `v1.41.` as 1.41.
bool read_part(std::string_view text, bool is_last, unsigned& value) {
  const auto number = text.empty() && is_last ? std::optional(0U) : whole_number<unsigned>(text);
  value = number.value_or(0);
  return number.has_value();
}

// A third part is refused: 1.41.1 would lie between two versions that the engine knows.
bool read_number(std::string_view digits, ApiVersion& out) {
  unsigned parts[2] = {0, 0};
  for (std::size_t i = 0;; ++i) {
    const auto dot = digits.find('.');
    const bool is_last = dot == std::string_view::npos;
    unsigned value = 0;
    if (!read_part(digits.substr(0, dot), is_last, value)) return false;
    if (i < 2) parts[i] = value;
    if (i >= 2 && value != 0) return false;
    if (is_last) break;
    digits.remove_prefix(dot + 1);
  }
  out = {parts[0], parts[1]};
  return out.major == 1 && out.minor <= highest_minor;
}

}  // namespace

std::optional<unsigned> minor_of(std::string_view version) {
  ApiVersion read;
  return is_made_of(version, ".0123456789") && read_number(version, read)
             ? std::optional(read.minor)
             : std::nullopt;
}

std::optional<Refusal> read_version(std::string_view path, ApiVersion& out, std::size_t& prefix) {
  // The engine's pattern is /v{version:[0-9.]+}; a path that does not match it has no version.
  if (!path.starts_with("/v")) return std::nullopt;
  std::size_t end = 2;
  while (end < path.size() && (is_digit(path[end]) || path[end] == '.')) ++end;
  if (end == path.size() || end == 2 || path[end] != '/') return std::nullopt;
  const auto digits = path.substr(2, end - 2);
  if (!read_number(digits, out)) {
    return Refusal(Reason::version_malformed, std::string(meaning(Reason::version_malformed)) +
                                                  ": " + quoted(path.substr(1, end - 1)));
  }
  prefix = end;
  return std::nullopt;
}

std::optional<Refusal> check_version(const Request& request) {
  const bool known = request.operation != Operation::unknown;  // else it is in no version
  if (!known || !is_older_than_served(request.version)) return std::nullopt;
  const OperationInfo& operation = info(request.operation);
  const auto oldest = operation.has(old_versions) ? oldest_known_minor : oldest_minor;
  if (request.version.minor >= oldest) return std::nullopt;
  return Refusal(Reason::version_too_old, std::string(operation.name) +
                                              " is served for API version 1." +
                                              std::to_string(oldest) + " and later, not for 1." +
                                              std::to_string(request.version.minor));
}

}  // namespace acl
