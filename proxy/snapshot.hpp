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

/// What a reload replaces, as a whole: who may do what, which pages are served, and the
/// certificates. Requests and connections under way keep the one that they began with.
struct Snapshot {
  std::shared_ptr<const acl::Policy> policy;
  /// A listener each, in the configuration's order; null where it is plain.
  std::vector<std::shared_ptr<const tls::Context>> listeners;
  std::vector<acl::WebRules> web_rules;          ///< a listener each, in the same order
  acl::WebRules admin_web_rules;                 ///< where there is no such listener, nobody's
  std::shared_ptr<const tls::Context> upstream;  ///< null where the engine's connection is plain

  /// Of every certificate and revocation list, each file once.
  std::vector<tls::Expiry> expiries() const;
};

/// What a reload may fall back on where a file is missing or still being written.
struct InForce {
  const config::Settings& settings;
  const Snapshot& snapshot;
  std::function<bool(const std::string& file)> is_finished;
};

/// Reads the certificates that the settings name. With `in_force` a file that is missing or not
/// finished is not read: where it is of a listener, or of the engine's connection, whose settings
/// are the same, that one keeps what it has.
/// \returns the snapshot, or a sentence for each file that is not fit for use.
acl::Result<std::shared_ptr<const Snapshot>, std::vector<std::string>> make_snapshot(
    const config::Settings&, const InForce* in_force = nullptr);

/// \param names that the listener's certificate is for: they are the operator's own
acl::WebRules web_rules_of(const config::Listener&, const std::vector<std::string>& names);

/// Every file that a snapshot of these settings is made of, but for the configuration itself.
std::vector<std::string> certificate_files(const config::Settings&);

/// Warns of certificates that end within 30 days, of lists that do within 7, and of what has ended.
void warn_of_expiry(const Snapshot&);

/// Logs what is no mistake in the configuration but may not be meant.
void log_warnings(const config::Settings&);
/// Warns of each profile in shadow mode that a listener uses.
void warn_of_shadows(const acl::PolicySpec&);

}  // namespace proxy
