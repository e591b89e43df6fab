// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "acl/constraint/grammar.hpp"
#include "acl/constraint/parts.hpp"
#include "acl/constraint/words.hpp"

namespace acl::constraint {
namespace {

constexpr auto level_drivers =
    std::to_array<std::string_view>({"json-file", "local", "journald", "none"});

struct LogOption {
  std::string_view name;
  Grammar grammar;
};

// What the drivers of the level understand; none of it is an address or a path.
constexpr auto known_options = std::to_array<LogOption>({
#define LOG_OPTION(name, grammar) {name, Grammar::grammar},
#include "acl/constraint/expanded.inc"
});

/// \param of_level whether the driver is one of the level's: whoever lists another driver wants it
/// with its addresses
void check_option(Context& context, json::Value option, bool of_level) {
  if (option.is_zero()) return;
  const auto* const known = std::ranges::find(known_options, option.key(), &LogOption::name);
  if (known == known_options.end()) {
    if (of_level) context.refuse(Constraint::log_driver, option, "no address, no path");
  } else if (!fits(known->grammar, option.text())) {
    context.refuse(Constraint::log_driver, option, wanted(known->grammar));
  }
}

}  // namespace

void check_log_driver(Context& context, json::Value name, json::Value options) {
  const auto driver = name.text();
  const auto& listed = context.spec().log_drivers;
  const bool of_level = driver.empty() || is_one_of(level_drivers, driver);
  const bool allowed = listed ? driver.empty() || is_one_of(*listed, driver) : of_level;
  if (!allowed) {
    context.refuse(Constraint::log_driver, name,
                   listed ? "a listed driver" : "json-file, local, journald or none");
  }
  for (const auto option : options) check_option(context, option, of_level);
}

}  // namespace acl::constraint
