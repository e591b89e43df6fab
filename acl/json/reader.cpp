// SPDX-License-Identifier: Apache-2.0
#include "acl/json/reader.hpp"

#include <algorithm>
#include <bit>

namespace acl::json {

std::optional<Refusal> Document::read(std::string_view text, const Limits& limits) {
  Unguided none;
  return Reader(*this, text, limits, none).read({});
}

// A hash table with a limited number of probes. Keys chosen to collide use these up and are sorted
// instead, so that no input costs more than n log n.
Index Document::repeated_key(Index object) {
  const std::size_t members = Value(*this, object).size();
  auto& table = scratch_;
  table.assign(std::bit_ceil(members * 2), no_index);
  const std::size_t mask = table.size() - 1;
  std::size_t budget = members * 4 + 16;
  for (Index i = at(object).first; i != no_index; i = at(i).next) {
    const std::string_view key = at(i).key();
    std::size_t slot = key_hash(key) & mask;
    for (; table[slot] != no_index; slot = (slot + 1) & mask) {
      if (at(table[slot]).key() == key) return i;
      if (--budget == 0) return sorted_repeated_key(object);
    }
    table[slot] = i;
  }
  return no_index;
}

Index Document::sorted_repeated_key(Index object) {
  auto& order = scratch_;
  order.clear();
  for (Index i = at(object).first; i != no_index; i = at(i).next) order.push_back(i);
  const auto key = [this](Index i) { return at(i).key(); };
  std::ranges::sort(order, {}, key);
  const auto twin = std::ranges::adjacent_find(order, {}, key);
  return twin == order.end() ? no_index : *twin;
}

}  // namespace acl::json
