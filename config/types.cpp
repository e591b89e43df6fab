// SPDX-License-Identifier: Apache-2.0
#include "config/types.hpp"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "acl/text.hpp"
#include "config/scalar.hpp"
#include "config/units.hpp"
#include "config/words.hpp"

namespace config {
namespace {

constexpr const char* address_pattern = "^(unix:///|tcp://)";

std::string_view to_string(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::null: return "nothing";
    case YamlNode::Kind::scalar: return "a single value";
    case YamlNode::Kind::list: return "a list";
    case YamlNode::Kind::map: return "a map";
    case YamlNode::Kind::refused: return "something that is reported already";
  }
  return "";
}

std::string how_to_write(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::list: return "write `[one, two]`, or a line `- one` for each";
    case YamlNode::Kind::map: return "write indented lines `key: value` below it";
    case YamlNode::Kind::scalar:
    case YamlNode::Kind::null:
    case YamlNode::Kind::refused: return "";
  }
  return "";
}

template <class T>
Complaint assign(const acl::Result<T, std::string>& parsed, T& to) {
  if (!parsed) return parsed.error();
  to = *parsed;
  return "";
}

template <class T, class Parse, class Print>
Type<T> ranged(Parse parse, Print print, T least, T most, Shape shape) {
  const std::string range = print(least) + " to " + print(most);
  const auto read = [=](const std::string& text, T& to) -> Complaint {
    Complaint complaint = assign(parse(text), to);
    if (!complaint.empty()) return complaint;
    if (to < least || to > most) return acl::quoted(text) + " is out of range; write " + range;
    return "";
  };
  return scalar<T>(read, print, range, std::move(shape));
}

std::string format_count(std::size_t number) {
  return std::to_string(number);
}

std::string format_text(const std::string& text) {
  return text;
}

std::string format_mode(unsigned mode) {
  std::string octal = "0000";
  for (std::size_t digit = 4; digit-- > 1; mode >>= 3U) {
    octal[digit] = static_cast<char>('0' + (mode & 7U));
  }
  return octal;
}

Complaint parse_mode(const std::string& text, unsigned& mode) {
  const std::string digits = text.substr(text.starts_with("0o") ? 2 : 0);
  const bool octal = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '7'; });
  if (octal && digits == text && digits.size() == 4 && digits.front() == '0') {
    std::from_chars(text.data(), text.data() + text.size(), mode, 8);
    return "";
  }
  const std::string cure = octal && digits.size() == 3 ? "0" + digits : "0660";
  return acl::quoted(text) + " is no mode; write three octal digits after a zero, as \"" + cure +
         "\"";
}

Complaint parse_text(const std::string& text, std::string& to) {
  if (text.empty()) return "is empty; write a value";
  to = text;
  return "";
}

Complaint parse_path(const std::string& text, std::string& to) {
  if (!text.starts_with('/') || text.ends_with('/')) {
    return acl::quoted(text) + " is no absolute path of a file; write one, as /etc/tidegate/ca.pem";
  }
  to = text;
  return "";
}

Complaint parse_host(const std::string& text, std::string& to) {
  const auto name = parse_host_name(text);
  if (!name) {
    return acl::quoted(text) +
           " is neither a host name nor an IP address; write one, without a port, as " +
           "`engine.example.com`";
  }
  to = *name;
  return "";
}

Complaint parse_output(const std::string& text, std::string& to) {
  if (text != "-" && (!text.starts_with('/') || text.ends_with('/'))) {
    return acl::quoted(text) +
           " is no absolute path of a file; write one, or \"-\" for standard output";
  }
  to = text;
  return "";
}

bool is_other_spelling(std::string_view text, std::initializer_list<std::string_view> words) {
  const auto same = [](char a, char b) { return (a | 0x20) == b; };
  return std::ranges::any_of(
      words, [&](std::string_view word) { return std::ranges::equal(text, word, same); });
}

bool read_boolean(const Place& place, bool& to, Report& report) {
  if (!expect(place, YamlNode::Kind::scalar, report)) return false;
  const auto& text = place.node.text;
  if (!place.node.quoted && (text == "true" || text == "false")) {
    to = text == "true";
    return true;
  }
  if (is_other_spelling(text, {"true", "yes", "on", "y"}) || text == "1") {
    place.mistake(report, acl::quoted(text) + " is no boolean here; write `true`, without quotes");
  } else if (is_other_spelling(text, {"false", "no", "off", "n"}) || text == "0") {
    place.mistake(report, acl::quoted(text) + " is no boolean here; write `false`, without quotes");
  } else {
    place.mistake(report, acl::quoted(text) + " is no boolean; write `true` or `false`");
  }
  return false;
}

}  // namespace

bool expect(const Place& place, YamlNode::Kind kind, Report& report) {
  const auto found = place.node.kind;
  if (found == kind) return true;
  if (found == YamlNode::Kind::refused) return false;
  const std::string article = place.where.empty() ? "the file is " : "is ";
  if (found == YamlNode::Kind::null) {
    place.mistake(report, article + "empty; give it a value or remove it", how_to_write(kind));
  } else {
    place.mistake(report,
                  article + std::string(to_string(found)) + " where " +
                      std::string(to_string(kind)) + " belongs",
                  how_to_write(kind));
  }
  return false;
}

Type<bool> boolean() {
  const auto print = [](bool value) { return scalar_node(value ? "true" : "false"); };
  return {read_boolean, print, "true or false", {.types = {"boolean"}}};
}

Type<std::size_t> count(std::size_t least, std::size_t most) {
  return ranged(parse_count, format_count, least, most,
                {.types = {"integer", "string"},
                 .pattern = "^[0-9]+$",
                 .least = static_cast<double>(least),
                 .most = static_cast<double>(most)});
}

Type<std::size_t> size(std::size_t least, std::size_t most) {
  return ranged(parse_size, format_size, least, most,
                {.types = {"integer", "string"}, .pattern = "^[0-9]+(B|KiB|MiB|GiB|[kKmMgG])?$"});
}

Type<std::size_t> size_or_automatic(std::size_t least, std::size_t most) {
  auto type = size(least, most);
  const std::string range = "0 = automatic, or " + type.range;
  const auto read = [=](const std::string& text, std::size_t& to) -> Complaint {
    Complaint complaint = assign(parse_size(text), to);
    if (!complaint.empty()) return complaint;
    const bool fits = to == 0 || (to >= least && to <= most);
    return fits ? "" : acl::quoted(text) + " is out of range; write " + range;
  };
  return scalar<std::size_t>(read, format_size, range, std::move(type.shape));
}

Type<std::chrono::milliseconds> duration(std::chrono::milliseconds most) {
  return ranged(parse_duration, format_duration, std::chrono::milliseconds(1), most,
                string_like("^[0-9]+(ms|s|m|h|d)$"));
}

Type<std::chrono::milliseconds> duration_or_off(std::chrono::milliseconds most) {
  auto type = ranged(parse_duration, format_duration, std::chrono::milliseconds(0), most,
                     {.types = {"integer", "string"},
                      .pattern = "^(0|[0-9]+(ms|s|m|h|d))$",
                      .least = 0,
                      .most = 0});
  type.range = "0 = off, or " + duration(most).range;
  return type;
}

Type<std::string> text() {
  return scalar<std::string>(parse_text, format_text, "text", any_scalar());
}

Type<std::string> one_of(std::initializer_list<std::string_view> words) {
  std::string range;
  for (const auto word : words) range += (range.empty() ? "" : ", ") + std::string(word);
  auto read = [valid = std::vector(words)](const Place& place, std::string& to, Report& report) {
    if (!expect(place, YamlNode::Kind::scalar, report)) return false;
    if (std::ranges::find(valid, place.node.text) == valid.end()) {
      place.mistake(report, "unknown value " + acl::quoted(place.node.text),
                    suggest(place.node.text, valid));
      return false;
    }
    to = place.node.text;
    return true;
  };
  return {std::move(read), scalar_node, std::move(range),
          one_of_words({words.begin(), words.end()})};
}

Type<Address> address() {
  const auto read = [](const std::string& text, Address& to) {
    return assign(parse_address(text), to);
  };
  return scalar<Address>(read, &Address::to_string, "unix:///path or tcp://address:port",
                         string_like(address_pattern));
}

Type<Address> upstream() {
  const auto read = [](const std::string& text, Address& to) {
    return assign(parse_upstream(text), to);
  };
  return scalar<Address>(read, &Address::to_string, "unix:///path or tcp://host:port",
                         string_like(address_pattern));
}

Type<std::string> host_name() {
  return scalar<std::string>(parse_host, format_text, "a host name or an IP address", any_scalar());
}

Type<unsigned> file_mode() {
  return scalar<unsigned>(parse_mode, format_mode, "\"0000\" to \"0777\"",
                          {.types = {"string", "integer"}, .pattern = "^0[0-7]{3}$"});
}

Type<std::string> file_path() {
  return scalar<std::string>(parse_path, format_text, "an absolute path", string_like("^/.*[^/]$"));
}

Type<std::string> output_path() {
  return scalar<std::string>(parse_output, format_text, "an absolute path, or \"-\"",
                             string_like("^(-|/.*[^/])$"));
}

}  // namespace config
