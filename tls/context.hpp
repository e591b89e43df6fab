// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tls/result.hpp"

namespace tls {

enum class Version : std::uint8_t { tls1_2, tls1_3 };

/// The settings of a listener. Every path names a PEM file.
struct ServerOptions {
  std::string cert;              ///< the server's certificate and its chain
  std::string key;               ///< its private key
  std::string client_ca;         ///< the authority that signs clients' certificates
  std::vector<std::string> crl;  ///< if there is a list, every client's issuer needs a valid one
  Version least = Version::tls1_3;
  std::string scope;  ///< the listener's name: sessions are resumed only within it
};

/// The settings of a connection to an engine.
struct ClientOptions {
  std::string ca;           ///< the authority that signs the engine's certificate
  std::string cert, key;    ///< tidegate's own certificate; both are empty if it has none
  std::string server_name;  ///< the host name or IP address that the certificate must be valid for
};

/// The time for which a certificate or revocation list holds, for early warnings.
struct Expiry {
  std::string file;
  std::string subject;  ///< the common name or the whole subject; for a revocation list, its issuer
  std::chrono::system_clock::time_point not_before, not_after;
  bool is_list = false;  ///< a revocation list, which is renewed far more often than certificates

  bool holds_at(std::chrono::system_clock::time_point time) const {
    return not_before <= time && time < not_after;
  }
  bool operator==(const Expiry&) const = default;
};

/// What was read for a context.
struct Findings {
  std::vector<Expiry> expiries;
  /// What is valid and keeps peers out all the same; each sentence begins with the file.
  std::vector<std::string> warnings;
};

/// Certificates, keys and rules of one listener or of the engine's connection. Immutable, shared by
/// its streams, and replaced as a whole when a file changes.
class Context {
 public:
  static Result<std::shared_ptr<const Context>> server(const ServerOptions&);
  static Result<std::shared_ptr<const Context>> client(const ClientOptions&);

  /// The times of all certificates and revocation lists that were read.
  const std::vector<Expiry>& expiries() const { return found_.expiries; }
  const std::vector<std::string>& warnings() const { return found_.warnings; }
  /// For a server, the names that its certificate is valid for; see server_names().
  const std::vector<std::string>& names() const { return names_; }
  SSL_CTX* native() const { return context_.get(); }

 private:
  Context() = default;
  std::shared_ptr<SSL_CTX> context_;
  Findings found_;
  std::vector<std::string> names_;
};

}  // namespace tls
