// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "acl/client_rule.hpp"
#include "acl/constraint/constraints.hpp"
#include "acl/identity.hpp"
#include "acl/ip_network.hpp"
#include "acl/mistake.hpp"
#include "acl/operation.hpp"
#include "acl/result.hpp"

namespace acl {

/// The effect of a profile: it refuses, or, to try out a policy, only records what it would refuse.
enum class Mode : std::uint8_t { enforce, shadow };

/// A profile as it was written: names of operations ("ContainerList") and groups ("@read", "*").
struct ProfileSpec {
  std::string name;
  std::vector<std::string> allow;
  std::vector<std::string> deny;  ///< removes operations from `allow`
  ConstraintSpec constraints = {};
  Mode mode = Mode::enforce;
  /// Of a profile from environment variables: for each operation, in the order of the table, those
  /// that would allow it: "CONTAINERS=1 POST=1". Empty if the profile is from a file.
  std::vector<std::string> variables = {};
};

/// Which profile a listener's clients get: one for everybody, or rules of which the first match
/// decides. Exactly one of the two is given.
struct ListenerSpec {
  std::string profile = {};
  std::vector<ClientRule> clients = {};
};

/// A policy as it was written.
struct PolicySpec {
  std::vector<ProfileSpec> profiles;
  std::vector<ListenerSpec> listeners;  ///< in their order
  /// Unix sockets that no container may reach: the upstream's and those that tidegate listens on.
  std::vector<std::string> protected_paths = {};
  /// The networks that the host has routes to, except those that the engine has made.
  std::vector<IpNetwork> host_networks = {};
};

/// A profile ready for use: for each operation the rule that decides about it.
class Profile {
 public:
  struct Rule {
    std::string text;  ///< "allow @read", "deny ContainerExport", "default deny"
    bool allows = false;
  };

  /// A profile without name and rules, which denies everything to clients that match no rule.
  Profile() = default;
  std::string_view name() const { return name_; }
  bool is_nobodys() const { return name_.empty(); }
  /// The rule that decides about `operation`. For `unknown` it is the default.
  const Rule& rule_of(Operation operation) const {
    return rules_[rule_of_[static_cast<std::size_t>(operation)]];
  }
  const Constraints& constraints() const { return constraints_; }
  Mode mode() const { return mode_; }
  bool is_from_file() const { return variables_.empty(); }
  /// What would allow an operation that the profile does not: `allow: [ContainerLogs]`, or a
  /// variable; empty for what nothing should allow lightly.
  std::string opener_of(Operation) const;

 private:
  friend class PolicyCompiler;

  std::string name_;
  std::vector<Rule> rules_ = {{"default deny", false}};
  /// Indices into rules_: one for each operation and one for `unknown`; 0 is the default.
  std::array<std::uint16_t, operation_count + 1> rule_of_{};
  Constraints constraints_;
  Mode mode_ = Mode::enforce;
  std::vector<std::string> variables_;
};

/// Says which client has which profile. Immutable, shared by all threads, replaced as a whole by a
/// reload. A Case applies the profile to a request.
class Policy {
 public:
  /// Returns the profile of the first rule of the client's listener that matches the client, or one
  /// that denies everything if no rule does. It tries the rules one by one: call it once for each
  /// connection and policy. The profile lives as long as the policy.
  const Profile& profile_of(const Identity&) const;

  /// Returns whether some rule could match the client once it has shown the right certificate. If
  /// none could, a TLS handshake is pointless.
  bool may_serve(const Identity&) const;

 private:
  friend class PolicyCompiler;
  struct Clients {
    ClientConditions conditions;
    std::shared_ptr<const Profile> profile;
  };
  std::span<const Clients> clients_of(const Identity&) const;

  std::vector<std::vector<Clients>> by_listener_;
};

/// Checks and compiles a policy; reports every mistake, not only the first.
Result<std::shared_ptr<const Policy>, std::vector<Mistake>> compile(const PolicySpec&);

}  // namespace acl
