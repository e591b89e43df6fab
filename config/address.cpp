// SPDX-License-Identifier: Apache-2.0
#include "config/address.hpp"

#include <sys/un.h>

#include <algorithm>
#include <optional>

#include "acl/text.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/host.hpp"
#include "acl/text/ip.hpp"
#include "acl/text/numbers.hpp"
#include "acl/text/path.hpp"
#include "config/words.hpp"

namespace config {
namespace {

using Parsed = acl::Result<Address, std::string>;

constexpr std::size_t v4_size = 4, v6_size = 16;
constexpr std::string_view unix_scheme = "unix://";
constexpr std::string_view tcp_scheme = "tcp://";
// One byte of sun_path is the terminating NUL.
constexpr std::size_t longest_socket_path = sizeof(sockaddr_un::sun_path) - 1;

Parsed parse_unix(std::string_view path) {
  if (path.empty()) return std::string("`unix://` names no path; write unix:///run/tidegate.sock");
  if (path.front() != '/') {
    return acl::quoted(path) + " is no absolute path; write " +
           code("unix:///" + std::string(path)) + ", with three slashes";
  }
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

struct Host {
  std::string text;
};
using ParsedHost = acl::Result<Host, std::string>;

/// The address in its canonical spelling where `text` is a literal address of that many bytes.
std::optional<Host> literal(std::size_t size, std::string_view text) {
  const auto bytes = acl::ip_bytes(text);
  return bytes.size == size ? std::optional(Host{acl::ip_text(bytes.span())}) : std::nullopt;
}

/// Resolvers take "127.1" and "0x7f.1" for addresses, each in its own way.
bool looks_like_a_number(std::string_view label) {
  return label.starts_with("0x") || label.find_first_not_of("0123456789") == label.npos;
}

bool is_host_name(std::string_view name) {
  static constexpr auto bytes = acl::letters_digits_and("-");
  return acl::has_labels(name, bytes) && !looks_like_a_number(name.substr(name.rfind('.') + 1));
}

/// Of a listener.
ParsedHost no_name(std::string_view host) {
  return acl::quoted(host) +
         " is no literal address; host names are refused, as what they resolve to " +
         "can change: write the IP address";
}

/// Of an upstream.
ParsedHost name(std::string_view host) {
  if (const auto read = parse_host_name(host)) return Host{*read};
  return acl::quoted(host) +
         " is neither a literal address nor a host name; a name has letters, digits, `-` and "
         "`.`, " +
         "as in tcp://engine:2375";
}

using ParseName = ParsedHost (*)(std::string_view);

ParsedHost parse_host(std::string_view host, ParseName parse_name) {
  if (host.empty()) {
    return std::string(
        "no host before the port; write tcp://127.0.0.1:2375 for this machine only, or "
        "tcp://0.0.0.0:2375 for every network");
  }
  if (host == "localhost") return Host{"127.0.0.1"};
  if (host.front() == '[' && host.back() == ']') {
    if (auto address = literal(v6_size, host.substr(1, host.size() - 2))) return *address;
    return acl::quoted(host) + " is no IPv6 address; write one as in tcp://[::1]:2375";
  }
  if (auto address = literal(v4_size, host)) return *address;
  if (host.find(':') != std::string_view::npos) {
    return std::string("an IPv6 address stands in brackets: write tcp://[::1]:2375");
  }
  return parse_name(host);
}

Parsed parse_tcp(std::string_view rest, ParseName parse_name) {
  const auto colon = rest.rfind(':');
  if (colon == std::string_view::npos || rest.back() == ']') {
    return acl::quoted(rest) + " has no port; write " +
           code("tcp://" + std::string(rest) + ":2375");
  }
  const auto host = parse_host(rest.substr(0, colon), parse_name);
  if (!host) return host.error();
  const auto port = acl::whole_number<std::uint16_t>(rest.substr(colon + 1));
  if (!port || *port == 0) {
    return acl::quoted(rest.substr(colon + 1)) +
           " is no port; write a number from 1 to 65535, and " + "nothing after it";
  }
  return Address{Address::Kind::tcp, "", host->text, *port};
}

Parsed parse(std::string_view text, ParseName parse_name) {
  if (text.starts_with(unix_scheme)) return parse_unix(text.substr(unix_scheme.size()));
  if (text.starts_with(tcp_scheme)) return parse_tcp(text.substr(tcp_scheme.size()), parse_name);
  if (text.starts_with('/')) {
    return acl::quoted(text) + " has no scheme; write " + code("unix://" + std::string(text));
  }
  return acl::quoted(text) + " is no address; write unix:///path/to.sock or tcp://127.0.0.1:2375";
}

}  // namespace

std::string Address::to_string() const {
  if (kind == Kind::unix_socket) return std::string(unix_scheme) + path;
  const bool v6 = host.find(':') != std::string::npos;
  return std::string(tcp_scheme) + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Parsed parse_address(std::string_view text) {
  return parse(text, no_name);
}

Parsed parse_upstream(std::string_view text) {
  return parse(text, name);
}

std::optional<std::string> parse_host_name(std::string_view text) {
  const auto lower = acl::lower_case(text);
  const auto literal = acl::ip_bytes(lower);
  if (literal.size != 0) return acl::ip_text(literal.span());
  return is_host_name(lower) ? std::optional(lower) : std::nullopt;
}

}  // namespace config
