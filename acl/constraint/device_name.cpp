// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/device_name.hpp"

#include <cstddef>

#include "acl/text/ascii.hpp"

namespace acl::constraint {
namespace {

bool is_part(std::string_view text, std::string_view others) {
  constexpr std::size_t longest = 128;
  return !text.empty() && text.size() <= longest && has_only(text, letters_digits_and(others));
}

}  // namespace

bool is_gpu_name(std::string_view text) {
  // "0:1" is a part of a GPU.
  const bool is_index = is_part(text, ":") && is_made_of(text, "0123456789:") &&
                        is_digit(text.front()) && is_digit(text.back());
  // NVIDIA's, or AMD's.
  const bool is_uuid =
      text.starts_with("GPU-") || text.starts_with("MIG-") || text.starts_with("0x");
  return text == "all" || is_index || (is_uuid && is_part(text, "-/"));
}

bool is_cdi_name(std::string_view text) {
  const auto slash = text.find('/'), equals = text.find('=');
  if (slash == text.npos || equals == text.npos || equals < slash) return false;
  return is_part(text.substr(0, slash), "-._") &&
         is_part(text.substr(slash + 1, equals - slash - 1), "-._") &&
         is_part(text.substr(equals + 1), "-._:");
}

}  // namespace acl::constraint
