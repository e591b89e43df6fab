// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acl/reason.hpp"

/// A browser connects to whatever a web page names, with the address and the certificate of the
/// user who views the page, who has not asked for those requests.
namespace acl {

/// The fields of a head that tell its sender. A page cannot change them: the browser writes them.
struct Sender {
  std::size_t hosts = 0, origins = 0, fetch_sites = 0;  ///< how often each field occurs
  std::string_view host, origin, fetch_site;            ///< the first value of each
};

/// The pages that a listener serves and the names that it answers to.
struct WebRules {
  /// True if browsers can connect. Only programs can connect to a unix socket.
  bool on_tcp = false;
  std::vector<std::string> hosts;    ///< as normal_host() returns them
  std::vector<std::string> origins;  ///< as normal_origin() returns them
};

/// Refuses requests that a web page makes through a browser (`browser.origin`). On tcp it also
/// refuses a Host that a page may have chosen to reach this listener under the page's own origin,
/// which is DNS rebinding (`browser.host`).
std::optional<Refusal> check_sender(const Sender&, const WebRules&);

/// Returns "HTTPS://Portal.Corp:443" as "https://portal.corp", as browsers write it.
/// \returns nothing where the text is not an origin ("null" is not one) or has more behind it
std::optional<std::string> normal_origin(std::string_view);

}  // namespace acl
