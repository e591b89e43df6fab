// SPDX-License-Identifier: Apache-2.0
#include "acl/browser.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "acl/text/ascii.hpp"
#include "acl/text/host.hpp"
#include "acl/text/ip.hpp"
#include "acl/text/shown.hpp"
#include "acl/uri.hpp"

namespace acl {
namespace {

/// Nobody can register a name under these, so no public page has one.
constexpr std::array<std::string_view, 4> private_names{"*.internal", "*.local", "*.localhost",
                                                        "*.svc"};

/// An address is not looked up, so nobody can redirect it.
bool is_address(const Authority& authority) {
  const auto address = parse_ip(authority.host);
  return address && authority.bracketed == (authority.host.find(':') != std::string_view::npos);
}

/// Returns whether a host is an address, a name that nobody can register, or one of `listed`.
bool is_private(const Authority& authority, std::span<const std::string> listed) {
  if (is_address(authority)) return true;
  auto name = authority.host;
  if (name.ends_with('.')) name.remove_suffix(1);
  if (authority.bracketed || !is_dns_name(name)) return false;
  const auto is_it = [name](std::string_view known) { return is_named(name, known); };
  return name.find('.') == std::string_view::npos || std::ranges::any_of(private_names, is_it) ||
         std::ranges::any_of(listed, is_it);
}

bool answers_to(std::string_view host, const WebRules& rules) {
  const auto authority = split_authority(host);
  return authority && is_private(*authority, rules.hosts);
}

bool is_listed(std::string_view origin, const WebRules& rules) {
  if (rules.origins.empty()) return false;
  const auto normal = normal_origin(origin);
  return normal && std::ranges::find(rules.origins, *normal) != rules.origins.end();
}

/// Returns whether programs make up this origin, since WebSocket clients must send one: Docker's
/// own "http://localhost", "http://d". No public page has such an origin.
bool is_made_up(std::string_view origin) {
  constexpr std::string_view mark = "http://";
  const auto normal = normal_origin(origin);
  if (!normal || !normal->starts_with(mark)) return false;
  const auto authority = split_authority(std::string_view(*normal).substr(mark.size()));
  return authority && authority->host.find('.') == std::string_view::npos &&
         !authority->bracketed && is_private(*authority, {});
}

/// Only programs connect to a unix socket. Those with pages of their own, such as Portainer,
/// forward their users' headers, in which the browser says that the page was the program's own.
bool is_of_a_program(const Sender& sender, const WebRules& rules) {
  if (rules.on_tcp) return false;
  return sender.fetch_site == "same-origin" ||
         (sender.fetch_sites == 0 && is_made_up(sender.origin));
}

Refusal no_page(const Sender& sender) {
  const bool twice = sender.origins > 1 || sender.fetch_sites > 1;
  const std::string_view name = sender.origins > 0 ? "Origin" : "Sec-Fetch-Site";
  const auto value = sender.origins > 0 ? sender.origin : sender.fetch_site;
  const std::string said = twice
                               ? "Origin or Sec-Fetch-Site is given twice"
                               : std::string(name) + " is " + quoted(without_userinfo(value), 128);
  return {Reason::browser_origin,
          said + ": the request comes from a web page, and only pages whose origin is in " +
              "`origins` of the listener are served, as https://portal.corp"};
}

std::optional<Refusal> check_page(const Sender& sender, const WebRules& rules) {
  const bool once = sender.origins <= 1 && sender.fetch_sites <= 1;
  if (once && is_of_a_program(sender, rules)) return std::nullopt;
  if (once && sender.origins == 1 && is_listed(sender.origin, rules)) return std::nullopt;
  return no_page(sender);
}

/// A request without Host (HTTP/1.0), or with an empty one (docker 20.10 when it hijacks through a
/// relay), does not come from a browser: its URLs have hosts.
std::optional<Refusal> check_host(const Sender& sender, const WebRules& rules) {
  if (sender.host.empty() || answers_to(sender.host, rules)) return std::nullopt;
  return Refusal(Reason::browser_host,
                 "Host is " + quoted(without_userinfo(sender.host), 128) +
                     ": a web page can make up a name that leads here, so this listener "
                     "answers only to IP addresses, names without a dot, names under .internal, "
                     ".local, .localhost and .svc, the names in its certificate, and "
                     "those that its `hosts` (or TIDEGATE_HOSTS) lists");
}

bool is_default_port(std::string_view scheme, std::string_view port) {
  return (scheme == "https" && port == "443") || (scheme == "http" && port == "80");
}

}  // namespace

std::optional<Refusal> check_sender(const Sender& sender, const WebRules& rules) {
  if (sender.origins + sender.fetch_sites != 0)
    if (auto refusal = check_page(sender, rules)) return refusal;
  return rules.on_tcp ? check_host(sender, rules) : std::nullopt;
}

std::optional<std::string> normal_origin(std::string_view text) {
  constexpr std::size_t longest = 512;
  constexpr std::string_view mark = "://";
  const auto colon = text.find(mark);
  if (colon == text.npos || text.size() > longest) return std::nullopt;
  const auto lower = lower_case(text);
  const auto scheme = std::string_view(lower).substr(0, colon);
  const auto authority = split_authority(std::string_view(lower).substr(colon + mark.size()));
  if (!is_scheme(scheme) || !authority) return std::nullopt;
  const auto& [host, port, bracketed, has_port] = *authority;
  if (has_port && (port.empty() || port.front() == '0')) return std::nullopt;
  if (bracketed ? !is_address(*authority) : !is_dns_name(host)) return std::nullopt;
  std::string normal(scheme);
  normal.append(mark);
  normal += bracketed ? "[" + parse_ip(host)->to_string() + "]" : std::string(host);
  if (has_port && !is_default_port(scheme, port)) normal.append(":").append(port);
  return normal;
}

}  // namespace acl
