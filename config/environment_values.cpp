// SPDX-License-Identifier: Apache-2.0
#include "config/environment_values.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>
#include <vector>

#include "acl/text.hpp"
#include "acl/text/ascii.hpp"
#include "config/words.hpp"

namespace config {
namespace {

constexpr std::string_view digits = "0123456789";

/// HAProxy's bool: true where the text begins with a whole number other than zero (2.6.12, tried).
bool counts_as_on(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const auto number = text.substr(0, std::min(text.find_first_not_of(digits), text.size()));
  return number.find_first_not_of('0') != std::string_view::npos;
}

/// HAProxy's spellings of an address as ours: "*:2375" and ":2375" are all of IPv4.
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

std::string no_option(const std::string& option) {
  return acl::quoted(option) +
         " is no option that tidegate reads in the place of HAProxy: known "
         "are `mode`, `user`, `uid`, `group`, `gid` and `v4v6`; for TLS and more write a "
         "configuration file";
}

/// Octal digits as the configuration file wants them: "660" is "0660".
std::string as_mode(const std::string& text) {
  return text.size() == 3 ? "0" + text : text;
}

/// Where the value of an option goes; null where there is no such option.
std::string* member_for(const std::string& option, BindLine& line) {
  if (option == "mode") return &line.mode;
  if (option == "user" || option == "uid") return &line.owner;
  if (option == "group" || option == "gid") return &line.group;
  return nullptr;
}

}  // namespace

acl::Result<BindLine, std::string> parse_bind_line(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string word;
  if (!(words >> word)) return std::string("is empty; write an address, or leave it out");
  BindLine line;
  const auto address = parse_address(as_address(word));
  if (!address) return address.error();
  line.address = *address;
  while (words >> word) {
    if (word == "v4v6") continue;  // what [::] is to begin with
    auto* member = member_for(word, line);
    if (member == nullptr) return no_option(word);
    const auto option = std::exchange(word, {});
    if (!(words >> word)) return acl::quoted(option) + " has no value; write one behind it";
    *member = option == "mode" ? as_mode(word) : word;
  }
  return line;
}

acl::Result<Address, std::string> parse_engine(std::string_view text) {
  return parse_upstream(text.starts_with("unix://") ? std::string(text) : as_address(text));
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
         (!text.empty() && text.size() <= 2 &&
          text.find_first_not_of(digits) == std::string_view::npos);
}

std::vector<std::string> words_between_commas(std::string_view text) {
  std::vector<std::string> words;
  for (;;) {
    const auto comma = std::min(text.find(','), text.size());
    auto word = text.substr(0, comma);
    word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
    words.emplace_back(word.substr(0, word.find_last_not_of(' ') + 1));
    if (comma == text.size()) return words;
    text.remove_prefix(comma + 1);
  }
}

std::string parse_log_level(std::string_view text, std::string& level) {
  constexpr auto levels =
      std::to_array<std::pair<std::string_view, std::string_view>>({{"emerg", "error"},
                                                                    {"alert", "error"},
                                                                    {"crit", "error"},
                                                                    {"err", "error"},
                                                                    {"warning", "warn"},
                                                                    {"notice", "info"},
                                                                    {"info", "info"},
                                                                    {"debug", "debug"}});
  std::vector<std::string_view> known;
  for (const auto& [word, ours] : levels) {
    known.push_back(word);
    if (text != word) continue;
    level = ours;
    return "";
  }
  return "unknown level " + acl::quoted(text) + "; " + suggest(text, known);
}

}  // namespace config
