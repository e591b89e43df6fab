// SPDX-License-Identifier: Apache-2.0
#include "config/types.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>
#include <vector>

#include "acl/browser.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/host.hpp"
#include "acl/text/shown.hpp"
#include "config/credential.hpp"
#include "config/scalar.hpp"
#include "config/units.hpp"
#include "config/words.hpp"

namespace config {
namespace {

constexpr const char* address_pattern = "^(unix:///|tcp://)";

/// Numbers from `least` to `most`. `zero` says what zero means if it is allowed too.
template <class T, class Number>
Type<T> ranged(acl::Result<Number, std::string> (*parse)(std::string_view),
               std::string (*print)(Number), Number least, Number most, Shape shape,
               const std::string& zero = "") {
  const std::string range = zero + print(least) + " to " + print(most);
  const auto read = [=](const std::string& text) -> acl::Result<T, std::string> {
    const auto number = parse(text);
    if (!number) return number.error();
    const bool fits =
        (*number >= least && *number <= most) || (!zero.empty() && *number == Number());
    if (!fits) return acl::quoted(text) + " is out of range; write " + range;
    return static_cast<T>(*number);
  };
  const auto print_number = [print](const T& value) { return print(static_cast<Number>(value)); };
  return scalar<T>(read, print_number, range, std::move(shape));
}

Shape shape_of_size() {
  return {.types = {"integer", "string"}, .pattern = "^[0-9]+(B|KiB|MiB|GiB|[kKmMgG])?$"};
}

bool is_file_path(std::string_view text) {
  return text.starts_with('/') && !text.ends_with('/') && !has_variable(text);
}

std::string format_mode(unsigned mode) {
  std::string octal = "0000";
  for (std::size_t digit = 4; digit-- > 1; mode >>= 3U) {
    octal[digit] = static_cast<char>('0' + (mode & 7U));
  }
  return octal;
}

acl::Result<unsigned, std::string> parse_mode(std::string_view text) {
  const auto digits = text.substr(text.starts_with("0o") ? 2 : 0);
  const bool octal = acl::has_only(digits, "01234567");
  if (octal && digits == text && digits.size() == 4 && digits.front() == '0') {
    unsigned mode = 0;
    std::from_chars(text.data(), text.data() + text.size(), mode, 8);
    return mode;
  }
  const std::string cure = octal && digits.size() == 3 ? "0" + std::string(digits) : "0660";
  return acl::quoted(text) + " is not a mode; write three octal digits after a zero, as \"" + cure +
         "\"";
}

bool is_other_spelling(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, acl::lower_case(text)) != words.end();
}

bool read_boolean(const Place& place, bool& to) {
  if (!place.is_a(YamlNode::Kind::scalar)) return false;
  const auto& text = place.node.text;
  if (!place.node.quoted && (text == "true" || text == "false")) {
    to = text == "true";
    return true;
  }
  if (is_other_spelling(text, {"true", "yes", "on", "y", "1"}))
    return place.refuse(acl::quoted(text) + " is not a boolean here; write `true`, without quotes");
  if (is_other_spelling(text, {"false", "no", "off", "n", "0"}))
    return place.refuse(acl::quoted(text) +
                        " is not a boolean here; write `false`, without quotes");
  return place.refuse(acl::quoted(text) + " is not a boolean; write `true` or `false`");
}

}  // namespace

Type<bool> boolean() {
  const auto print = [](bool value) { return scalar_node(value ? "true" : "false"); };
  return {read_boolean, print, "true or false", {.types = {"boolean"}}};
}

template <class T>
Type<T> count(std::size_t least, std::size_t most) {
  return ranged<T>(parse_count, format_count, least, most,
                   {.types = {"integer", "string"},
                    .pattern = "^[0-9]+$",
                    .least = static_cast<double>(least),
                    .most = static_cast<double>(most)});
}
template Type<std::size_t> count(std::size_t, std::size_t);
template Type<std::int64_t> count(std::size_t, std::size_t);

template <class T>
Type<T> size(std::size_t least, std::size_t most) {
  return ranged<T>(parse_size, format_size, least, most, shape_of_size());
}
template Type<std::size_t> size(std::size_t, std::size_t);
template Type<std::int64_t> size(std::size_t, std::size_t);

Type<std::size_t> size_or_automatic(std::size_t least, std::size_t most) {
  return ranged<std::size_t>(parse_size, format_size, least, most, shape_of_size(),
                             "0 = automatic, or ");
}

Type<std::int64_t> cpus(std::int64_t least, std::int64_t most) {
  return ranged<std::int64_t>(parse_cpus, format_cpus, least, most,
                              {.types = {"number", "string"},
                               .pattern = "^[0-9.]+$",
                               .least = static_cast<double>(least) / 1e9,
                               .most = static_cast<double>(most) / 1e9});
}

Type<std::chrono::milliseconds> duration(std::chrono::milliseconds most) {
  return ranged<std::chrono::milliseconds>(parse_duration, format_duration,
                                           std::chrono::milliseconds(1), most,
                                           string_like("^[0-9]+(ms|s|m|h|d)$"));
}

Type<std::chrono::milliseconds> duration_or_off(std::chrono::milliseconds most) {
  return ranged<std::chrono::milliseconds>(parse_duration, format_duration,
                                           std::chrono::milliseconds(1), most,
                                           {.types = {"integer", "string"},
                                            .pattern = "^(0|[0-9]+(ms|s|m|h|d))$",
                                            .least = 0,
                                            .most = 0},
                                           "0 = off, or ");
}

Type<std::string> text() {
  return text_without(
      [](const std::string& text) { return text.empty() ? "is empty; write a value" : ""; }, "text",
      any_scalar());
}

Type<std::string> one_of(std::initializer_list<std::string_view> words) {
  std::vector<std::pair<std::string_view, std::string>> values;
  for (const auto word : words) values.emplace_back(word, word);
  return choice(values);
}

Type<Address> address() {
  return scalar<Address>(parse_address, &Address::to_string, "unix:///path or tcp://address:port",
                         string_like(address_pattern));
}

Type<Address> upstream() {
  return scalar<Address>(parse_upstream, &Address::to_string, "unix:///path or tcp://host:port",
                         string_like(address_pattern));
}

Type<std::string> host_name() {
  return normal_text(parse_host_name,
                     "is neither a host name nor an IP address; write one, without a port, as "
                     "`engine.example.com`",
                     "a host name or an IP address", any_scalar());
}

Type<std::string> own_host() {
  return normal_text(acl::normal_host,
                     "is not a host name; write it as `gate.corp`, or `\"*.corp\"` for all names "
                     "under it, without scheme and port; IP addresses need no entry",
                     "a host name, or *. and a name", any_scalar());
}

Type<std::string> origin() {
  return normal_text(
      acl::normal_origin,
      "is not an origin; write the scheme, the host and a port that is not the usual "
      "one, as `https://portal.corp` or `http://10.0.0.5:9000`, and nothing behind "
      "it",
      "scheme://host or scheme://host:port", string_like("^[A-Za-z][A-Za-z0-9+.-]*://[^/?#@]+$"));
}

Type<unsigned> file_mode() {
  return scalar<unsigned>(parse_mode, format_mode, "\"0000\" to \"0777\"",
                          {.types = {"string", "integer"}, .pattern = "^0[0-7]{3}$"});
}

Type<std::string> file_path() {
  return text_that(
      [](std::string_view text) { return is_file_path(text) || is_credential(text); },
      "is not an absolute path of a file; write one, as /etc/tidegate/ca.pem, or credential:NAME "
      "for a credential of tidegate's systemd unit",
      "an absolute path, or credential:NAME",
      string_like("^(/.*[^/]|credential:[A-Za-z0-9._@-]{1,255})$"));
}

Type<std::string> output_path() {
  auto type =
      text_that([](std::string_view text) { return text == "-" || is_file_path(text); },
                "is not an absolute path of a file; write one, or \"-\" for standard output",
                "an absolute path, or \"-\"", string_like("^(-|/.*[^/])$"));
  type.read = [read = type.read](const Place& place, std::string& to) {
    std::error_code ignored;
    if (!read(place, to)) return false;
    if (std::filesystem::is_directory(to, ignored))
      return place.refuse(acl::quoted(to) + " is a directory; write the path of a file in it");
    if (std::filesystem::is_socket(to, ignored))
      return place.refuse(acl::quoted(to) +
                          " is a socket, which cannot be opened; write the path "
                          "of a file or a FIFO, or \"-\" for standard output");
    return true;
  };
  return type;
}

Type<std::uint32_t> number_of(AccountKind kind) {
  const auto read = [kind, text = text()](const Place& place, std::uint32_t& to) {
    std::string account;
    if (!text.read(place, account)) return false;
    const auto number = account_number(account, place.accounts.*kind.lookup);
    if (!number) {
      return place.refuse("there is no " + std::string(kind.name) + " " + acl::quoted(account) +
                          " on this machine; create it, or write an existing name or number");
    }
    to = *number;
    return true;
  };
  const auto print = [](std::uint32_t number) { return scalar_node(std::to_string(number)); };
  return {read, print, "text", any_scalar()};
}

Type<std::string> one_of(AccountKind kind) {
  const auto read = [number = number_of(kind)](const Place& place, std::string& to) {
    std::uint32_t exists = 0;
    if (!number.read(place, exists)) return false;
    to = place.node.text;
    return true;
  };
  return {read, scalar_node, "text", any_scalar()};
}

}  // namespace config
