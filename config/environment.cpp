// SPDX-License-Identifier: Apache-2.0
#include "config/environment.hpp"
#include "config/host_networks.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "acl/suggest.hpp"
#include "acl/text.hpp"
#include "acl/text/ascii.hpp"
#include "config/environment_text.hpp"
#include "config/web_types.hpp"
#include "config/words.hpp"

namespace config {
namespace {

constexpr std::string_view compat = "TIDEGATE_COMPAT";
constexpr std::string_view admin = "TIDEGATE_ADMIN";
constexpr std::string_view hosts = "TIDEGATE_HOSTS";

// Beside the switches.
constexpr auto options = std::to_array<std::string_view>(
    {compat, admin, hosts, "LEVEL", "SOCKET_PATH", "BIND_CONFIG", "DISABLE_IPV6", "LOG_LEVEL"});

class EnvironmentReader {
 public:
  explicit EnvironmentReader(const Environment& environment) : environment_(environment) {}

  acl::Result<EnvironmentSettings, std::vector<Diagnostic>> read() {
    EnvironmentSettings settings;
    settings.policy = initially(read_image());
    read_level(settings.policy);
    for (const auto& variable : all_switches()) read_switch(variable, settings.policy);
    settings.engine = read_engine();
    settings.listener = read_listener(settings.policy.image);
    if (const auto* text = find(admin)) settings.admin = taken(admin, parse_address(*text));
    settings.hosts = read_hosts();
    settings.log_level = read_log_level();
    look_for_slips();
    if (!mistakes_.empty()) return std::move(mistakes_);
    return settings;
  }

 private:
  void mistake(std::string_view variable, std::string message, std::string hint = {}) {
    mistakes_.push_back(
        {"environment", 0, acl::shown(variable), std::move(message), std::move(hint)});
  }

  /// \returns null where the variable is not set, or empty as in compose's `${NAME:-}`.
  const std::string* find(std::string_view name) const {
    const auto found = environment_.find(name);
    return found == environment_.end() || found->second.empty() ? nullptr : &found->second;
  }

  template <class T>
  T taken(std::string_view name, const acl::Result<T, std::string>& parsed) {
    if (parsed) return *parsed;
    mistake(name, parsed.error());
    return {};
  }

  template <std::size_t Count>
  void unknown_word(std::string_view name, std::string_view word,
                    const std::array<std::string_view, Count>& valid) {
    mistake(name, "unknown value " + acl::quoted(word), suggest(word, valid));
  }

  Image read_image() {
    constexpr auto images = std::to_array<std::string_view>({"tecnativa", "linuxserver"});
    const auto* text = find(compat);
    if (text == nullptr || *text == images[0]) return Image::tecnativa;
    if (*text != images[1]) unknown_word(compat, *text, images);
    return Image::linuxserver;
  }

  void read_level(EnvironmentPolicy& policy) {
    // In the order of the enum.
    constexpr auto levels =
        std::to_array<std::string_view>({"unconfined", "baseline", "restricted"});
    const auto* text = find("LEVEL");
    if (text == nullptr) return;
    const auto found = std::ranges::find(levels, *text);
    if (found == levels.end()) return unknown_word("LEVEL", *text, levels);
    policy.level = static_cast<acl::Level>(found - levels.begin());
  }

  void read_switch(const Switch& variable, EnvironmentPolicy& policy) {
    const auto* text = find(variable.name);
    if (text == nullptr && !environment_.contains(variable.name)) return;
    const auto parsed = parse_switch(text == nullptr ? "" : *text);
    if (!parsed) return mistake(variable.name, parsed.error());
    std::erase(policy.on, variable.name);
    if (!*parsed) return;
    policy.on.push_back(variable.name);
    if (variable.known_to(policy.image)) return;
    mistake(variable.name,
            "is a variable of the image of " + std::string(to_string(variable.images)) +
                ", and this is that of " + std::string(to_string(policy.image)),
            "set " + code(std::string(compat) + "=" + std::string(to_string(variable.images))) +
                " as well, or remove it");
  }

  Address read_engine() {
    const auto* text = find("SOCKET_PATH");
    return text == nullptr ? Settings().upstream : taken("SOCKET_PATH", parse_engine(*text));
  }

  BindLine read_listener(Image image) {
    if (const auto* text = find("BIND_CONFIG")) return taken("BIND_CONFIG", parse_bind_line(*text));
    const std::string host = without_ipv6(image) ? "0.0.0.0" : "::";
    return {.address = {Address::Kind::tcp, "", host, 2375}};
  }

  /// The one switch that Tecnativa's entry point reads in words.
  bool without_ipv6(Image image) {
    const auto* text = find("DISABLE_IPV6");
    if (text == nullptr) return false;
    const auto lower = acl::lower_case(*text);
    if (image == Image::tecnativa && (lower == "true" || lower == "yes")) return true;
    if (image == Image::tecnativa && (lower == "false" || lower == "no")) return false;
    return taken("DISABLE_IPV6", parse_switch(*text));
  }

  std::vector<std::string> read_hosts() {
    std::vector<std::string> read;
    const auto* text = find(hosts);
    if (text == nullptr) return read;
    for (const auto& name : words_between_commas(*text)) {
      const auto complaint = parse_own_host(name, read.emplace_back());
      if (!complaint.empty()) mistake(hosts, complaint);
    }
    return read;
  }

  std::string read_log_level() {
    std::string level = Log().level;
    const auto* text = find("LOG_LEVEL");
    if (text == nullptr) return level;
    const auto complaint = parse_log_level(*text, level);
    if (!complaint.empty()) mistake("LOG_LEVEL", complaint);
    return level;
  }

  /// IAMGES=1 would be no variable to anybody, and what it was meant for refused later.
  void look_for_slips() {
    std::vector<std::string> known(options.begin(), options.end());
    for (const auto& variable : all_switches()) known.emplace_back(variable.name);
    for (const auto& [name, value] : environment_) {
      if (!looks_like_switch(value)) continue;
      if (std::ranges::find(known, name) != known.end()) continue;
      auto hint = acl::suggest_word(name, known);
      if (hint.empty()) continue;
      mistake(name, "is no variable that tidegate or the image knows", std::move(hint));
    }
  }

  const Environment& environment_;
  std::vector<Diagnostic> mistakes_;
};

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

acl::Result<std::string, std::vector<Diagnostic>> text_from(const Environment& environment) {
  const auto settings = EnvironmentReader(environment).read();
  if (!settings) return settings.error();
  return text_of(*settings);
}

Loaded load_environment(const Environment& environment, const Accounts& accounts) {
  const auto text = text_from(environment);
  if (!text) return text.error();
  return load_text(*text, "environment", accounts, system_networks());
}

}  // namespace config
