// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace acl {

/// Returns the memory of a list itself, without what its elements allocate.
template <class T>
std::size_t capacity_of(const std::vector<T>& list) {
  return list.capacity() * sizeof(T);
}

/// Returns the memory of a list of texts, texts included.
inline std::size_t capacity_of(const std::vector<std::string>& texts) {
  std::size_t all = texts.capacity() * sizeof(std::string);
  for (const auto& text : texts) all += text.capacity();
  return all;
}

}  // namespace acl
