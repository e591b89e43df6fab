// SPDX-License-Identifier: Apache-2.0
#include "config/constraint_types.hpp"

#include <algorithm>

#include "acl/text.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/path.hpp"
#include "config/scalar.hpp"
#include "config/types.hpp"
#include "config/units.hpp"

namespace config {
namespace {

constexpr std::size_t MiB = std::size_t{1024} * 1024;
constexpr std::size_t PiB = MiB * MiB * 1024;
constexpr std::size_t least_memory = 6 * MiB;    // the engine refuses less
constexpr std::size_t least_tmpfs = 4096;        // a page
constexpr std::int64_t least_cpus = 10'000'000;  // the engine takes 0.01 CPUs and more
constexpr std::int64_t most_cpus = 4096'000'000'000;
constexpr std::size_t most_pids = 4'194'304;  // PID_MAX_LIMIT of 64-bit Linux
constexpr std::size_t most_of_ulimit = 1'000'000'000'000;
constexpr std::size_t most_labels = 64;
constexpr std::size_t longest_path = 4095;  // PATH_MAX without its NUL

/// One of a few words, each for a value.
template <class T>
Type<T> choice(std::vector<std::pair<std::string_view, T>> words) {
  std::vector<std::string_view> names;
  std::string range;
  for (const auto& [name, value] : words) {
    names.push_back(name);
    range += (range.empty() ? "" : ", ") + std::string(name);
  }
  auto read = [words, names](const Place& place, T& to, Report& report) {
    if (!expect(place, YamlNode::Kind::scalar, report)) return false;
    const auto found = std::ranges::find(names, std::string_view(place.node.text));
    if (found == names.end()) {
      place.mistake(report, "unknown value " + acl::quoted(place.node.text),
                    suggest(place.node.text, names));
      return false;
    }
    to = words[static_cast<std::size_t>(found - names.begin())].second;
    return true;
  };
  auto print = [words](const T& value) {
    const auto word = std::ranges::find(words, value, &std::pair<std::string_view, T>::second);
    return scalar_node(std::string(word->first));
  };
  return {std::move(read), std::move(print), std::move(range),
          one_of_words({names.begin(), names.end()})};
}

/// The same type in the signed numbers of the Engine API.
Type<std::int64_t> as_signed(const Type<std::size_t>& type) {
  auto read = [type](const Place& place, std::int64_t& to, Report& report) {
    std::size_t value = 0;
    const bool is_read = type.read(place, value, report);
    if (is_read) to = static_cast<std::int64_t>(value);
    return is_read;
  };
  auto print = [type](const std::int64_t& value) {
    return type.print(static_cast<std::size_t>(value));
  };
  return {std::move(read), std::move(print), type.range, type.shape};
}

/// Values by name. `is_name` says whether a name may be one, and complains.
template <class T, class IsName>
Type<std::map<std::string, T>> by_name(const Type<T>& type, IsName is_name, std::string range) {
  auto read = [=](const Place& place, std::map<std::string, T>& to, Report& report) {
    if (!expect(place, YamlNode::Kind::map, report)) return false;
    for (const auto& [name, node] : place.node.entries) {
      const Place at{node, join(place.where, name)};
      T value{};
      if (is_name(at, name, report) && type.read(at, value, report)) to[name] = std::move(value);
    }
    return true;
  };
  auto print = [type](const std::map<std::string, T>& from) {
    YamlNode node;
    node.kind = YamlNode::Kind::map;
    for (const auto& [name, value] : from) node.entries.push_back({name, type.print(value)});
    return node;
  };
  Shape shape{.kind = Shape::Kind::by_name, .values = {type.shape}};
  return {std::move(read), std::move(print), std::move(range), std::move(shape)};
}

std::string same(const std::string& text) {
  return text;
}

bool has_part_of_star(const std::string& path) {
  for (auto at = path.find('*'); at != std::string::npos; at = path.find('*', at + 1)) {
    const bool is_component = path[at - 1] == '/' && (at + 1 == path.size() || path[at + 1] == '/');
    if (!is_component) return true;
  }
  return false;
}

Complaint parse_bind_path(const std::string& text, std::string& to) {
  if (!text.starts_with('/')) return acl::quoted(text) + " is no absolute path; begin it with `/`";
  if (text != "/" && !acl::has_only_names(std::string_view(text).substr(1))) {
    return acl::quoted(text) +
           " is not canonical; write it without `//`, `.`, `..` and a slash at the end";
  }
  if (text.size() > longest_path) {
    return acl::quoted(text) + " is no path: Linux takes " + std::to_string(longest_path) +
           " bytes at most";
  }
  if (has_part_of_star(text)) {
    return acl::quoted(text) +
           " has a `*` that is not a whole component; write it as `/srv/*/data`";
  }
  to = text;
  return "";
}

Complaint parse_host_path(const std::string& text, std::string& to) {
  if (text.find('*') == std::string::npos) return parse_bind_path(text, to);
  return acl::quoted(text) + " has a `*`, which means nothing here; write each path";
}

Complaint parse_permissions(const std::string& text, std::string& to) {
  const bool known = text.find_first_not_of("rwm") == std::string::npos && !text.empty();
  std::string letters = text;
  std::ranges::sort(letters);
  if (!known || std::ranges::adjacent_find(letters) != letters.end()) {
    return acl::quoted(text) + " is no permission; write `r`, `w` and `m`, as many as you mean";
  }
  to = text;
  return "";
}

Complaint parse_capability(const std::string& text, std::string& to) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  if (text.empty() || text.find_first_not_of(letters) != std::string::npos) {
    return acl::quoted(text) + " is no capability; write it as `NET_ADMIN`";
  }
  to = text;
  return "";
}

Complaint parse_ip(const std::string& text, std::string& to) {
  if (!acl::parse_ip(text))
    return acl::quoted(text) + " is no IP address; write it as `127.0.0.1` or `::1`";
  to = text;
  return "";
}

Complaint parse_subnet(const std::string& text, acl::IpNetwork& to) {
  constexpr unsigned least_bits = 8;
  const auto network = acl::parse_network(text);
  // One spelling, in either case: with its bits, and none behind them.
  if (!network || network->to_string() != acl::lower_case(text) ||
      acl::lowest(*network).first != network->first) {
    return acl::quoted(text) + " is no network; write it as `10.20.0.0/16` or `2001:db8:1::/48`";
  }
  if (std::stoul(text.substr(text.find('/') + 1)) < least_bits) {
    return acl::quoted(text) + " is out of range; write a network of /8 or smaller";
  }
  to = *network;
  return "";
}

const std::vector<std::string_view>& all_ulimits() {
  static const std::vector<std::string_view> names{
      "core",   "cpu",   "data", "fsize",  "locks",  "memlock",    "msgqueue", "nice",
      "nofile", "nproc", "rss",  "rtprio", "rttime", "sigpending", "stack"};
  return names;
}

bool is_ulimit(const Place& at, const std::string& name, Report& report) {
  const auto& known = all_ulimits();
  if (std::ranges::find(known, std::string_view(name)) != known.end()) return true;
  at.mistake(report, "there is no ulimit " + acl::quoted(name), suggest(name, known));
  return false;
}

}  // namespace

Type<acl::Mode> profile_mode() {
  return choice<acl::Mode>({{"enforce", acl::Mode::enforce}, {"shadow", acl::Mode::shadow}});
}

Type<acl::Level> level() {
  using acl::Level;
  return choice<Level>({{"unconfined", Level::unconfined},
                        {"baseline", Level::baseline},
                        {"restricted", Level::restricted}});
}

Type<acl::UnknownFields> unknown_fields() {
  using acl::UnknownFields;
  return choice<UnknownFields>({{"refuse", UnknownFields::refuse}, {"drop", UnknownFields::drop}});
}

Type<acl::Habits> habits() {
  return choice<acl::Habits>({{"drop", acl::Habits::drop}, {"keep", acl::Habits::keep}});
}

Type<bool> permission() {
  return choice<bool>({{"refuse", false}, {"allow", true}});
}

Type<std::int64_t> memory() {
  return as_signed(size(least_memory, PiB));
}

Type<std::int64_t> tmpfs_size() {
  return as_signed(size(least_tmpfs, PiB));
}

Type<bool> build_images() {
  return choice<bool>({{"listed", false}, {"any", true}});
}

Type<std::int64_t> pids() {
  return as_signed(count(1, most_pids));
}

Type<std::int64_t> cpus() {
  const auto range = format_cpus(least_cpus) + " to " + format_cpus(most_cpus);
  const auto parse = [range](const std::string& text, std::int64_t& to) -> Complaint {
    const auto parsed = parse_cpus(text);
    if (!parsed) return parsed.error();
    if (*parsed < least_cpus || *parsed > most_cpus)
      return acl::quoted(text) + " is out of range; write " + range;
    to = *parsed;
    return "";
  };
  return scalar<std::int64_t>(parse, format_cpus, range,
                              {.types = {"number", "string"},
                               .pattern = "^[0-9.]+$",
                               .least = static_cast<double>(least_cpus) / 1e9,
                               .most = static_cast<double>(most_cpus) / 1e9});
}

Type<std::string> host_path() {
  return scalar<std::string>(parse_host_path, same, "an absolute, canonical path",
                             string_like("^/"));
}

Type<std::string> bind_path() {
  return scalar<std::string>(parse_bind_path, same,
                             "an absolute, canonical path, with `*` for any one component",
                             string_like("^/"));
}

Type<acl::Below> below() {
  return choice<acl::Below>({{"unresolved", acl::Below::unresolved}});
}

Type<std::string> device_permissions() {
  return scalar<std::string>(parse_permissions, same, "letters of rwm",
                             string_like("^[rwm]{1,3}$"));
}

Type<std::string> capability() {
  return scalar<std::string>(parse_capability, same, "a capability", string_like("^[A-Z0-9_]+$"));
}

Type<std::string> ip_address() {
  return scalar<std::string>(parse_ip, same, "an IP address", string_like("^[0-9a-fA-F.:]+$"));
}

Type<acl::IpNetwork> subnet() {
  return scalar<acl::IpNetwork>(parse_subnet, &acl::IpNetwork::to_string, "a network",
                                string_like("^[0-9a-fA-F.:]+/[0-9]{1,3}$"));
}

Type<std::map<std::string, std::int64_t>> ulimits() {
  auto type = by_name<std::int64_t>(as_signed(count(0, most_of_ulimit)), is_ulimit, "a map");
  type.shape.words = {all_ulimits().begin(), all_ulimits().end()};
  return type;
}

Type<std::map<std::string, std::string>> labels() {
  const auto any = [](const Place& at, const std::string&, Report& report) {
    const bool empty = at.where.ends_with('.');
    if (empty) at.mistake(report, "a label needs a name");
    return !empty;
  };
  auto type = by_name<std::string>(text(), any, "a map");
  type.read = [read = type.read](const Place& place, auto& to, Report& report) {
    if (place.node.entries.size() <= most_labels) return read(place, to, report);
    place.mistake(report, "has more than " + std::to_string(most_labels) + " labels");
    return false;
  };
  return type;
}

}  // namespace config
