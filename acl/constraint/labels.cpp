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

}  // namespace

void check_labels(Context& context, json::Value labels) {
  for (const auto label : labels) {
    const bool taken = std::ranges::any_of(
        reserved, [&](std::string_view prefix) { return label.key().starts_with(prefix); });
    if (taken) context.refuse(Constraint::labels, label, "no label with a reserved prefix");
  }
}

}  // namespace acl::constraint
