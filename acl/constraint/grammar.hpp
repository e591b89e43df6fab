// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

/// The grammars of expanded.inc: of texts that somebody interprets after the check.
namespace acl::constraint {

enum class Grammar : std::uint8_t {
#define GRAMMAR(id, function, wanted) id,
#include "acl/constraint/expanded.inc"
};

bool fits(Grammar, std::string_view text);
/// What a refusal says is wanted: "a number".
std::string_view wanted(Grammar);

/// A number of bytes as the kernel reads it in mount options, "65536k"; nothing for any other text,
/// percentages among them.
std::optional<std::int64_t> kernel_size(std::string_view text);

}  // namespace acl::constraint
