// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "acl/constraint/parts.hpp"
#include "acl/text.hpp"

namespace acl::constraint {
namespace {

// The engine takes containers with com.docker.swarm.* for tasks of its services. What else begins
// with com.docker belongs to clients: compose and stacks set such labels on everything they make.
constexpr auto reserved = std::to_array<std::string_view>({"com.docker.swarm.", "tidegate."});

constexpr std::string_view wanted_label = "no label with a reserved prefix";

bool is_reserved(std::string_view key) {
  return std::ranges::any_of(reserved,
                             [&](std::string_view prefix) { return key.starts_with(prefix); });
}

}  // namespace

void check_labels(Context& context, json::Value labels) {
  for (const auto label : labels) {
    if (is_reserved(label.key())) context.refuse(Constraint::labels, label, wanted_label);
  }
}

void check_label_key(Context& context, const Place& where, std::string_view key) {
  if (!is_reserved(key)) return;
  context.refuse(Constraint::labels, where, Quoted{key}, wanted_label);
}

}  // namespace acl::constraint
