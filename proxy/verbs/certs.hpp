// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tls/authority.hpp"

/// What `tidegate certs` says, on standard output: what there is now, and what to do next.
namespace proxy::verbs::certs {

/// A line each.
void print(const std::vector<tls::Entry>&);

/// Until when the revocation list holds, and what to do about that.
void print_list(const std::string& folder, tls::TimePoint ends);

/// What goes into tidegate.yaml.
void print_listener(const std::string& folder);

/// What the client's shell needs. `entries` has the server, which says where to connect to.
void print_client(const std::string& folder, const std::string& client,
                  const std::vector<tls::Entry>& entries);

}  // namespace proxy::verbs::certs
