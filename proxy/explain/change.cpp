// SPDX-License-Identifier: Apache-2.0
#include "proxy/explain/change.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "acl/constraint/level_lists.hpp"
#include "acl/group.hpp"
#include "config/extend.hpp"
#include "config/yaml_text.hpp"

namespace proxy::explain {
namespace {

using config::YamlNode;

/// One step towards a profile that lets a request through.
struct Step {
  std::string key;     ///< to add: "allow: [ContainerList]", "containers.binds: [{path: /srv}]"
  std::string denial;  ///< or an entry of `deny` that must no longer stand for the operation

  bool operator==(const Step&) const = default;
};

using Steps = std::vector<Step>;

/// The steps that may help against the first cause of a refusal, the smallest first.
Steps steps_against(const Judgement& refused) {
  using acl::Reason;
  constexpr std::string_view denies = "deny ";
  const auto reason = refused.refusal().reason;
  if (reason == Reason::body_unknown_field) return {{"containers.unknown_fields: drop", ""}};
  if (reason == Reason::operation_denied) {
    if (refused.rule().starts_with(denies))
      return {{"", std::string(refused.rule().substr(denies.size()))}};
    // The second is what a profile with `images` must have for the first.
    return {{fmt::format("allow: [{}]", info(refused.operation()).name), ""},
            {"containers.build: {images: any}", ""}};
  }
  if (refused.found() == nullptr) return {};
  const auto& violation = refused.found()->violations().front();
  Steps steps;
  for (const auto& key : {violation.opener, violation.last_resort})
    if (!key.empty()) steps.push_back({key, ""});
  steps.push_back({violation.constraint == acl::Constraint::docker_socket
                       ? "containers.docker_socket: allow"
                       : fmt::format("containers.waive: [{}]", info(violation.constraint).key),
                   ""});
  return steps;
}

/// What `entry` of `deny` stands for, without one operation.
std::vector<std::string> others_in(std::string_view entry, acl::Operation operation) {
  std::vector<std::string> names;
  for (const auto each : acl::expand(entry))
    if (each != operation) names.emplace_back(acl::info(each).name);
  return names;
}

/// The list that the level has where the profile has no list of its own, as a map like `keys`.
YamlNode level_list(const acl::constraint::LevelList& list) {
  YamlNode entries(YamlNode::Kind::list);
  for (const auto entry : list.entries)
    entries.items.push_back(config::scalar_node(std::string(entry)));
  const auto text = fmt::format("containers.{}: {}", list.key, config::flow_text(entries));
  return config::key_from(text);
}

/// \param key "capabilities.add"
bool has(const YamlNode& containers, std::string_view key) {
  const auto dot = key.find('.');
  const auto* found = containers.find(key.substr(0, dot));
  return found != nullptr && (dot == key.npos || has(*found, key.substr(dot + 1)));
}

/// A profile, and a request that it refuses.
class Trial {
 public:
  Trial(const Asked& asked, const acl::PolicySpec& spec, const acl::ProfileSpec& profile,
        const acl::WebRules& rules, const config::Limits& limits)
      : asked_(asked), spec_(spec), profile_(profile), rules_(rules), limits_(limits) {
    spec_.listeners = {{profile.name}};
    const auto keys = config::keys_of(profile);
    if (const auto* own = keys.find("containers")) own_ = *own;
    profile_.mode = acl::Mode::enforce;
  }

  /// \returns the policy with these steps; null if that is a mistake
  std::shared_ptr<const acl::Policy> policy(const Steps& steps) {
    auto profile = config::extended(profile_, added(steps));
    if (!profile) return nullptr;
    for (const auto& step : steps) {
      if (std::erase(profile->deny, step.denial) == 0) continue;
      std::ranges::move(others_in(step.denial, operation_), std::back_inserter(profile->deny));
    }
    spec_.profiles = {*std::move(profile)};
    const auto compiled = acl::compile(spec_);
    return compiled ? *compiled : nullptr;
  }

  /// Takes one more step. \returns false if it passes, or if there is no step to take
  bool go_on(Steps& steps) {
    const auto reached = policy(steps);
    if (!reached) return false;
    const Judgement judgement(asked_, {}, *reached, rules_, limits_);
    passes_ = !judgement.refused();
    if (passes_) return false;
    operation_ = judgement.operation();
    for (auto& step : steps_against(judgement)) {
      if (std::ranges::count(steps, step) != 0) continue;  // it did not help
      steps.push_back(std::move(step));
      if (policy(steps)) return true;
      steps.pop_back();
    }
    return false;
  }

  bool passes() const { return passes_; }
  bool passes(const Steps& steps) {
    const auto reached = policy(steps);
    return reached && !Judgement(asked_, {}, *reached, rules_, limits_).refused();
  }

  /// The steps as lines of the configuration.
  std::vector<std::string> lines(const Steps& steps) const {
    std::vector<std::string> lines;
    const auto keys = added(steps);
    if (const auto* allow = keys.find("allow")) lines.push_back("allow: " + flow_text(*allow));
    for (const auto& step : steps)
      if (!step.denial.empty()) lines.push_back(denial_line(step.denial));
    if (const auto* containers = keys.find("containers"))
      for (const auto& [key, value] : containers->entries)
        lines.push_back("containers." + key + ": " + flow_text(value));
    for (auto& line : lines) line.insert(0, "profiles." + profile_.name + ".");
    return lines;
  }

 private:
  /// All keys of the steps. A list that stands instead of the level's own has that list's entries,
  /// so that nothing that passes today is refused.
  YamlNode added(const Steps& steps) const {
    YamlNode keys(YamlNode::Kind::map);
    for (const auto& step : steps)
      if (!step.key.empty()) config::extend(keys, config::key_from(step.key));
    const auto* containers = keys.find("containers");
    if (containers == nullptr) return keys;
    for (const auto& list : acl::constraint::level_lists(profile_.constraints.level)) {
      if (!has(*containers, list.key) || has(own_, list.key)) continue;
      auto whole = level_list(list);
      config::extend(whole, keys);
      keys = std::move(whole);
      containers = keys.find("containers");
    }
    return keys;
  }

  std::string denial_line(std::string_view entry) const {
    const auto others = others_in(entry, operation_);
    return others.empty()
               ? fmt::format("deny: without {}", entry)
               : fmt::format("deny: [{}], in place of \"{}\"", fmt::join(others, ", "), entry);
  }

  const Asked& asked_;
  acl::PolicySpec spec_;
  acl::ProfileSpec profile_;
  YamlNode own_;  ///< its keys under `containers`
  const acl::WebRules& rules_;
  const config::Limits& limits_;
  acl::Operation operation_ = acl::Operation::unknown;
  bool passes_ = false;
};

/// Leaves out each step without which the request passes as well.
void leave_out_useless(Trial& trial, Steps& steps) {
  for (std::size_t i = 0; i < steps.size();) {
    auto fewer = steps;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (trial.passes(fewer))
      steps = std::move(fewer);
    else
      ++i;
  }
}

}  // namespace

std::vector<std::string> smallest_change(const Asked& asked, std::string_view profile,
                                         const acl::PolicySpec& spec, const acl::WebRules& rules,
                                         const config::Limits& limits) {
  constexpr std::size_t most_steps = 64;
  const auto found = std::ranges::find(spec.profiles, profile, &acl::ProfileSpec::name);
  if (found == spec.profiles.end() || !found->variables.empty()) return {};
  Trial trial(asked, spec, *found, rules, limits);
  Steps steps;
  while (steps.size() < most_steps && trial.go_on(steps)) continue;
  if (!trial.passes()) return {};
  leave_out_useless(trial, steps);
  return trial.lines(steps);
}

}  // namespace proxy::explain
