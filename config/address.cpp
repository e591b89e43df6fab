// SPDX-License-Identifier: Apache-2.0
#include "config/address.hpp"

#include <sys/un.h>

#include <algorithm>
#include <optional>

#include "acl/text/ascii.hpp"
#include "acl/text/host.hpp"
#include "acl/text/ip.hpp"
#include "acl/text/numbers.hpp"
#include "acl/text/path.hpp"
#include "acl/text/shown.hpp"
#include "config/words.hpp"

namespace config {
namespace {

using Parsed = acl::Result<Address, std::string>;

constexpr std::size_t v4_size = 4, v6_size = 16;
constexpr std::string_view unix_scheme = "unix://";
constexpr std::string_view tcp_scheme = "tcp://";
// One byte of sun_path is the terminating NUL.
constexpr std::size_t longest_socket_path = sizeof(sockaddr_un::sun_path) - 1;

/// Adds the missing slash only where it is all that is missing: `~/a.sock` and `./a.sock` lack
/// more.
std::string complaint_of_relative(std::string_view path) {
  constexpr std::string_view wrong = " is not an absolute path; write ";
  if (path.find_first_of("~.") == 0 || !acl::has_only_names(path))
    return acl::quoted(path) + std::string(wrong) + "the full path, as unix:///run/tidegate.sock";
  return acl::quoted(path) + std::string(wrong) + code("unix:///" + std::string(path)) +
         ", with three slashes";
}

Parsed parse_unix(std::string_view path) {
  if (path.empty()) return std::string("`unix://` names no path; write unix:///run/tidegate.sock");
  if (path.front() != '/') return complaint_of_relative(path);
  const bool has_control = std::ranges::any_of(path, [](unsigned char c) { return c < 0x20; });
  if (has_control) return acl::quoted(path) + " holds a control character; remove it";
  if (!acl::has_only_names(path.substr(1))) {
    return acl::quoted(path) +
           " is not canonical; write it without `//`, `.`, `..` and a slash at the " + "end";
  }
  if (path.size() > longest_socket_path) {
    return "the path is " + std::to_string(path.size()) + " bytes long, and a unix socket's has " +
           "at most " + std::to_string(longest_socket_path) + "; use a shorter one";
  }
  return Address{Address::Kind::unix_socket, std::string(path), "", 0};
}

/// Resolvers read "127.1" and "0x7f.1" as addresses, each in its own way.
bool looks_like_a_number(std::string_view label) {
  return label.starts_with("0x") || label.find_first_not_of("0123456789") == label.npos;
}

bool is_host_name(std::string_view name) {
  static constexpr auto bytes = acl::letters_digits_and("-");
  return acl::has_labels(name, bytes) && !looks_like_a_number(name.substr(name.rfind('.') + 1));
}

/// Returns the host in canonical spelling. An IPv6 address must be in brackets; a name is accepted
/// only with `names`.
std::optional<std::string> read_host(std::string_view host, bool names) {
  if (host == "localhost") return "127.0.0.1";
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  const auto bytes = acl::ip_bytes(bracketed ? host.substr(1, host.size() - 2) : host);
  if (bytes.size == (bracketed ? v6_size : v4_size)) return acl::ip_text(bytes.span());
  return names && host.find(':') == host.npos ? parse_host_name(host) : std::nullopt;
}

/// Says why a host cannot be read.
std::string complaint_of_host(std::string_view host, bool names) {
  if (host.empty()) {
    return "no host before the port; write tcp://127.0.0.1:2375 for this machine only, or "
           "tcp://0.0.0.0:2375 for every network";
  }
  if (host.starts_with('[') && host.ends_with(']'))
    return acl::quoted(host) + " is not an IPv6 address; write one as in tcp://[::1]:2375";
  if (host.find(':') != host.npos)
    return "an IPv6 address stands in brackets: write tcp://[::1]:2375";
  if (!names) {
    return acl::quoted(host) +
           " is not a literal address; host names are refused, since what they resolve to can "
           "change: "
           "write the IP address";
  }
  return acl::quoted(host) +
         " is neither a literal address nor a host name; a name has letters, digits, `-` and "
         "`.`, as in tcp://engine:2375";
}

Parsed parse_tcp(std::string_view rest, bool names) {
  const auto colon = rest.rfind(':');
  if (colon == std::string_view::npos || rest.back() == ']') {
    if (!read_host(rest, names)) return complaint_of_host(rest, names);
    return acl::quoted(rest) + " has no port; write " +
           code("tcp://" + std::string(rest) + ":2375");
  }
  const auto host = read_host(rest.substr(0, colon), names);
  if (!host) return complaint_of_host(rest.substr(0, colon), names);
  const auto port = acl::whole_number<std::uint16_t>(rest.substr(colon + 1));
  if (!port || *port == 0) {
    return acl::quoted(rest.substr(colon + 1)) +
           " is not a port; write a number from 1 to 65535, and " + "nothing after it";
  }
  return Address{Address::Kind::tcp, "", *host, *port};
}

Parsed parse(std::string_view text, bool names) {
  if (has_variable(text)) {
    return acl::quoted(text) +
           " holds a variable, and variables are not expanded; write the address";
  }
  if (text.starts_with(unix_scheme)) return parse_unix(text.substr(unix_scheme.size()));
  if (text.starts_with(tcp_scheme)) return parse_tcp(text.substr(tcp_scheme.size()), names);
  if (text.starts_with('/')) {
    return acl::quoted(text) + " has no scheme; write " + code("unix://" + std::string(text));
  }
  return acl::quoted(text) +
         " is not an address; write unix:///path/to.sock or tcp://127.0.0.1:2375";
}

}  // namespace

std::string Address::to_string() const {
  if (kind == Kind::unix_socket) return std::string(unix_scheme) + path;
  const bool v6 = host.find(':') != std::string::npos;
  return std::string(tcp_scheme) + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Parsed parse_address(std::string_view text) {
  return parse(text, false);
}

Parsed parse_upstream(std::string_view text) {
  return parse(text, true);
}

std::optional<std::string> parse_host_name(std::string_view text) {
  const auto lower = acl::lower_case(text);
  const auto literal = acl::ip_bytes(lower);
  if (literal.size != 0) return acl::ip_text(literal.span());
  return is_host_name(lower) ? std::optional(lower) : std::nullopt;
}

}  // namespace config
