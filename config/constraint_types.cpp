// SPDX-License-Identifier: Apache-2.0
#include "config/constraint_types.hpp"

#include <algorithm>

#include "acl/constraint/device_name.hpp"
#include "acl/suggest.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/path.hpp"
#include "acl/text/shown.hpp"
#include "acl/text/words.hpp"
#include "config/scalar.hpp"
#include "config/types.hpp"

namespace config {
namespace {

constexpr std::size_t most_of_ulimit = 1'000'000'000'000;
constexpr std::size_t most_labels = 64;
constexpr std::size_t longest_path = 4095;  // PATH_MAX without its NUL

/// A map of values by name. `is_name(place, name)` checks a name and reports a bad one.
template <class T, class IsName>
Type<std::map<std::string, T>> by_name(const Type<T>& type, IsName is_name) {
  auto read = [=](const Place& place, std::map<std::string, T>& to) {
    if (!place.is_a(YamlNode::Kind::map)) return false;
    for (const auto& entry : place.node.entries) {
      T value{};
      const Place at = place.at(entry);
      if (is_name(at, entry.key) && type.read(at, value)) to[entry.key] = std::move(value);
    }
    return true;
  };
  auto print = [type](const std::map<std::string, T>& from) {
    YamlNode node(YamlNode::Kind::map);
    for (const auto& [name, value] : from) node.entries.push_back({name, type.print(value)});
    return node;
  };
  Shape shape{.kind = Shape::Kind::by_name, .values = {type.shape}};
  return {std::move(read), std::move(print), "a map", std::move(shape)};
}

bool has_part_of_star(const std::string& path) {
  for (auto at = path.find('*'); at != std::string::npos; at = path.find('*', at + 1)) {
    const bool is_component = path[at - 1] == '/' && (at + 1 == path.size() || path[at + 1] == '/');
    if (!is_component) return true;
  }
  return false;
}

std::string complaint_of_path(const std::string& text) {
  if (!text.starts_with('/'))
    return acl::quoted(text) + " is not an absolute path; begin it with `/`";
  if (text != "/" && !acl::has_only_names(std::string_view(text).substr(1)))
    return acl::quoted(text) +
           " is not canonical; write it without `//`, `.`, `..` and a slash at the end";
  if (text.size() > longest_path) {
    return acl::quoted(text) + " is too long; a path has at most " + std::to_string(longest_path) +
           " bytes";
  }
  if (has_part_of_star(text))
    return acl::quoted(text) +
           " has a `*` that is not a whole component; write it as `/srv/*/data`";
  return "";
}

bool are_permissions(const std::string& text) {
  std::string letters = text;
  std::ranges::sort(letters);
  return acl::is_made_of(text, "rwm") && std::ranges::adjacent_find(letters) == letters.end();
}

/// The same type. A value of which `doubt` has something to say is warned about, and taken.
template <class Doubt>
Type<std::string> warned_of(Type<std::string> type, Doubt doubt) {
  type.read = [read = type.read, doubt](const Place& place, std::string& to) {
    if (!read(place, to)) return false;
    if (auto said = doubt(to); !said.empty()) place.report.warn(place.where, std::move(said));
    return true;
  };
  return type;
}

using Words = std::vector<std::string>;

Words split_words(std::string_view text) {
  Words words;
  acl::for_each_word(text, ' ', [&words](std::string_view word) { words.emplace_back(word); });
  return words;
}

/// capabilities(7), Linux 6.12.
const Words& all_capabilities() {
  static const Words names = split_words(
      "ALL AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN "
      "DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE "
      "MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON "
      "SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE "
      "SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM");
  return names;
}

/// Those of dockerd, and a plugin that many install.
const Words& all_log_drivers() {
  static const Words names = split_words(
      "awslogs etwlogs fluentd gcplogs gelf journald json-file local loki none splunk syslog");
  return names;
}

const Words& all_runtimes() {
  static const Words names =
      split_words("crun kata kata-runtime nvidia runc runsc sysbox-runc youki");
  return names;
}

std::string unknown_capability(const std::string& name) {
  const auto plain = name.substr(name.starts_with("CAP_") ? 4 : 0);
  if (acl::is_one_of(all_capabilities(), plain)) return "";
  const auto nearest = acl::suggest_word(plain, all_capabilities());
  return "Linux has no capability " + acl::quoted(name) + (nearest.empty() ? "" : "; " + nearest);
}

/// Names of plugins and shims have parts: `grafana/loki:latest`, `io.containerd.runsc.v1`.
std::string unusual(const std::string& name, const Words& usual, const std::string& what,
                    const std::string& unless) {
  if (acl::is_one_of(usual, name) || name.find_first_of("/:.") != name.npos) return "";
  const auto nearest = acl::suggest_word(name, usual);
  return "no engine comes with a " + what + " " + acl::quoted(name) + "; " +
         (nearest.empty() ? "it is right only if " + unless : nearest);
}

bool is_capability(const std::string& text) {
  return acl::is_made_of(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}

acl::Result<acl::IpNetwork, std::string> parse_subnet(const std::string& text) {
  constexpr unsigned least_bits = 8;
  const auto network = acl::parse_network(text);
  // The prefix length is required, and no bits may be set behind it.
  if (!network || network->to_string() != acl::lower_case(text) ||
      acl::lowest(*network).first != network->first) {
    return acl::quoted(text) + " is not a network; write it as `10.20.0.0/16` or `2001:db8:1::/48`";
  }
  if (std::stoul(text.substr(text.find('/') + 1)) < least_bits) {
    return acl::quoted(text) + " is out of range; write a network of /8 or smaller";
  }
  return *network;
}

const std::vector<std::string_view>& all_ulimits() {
  static const std::vector<std::string_view> names{
      "core",   "cpu",   "data", "fsize",  "locks",  "memlock",    "msgqueue", "nice",
      "nofile", "nproc", "rss",  "rtprio", "rttime", "sigpending", "stack"};
  return names;
}

bool is_ulimit(const Place& at, const std::string& name) {
  const auto& known = all_ulimits();
  if (std::ranges::find(known, std::string_view(name)) != known.end()) return true;
  return at.refuse("there is no ulimit " + acl::quoted(name), suggest(name, known));
}

bool is_label(const Place& at, const std::string& name) {
  return !name.empty() || at.refuse("a label needs a name");
}

}  // namespace

Type<std::string> host_path() {
  const auto complaint = [](const std::string& text) -> std::string {
    if (text.find('*') == std::string::npos) return complaint_of_path(text);
    return acl::quoted(text) + " has a `*`, which means nothing here; write each path";
  };
  return text_without(complaint, "an absolute, canonical path", string_like("^/"));
}

Type<std::string> bind_path() {
  return text_without(complaint_of_path,
                      "an absolute, canonical path, with `*` for any one component",
                      string_like("^/"));
}

Type<std::string> device_permissions() {
  return text_that(are_permissions, "is not a permission; write one or more of `r`, `w` and `m`",
                   "letters of rwm", string_like("^[rwm]{1,3}$"));
}

Type<std::string> gpu_name() {
  const auto complaint = [](const std::string& text) -> std::string {
    if (acl::constraint::is_gpu_name(text)) return "";
    if (acl::constraint::is_cdi_name(text))
      return acl::quoted(text) + " is a CDI device; write `{cdi: " + text + "}`";
    return acl::quoted(text) +
           " is not a GPU; write `all`, its index as `0`, or its UUID as `GPU-…`";
  };
  return text_without(complaint, "all, an index or a UUID", any_scalar());
}

Type<std::string> cdi_name() {
  const auto fits = [](const std::string& text) { return acl::constraint::is_cdi_name(text); };
  return text_that(fits, "is not the name of a CDI device; write it as `vendor.com/gpu=0`",
                   "a CDI name", string_like("^[^/=]+/[^/=]+=.+$"));
}

Type<std::string> capability() {
  auto type = text_that(is_capability, "is not a capability; write it as `NET_ADMIN`",
                        "a capability", string_like("^[A-Z0-9_]+$"));
  return warned_of(std::move(type), unknown_capability);
}

Type<std::string> log_driver() {
  return warned_of(text(), [](const std::string& name) {
    return unusual(name, all_log_drivers(), "log driver", "a plugin of that name is installed");
  });
}

Type<std::string> runtime() {
  return warned_of(text(), [](const std::string& name) {
    return unusual(name, all_runtimes(), "runtime", "its daemon.json has one of that name");
  });
}

Type<std::string> ip_address() {
  return text_that([](const std::string& text) { return acl::parse_ip(text).has_value(); },
                   "is not an IP address; write it as `127.0.0.1` or `::1`", "an IP address",
                   string_like("^[0-9a-fA-F.:]+$"));
}

Type<acl::IpNetwork> subnet() {
  return scalar<acl::IpNetwork>(parse_subnet, &acl::IpNetwork::to_string, "a network",
                                string_like("^[0-9a-fA-F.:]+/[0-9]{1,3}$"));
}

Type<std::map<std::string, std::int64_t>> ulimits() {
  auto type = by_name(count<std::int64_t>(0, most_of_ulimit), is_ulimit);
  type.shape.words = {all_ulimits().begin(), all_ulimits().end()};
  return type;
}

Type<std::map<std::string, std::string>> labels() {
  auto type = by_name(text(), is_label);
  type.read = [read = type.read](const Place& place, auto& to) {
    if (place.node.entries.size() <= most_labels) return read(place, to);
    return place.refuse("has more than " + std::to_string(most_labels) + " labels");
  };
  return type;
}

}  // namespace config
