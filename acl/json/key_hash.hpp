// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "acl/scan.hpp"

namespace acl::json {

/// A hash of a key's size and its first and last eight bytes, in which nearly all keys of one
/// object differ. The case of letters does not count, as in Go's field names.
constexpr std::uint32_t key_hash(std::string_view key) {
  constexpr std::uint64_t one_case = 0x2020'2020'2020'2020;
  const auto word = [](std::string_view bytes) {
    if (!std::is_constant_evaluated()) return load_up_to_eight(bytes.data(), bytes.size());
    std::uint64_t number = 0;
    for (std::size_t i = bytes.size(); i-- != 0;)
      number = number << 8 | static_cast<unsigned char>(bytes[i]);
    return number;
  };
  const std::uint64_t head = word(key.substr(0, 8)) | one_case;
  const std::uint64_t tail = key.size() > 8 ? word(key.substr(key.size() - 8)) | one_case : head;
  const std::uint64_t mixed = (head ^ std::rotl(tail, 23) ^ key.size()) * 0x9e37'79b9'7f4a'7c15U;
  return static_cast<std::uint32_t>(mixed >> 32);
}

}  // namespace acl::json
