// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tls/authority.hpp"

/// What `tidegate certs` reads, and what it prints on standard output: its results, and what to do
/// next.
namespace proxy::verbs::certs {

/// Reads a password from the only line of a file, which other users cannot read.
/// \param path "-" is standard input
acl::Result<std::string> read_password(const std::string& path);

/// Prints one line for each certificate.
void print(const std::vector<tls::Entry>&);

/// Prints the clients that were not renewed, and why.
void print_left_out(const std::string& folder, const std::vector<tls::Entry>&);

/// Prints when the listeners' revocation list expires, and how to renew it.
void print_list(const std::string& folder, tls::TimePoint ends);

/// Prints what to add to tidegate.yaml.
void print_listener(const std::string& folder);

/// Prints how Java and Windows use a PKCS#12 file.
void print_export(const std::string& path);

/// Prints what a rollover has begun, and what is left to do.
void print_rollover(const std::string& folder);

/// Prints the end of a rollover; `done` is false if there was none.
void print_finished(const std::string& folder, bool done);

/// Says who still has a certificate of the authority that is to be forgotten.
acl::Error still_needed(const std::vector<tls::Entry>& left);

/// Prints where and when a revocation is in force.
void print_revoked(const std::string& folder);

/// Prints what the client's shell needs. `entries` contains the server, whose name clients connect
/// to.
void print_client(const std::string& folder, const std::string& client,
                  const std::vector<tls::Entry>& entries);

/// The same for a client whose key was in the file `request`.
void print_signed(const std::string& folder, const std::string& client, const std::string& request,
                  const std::vector<tls::Entry>& entries);

}  // namespace proxy::verbs::certs
