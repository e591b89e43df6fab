// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "acl/policy.hpp"
#include "config/fields.hpp"
#include "config/settings.hpp"

/// All keys of the configuration file except those of `containers`: one table per struct. README.md
/// describes them for operators, and a test keeps the two in step.
namespace config {

const Table<Settings>& file_keys();
const Table<Listener>& listener_keys();
const Table<ListenerTls>& listener_tls_keys();
const Table<acl::ClientRule>& client_keys();
const Table<acl::CertificateMatch>& certificate_keys();
const Table<UpstreamTls>& upstream_tls_keys();
const Table<acl::ProfileSpec>& profile_keys();
const Table<Limits>& limit_keys();
const Table<Listener>& admin_keys();
const Table<Audit>& audit_keys();
const Table<Log>& log_keys();

}  // namespace config
