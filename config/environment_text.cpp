// SPDX-License-Identifier: Apache-2.0
#include "config/environment_text.hpp"

#include <algorithm>
#include <string_view>

#include "config/yaml_text.hpp"

namespace config {
namespace {

/// Names switches that are on and allow nothing: POST=0 makes some useless, which is not a mistake.
std::string idle_text(const EnvironmentPolicy& policy) {
  std::string text;
  for (const auto& variable : all_switches()) {
    const std::string why = why_idle(variable, policy);
    if (why.empty() || variable.kind == Switch::Kind::podman) continue;
    text += "# " + std::string(variable.name) + "=1 " + why + ".\n";
  }
  return text;
}

/// Wraps a comment to lines that need no scrolling; the first begins with `bullet`.
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
  if (policy.level == "unconfined") return false;
  return std::ranges::any_of(all_switches(), [&](const Switch& variable) {
    return std::ranges::any_of(operations_of(variable, policy), [](acl::Operation operation) {
      return acl::info(operation).body != acl::BodyKind::none;
    });
  });
}

std::string differences_text(const EnvironmentPolicy& policy, bool on_tcp) {
  std::string text = "# tidegate refuses some requests that the image allows:\n";
  for (const auto& difference : differences(policy)) {
    text += wrapped("- ", std::string(difference.sentence) + " (" +
                              std::string(acl::id(difference.reason)) + ")");
  }
  text += wrapped("- ", "requests that a web page makes through a browser (browser.origin)");
  if (on_tcp) {
    text += wrapped("- ",
                    "requests whose Host is a name with a dot that TIDEGATE_HOSTS does not list "
                    "(browser.host); IP addresses and names such as socket-proxy pass");
  }
  if (!reads_bodies(policy)) return text;
  return text + wrapped("- ", "bodies that go beyond the level " + policy.level +
                                  ": privileged containers, host paths and the like "
                                  "(constraint.*)");
}

}  // namespace

std::string text_of(const YamlNode& file, const EnvironmentPolicy& policy) {
  const auto& address = file.find("listeners")->items.front().find("address")->text;
  std::string text = "# From the environment, as the docker-socket-proxy image of " +
                     std::string(to_string(policy.image)) + " reads it.\n" +
                     differences_text(policy, address.starts_with("tcp://")) + idle_text(policy);
  for (const auto& [key, value] : file.entries) {
    YamlNode section(YamlNode::Kind::map);
    section.set(key, value);
    // Separates sections from each other, and the first line from the comment.
    if (value.kind != YamlNode::Kind::scalar || key == "version") text += "\n";
    text += yaml_text(section);
  }
  return text;
}

}  // namespace config
