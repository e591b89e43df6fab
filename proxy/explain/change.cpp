// SPDX-License-Identifier: Apache-2.0
#include "proxy/explain/change.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace proxy::explain {
namespace {

std::optional<acl::Constraint> constraint_of(acl::Reason reason) {
  for (std::size_t i = 0; i < acl::constraint_count; ++i)
    if (const auto each = static_cast<acl::Constraint>(i); info(each).reason == reason) return each;
  return std::nullopt;
}

/// The keys that a message names: "…: `containers.binds: […]` would allow it".
std::vector<std::string> keys_in(std::string_view message) {
  constexpr std::string_view behind = "` would allow it";
  std::vector<std::string> keys;
  for (auto end = message.find(behind); end != message.npos; end = message.find(behind, end + 1)) {
    const auto begin = end == 0 ? message.npos : message.rfind('`', end - 1);
    if (begin != message.npos) keys.emplace_back(message.substr(begin + 1, end - begin - 1));
  }
  return keys;
}

std::size_t violations_in(std::string_view message, acl::Level level) {
  const auto each = fmt::format(", level {} wants ", acl::to_string(level));
  std::size_t count = 0;
  for (auto at = message.find(each); at != message.npos; at = message.find(each, at + 1)) ++count;
  return count;
}

/// A constraint that refused the request, and what its message said. Violations are told in the
/// order of constraints, so those of one are what the next message no longer has.
struct Step {
  std::string constraint;
  std::size_t violations = 0;
  std::vector<std::string> keys = {};

  /// Leaves only what belongs to this constraint.
  void without(const Step& next) {
    violations -= std::min(violations, next.violations);
    keys.resize(keys.size() - std::min(keys.size(), next.keys.size()));
  }
};

/// A profile to which is added, piece by piece, what a request needs.
class Trial {
 public:
  Trial(std::string_view profile, const acl::PolicySpec& spec) : spec_(spec) {
    spec_.listeners = {{std::string(profile)}};
    for (auto& each : spec_.profiles) each.mode = acl::Mode::enforce;
    const auto found = std::ranges::find(spec_.profiles, profile, &acl::ProfileSpec::name);
    if (found != spec_.profiles.end()) profile_ = &*found;
  }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  /// \returns the policy so far; null if there can be none
  std::shared_ptr<const acl::Policy> policy() const {
    const auto compiled = acl::compile(spec_);
    return compiled && profile_ != nullptr ? *compiled : nullptr;
  }

  /// Adds what lifts the first refusal. \returns false if nothing does
  bool add_for(const Judgement& refused) {
    const auto& [reason, message] = refused.refusal();
    if (reason == acl::Reason::operation_denied)
      return add(std::string(info(refused.operation()).name), profile_->allow, operations_);
    const auto constraint = constraint_of(reason);
    if (!constraint) return false;
    if (*constraint == acl::Constraint::docker_socket) return open_socket();
    steps_.push_back({.constraint = std::string(info(*constraint).key),
                      .violations = violations_in(message, profile_->constraints.level),
                      .keys = keys_in(message)});
    std::vector<std::string> ignored;
    return add(steps_.back().constraint, profile_->constraints.waive, ignored);
  }

  /// A key of its own for each violation, where there is one; else the constraint is waived.
  std::vector<std::string> lines() {
    std::vector<std::string> lines, waived;
    if (!operations_.empty())
      lines.push_back(fmt::format("allow: [{}]", fmt::join(operations_, ", ")));
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      auto& step = steps_[i];
      if (i + 1 < steps_.size()) step.without(steps_[i + 1]);
      if (!step.keys.empty() && step.keys.size() == step.violations)
        std::ranges::move(step.keys, std::back_inserter(lines));
      else
        waived.push_back(step.constraint);
    }
    if (opened_socket_) lines.emplace_back("containers.docker_socket: allow");
    if (!waived.empty())
      lines.push_back(fmt::format("containers.waive: [{}]", fmt::join(waived, ", ")));
    for (auto& line : lines) line.insert(0, "profiles." + profile_->name + ".");
    return lines;
  }

 private:
  /// The one constraint that cannot be waived.
  bool open_socket() {
    opened_socket_ = true;
    return !std::exchange(profile_->constraints.docker_socket, true);
  }

  static bool add(const std::string& entry, std::vector<std::string>& to,
                  std::vector<std::string>& known) {
    if (std::ranges::count(to, entry) != 0) return false;  // it did not help
    to.push_back(entry);
    known.push_back(entry);
    return true;
  }

  acl::PolicySpec spec_;
  acl::ProfileSpec* profile_ = nullptr;
  std::vector<std::string> operations_;
  std::vector<Step> steps_;
  bool opened_socket_ = false;
};

}  // namespace

std::vector<std::string> smallest_change(const Asked& asked, std::string_view profile,
                                         const acl::PolicySpec& spec, const acl::WebRules& rules,
                                         const config::Limits& limits) {
  Trial trial(profile, spec);
  for (;;) {
    const auto policy = trial.policy();
    if (!policy) return {};
    const Judgement judgement(asked, {}, *policy, rules, limits);
    if (!judgement.refused()) return trial.lines();
    if (!trial.add_for(judgement)) return {};
  }
}

}  // namespace proxy::explain
