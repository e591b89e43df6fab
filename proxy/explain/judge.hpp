// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "acl/case.hpp"
#include "config/settings.hpp"

namespace proxy::explain {

/// A request as it is written on a command line.
struct Asked {
  std::string method, target;
  std::string content_type;
  std::optional<std::string> host = {}, origin = {};  ///< of its header fields
  std::optional<std::string> body;
};

/// What becomes of a request: what a Case says of it, as the daemon's session would ask it.
class Judgement {
 public:
  /// \param web_rules of the listener that is asked
  Judgement(const Asked&, acl::Identity, const acl::Policy&, const acl::WebRules& web_rules,
            const config::Limits&);

  /// Also where it depends on what the engine says of an object.
  bool allowed() const { return !case_.denied(); }
  /// For people: the operation, the rule, each violation, what was dropped or put in, and what the
  /// engine would be sent.
  std::string text() const;

 private:
  std::optional<acl::Refusal> decide(const config::Limits&);
  std::string_view body_to_send() const;

  const Asked& asked_;
  const acl::Identity identity_;
  acl::Terms terms_;
  acl::Case::Memory memory_;
  acl::Scratch scratch_;
  acl::Case case_;
};

}  // namespace proxy::explain
