// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/grammar.hpp"

#include <array>

#include "acl/text/ascii.hpp"
#include "acl/text/numbers.hpp"
#include "acl/text/path.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

constexpr std::int64_t KiB = 1024;
constexpr std::int64_t MiB = KiB * 1024;
constexpr std::int64_t TiB = MiB * MiB;

constexpr std::string_view opening = "{{";
constexpr std::string_view closing = "}}";
constexpr std::string_view digits = "0123456789";
constexpr std::string_view word_letters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
constexpr std::string_view name_letters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
constexpr std::string_view units = "kmgtp";  // each 1024 of the one before

// The placeholders that the reference of `docker service create` lists, and the platform.
constexpr auto of_tasks = std::to_array<std::string_view>(
    {".Service.ID", ".Service.Name", ".Service.Labels", ".Node.ID", ".Node.Hostname",
     ".Node.Platform.Architecture", ".Node.Platform.OS", ".Task.ID", ".Task.Name", ".Task.Slot"});

// The fields that the reference of log tags lists, and their longer names.
constexpr auto of_logs = std::to_array<std::string_view>(
    {".ID", ".FullID", ".Name", ".ImageID", ".ImageFullID", ".ImageName", ".DaemonName",
     ".ContainerID", ".ContainerName", ".ContainerImageID", ".ContainerImageName", ".Hostname"});

bool is_no_template(std::string_view text) {
  return text.find(opening) == text.npos;
}

/// Returns whether each `{{…}}` in `text` contains exactly one of `names`.
template <class IsName>
bool holds_only(std::string_view text, IsName is_name) {
  for (;;) {
    const auto from = text.find(opening);
    if (from == text.npos) return true;
    text.remove_prefix(from + opening.size());
    const auto to = text.find(closing);
    if (to == text.npos || !is_name(trimmed(text.substr(0, to), " "))) return false;
    text.remove_prefix(to + closing.size());
  }
}

/// A label named in a placeholder is the client's own text: swarm does not expand it again.
bool is_service_label(std::string_view name) {
  constexpr std::string_view labels = ".Service.Labels.";
  return name.starts_with(labels) && is_made_of(name.substr(labels.size()), word_letters);
}

bool has_only_placeholders(std::string_view text) {
  return holds_only(text, [](std::string_view name) {
    return is_one_of(of_tasks, name) || is_service_label(name);
  });
}

bool is_log_tag(std::string_view text) {
  constexpr std::size_t longest = 1024;
  return text.size() <= longest &&
         holds_only(text, [](std::string_view name) { return is_one_of(of_logs, name); });
}

std::optional<std::int64_t> plain_number(std::string_view text) {
  constexpr std::size_t longest = 15;  // times 1024 three times this still fits an int64
  if (!is_made_of(text, digits) || text.size() > longest) return std::nullopt;
  return whole_number<std::int64_t>(text);
}

std::optional<std::int64_t> times(std::optional<std::int64_t> number, std::size_t unit) {
  constexpr std::int64_t most = INT64_MAX / KiB;
  for (std::size_t i = 0; number && i <= unit; ++i) {
    if (*number > most) return std::nullopt;
    *number *= KiB;
  }
  return number;
}

/// A number of bytes as the engine's go-units reads it: "10m", "64 KiB", "1.5g". A fraction is
/// rounded up, which is as good as exact for a bound.
std::optional<std::int64_t> engine_size(std::string_view text) {
  const auto number = text.substr(0, text.find_first_not_of("0123456789."));
  text.remove_prefix(number.size());
  if (text.starts_with(' ')) text.remove_prefix(1);
  const auto unit = text.empty() ? units.npos : units.find(static_cast<char>(text[0] | 0x20));
  if (unit != units.npos) text.remove_prefix(1);
  const bool plain =
      is_one_of(std::to_array<std::string_view>({"", "b", "B", "ib", "iB", "Ib", "IB"}), text);
  const auto point = number.find('.');
  const auto fraction = point == number.npos ? std::string_view{} : number.substr(point + 1);
  auto whole = plain_number(number.substr(0, point));
  if (!plain || !whole || (point != number.npos && !is_made_of(fraction, digits))) return {};
  if (fraction.find_first_not_of('0') != fraction.npos) ++*whole;
  return unit == units.npos ? whole : times(whole, unit);
}

bool is_between(std::optional<std::int64_t> value, std::int64_t least, std::int64_t most) {
  return value && *value >= least && *value <= most;
}

/// Small log files are rotated all the time, and each rotation renames all of them.
bool is_log_size(std::string_view text) {
  return is_between(engine_size(text), 1000, TiB);
}

bool is_log_files(std::string_view text) {
  return is_between(plain_number(text), 1, 1000);
}

bool is_log_buffer(std::string_view text) {
  return is_between(engine_size(text), 1, 64 * MiB);
}

bool is_truth(std::string_view text) {
  return is_one_of(std::to_array<std::string_view>({"1", "t", "T", "true", "TRUE", "True", "0", "f",
                                                    "F", "false", "FALSE", "False"}),
                   text);
}

bool is_octal(std::string_view text) {
  constexpr std::size_t longest = 5;
  return text.size() <= longest && is_made_of(text, "01234567");
}

bool is_number(std::string_view text) {
  constexpr std::size_t longest = 10;
  return text.size() <= longest && is_made_of(text, digits);
}

/// The place of a file in the container: "db_password" below the engine's own directory, or an
/// absolute path. Older engines join the two without checking for "..".
bool is_plain_path(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  return has_only_names(path);
}

/// Names that the engine accepts for a checkpoint; the name becomes a directory's.
bool is_plain_name(std::string_view name) {
  return !name.starts_with('.') && name.find_first_not_of(name_letters) == name.npos;
}

}  // namespace

namespace grammar {
const Grammar no_template{is_no_template, "no template: swarm would expand it"};
const Grammar placeholders{has_only_placeholders,
                           "placeholders alone, as {{.Node.Hostname}} or {{.Task.Slot}}"};
const Grammar plain_path{is_plain_path, "a path without empty, '.' or '..' parts"};
const Grammar plain_name{is_plain_name, "letters, digits, '_', '.' and '-'"};
const Grammar log_tag{
    is_log_tag,
    "at most 1024 bytes and fields without functions, as {{.Name}}, or `waive: [log_driver]`"};
const Grammar log_size{is_log_size, "a size from 1k to 1t, or `waive: [log_driver]`"};
const Grammar log_files{is_log_files, "a number from 1 to 1000, or `waive: [log_driver]`"};
const Grammar log_buffer{
    is_log_buffer, "a size up to 64m, since it is the engine's memory, or `waive: [log_driver]`"};
const Grammar log_mode{
    [](std::string_view text) { return text == "blocking" || text == "non-blocking"; },
    "'blocking' or 'non-blocking'"};
const Grammar log_names{[](std::string_view text) { return text.size() <= 4096; },
                        "at most 4096 bytes, or `waive: [log_driver]`"};
// Go's regular expressions take time in proportion to their length and the text's, and may repeat a
// part of themselves a thousand times.
const Grammar log_pattern{[](std::string_view text) { return text.size() <= 256; },
                          "an expression of at most 256 bytes, or `waive: [log_driver]`"};
const Grammar truth{is_truth, "'true' or 'false'"};
const Grammar disk_size{[](std::string_view text) { return engine_size(text).has_value(); },
                        "a size, as 10g"};
const Grammar octal{is_octal, "permissions in octal, as 1777"};
const Grammar number{is_number, "a number"};
}  // namespace grammar

std::optional<std::int64_t> kernel_size(std::string_view text) {
  const auto unit = text.empty() ? units.npos : units.find(static_cast<char>(text.back() | 0x20));
  if (unit == units.npos) return plain_number(text);
  return times(plain_number(text.substr(0, text.size() - 1)), unit);
}

}  // namespace acl::constraint
