// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "acl/constraint/checks.hpp"
#include "acl/constraint/grammar.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

// Options without a value. Any other, such as `bind`, makes mount(2) ignore the type.
constexpr auto flags = std::to_array<std::string_view>(
    {"",         "defaults",   "ro",       "rw",         "exec",        "noexec",
     "suid",     "nosuid",     "dev",      "nodev",      "atime",       "noatime",
     "diratime", "nodiratime", "relatime", "norelatime", "strictatime", "nostrictatime",
     "sync",     "async",      "dirsync"});

struct ValueOption {
  std::string_view name;
  const Grammar& grammar;
};
constexpr ValueOption options[] = {
    {"mode", grammar::octal}, {"uid", grammar::number}, {"gid", grammar::number}};

/// An option that limits memory, in units of so many bytes.
struct SizeOption {
  std::string_view name;
  std::int64_t unit;
};
constexpr SizeOption sizes[] = {
    {"size", 1}, {"nr_blocks", 4096}, {"nr_inodes", 1024}};  // about, of the kernel's memory

const SizeOption* size_option(std::string_view key) {
  const auto* const found = std::ranges::find(sizes, key, &SizeOption::name);
  return found == std::end(sizes) ? nullptr : found;
}

/// Checks an option that is not a size.
bool is_harmless(std::string_view option) {
  const auto equals = option.find('=');
  if (equals == option.npos) return is_one_of(flags, option);
  const auto* const found =
      std::ranges::find(options, option.substr(0, equals), &ValueOption::name);
  return found != std::end(options) && found->grammar.fits(option.substr(equals + 1));
}

std::int64_t most_bytes(const Context& context) {
  constexpr std::int64_t of_level = std::int64_t{1} << 30;
  return context.spec().tmpfs_max.value_or(of_level);
}

/// \param asked in bytes; 0: none, or no number
void refuse_size(Context& context, json::Value where, std::int64_t asked = 0) {
  auto told = context.refuse(Constraint::tmpfs, where, [&] {
    return "a size, as 64m, of at most " + std::to_string(most_bytes(context)) + " bytes";
  });
  if (asked > most_bytes(context)) told.opened_by("containers.tmpfs: {max: ", asked, "}");
}

/// The kernel takes 0 for no limit. Text that it may read in another way is refused too.
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

/// The bytes that an option asks for; 0: none, or too many for a configuration.
std::int64_t asked_by(std::string_view option) {
  constexpr std::int64_t most = std::int64_t{1} << 50;
  const auto equals = option.find('=');
  const auto* const size = equals == option.npos ? nullptr : size_option(option.substr(0, equals));
  if (size == nullptr) return 0;
  const std::int64_t amount = kernel_size(option.substr(equals + 1)).value_or(0);
  return amount > most / size->unit ? 0 : amount * size->unit;
}

void refuse(Context& context, Constraint constraint, json::Value where, Verdict verdict,
            std::string_view option) {
  if (verdict == Verdict::unknown) {
    context.refuse(constraint, where, "options of a tmpfs, as size=64m or noexec, and no others");
  } else if (verdict == Verdict::too_large) {
    refuse_size(context, where, asked_by(option));
  }
}

void want_size(Context& context, bool sized, json::Value where) {
  if (!sized && context.spec().tmpfs_max) refuse_size(context, where);
}

}  // namespace

/// Only the first wrong option is reported.
void check_tmpfs_options(Context& context, Constraint constraint, json::Value where,
                         std::string_view text) {
  bool sized = false;
  Verdict worst = Verdict::harmless;
  std::string_view first;
  for_each_word(text, ',', [&](std::string_view option) {
    if (worst > Verdict::sized) return;
    worst = judge(context, option);
    first = option;
    sized = sized || worst == Verdict::sized;
  });
  refuse(context, constraint, where, worst, first);
  if (worst <= Verdict::sized) want_size(context, sized, where);
}

void check_tmpfs_size(Context& context, json::Value bytes) {
  const auto size = bytes.integer().value_or(0);
  if (size <= 0 || size > most_bytes(context)) refuse_size(context, bytes, size);
}

void check_tmpfs(Context& context, json::Value options_by_target) {
  for (const json::Value entry : options_by_target) {
    check_tmpfs_options(context, Constraint::tmpfs, entry, entry.text());
  }
}

/// Checks [["exec"], ["mode", "1777"]]: the engine joins each element into an option.
void check_tmpfs_pairs(Context& context, json::Value list) {
  for (const json::Value pair : list) {
    const auto key = pair.first();
    const auto value = key.exists() ? key.next() : json::Value();
    auto option = std::string(key.text());
    if (value.exists()) option += "=" + std::string(value.text());
    refuse(context, Constraint::tmpfs, pair, judge(context, option), option);
  }
}

void require_tmpfs_size(Context& context, json::Value mount) {
  const json::Value of_mount = get(mount, Field::Mount_TmpfsOptions);
  want_size(context, !get(of_mount, Field::TmpfsOptions_SizeBytes).is_zero(), mount);
}

}  // namespace acl::constraint
