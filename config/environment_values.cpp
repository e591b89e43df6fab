// SPDX-License-Identifier: Apache-2.0
#include "config/environment_values.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "acl/text/ascii.hpp"
#include "acl/text/shown.hpp"
#include "acl/text/words.hpp"

namespace config {
namespace {

constexpr std::string_view digits = "0123456789";

/// HAProxy's bool: true if the text begins with a whole number other than 0 (tested: 2.6.12).
bool counts_as_on(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const auto number = text.substr(0, std::min(text.find_first_not_of(digits), text.size()));
  return number.find_first_not_of('0') != std::string_view::npos;
}

std::string no_option(const std::string& option) {
  return acl::quoted(option) +
         " is not a `bind` option that tidegate supports; write `mode`, `user`, `uid`, `group`, "
         "`gid` or `v4v6`, or a configuration file for TLS and more";
}

/// The key of the file for an option; empty if there is no such option.
std::string_view key_for(std::string_view option) {
  if (option == "mode") return "mode";
  if (option == "user" || option == "uid") return "owner";
  return option == "group" || option == "gid" ? "group" : "";
}

/// Accepts a tcp address, and a socket that others can write to, as the image does.
bool is_insecure(const YamlNode& listener) {
  if (!listener.find("address")->text.starts_with("unix://")) return true;
  const auto* mode = listener.find("mode");
  return mode != nullptr && ((mode->text.back() - '0') & 2) != 0;
}

}  // namespace

std::string as_address(std::string_view text) {
  if (text.starts_with("unix@")) return "unix://" + std::string(text.substr(5));
  if (text.starts_with('/')) return "unix://" + std::string(text);
  for (const std::string_view scheme : {"ipv4@", "ipv6@", "tcp://"}) {
    if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
  }
  if (text.starts_with("*:")) text.remove_prefix(1);
  if (text.starts_with(":::")) return "tcp://[::]" + std::string(text.substr(2));
  return (text.starts_with(':') ? "tcp://0.0.0.0" : "tcp://") + std::string(text);
}

acl::Result<YamlNode, std::string> as_listener(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string word;
  if (!(words >> word)) return std::string("is empty; write an address, or leave it out");
  YamlNode listener(YamlNode::Kind::map);
  listener.set("address", scalar_node(as_address(word)));
  while (words >> word) {
    if (word == "v4v6") continue;  // [::] is that by default
    const auto key = key_for(word);
    if (key.empty()) return no_option(word);
    const auto option = std::exchange(word, {});
    if (!(words >> word)) return acl::quoted(option) + " has no value; write one behind it";
    const bool without_zero = key == "mode" && word.size() == 3;  // 660 is 0660
    listener.set(key, scalar_node(without_zero ? "0" + word : word));
  }
  if (is_insecure(listener)) listener.set("insecure", scalar_node("true"));
  return listener;
}

acl::Result<bool, std::string> parse_switch(std::string_view text) {
  if (text == "1") return true;
  if (text.empty() || text == "0") return false;
  return acl::quoted(text) + " counts as " + (counts_as_on(text) ? "on" : "off") +
         " in the images, which read a number; write `1` for on or `0` for off";
}

bool looks_like_switch(std::string_view text) {
  constexpr auto words = std::to_array<std::string_view>(
      {"true", "false", "yes", "no", "on", "off", "t", "f", "y", "n", "enabled", "disabled"});
  const auto lower = acl::lower_case(text);
  return std::ranges::find(words, lower) != words.end() ||
         (text.size() <= 2 && acl::is_made_of(text, digits));
}

YamlNode as_list(std::string_view text) {
  YamlNode list(YamlNode::Kind::list);
  acl::for_each_word(text, ',', [&list](std::string_view word) {
    list.items.emplace_back(YamlNode::Kind::scalar).text = acl::trimmed(word, " ");
  });
  return list;
}

}  // namespace config
