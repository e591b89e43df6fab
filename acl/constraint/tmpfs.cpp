// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "acl/constraint/container_parts.hpp"
#include "acl/constraint/grammar.hpp"
#include "acl/constraint/parts.hpp"
#include "acl/constraint/words.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

constexpr auto flags = std::to_array<std::string_view>({
#define TMPFS_FLAG(name) name,
#include "acl/constraint/expanded.inc"
});

struct ValueOption {
  std::string_view name;
  Grammar grammar;
};
constexpr auto options = std::to_array<ValueOption>({
#define TMPFS_OPTION(name, grammar) {name, Grammar::grammar},
#include "acl/constraint/expanded.inc"
});

struct SizeOption {
  std::string_view name;
  std::int64_t unit;
};
constexpr auto sizes = std::to_array<SizeOption>({
#define TMPFS_SIZE(name, unit) {name, unit},
#include "acl/constraint/expanded.inc"
});

const SizeOption* size_option(std::string_view key) {
  const auto* const found = std::ranges::find(sizes, key, &SizeOption::name);
  return found == sizes.end() ? nullptr : found;
}

/// Of an option that says no size.
bool is_harmless(std::string_view option) {
  const auto equals = option.find('=');
  if (equals == option.npos) return is_one_of(flags, option);
  const auto* const found =
      std::ranges::find(options, option.substr(0, equals), &ValueOption::name);
  return found != options.end() && fits(found->grammar, option.substr(equals + 1));
}

std::int64_t most_bytes(const Context& context) {
  constexpr std::int64_t of_level = std::int64_t{1} << 30;
  return context.spec().tmpfs_max.value_or(of_level);
}

/// Made out where it is told alone: a body has room for many.
void refuse_size(Context& context, json::Value where) {
  context.refuse(Constraint::tmpfs, where,
                 context.found.full()
                     ? ""
                     : "a size, as 64m, of at most " + std::to_string(most_bytes(context)) +
                           " bytes, or `containers: {tmpfs: {max: …}}`");
}

/// To the kernel 0 is no limit; what it may read in another way is refused too.
bool is_within(const Context& context, std::string_view amount, std::int64_t unit) {
  const auto number = kernel_size(amount);
  return number && *number > 0 && *number <= most_bytes(context) / unit;
}

enum class Verdict : std::uint8_t { harmless, sized, unknown, too_large };

Verdict judge(const Context& context, std::string_view option) {
  const auto equals = option.find('=');
  const auto* const size = equals == option.npos ? nullptr : size_option(option.substr(0, equals));
  if (size == nullptr) return is_harmless(option) ? Verdict::harmless : Verdict::unknown;
  if (!is_within(context, option.substr(equals + 1), size->unit)) return Verdict::too_large;
  return size->name == "nr_inodes" ? Verdict::harmless : Verdict::sized;
}

void refuse(Context& context, Constraint constraint, json::Value where, Verdict verdict) {
  if (verdict == Verdict::unknown) {
    context.refuse(constraint, where, "options of a tmpfs, as size=64m or noexec, and no others");
  } else if (verdict == Verdict::too_large) {
    refuse_size(context, where);
  }
}

void want_size(Context& context, bool sized, json::Value where) {
  if (!sized && context.spec().tmpfs_max) refuse_size(context, where);
}

/// [["exec"], ["mode", "1777"]]: the engine puts each together as an option.
void check_option_pairs(Context& context, json::Value list) {
  for (const json::Value pair : list) {
    const auto key = pair.first();
    const auto value = key.exists() ? key.next() : json::Value();
    auto option = std::string(key.text());
    if (value.exists()) option += "=" + std::string(value.text());
    refuse(context, Constraint::tmpfs, pair, judge(context, option));
  }
}

}  // namespace

/// The first option that is wrong tells what there is to tell.
void check_tmpfs_options(Context& context, Constraint constraint, json::Value where,
                         std::string_view text) {
  bool sized = false;
  Verdict worst = Verdict::harmless;
  for_each_word(text, ',', [&](std::string_view option) {
    if (worst > Verdict::sized) return;
    worst = judge(context, option);
    sized = sized || worst == Verdict::sized;
  });
  refuse(context, constraint, where, worst);
  if (worst <= Verdict::sized) want_size(context, sized, where);
}

void check_tmpfs_size(Context& context, json::Value where, std::int64_t bytes) {
  if (bytes <= 0 || bytes > most_bytes(context)) refuse_size(context, where);
}

void check_tmpfs(Context& context, json::Value map) {
  for (const json::Value entry : map) {
    check_tmpfs_options(context, Constraint::tmpfs, entry, entry.text());
  }
}

void check_tmpfs_mount(Context& context, json::Value mount) {
  const json::Value options_of_mount = get(mount, Field::Mount_TmpfsOptions);
  const json::Value size = get(options_of_mount, Field::TmpfsOptions_SizeBytes);
  if (!size.is_zero()) check_tmpfs_size(context, size, size.integer().value_or(0));
  if (get(mount, Field::Mount_Type).text() == "tmpfs") want_size(context, !size.is_zero(), mount);
  check_option_pairs(context, get(options_of_mount, Field::TmpfsOptions_Options));
}

}  // namespace acl::constraint
