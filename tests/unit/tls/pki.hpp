// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/rsa.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tls/context.hpp"
#include "tls/mint.hpp"
#include "tls/pem.hpp"

namespace tls {

using std::chrono::hours;
using Clock = std::chrono::system_clock;

inline void write_text(const std::string& path, const std::string& text, mode_t mode = 0600) {
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary) << text;
  ASSERT_EQ(::chmod(path.c_str(), mode), 0);
}

/// Valid from an hour ago to an hour from now, but for what a test changes.
inline Blank blank(Purpose purpose, std::string common_name, std::vector<std::string> names = {}) {
  return {.common_name = std::move(common_name),
          .names = std::move(names),
          .purpose = purpose,
          .not_before = Clock::now() - hours(1),
          .not_after = Clock::now() + hours(1)};
}

/// \param kind "RSA", "ED25519", or a curve by OpenSSL's name
inline openssl::Key key_of(const std::string& kind) {
  if (kind == "RSA") return openssl::Key(EVP_RSA_gen(2048));
  if (kind == "ED25519" || kind == "ED448")
    return openssl::Key(EVP_PKEY_Q_keygen(nullptr, nullptr, kind.c_str()));
  return openssl::Key(EVP_EC_gen(kind.c_str()));
}

/// Certificates in a folder of their own: an authority, a server and a client that trust each
/// other.
class Pki : public testing::Test {
 protected:
  Pki() {
    std::string name = std::filesystem::temp_directory_path() / "tidegate-tls-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    write_authority("ca", ca_);
    write("server", blank(Purpose::server, "engine", {"engine.test", "127.0.0.1"}));
    write("client", blank(Purpose::client, "ci-7", {"spiffe://corp/ci/7"}));
  }
  ~Pki() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name + ".pem"; }

  void write_authority(const std::string& name, const Minted& authority) const {
    write_text(path(name), pem_of(authority.cert.get()));
  }

  /// Writes NAME.pem and NAME-key.pem.
  Minted write(const std::string& name, const Blank& blank, const Minted* issuer = nullptr) const {
    auto minted = mint(blank, issuer == nullptr ? &ca_ : issuer);
    EXPECT_NE(minted.cert, nullptr) << openssl::last_error();
    write_text(path(name), pem_of(minted.cert.get()));
    write_text(path(name + "-key"), pem_of(minted.key.get()));
    return minted;
  }

  /// The same for a key of another kind.
  void write_with_key(const std::string& name, Purpose purpose, const std::string& kind) const {
    const auto minted = mint(blank(purpose, "odd", {"engine.test"}), &ca_);
    const auto key = key_of(kind);
    ASSERT_NE(key, nullptr) << kind;
    ASSERT_EQ(X509_set_pubkey(minted.cert.get(), key.get()), 1);
    ASSERT_GT(X509_sign(minted.cert.get(), ca_.key.get(), EVP_sha256()), 0);
    write_text(path(name), pem_of(minted.cert.get()));
    write_text(path(name + "-key"), pem_of(key.get()));
  }

  void write_list(const std::string& name, const std::vector<const X509*>& revoked,
                  Clock::time_point since = Clock::now() - hours(1),
                  Clock::time_point until = Clock::now() + hours(1)) const {
    write_text(path(name), pem_of(mint_list(ca_, nullptr, revoked, since, until).get()));
  }

  ServerOptions server_options() const {
    return {.cert = path("server"),
            .key = path("server-key"),
            .client_ca = path("ca"),
            .least = Version::tls1_2,
            .scope = "tcp://127.0.0.1:2376"};
  }

  ClientOptions client_options(const std::string& name = "client") const {
    return {.ca = path("ca"),
            .cert = path(name),
            .key = path(name + "-key"),
            .server_name = "engine.test"};
  }

  static std::shared_ptr<const Context> context(
      const Result<std::shared_ptr<const Context>>& made) {
    if (made) return *made;
    ADD_FAILURE() << made.error().message;
    std::abort();
  }

  std::shared_ptr<const Context> server() const {
    return context(Context::server(server_options()));
  }
  std::shared_ptr<const Context> client(const std::string& name = "client") const {
    return context(Context::client(client_options(name)));
  }

  std::string folder_;
  Minted ca_ = mint(blank(Purpose::authority, "Test CA"), nullptr);
};

}  // namespace tls
