// SPDX-License-Identifier: Apache-2.0
#include "config/environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "acl/suggest.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/shown.hpp"
#include "config/address.hpp"
#include "config/checks.hpp"
#include "config/environment_openers.hpp"
#include "config/environment_policy.hpp"
#include "config/environment_text.hpp"
#include "config/environment_values.hpp"
#include "config/host_networks.hpp"
#include "config/report.hpp"
#include "config/words.hpp"
#include "config/yaml.hpp"

namespace config {
namespace {

constexpr std::string_view compat = "TIDEGATE_COMPAT";

/// Where the value of a variable goes that is not a switch. Of keys with the same beginning the
/// longer comes first.
struct Value {
  std::string_view place, variable;
};
constexpr auto values = std::to_array<Value>({
    {"profiles.environment.containers.level", "LEVEL"},
    {"upstream", "SOCKET_PATH"},
    {"listeners[0].hosts", "TIDEGATE_HOSTS"},
    {"listeners[0]", "BIND_CONFIG"},
    {"admin.hosts", "TIDEGATE_HOSTS"},
    {"admin", admin_variable},
    {"log.level", "LOG_LEVEL"},
});

/// All such variables, in the order in which their mistakes are reported.
std::vector<std::string> known_variables() {
  std::vector<std::string> known{std::string(compat), "LEVEL"};
  for (const auto& variable : all_switches()) known.emplace_back(variable.name);
  for (const auto& value : values) known.emplace_back(value.variable);
  known.emplace_back("DISABLE_IPV6");
  return known;
}

/// Variables that neither image has and that people set all the same, with what has that effect.
struct Misbelief {
  std::string_view variable, instead;
};
constexpr auto misbeliefs = std::to_array<Misbelief>({
    {"ALLOWED_METHODS", "`POST=1` or `POST=0`, for every method but GET and HEAD"},
    {"DELETE", "`POST=1` or `POST=0`, for every method but GET and HEAD"},
    {"GET", "the switch of a section, such as `CONTAINERS=1`"},
    {"HEAD", "the switch of a section, such as `CONTAINERS=1`"},
    {"LOGS", "`ALLOW_LOGS` with `TIDEGATE_COMPAT=linuxserver`; otherwise `CONTAINERS=1` has logs"},
    {"PATCH", "`POST=1` or `POST=0`, for every method but GET and HEAD"},
    {"PUT", "`POST=1` or `POST=0`, for every method but GET and HEAD"},
    {"RESTART", "`ALLOW_RESTARTS`"},
    {"START", "`ALLOW_START`"},
    {"STOP", "`ALLOW_STOP`"},
});

bool is_misbelief(std::string_view variable) {
  return std::ranges::find(misbeliefs, variable, &Misbelief::variable) != misbeliefs.end();
}

/// The allowed operations, each listed under the first switch that includes it.
YamlNode allowed_by(const EnvironmentPolicy& policy) {
  YamlNode list(YamlNode::Kind::list);
  for (const auto& variable : all_switches()) {
    std::string comment(variable.name);
    for (const auto operation : operations_of(variable, policy)) {
      const auto name = acl::info(operation).name;
      if (std::ranges::find(list.items, name, &YamlNode::text) != list.items.end()) continue;
      list.items.push_back(scalar_node(std::string(name)));
      list.items.back().comment = std::exchange(comment, "");
    }
  }
  return list;
}

/// \returns null where the variable is not set, or is empty as with compose's `${NAME:-}`
const std::string* value_of(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() || found->second.empty() ? nullptr : &found->second;
}

/// Without these warnings it would seem that SOCKET_PATH chooses the engine.
void warn_of_unread(const Environment& environment, Settings& settings) {
  for (const std::string_view variable :
       {"SOCKET_PATH", "BIND_CONFIG", "DISABLE_IPV6", "TIDEGATE_HOSTS"}) {
    if (value_of(environment, variable) == nullptr) continue;
    settings.warnings.push_back(
        {.file = "environment",
         .where = std::string(variable),
         .message = "changes nothing, since no variable says what clients may do",
         .hint = "set a switch such as `CONTAINERS=1` and give `serve` no options, or write this "
                 "in a configuration file"});
  }
}

/// Turns the variables into a configuration file, whose reader checks them. Only values in the
/// images' own vocabulary are translated here.
class Translator {
 public:
  Translator(const Environment& environment, Report& report)
      : environment_(environment), report_(report) {
    policy_ = initially(read_image());
    if (const auto* level = find("LEVEL")) policy_.level = *level;
    for (const auto& variable : all_switches()) read_switch(variable);
    look_for_slips();
    warn_of_idle();
  }

  const EnvironmentPolicy& policy() const { return policy_; }

  YamlNode file() {
    YamlNode root(YamlNode::Kind::map);
    root.set("version", scalar_node("1"));
    root.set("upstream", scalar_node(engine()));
    YamlNode listeners(YamlNode::Kind::list);
    listeners.items.push_back(listener());
    root.set("listeners", std::move(listeners));
    root.set("profiles", map_with("environment", profile()));
    if (const auto address = admin_address(environment_); !address.empty())
      root.set("admin", with_hosts(map_with("address", scalar_node(address))));
    root.set("log", map_with("level", scalar_node(std::string(log_level()))));
    return root;
  }

 private:
  void mistake(std::string_view variable, std::string message, std::string hint = {}) {
    report_.add(0, acl::shown(variable), std::move(message), std::move(hint));
  }

  const std::string* find(std::string_view name) const { return value_of(environment_, name); }

  static YamlNode map_with(std::string_view key, YamlNode value) {
    YamlNode map(YamlNode::Kind::map);
    map.set(key, std::move(value));
    return map;
  }

  Image read_image() {
    constexpr auto images = std::to_array<std::string_view>({"tecnativa", "linuxserver"});
    const auto* text = find(compat);
    if (text == nullptr || *text == images[0]) return Image::tecnativa;
    if (*text != images[1])
      mistake(compat, "unknown value " + acl::quoted(*text), suggest(*text, images));
    return Image::linuxserver;
  }

  bool parsed(std::string_view name, std::string_view text) {
    const auto value = parse_switch(text);
    if (!value) mistake(name, value.error());
    return value && *value;
  }

  void read_switch(const Switch& variable) {
    const auto found = environment_.find(variable.name);
    if (found == environment_.end()) return;
    std::erase(policy_.on, variable.name);
    if (!parsed(variable.name, found->second)) return;
    policy_.on.push_back(variable.name);
    if (variable.known_to(policy_.image)) return;
    const std::string image(to_string(variable.images));
    mistake(variable.name,
            "is a variable of the image of " + image + ", and this is that of " +
                std::string(to_string(policy_.image)),
            "set " + code(std::string(compat) + "=" + image) + " as well, or remove it");
  }

  /// Without this check IAMGES=1 would be ignored, and the requests it was meant for refused later.
  void look_for_slips() {
    const auto known = known_variables();
    for (const auto& [name, value] : environment_) {
      if (!looks_like_switch(value) || is_misbelief(name)) continue;
      if (std::ranges::find(known, name) != known.end()) continue;
      auto hint = acl::suggest_word(name, known);
      if (hint.empty()) continue;
      mistake(name, "is not a variable that tidegate or the image knows", std::move(hint));
    }
  }

  /// Warns of what is set and changes nothing.
  void warn_of_idle() {
    for (const auto& variable : all_switches()) {
      if (!environment_.contains(variable.name)) continue;
      auto why = why_idle(variable, policy_);
      if (!why.empty()) report_.warn(std::string(variable.name), std::move(why));
    }
    for (const auto& [variable, instead] : misbeliefs) {
      if (!environment_.contains(variable)) continue;
      report_.warn(std::string(variable), "is not a variable of the images and changes nothing",
                   "set " + std::string(instead));
    }
  }

  std::string engine() const {
    const auto* text = find("SOCKET_PATH");
    if (text == nullptr) return Settings().upstream.to_string();
    return text->starts_with("unix://") ? *text : as_address(*text);
  }

  YamlNode listener() {
    const auto* bind = find("BIND_CONFIG");
    auto listener = as_listener(bind != nullptr  ? *bind
                                : without_ipv6() ? "0.0.0.0:2375"
                                                 : "[::]:2375");
    if (!listener) {
      report_.add(0, "listeners[0]", listener.error());
      return YamlNode(YamlNode::Kind::refused);
    }
    auto served = with_hosts(std::move(*listener));
    served.set("profile", scalar_node("environment"));
    return served;
  }

  /// The only switch that Tecnativa's entry point reads as a word.
  bool without_ipv6() {
    const auto* text = find("DISABLE_IPV6");
    if (text == nullptr) return false;
    const auto lower = acl::lower_case(*text);
    if (policy_.image == Image::tecnativa && (lower == "true" || lower == "yes")) return true;
    if (policy_.image == Image::tecnativa && (lower == "false" || lower == "no")) return false;
    return parsed("DISABLE_IPV6", *text);
  }

  /// Only a tcp listener has names.
  YamlNode with_hosts(YamlNode listener) const {
    const auto* hosts = find("TIDEGATE_HOSTS");
    const bool on_tcp = !listener.find("address")->text.starts_with("unix://");
    if (hosts != nullptr && on_tcp) listener.set("hosts", as_list(*hosts));
    return listener;
  }

  YamlNode profile() const {
    auto profile = map_with("allow", allowed_by(policy_));
    profile.set("containers", map_with("level", scalar_node(policy_.level)));
    return profile;
  }

  std::string_view log_level() {
    constexpr auto theirs = std::to_array<std::string_view>(
        {"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"});
    constexpr auto ours = std::to_array<std::string_view>(
        {"error", "error", "error", "error", "warn", "info", "info", "debug"});
    const auto* text = find("LOG_LEVEL");
    const auto word = std::ranges::find(theirs, text == nullptr ? "info" : *text);
    if (word != theirs.end()) return ours[static_cast<std::size_t>(word - theirs.begin())];
    mistake("LOG_LEVEL", "unknown level " + acl::quoted(*text), suggest(*text, theirs));
    return "info";
  }

  const Environment& environment_;
  Report& report_;
  EnvironmentPolicy policy_;
};

/// Words a mistake in the file as one in the variables. Names of hosts may occur twice in the file.
std::vector<Diagnostic> by_variable(const std::vector<Diagnostic>& mistakes) {
  const auto rank = [known = known_variables()](const Diagnostic& mistake) {
    return std::ranges::find(known, mistake.where) - known.begin();
  };
  std::vector<Diagnostic> told;
  for (auto mistake : mistakes) {
    const auto value = std::ranges::find_if(
        values, [&](const Value& row) { return mistake.where.starts_with(row.place); });
    if (value != values.end()) mistake.where = value->variable;
    if (std::ranges::find(told, mistake) != told.end()) continue;
    const auto behind = std::ranges::upper_bound(told, rank(mistake), {}, rank);
    told.insert(behind, std::move(mistake));
  }
  return told;
}

}  // namespace

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

bool tells_policy(const Environment& environment) {
  return environment.contains(compat) ||
         std::ranges::any_of(all_switches(), [&](const Switch& variable) {
           return environment.contains(variable.name);
         });
}

std::string admin_address(const Environment& environment) {
  const auto* address = value_of(environment, admin_variable);
  return address == nullptr ? "" : *address;
}

Loaded load_file(const std::string& path, const Environment& environment) {
  auto loaded = load_file(path, Checked::here, admin_address(environment));
  if (loaded) warn_of_unread(environment, *loaded);
  return loaded;
}

Loaded without_file(const Address& listen, const Address& upstream,
                    const Environment& environment) {
  Report report("environment");
  std::optional<Address> admin;
  if (const auto text = admin_address(environment); !text.empty()) {
    const auto address = parse_address(text);
    if (address)
      admin = *address;
    else
      report.mistake("admin.address", address.error());
  }
  auto settings = without_file(listen, upstream, admin);
  check_admin(settings, report);
  if (!report.empty()) return by_variable(report.take());
  warn_of_unread(environment, settings);
  return settings;
}

acl::Result<std::string, std::vector<Diagnostic>> text_from(const Environment& environment) {
  Report report("environment");
  Translator translator(environment, report);
  const auto file = translator.file();
  if (!report.empty()) return by_variable(report.take());
  return text_of(file, translator.policy());
}

Loaded load_environment(const Environment& environment, const Accounts& accounts) {
  Report report("environment");
  Translator translator(environment, report);
  const auto file = translator.file();
  auto loaded = load_tree(file, accounts, system_networks(), report);
  if (!loaded) return by_variable(loaded.error());
  for (auto& warning : loaded->warnings)
    if (warning.where == "listeners[0].profile")
      warning = {.file = warning.file,
                 .message = "every request is refused: no variable allows any",
                 .hint = "switch on what clients need, as CONTAINERS=1"};
  auto& spec = loaded->policy_spec;
  spec.profiles.front().variables = openers(translator.policy());
  if (auto policy = acl::compile(spec)) loaded->policy = std::move(*policy);
  return loaded;
}

}  // namespace config
