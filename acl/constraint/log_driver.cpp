// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "acl/constraint/parts.hpp"
#include "acl/constraint/words.hpp"

namespace acl::constraint {
namespace {

constexpr auto level_drivers =
    std::to_array<std::string_view>({"json-file", "local", "journald", "none"});

// What the drivers of the level understand; none of it is an address or a path.
constexpr auto level_options = std::to_array<std::string_view>(
    {"cache-compress", "cache-disabled", "cache-max-file", "cache-max-size", "compress", "env",
     "env-regex", "labels", "labels-regex", "max-buffer-size", "max-file", "max-size", "mode",
     "tag"});

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
  if (!of_level) return;  // who lists a driver wants it with its addresses
  for (const auto option : options) {
    if (is_one_of(level_options, option.key()) || option.is_zero()) continue;
    context.refuse(Constraint::log_driver, option, "no address, no path");
  }
}

}  // namespace acl::constraint
