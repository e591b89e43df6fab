// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tests/bench/wire/socket.hpp"

namespace bench {

/// The client's side of mutual TLS 1.3, as `docker --tlsverify` has it; each handshake is a full
/// one.
class Credentials {
 public:
  /// \param folder holds ca.pem, cert.pem and key.pem
  explicit Credentials(const std::string& folder);
  SSL_CTX* get() const { return context_.get(); }

 private:
  std::shared_ptr<SSL_CTX> context_;
};

/// A connection to what is measured, plain or TLS. What fails ends the program.
class Connection {
 public:
  /// Connects; the handshake is done with the first bytes. \param credentials none for a plain one
  Connection(const Address& to, const std::optional<Credentials>& credentials);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int socket() const { return socket_.number(); }
  /// \returns how many bytes were taken; nothing where the socket would have to be waited for.
  std::optional<std::size_t> write(std::string_view bytes);
  /// \returns how many bytes came, 0 at the end; nothing where they have to be waited for.
  std::optional<std::size_t> read(std::span<char> into);

 private:
  std::optional<std::size_t> result_of(int result, std::size_t bytes);

  struct Free {
    void operator()(SSL* ssl) const;
  };
  Descriptor socket_;
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace bench
