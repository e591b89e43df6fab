// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "acl/policy.hpp"
#include "config/address.hpp"
#include "config/diagnostic.hpp"

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

/// Where clients connect. Who gets which profile there is in Settings::policy_spec.
struct Listener {
  Address address;
  unsigned mode = 0660;              ///< permissions of a unix socket
  std::optional<std::string> owner;  ///< user name or number; unchanged where absent
  std::optional<std::string> group;  ///< group name or number; unchanged where absent
  bool insecure = false;             ///< a tcp listener without TLS must say so
  std::optional<ListenerTls> tls;
  std::vector<std::string> hosts;    ///< names that a tcp listener answers to, beside the usual
  std::vector<std::string> origins;  ///< of the web pages that it serves
};

/// Every bound on what others can make tidegate hold. Zero durations mean "no limit" where marked
/// (0 = off).
struct Limits {
  using Duration = std::chrono::milliseconds;

  std::size_t connections = 16384;            ///< client connections in all
  std::size_t connections_per_client = 4096;  ///< of one uid on unix sockets, of one address on tcp
  std::size_t head_bytes = std::size_t{64} * 1024;    ///< request or response head
  std::size_t head_fields = 100;                      ///< header fields in a head
  std::size_t target_bytes = std::size_t{32} * 1024;  ///< request target
  std::size_t query_parameters = 64;
  std::size_t body_bytes =
      std::size_t{1024} * 1024;  ///< a body that is held whole (JSON), or read and dropped
  /// What bodies and other large things of requests hold, of all clients together; one client may
  /// hold half of it. 0: the smaller of 256 MiB and a third of the control group's memory.
  std::size_t held_bytes = 0;

  std::size_t lookups = 64;  ///< questions to the engine about what one request names
  std::size_t lookup_bytes = std::size_t{1024} * 1024;  ///< the answer to one of them
  std::size_t record_bytes = std::size_t{256} * 1024;   ///< a record of an answer that is looked at

  Duration lookup_time = std::chrono::seconds(30);     ///< all questions about one request
  Duration handshake_time = std::chrono::seconds(10);  ///< a client's TLS handshake, in all
  Duration head_time = std::chrono::seconds(10);   ///< first byte to end of a request head, in all
  Duration body_time = std::chrono::seconds(30);   ///< a body that is held whole, in all
  Duration stall_time = std::chrono::minutes(10);  ///< a relayed body without any progress
  Duration idle_time = std::chrono::minutes(10);   ///< a kept-alive connection between requests
  Duration upstream_connect_time = std::chrono::seconds(5);
  Duration upstream_head_time =
      std::chrono::minutes(10);  ///< request sent to answer's head; lasting operations are exempt
  std::size_t upstream_spares = 16;  ///< engine connections kept for the same client (0 = none)
  Duration upstream_spare_time = std::chrono::seconds(2);  ///< how long, after the client has gone
  Duration tunnel_idle_time{0};  ///< a tunnel without a byte either way (0 = off)
  Duration tunnel_linger_time =
      std::chrono::seconds(10);  ///< after the engine ended a tunnel, for the client to end too
  Duration drain_time = std::chrono::seconds(10);  ///< SIGTERM to the end of what is still running
};

/// Where the audit records go: one JSON line a request.
struct Audit {
  std::string file = "-";  ///< a path, or "-" for standard output
};

struct Log {
  std::string level = "info";  ///< trace | debug | info | warn | error
};

/// Everything that the daemon needs to know; checked and immutable.
struct Settings {
  Address upstream{Address::Kind::unix_socket, "/var/run/docker.sock", "", 0};
  std::optional<UpstreamTls> upstream_tls;  ///< without it an engine on tcp is spoken to in plain
  std::vector<Listener> listeners;
  acl::PolicySpec policy_spec;  ///< what `policy` was made of
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
