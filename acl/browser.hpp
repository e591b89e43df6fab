// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acl/reason.hpp"

/// A browser connects to whatever a web page names, with the address and the certificate of who
/// looks at the page. What the page makes it ask is no wish of that user.
namespace acl {

/// What a head says of who has sent it. A page has no say in these fields: the browser writes them.
struct Sender {
  std::size_t hosts = 0, origins = 0, fetch_sites = 0;  ///< how often each field stands there
  std::string_view host, origin, fetch_site;            ///< the first value of each
};

/// Which pages a listener serves, and which names it answers to.
struct WebRules {
  /// Browsers can connect. To a unix socket only programs can.
  bool on_tcp = false;
  std::vector<std::string> hosts;    ///< as normal_host() writes them
  std::vector<std::string> origins;  ///< as normal_origin() writes them
};

/// Refuses what a web page has a browser send (`browser.origin`), and on tcp what comes under a
/// name that a page can have made up, to lead here and share its origin with this listener: DNS
/// rebinding (`browser.host`).
std::optional<Refusal> check_sender(const Sender&, const WebRules&);

/// "HTTPS://Portal.Corp:443" as "https://portal.corp", which is how browsers write it.
/// \returns nothing where it is no origin, as "null" is none, or has more behind it.
std::optional<std::string> normal_origin(std::string_view);

}  // namespace acl
