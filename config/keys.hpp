// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "acl/policy.hpp"
#include "config/fields.hpp"
#include "config/settings.hpp"

/// Every key of the configuration file. README.md describes them for operators, and a test keeps
/// the two together.
namespace config {

/// A rule about clients as it was written.
struct ClientEntry {
  std::optional<std::string> uid;  ///< a name or a number
  std::optional<std::string> gid;
  std::optional<std::string> address;
  std::optional<acl::CertificateMatch> certificate;
  std::string profile;
};

/// A listener as it was written.
struct ListenerEntry {
  std::optional<Address> address;
  std::optional<unsigned> mode;
  std::optional<std::string> owner;
  std::optional<std::string> group;
  std::optional<bool> insecure;
  std::optional<ListenerTls> tls;
  std::vector<std::string> hosts, origins;
  std::optional<std::string> profile;
  std::optional<std::vector<ClientEntry>> clients;
};

/// The file as it was written.
struct FileEntry {
  std::optional<std::size_t> version;  ///< of the format; absent in files written for tidegate 0.1
  Address upstream = Settings().upstream;
  std::optional<UpstreamTls> upstream_tls;
  std::vector<ListenerEntry> listeners;
  std::vector<acl::ProfileSpec> profiles;
  Limits limits;
  std::optional<Listener> admin;
  Audit audit;
  Log log;
  std::size_t workers = Settings().workers;
};

const Table<FileEntry>& file_keys();
const Table<ListenerEntry>& listener_keys();
const Table<ListenerTls>& listener_tls_keys();
const Table<ClientEntry>& client_keys();
const Table<acl::CertificateMatch>& certificate_keys();
const Table<UpstreamTls>& upstream_tls_keys();
const Table<acl::ProfileSpec>& profile_keys();
const Table<Limits>& limit_keys();
const Table<Listener>& admin_keys();
const Table<Audit>& audit_keys();
const Table<Log>& log_keys();

}  // namespace config
