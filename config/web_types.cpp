// SPDX-License-Identifier: Apache-2.0
#include "config/web_types.hpp"

#include "acl/browser.hpp"
#include "acl/text.hpp"
#include "acl/text/host.hpp"
#include "config/scalar.hpp"

namespace config {
namespace {

const std::string& as_it_is(const std::string& text) {
  return text;
}

Complaint read_origin(const std::string& text, std::string& to) {
  const auto normal = acl::normal_origin(text);
  if (!normal) {
    return acl::quoted(text) +
           " is no origin; write the scheme, the host and a port that is not the usual one, as "
           "`https://portal.corp` or `http://10.0.0.5:9000`, and nothing behind it";
  }
  to = *normal;
  return "";
}

}  // namespace

std::string parse_own_host(std::string_view text, std::string& to) {
  auto normal = acl::normal_host(text);
  if (!normal) {
    return acl::quoted(text) +
           " is no host name; write it as `gate.corp`, or `\"*.corp\"` for all names under it, "
           "without scheme and port; IP addresses need no entry";
  }
  to = std::move(*normal);
  return "";
}

Type<std::string> own_host() {
  return scalar<std::string>(parse_own_host, as_it_is, "a host name, or *. and a name",
                             any_scalar());
}

Type<std::string> origin() {
  return scalar<std::string>(
      read_origin, as_it_is, "scheme://host or scheme://host:port",
      {.types = {"string"}, .pattern = "^[A-Za-z][A-Za-z0-9+.-]*://[^/?#@]+$"});
}

}  // namespace config
