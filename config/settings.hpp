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
#include "config/places.hpp"
#include "config/units.hpp"

namespace config {

/// How a tcp listener identifies itself and which clients' certificates it accepts. Each path names
/// a PEM file, which must exist only at the start of the daemon.
struct ListenerTls {
  std::string cert;                 ///< the listener's certificate and its chain
  std::string key;                  ///< the certificate's private key
  std::string client_ca;            ///< the authority that signs clients' certificates
  std::vector<std::string> crl;     ///< revocation lists; if there is one, every issuer needs one
  std::string min_version = "1.3";  ///< the oldest TLS version that is accepted: 1.2 | 1.3
  /// What becomes of streams whose client's certificate has ended: close | finish.
  std::string on_revocation = "finish";

  bool operator==(const ListenerTls&) const = default;
};

/// How tidegate and an engine on tcp identify themselves to each other.
struct UpstreamTls {
  std::string ca;           ///< the authority that signs the engine's certificate
  std::string cert, key;    ///< tidegate's own certificate; both are empty if it has none
  std::string server_name;  ///< the name or address that the engine's certificate must be for

  bool operator==(const UpstreamTls&) const = default;
};

/// A listener for clients, or for the operator, whose listener has no certificates or profiles.
struct Listener {
  Address address;
  std::string profile;                   ///< for all of its clients; empty if `clients` has rules
  std::vector<acl::ClientRule> clients;  ///< who gets which profile; the first that matches decides
  unsigned mode = 0660;                  ///< permissions of a unix socket
  std::optional<std::string> owner;      ///< user name or number; absent: unchanged
  std::optional<std::string> group;      ///< group name or number; absent: unchanged
  bool insecure = false;                 ///< required for a tcp listener without TLS
  std::optional<ListenerTls> tls;
  /// After it a connection is closed behind its current request; 0: it may last.
  std::chrono::milliseconds max_connection_time{0};
  std::vector<std::string> hosts;  ///< names that a tcp listener answers to, besides the usual ones
  std::vector<std::string> origins;  ///< web pages that may use it

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

/// Where audit records go, and what they hold.
struct Audit {
  std::string file = "-";  ///< a path, or "-" for standard output
  /// How long a request waits for room for its record before it is refused.
  std::chrono::milliseconds wait_time = std::chrono::seconds(5);
  bool exec_commands = false;  ///< the record of an exec has its command line
  /// Records have the whole request. For `explain` alone, so no key sets it: bodies hold secrets.
  bool requests = false;
};

struct Log {
  std::string level = "info";  ///< trace | debug | info | warn | error
};

/// All settings of the daemon, checked and immutable. keys.cpp has a row for each key of the file.
struct Settings {
  std::optional<std::size_t>
      version;  ///< the version of the format; absent in files written for tidegate 0.1
  Address upstream{Address::Kind::unix_socket, "/var/run/docker.sock", "", 0};
  std::optional<UpstreamTls> upstream_tls;  ///< absent: an engine on tcp is reached without TLS
  std::vector<Listener> listeners;
  acl::PolicySpec policy_spec;  ///< the source of `policy`: the profiles, and who has which
  std::shared_ptr<const acl::Policy> policy;
  Limits limits;
  /// Serves /metrics, /healthz and /readyz to the operator; absent: not served.
  std::optional<Listener> admin;
  Audit audit;
  Log log;
  /// How often files are compared with what was read, beside the kernel's events; 0: never.
  std::chrono::milliseconds reload_every = std::chrono::minutes(10);
  std::size_t workers = 0;  ///< number of threads; 0: one for each core, at most 4
  Places places;            ///< where the file has these settings, but for those of the policy
  /// Warnings about settings that are valid but may not be meant; `check` and the log show them.
  std::vector<Diagnostic> warnings;
};

}  // namespace config
