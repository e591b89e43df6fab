// SPDX-License-Identifier: Apache-2.0
#include "config/environment_text.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "acl/constraint/constraints.hpp"

namespace config {
namespace {

std::string quoted_scalar(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string line(const std::string& key, const std::string& value) {
  return value.empty() ? "" : "    " + key + ": " + quoted_scalar(value) + "\n";
}

/// A tcp address, and a socket that others can write to: the image has them, so they are served.
bool is_insecure(const BindLine& listener) {
  if (listener.address.kind == Address::Kind::tcp) return true;
  unsigned mode = 0;
  const auto& text = listener.mode;
  std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  return (mode & 0002U) != 0;
}

/// Only what listens on tcp has names.
std::string hosts_text(const std::string& indent, const Address& at, const auto& hosts) {
  if (at.kind != Address::Kind::tcp || hosts.empty()) return "";
  std::string text = indent + "hosts:\n";
  for (const auto& host : hosts) text += indent + "  - " + quoted_scalar(host) + "\n";
  return text;
}

std::string listener_text(const EnvironmentSettings& settings) {
  const auto& listener = settings.listener;
  return "listeners:\n  - address: " + quoted_scalar(listener.address.to_string()) + "\n" +
         line("mode", listener.mode) + line("owner", listener.owner) +
         line("group", listener.group) + (is_insecure(listener) ? "    insecure: true\n" : "") +
         hosts_text("    ", listener.address, settings.hosts) + "    profile: environment\n";
}

/// A line of `allow` for each operation, below the name of the switch that is the first to have it.
std::string allow_text(const EnvironmentPolicy& policy) {
  std::string text;
  std::vector<acl::Operation> written;
  for (const auto& variable : all_switches()) {
    std::string entries;
    for (const auto operation : operations_of(variable, policy)) {
      if (std::ranges::find(written, operation) != written.end()) continue;
      written.push_back(operation);
      entries += "      - " + std::string(acl::info(operation).name) + "\n";
    }
    if (!entries.empty()) text += "      # " + std::string(variable.name) + "\n" + entries;
  }
  return written.empty() ? "    allow: []\n" : "    allow:\n" + text;
}

/// Switches that are on and let nothing through: POST=0 makes some useless, and that is no mistake.
std::string idle_text(const EnvironmentPolicy& policy) {
  std::string text;
  for (const auto& variable : all_switches()) {
    const bool grants =
        variable.kind == Switch::Kind::section || variable.kind == Switch::Kind::action;
    if (!grants || !policy.is_on(variable.name)) continue;
    if (!operations_of(variable, policy).empty()) continue;
    text += "# " + std::string(variable.name) + "=1 lets nothing through without POST=1.\n";
  }
  return text;
}

/// A comment of lines that can be read without scrolling; the first begins with `bullet`.
std::string wrapped(std::string_view bullet, std::string_view sentence) {
  constexpr std::size_t columns = 100;
  std::string text;
  std::string line_begin = "# " + std::string(bullet);
  while (!sentence.empty()) {
    const auto room = columns - line_begin.size();
    auto end = sentence.size() <= room ? sentence.size() : sentence.rfind(' ', room);
    if (end == std::string_view::npos) end = sentence.size();
    text += line_begin + std::string(sentence.substr(0, end)) + "\n";
    sentence.remove_prefix(std::min(end + 1, sentence.size()));
    line_begin = "# " + std::string(bullet.size(), ' ');
  }
  return text;
}

bool reads_bodies(const EnvironmentPolicy& policy) {
  if (policy.level == acl::Level::unconfined) return false;
  return std::ranges::any_of(all_switches(), [&](const Switch& variable) {
    return std::ranges::any_of(operations_of(variable, policy), [](acl::Operation operation) {
      return acl::info(operation).body != acl::BodyKind::none;
    });
  });
}

std::string pages_text(const Address& listener) {
  const std::string any =
      wrapped("- ", "what a web page asks through a browser, which says so (browser.origin)");
  if (listener.kind != Address::Kind::tcp) return any;
  return any + wrapped("- ",
                       "what comes under a name with a dot that TIDEGATE_HOSTS does not list "
                       "(browser.host); IP addresses and names such as socket-proxy pass");
}

std::string differences_text(const EnvironmentSettings& settings) {
  const auto& policy = settings.policy;
  std::string text = "# Of what that image lets through, tidegate refuses:\n";
  for (const auto& difference : differences(policy)) {
    text += wrapped("- ", std::string(difference.sentence) + " (" +
                              std::string(acl::id(difference.reason)) + ")");
  }
  text += pages_text(settings.listener.address);
  if (!reads_bodies(policy)) return text;
  return text +
         wrapped("- ", "what a body asks for beyond the level " +
                           std::string(acl::to_string(policy.level)) +
                           ": privileged containers, host paths and the like (constraint.*)");
}

std::string admin_text(const EnvironmentSettings& settings) {
  const auto& admin = settings.admin;
  if (!admin) return "";
  return "\nadmin:\n  address: " + quoted_scalar(admin->to_string()) + "\n" +
         hosts_text("  ", *admin, settings.hosts);
}

}  // namespace

std::string text_of(const EnvironmentSettings& settings) {
  const auto& policy = settings.policy;
  return "# From the environment, as the docker-socket-proxy image of " +
         std::string(to_string(policy.image)) + " reads it.\n" + differences_text(settings) +
         idle_text(policy) +
         "\nversion: 1\nupstream: " + quoted_scalar(settings.engine.to_string()) + "\n\n" +
         listener_text(settings) + "\nprofiles:\n  environment:\n" + allow_text(policy) +
         "    containers:\n      level: " + std::string(acl::to_string(policy.level)) + "\n" +
         admin_text(settings) + "\nlog:\n  level: " + settings.log_level + "\n";
}

}  // namespace config
