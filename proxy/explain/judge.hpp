// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "acl/browser.hpp"
#include "acl/policy.hpp"
#include "acl/scratch.hpp"
#include "config/settings.hpp"

namespace proxy::explain {

/// A request as it is written on a command line.
struct Asked {
  std::string method, target;
  std::string content_type;
  std::optional<std::string> host = {}, origin = {};  ///< of its header fields
  std::optional<std::string> body;
};

/// What becomes of a request, by the very functions that the daemon calls, in their order.
class Judgement {
 public:
  /// \param web_rules of the listener that is asked
  Judgement(const Asked&, acl::Identity, const acl::Policy&, const acl::WebRules& web_rules,
            const config::Limits&);

  bool allowed() const { return decision_.verdict == acl::Verdict::allow; }
  /// For people: the operation, the rule, each violation, what was dropped or put in, and what the
  /// engine would be sent.
  std::string text() const;

 private:
  std::optional<acl::Refusal> understand();
  acl::Decision decide();
  acl::Decision decide_with_body(acl::Decision);
  std::string_view body_to_send();

  const Asked& asked_;
  const acl::Identity identity_;
  const acl::Policy& policy_;
  const acl::WebRules& web_rules_;
  const config::Limits& limits_;
  acl::Request request_;
  acl::Scratch scratch_;
  acl::Decision decision_;
  std::string_view sent_body_;
};

}  // namespace proxy::explain
