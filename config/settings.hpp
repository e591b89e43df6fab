// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "acl/client_rule.hpp"
#include "acl/policy.hpp"
#include "config/address.hpp"
#include "config/diagnostic.hpp"
#include "config/units.hpp"

namespace config {

/// How a tcp listener proves who it is, and whose clients it takes. Each path names a PEM file,
/// which need not be there before the start.
struct ListenerTls {
  std::string cert;                 ///< its certificate, and the chain behind it
  std::string key;                  ///< the certificate's private key
  std::string client_ca;            ///< who signs the clients' certificates
  std::vector<std::string> crl;     ///< revocation lists; with one, every issuer needs one
  std::string min_version = "1.3";  ///< the oldest version of TLS that is spoken: 1.2 | 1.3

  bool operator==(const ListenerTls&) const = default;
};

/// How an engine on tcp proves who it is, and tidegate to the engine.
struct UpstreamTls {
  std::string ca;           ///< who signs the engine's certificate
  std::string cert, key;    ///< tidegate's own certificate; both empty for none
  std::string server_name;  ///< the name or address that the engine's certificate must be for

  bool operator==(const UpstreamTls&) const = default;
};

/// Where clients connect, or the operator, whose listener has neither certificates nor profiles.
struct Listener {
  Address address;
  std::string profile;                   ///< of all its clients; empty where `clients` has rules
  std::vector<acl::ClientRule> clients;  ///< who gets which profile; the first that matches decides
  unsigned mode = 0660;                  ///< permissions of a unix socket
  std::optional<std::string> owner;      ///< user name or number; unchanged where absent
  std::optional<std::string> group;      ///< group name or number; unchanged where absent
  bool insecure = false;                 ///< a tcp listener without TLS must say so
  std::optional<ListenerTls> tls;
  std::vector<std::string> hosts;    ///< names that a tcp listener answers to, beside the usual
  std::vector<std::string> origins;  ///< of the web pages that it serves

  bool on_tcp() const { return address.kind == Address::Kind::tcp; }
};

/// Every bound on what others can make tidegate hold; limits.inc explains them.
struct Limits {
  using Number = std::size_t;
  using Time = std::chrono::milliseconds;
  using seconds = std::chrono::seconds;
  using minutes = std::chrono::minutes;

#define LIMIT(type, name, initially, values) type name = initially;
#include "config/limits.inc"
#undef LIMIT
};

/// Where the audit records go: one JSON line a request.
struct Audit {
  std::string file = "-";  ///< a path, or "-" for standard output
};

struct Log {
  std::string level = "info";  ///< trace | debug | info | warn | error
};

/// Everything that the daemon needs to know; checked and immutable. keys.cpp has a row for each key
/// of the file.
struct Settings {
  std::optional<std::size_t> version;  ///< of the format; absent in files written for tidegate 0.1
  Address upstream{Address::Kind::unix_socket, "/var/run/docker.sock", "", 0};
  std::optional<UpstreamTls> upstream_tls;  ///< without it an engine on tcp is spoken to in plain
  std::vector<Listener> listeners;
  acl::PolicySpec policy_spec;  ///< what `policy` was made of: the profiles, and who gets which
  std::shared_ptr<const acl::Policy> policy;
  Limits limits;
  /// Where the operator looks: /metrics, /healthz and /readyz. Not served where absent.
  std::optional<Listener> admin;
  Audit audit;
  Log log;
  std::size_t workers = 0;  ///< threads; 0 = one a core, at most 4
  /// What is no mistake but may not be meant; `check` prints it, and so does the log at the start.
  std::vector<Diagnostic> warnings;
};

}  // namespace config
