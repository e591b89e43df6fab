// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tls/authority.hpp"

/// Prints the results of `tidegate certs` on standard output, and what to do next.
namespace proxy::verbs::certs {

/// Prints one line for each certificate.
void print(const std::vector<tls::Entry>&);

/// Prints the clients that were not renewed, and why.
void print_left_out(const std::string& folder, const std::vector<tls::Entry>&);

/// Prints when the listeners' revocation list expires, and how to renew it.
void print_list(const std::string& folder, tls::TimePoint ends);

/// Prints what to add to tidegate.yaml.
void print_listener(const std::string& folder);

/// Prints where and when a revocation is in force.
void print_revoked(const std::string& folder);

/// Prints what the client's shell needs. `entries` contains the server, whose name clients connect
/// to.
void print_client(const std::string& folder, const std::string& client,
                  const std::vector<tls::Entry>& entries);

}  // namespace proxy::verbs::certs
