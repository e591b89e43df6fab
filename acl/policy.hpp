// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/constraints.hpp"
#include "acl/decision.hpp"
#include "acl/group.hpp"
#include "acl/identity.hpp"
#include "acl/operation.hpp"
#include "acl/request.hpp"
#include "acl/result.hpp"
#include "acl/scratch.hpp"

namespace acl {

/// How much of an unknown path a message repeats, in bytes.
inline constexpr std::size_t longest_path_shown = 128;

/// A profile as it was written: names of operations ("ContainerList") and groups ("@read", "*").
struct ProfileSpec {
  std::string name;
  std::vector<std::string> allow;
  std::vector<std::string> deny;  ///< takes away from `allow`
  ConstraintSpec constraints = {};
};

/// A policy as it was written.
struct PolicySpec {
  std::vector<ProfileSpec> profiles;
  std::vector<std::string>
      listener_profiles;  ///< the profile's name, one a listener, in their order
  /// Unix sockets that no container may reach: the upstream's and those that tidegate listens on.
  std::vector<std::string> protected_paths = {};
};

/// What is wrong with a PolicySpec. `where` is the place in the configuration:
/// "profiles.ci.allow[2]".
struct Mistake {
  std::string where;
  std::string message;
  std::string hint;  ///< the nearest valid name or what would be right; may be empty
};

/// A profile ready for use: for each operation the rule that decides about it.
class Profile {
 public:
  /// Without a name and without rules: it denies everything.
  Profile() = default;
  std::string_view name() const { return name_; }
  Decision decide(const Request&) const;
  /// \returns what decide() of the head said, unless the body is worse.
  Decision decide(const Request&, std::string_view body, Scratch&) const;
  Decision decide_first_bytes(const Request&, std::string_view bytes) const;

 private:
  friend class PolicyCompiler;
  struct Rule {
    std::string text;  ///< "allow @read", "deny ContainerExport", "default deny"
    bool allows = false;
  };
  void check_head(const Request&, Decision&) const;
  void check_body(const Request&, Scratch&, Decision&) const;
  void deny(const Request&, const constraint::Findings&, Decision&) const;
  void deny(const Request&, Reason, const std::string& why, Decision&) const;

  std::string name_;
  std::vector<Rule> rules_ = {{"default deny", false}};
  /// Index into rules_, an operation each and one for `unknown`; 0 is the default.
  std::array<std::uint16_t, operation_count + 1> rule_of_{};
  Constraints constraints_;
};

/// Who may do what: immutable, shared by all threads, replaced as a whole by a reload.
class Policy {
 public:
  /// Decides from the head alone. `needs_body` means: decide again with the body before anything is
  /// sent on.
  Decision decide(const Identity&, const Request&) const;
  /// Decides with the whole body, as the client sent it. Never answers needs_body. What is allowed
  /// is Decision::body, which the engine is sent instead; it points into `scratch`.
  Decision decide(const Identity&, const Request&, std::string_view body, Scratch& scratch) const;

  /// Decides about an operation with an opaque body, where Decision::first_bytes asks for it: with
  /// so many of its first bytes, or with all of a shorter body.
  Decision decide_first_bytes(const Identity&, const Request&, std::string_view bytes) const;

  /// The profile of the listener that the request came in by; one that denies everything where the
  /// policy knows no such listener.
  const Profile& profile_of(const Identity&) const;

 private:
  friend class PolicyCompiler;
  std::vector<std::shared_ptr<const Profile>> by_listener_;
};

/// Checks and compiles a policy; reports every mistake, not the first only.
Result<std::shared_ptr<const Policy>, std::vector<Mistake>> compile(const PolicySpec&);

}  // namespace acl
