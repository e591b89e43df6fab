// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "acl/browser.hpp"
#include "acl/policy.hpp"
#include "acl/result.hpp"
#include "config/settings.hpp"
#include "tls/context.hpp"

namespace proxy {

/// All that a reload replaces, as a whole: the policy, the rules for web pages and the
/// certificates. Running requests and connections keep the snapshot that they began with.
struct Snapshot {
  std::shared_ptr<const acl::Policy> policy;
  /// One for each listener, in the configuration's order; null if it is plain.
  std::vector<std::shared_ptr<const tls::Context>> listeners;
  std::vector<acl::WebRules> web_rules;          ///< one for each listener, in the same order
  acl::WebRules admin_web_rules;                 ///< unused without an admin listener
  std::shared_ptr<const tls::Context> upstream;  ///< null if the engine's connection is plain

  /// When each certificate and revocation list holds; each once, whoever uses its file. Several may
  /// have one file and one subject.
  std::vector<tls::Expiry> expiries() const;
  /// What keeps peers out although their files are in order; each once.
  std::vector<std::string> warnings() const;
};

/// What a reload falls back on if a file is missing or still being written.
struct InForce {
  const config::Settings& settings;
  const Snapshot& snapshot;
  std::function<bool(const std::string& file)> is_finished;
};

/// Reads the certificates that the settings name. With `in_force`, files that are missing or
/// unfinished are not read: a listener or an engine's connection whose settings are unchanged then
/// keeps its certificates.
/// \returns the snapshot, or a mistake for each file that cannot be used.
acl::Result<std::shared_ptr<const Snapshot>, std::vector<config::Diagnostic>> make_snapshot(
    const config::Settings&, const InForce* in_force = nullptr);

/// \param names the names in the listener's certificate, which the operator has chosen
acl::WebRules web_rules_of(const config::Listener&, const std::vector<std::string>& names);

/// Every file that a snapshot of these settings reads, except for the configuration itself.
std::vector<std::string> certificate_files(const config::Settings&);

struct CertificateWarning {
  config::Diagnostic warning;
  bool locks_out = false;  ///< already, not only soon
};

/// Certificates that expire within 30 days, lists that expire within 7, since a new one lasts for
/// 30 only, and what keeps clients or the engine out now.
std::vector<CertificateWarning> certificate_warnings(const config::Settings&, const Snapshot&);

/// Logs them.
void warn_of_certificates(const config::Settings&, const Snapshot&);

/// Logs the configuration's warnings: not mistakes, but perhaps not intended.
void log_warnings(const config::Settings&);
/// Warns of each profile in shadow mode that a listener uses.
void warn_of_shadows(const acl::PolicySpec&);

}  // namespace proxy
