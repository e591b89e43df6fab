// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "acl/case.hpp"
#include "config/settings.hpp"
#include "proxy/explain/told.hpp"

namespace proxy::explain {

/// A request as written on a command line.
struct Asked {
  std::string method, target;
  std::string content_type;
  std::optional<std::string> host = {}, origin = {};  ///< header fields
  std::optional<std::string> body;
};

/// Shows what happens to a request: drives a Case as the daemon's session does.
class Judgement {
 public:
  /// \param web_rules the rules of the listener that receives the request
  Judgement(const Asked&, acl::Identity, const acl::Policy&, const acl::WebRules& web_rules,
            const config::Limits&);

  /// True also for what a profile in shadow mode lets through. False if the decision depends on the
  /// engine's answer to a look-up.
  bool refused() const { return !passes() || case_.decision().would_deny(); }
  /// Only if it is refused, or would be.
  const acl::Refusal& refusal() const { return *case_.decision().refusal; }
  acl::Operation operation() const { return case_.request().operation; }
  /// The violations that the refusal is about; null: it is about something else.
  const acl::constraint::Findings* found() const { return case_.decision().found; }
  std::string_view rule() const { return case_.decision().rule; }
  std::string_view profile() const { return case_.decision().profile; }
  /// The result for scripts.
  Told told() const;
  /// The result for people: the operation, the rule, each violation, what was dropped or added, and
  /// what would be sent to the engine.
  /// \param change what would let it through
  std::string text(const std::vector<std::string>& change) const;

 private:
  /// True also if the decision depends on a look-up.
  bool passes() const { return !case_.denied(); }
  bool is_no_json() const;
  bool lacks_body() const;
  std::optional<acl::Refusal> decide(const config::Limits&);
  std::string sends() const;
  std::string_view body_to_send() const;

  const Asked& asked_;
  const acl::Identity identity_;
  const bool from_file_;  ///< the profile; otherwise the refusal names variables
  acl::Terms terms_;
  acl::Case::Memory memory_;
  acl::Scratch scratch_;
  acl::Case case_;
};

}  // namespace proxy::explain
