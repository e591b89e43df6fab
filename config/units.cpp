// SPDX-License-Identifier: Apache-2.0
#include "config/units.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>

#include "acl/text/numbers.hpp"
#include "acl/text/shown.hpp"
#include "config/words.hpp"

namespace config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::uint64_t second = 1000;
constexpr std::uint64_t minute = second * 60;
constexpr std::uint64_t hour = minute * 60;
constexpr std::uint64_t day = hour * 24;
constexpr std::array duration_units{
    Unit{"ms", 1}, Unit{"s", second}, Unit{"m", minute}, Unit{"h", hour}, Unit{"d", day},
};

// The last ones are ours and are printed; the others are common spellings. "kB" is left out: it
// means 1000 to some and 1024 to others.
constexpr std::array size_units{
    Unit{"B", 1},     Unit{"k", KiB}, Unit{"K", KiB}, Unit{"m", MiB},   Unit{"M", MiB},  //
    Unit{"g", GiB},   Unit{"G", GiB}, Unit{"", 1},    Unit{"KiB", KiB}, Unit{"MiB", MiB},
    Unit{"GiB", GiB},
};

// Half of what fits into 64-bit signed milliseconds, so that the sum of two stays in range.
constexpr std::uint64_t ceiling = std::numeric_limits<std::int64_t>::max() / 2;

constexpr std::uint64_t nano_per_cpu = 1'000'000'000;
constexpr std::size_t nano_digits = 9;

struct Quantity {
  std::string_view digits;
  std::string_view unit;
};

Quantity split(std::string_view text) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  return {text.substr(0, digits), text.substr(digits)};
}

std::optional<std::uint64_t> multiply(std::string_view digits, std::uint64_t factor) {
  const auto number = acl::whole_number<std::uint64_t>(digits);
  return number && *number <= ceiling / factor ? std::optional(*number * factor) : std::nullopt;
}

/// Reads a whole number with one of `units`; `wrong` completes the message about anything else.
template <std::size_t N>
acl::Result<std::uint64_t, std::string> parse(std::string_view text,
                                              const std::array<Unit, N>& units,
                                              const std::string& wrong) {
  const auto [digits, name] = split(text);
  const auto unit = std::ranges::find(units, name, &Unit::name);
  if (digits.empty() || unit == units.end()) return acl::quoted(text) + wrong;
  const auto number = multiply(digits, unit->factor);
  if (!number) return acl::quoted(text) + " is too large a number";
  return *number;
}

template <std::size_t N>
std::string in_largest_unit(const std::array<Unit, N>& units, std::uint64_t value) {
  const auto fits = [value](const Unit& unit) { return value % unit.factor == 0; };
  const auto unit = std::ranges::find_if(units.rbegin(), units.rend(), fits);
  return std::to_string(value / unit->factor) + std::string(unit->name);
}

}  // namespace

acl::Result<std::chrono::milliseconds, std::string> parse_duration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds(0);
  const auto [digits, unit] = split(text);
  if (unit.empty() && !digits.empty()) {
    return acl::quoted(text) + " has no unit; write " + code(std::string(digits) + "s") +
           " or another of ms, s, m, h, d";
  }
  const auto time = parse(text, duration_units,
                          " is not a time; write one whole number and one of ms, s, m, h, d, as "
                          "`90s`");
  if (!time) return time.error();
  return std::chrono::milliseconds(*time);
}

acl::Result<std::size_t, std::string> parse_size(std::string_view text) {
  return parse(text, size_units,
               " is not a size; write one whole number, alone or with KiB, MiB or GiB, as `64KiB`");
}

acl::Result<std::size_t, std::string> parse_count(std::string_view text) {
  const auto number = parse(text, std::array{Unit{"", 1}},
                            " is not a whole number; write decimal digits only, as `64`");
  // A leading zero means octal in YAML 1.1 but not to people, so somebody would be surprised.
  if (number && text.size() > 1 && text.front() == '0')
    return acl::quoted(text) + " begins with a zero; write it without";
  return number;
}

acl::Result<std::int64_t, std::string> parse_cpus(std::string_view text) {
  const auto point = std::min(text.find('.'), text.size());
  const auto whole = split(text.substr(0, point));
  std::string fraction(text.substr(std::min(point + 1, text.size())));
  const bool digits_only = !whole.digits.empty() && whole.unit.empty() &&
                           split(fraction).unit.empty() && fraction.size() <= nano_digits;
  if (!digits_only || (point < text.size() && fraction.empty())) {
    return acl::quoted(text) + " is not a number of CPUs; write it as `2` or `0.5`";
  }
  fraction.append(nano_digits - fraction.size(), '0');
  const auto nano = multiply(whole.digits, nano_per_cpu);
  if (!nano) return acl::quoted(text) + " is too large a number";
  return static_cast<std::int64_t>(*nano + multiply(fraction, 1).value_or(0));
}

std::string format_count(std::size_t number) {
  return std::to_string(number);
}

std::string format_cpus(std::int64_t nano_cpus) {
  const auto value = static_cast<std::uint64_t>(nano_cpus);
  auto fraction = std::to_string(nano_per_cpu + value % nano_per_cpu).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  const auto whole = std::to_string(value / nano_per_cpu);
  return fraction.empty() ? whole : whole + "." + fraction;
}

std::string format_duration(std::chrono::milliseconds time) {
  if (time.count() == 0) return "0";
  return in_largest_unit(duration_units, static_cast<std::uint64_t>(time.count()));
}

std::string format_size(std::size_t bytes) {
  if (bytes == 0) return "0";
  return in_largest_unit(size_units, bytes);
}

}  // namespace config
