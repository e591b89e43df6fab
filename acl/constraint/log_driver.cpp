// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "acl/constraint/checks.hpp"
#include "acl/constraint/grammar.hpp"
#include "acl/constraint/level_lists.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

struct LogOption {
  std::string_view name;
  const Grammar& grammar;
};

// Options of the level's drivers; none of them is an address or a path.
constexpr LogOption known_options[] = {
    {"cache-compress", grammar::truth},
    {"cache-disabled", grammar::truth},
    {"cache-max-file", grammar::log_files},
    {"cache-max-size", grammar::log_size},
    {"compress", grammar::truth},
    {"env", grammar::log_names},
    {"env-regex", grammar::log_pattern},
    {"labels", grammar::log_names},
    {"labels-regex", grammar::log_pattern},
    {"max-buffer-size", grammar::log_buffer},
    {"max-file", grammar::log_files},
    {"max-size", grammar::log_size},
    {"mode", grammar::log_mode},
    {"tag", grammar::log_tag},
};

/// \param of_level whether the driver is one of the level's: a profile that lists another driver
/// accepts its addresses
void check_option(Context& context, json::Value option, bool of_level) {
  if (option.is_zero()) return;
  const auto* const known = std::ranges::find(known_options, option.key(), &LogOption::name);
  if (known == std::end(known_options)) {
    if (of_level) context.refuse(Constraint::log_driver, option, "no address, no path");
  } else if (!known->grammar.fits(option.text())) {
    context.refuse(Constraint::log_driver, option, known->grammar.wanted);
  }
}

}  // namespace

void check_log_driver(Context& context, json::Value driver_with_options) {
  const auto get_one = [&](Field of_container, Field of_task) {
    return get_either(driver_with_options, of_container, of_task);
  };
  const auto name = get_one(Field::LogConfig_Type, Field::SwarmDriver_Name);
  const auto driver = name.text();
  const auto& listed = context.spec().log_drivers;
  const bool of_level = driver.empty() || is_one_of(level_drivers, driver);
  const bool allowed = listed ? driver.empty() || is_one_of(*listed, driver) : of_level;
  if (!allowed) {
    context
        .refuse(Constraint::log_driver, name,
                listed ? "a listed driver" : "json-file, local, journald or none")
        .opened_by("containers.log_drivers: [", driver, "]");
  }
  for (const auto option : get_one(Field::LogConfig_Config, Field::SwarmDriver_Options)) {
    check_option(context, option, of_level);
  }
}

}  // namespace acl::constraint
