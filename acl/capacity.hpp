// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace acl {

/// The memory that a list has, without what its elements have elsewhere.
template <class T>
std::size_t capacity_of(const std::vector<T>& list) {
  return list.capacity() * sizeof(T);
}

/// The memory that texts have, and the list of them.
inline std::size_t capacity_of(const std::vector<std::string>& texts) {
  std::size_t all = texts.capacity() * sizeof(std::string);
  for (const auto& text : texts) all += text.capacity();
  return all;
}

}  // namespace acl
