// SPDX-License-Identifier: Apache-2.0
#include "acl/reason.hpp"

#include <array>
#include <cstddef>

namespace acl {
namespace {

struct ReasonInfo {
  std::string_view id;
  int status;
  std::string_view meaning;
};

constexpr auto reason_table = std::to_array<ReasonInfo>({
#define REASON(name, id, status, meaning) {id, status, meaning},
#include "acl/reasons.inc"
#undef REASON
});

const ReasonInfo& row(Reason reason) {
  return reason_table[static_cast<std::size_t>(reason)];
}

}  // namespace

std::string_view id(Reason reason) {
  return row(reason).id;
}
int status(Reason reason) {
  return row(reason).status;
}
std::string_view meaning(Reason reason) {
  return row(reason).meaning;
}

}  // namespace acl
