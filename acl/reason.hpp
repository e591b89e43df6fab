// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace acl {

/// Every reason for which tidegate refuses a request, in every room. reasons.inc lists ids,
/// statuses and meanings; ids are stable and the same in answers, records and documentation.
enum class Reason : std::uint8_t {
#define REASON(name, id, status, meaning) name,
#include "acl/reasons.inc"
#undef REASON
};

inline constexpr std::size_t reason_count = 0
#define REASON(name, id, status, meaning) +1
#include "acl/reasons.inc"
#undef REASON
    ;

/// "target.not_canonical"
std::string_view id(Reason);
/// The HTTP status of a refusal for this reason.
int status(Reason);
/// One sentence for people, without details of the request.
std::string_view meaning(Reason);

/// A reason together with what was wrong this time.
struct Refusal {
  Reason reason;
  std::string message;

  explicit Refusal(Reason r) : reason(r), message(meaning(r)) {}
  Refusal(Reason r, std::string m) : reason(r), message(std::move(m)) {}
};

}  // namespace acl
