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

/// What a listener needs to know. Every path names a PEM file.
struct ServerOptions {
  std::string cert;              ///< the server's certificate, and the chain behind it
  std::string key;               ///< its private key
  std::string client_ca;         ///< who signs clients' certificates
  std::vector<std::string> crl;  ///< with one, every client's issuer needs a valid list
  Version least = Version::tls1_3;
  std::string scope;  ///< the listener's name: sessions are resumed within it only
};

/// What a connection to an engine needs to know.
struct ClientOptions {
  std::string ca;           ///< who signs the engine's certificate
  std::string cert, key;    ///< tidegate's own certificate; both empty for none
  std::string server_name;  ///< the host name or IP address that the certificate must be for
};

/// Whose life ends when: for warnings ahead of time.
struct Expiry {
  std::string file;
  std::string subject;  ///< its common name, or what else names it; of a revocation list its issuer
  std::chrono::system_clock::time_point not_after;
  bool is_list = false;  ///< a revocation list: renewed far more often than certificates
};

/// Certificates, keys and rules of one listener, or of the engine's connection: immutable, shared
/// by its streams, replaced as a whole when a file changes.
class Context {
 public:
  static Result<std::shared_ptr<const Context>> server(const ServerOptions&);
  static Result<std::shared_ptr<const Context>> client(const ClientOptions&);

  /// Of every certificate and revocation list that was read.
  const std::vector<Expiry>& expiries() const { return expiries_; }
  /// Of a server: those that its certificate is for. See server_names().
  const std::vector<std::string>& names() const { return names_; }
  SSL_CTX* native() const { return context_.get(); }

 private:
  Context() = default;
  std::shared_ptr<SSL_CTX> context_;
  std::vector<Expiry> expiries_;
  std::vector<std::string> names_;
};

}  // namespace tls
