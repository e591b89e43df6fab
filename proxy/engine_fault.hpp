// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "acl/reason.hpp"
#include "config/address.hpp"
#include "proxy/socket.hpp"
#include "tls/stream.hpp"

namespace proxy {

/// Why the engine cannot be reached.
struct EngineFault {
  acl::Reason reason;
  std::string id;      ///< for records: "EACCES"
  std::string text;    ///< "unix:///run/docker.sock: Permission denied (EACCES); the socket …"
  std::string remedy;  ///< for the operator; empty: none that fits is known

  /// For a client: the reason's meaning, and the text.
  std::string message() const;
  /// For the operator: the same, and the remedy.
  std::string advice() const;
};

/// Explains why a connection to the engine failed. For a unix socket it looks at the file.
EngineFault fault_of(const config::Address&, const error_code&);
/// The engine's machine did not accept the connection within `limit`.
EngineFault late_fault(const config::Address&, std::chrono::milliseconds limit);
/// No nameserver answered within `limit`.
EngineFault late_name_fault(const config::Address&, std::chrono::milliseconds limit);
/// The engine's machine accepted the connection, and said nothing in the TLS handshake.
EngineFault silent_fault(const config::Address&, std::chrono::milliseconds limit);
/// TLS failed. Tells an engine without TLS, or with an old version only, from a certificate that
/// one of the two does not accept.
/// \param text what OpenSSL says: "certificate has expired"
EngineFault tls_fault(const config::Address&, tls::Failure, const std::string& text);

/// Connects for a moment. Waits for half a second at most, and resolves no name.
/// \returns why there is no connection; nothing if that is not known
std::optional<EngineFault> probe(const config::Address&);

}  // namespace proxy
