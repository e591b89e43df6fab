// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <map>
#include <ranges>
#include <utility>

#include "acl/bind_rules.hpp"
#include "acl/by_name.hpp"
#include "acl/constraint/host_path.hpp"
#include "acl/contradictions.hpp"
#include "acl/group.hpp"
#include "acl/policy.hpp"
#include "acl/suggest.hpp"
#include "acl/text/shown.hpp"

namespace acl {
namespace {

constexpr std::size_t longest_profile_name = 64;

bool is_profile_name(std::string_view name) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  return !name.empty() && name.size() <= longest_profile_name &&
         name.find_first_not_of(allowed) == std::string_view::npos;
}

bool holds(const std::vector<Operation>& operations, Operation wanted) {
  return std::ranges::find(operations, wanted) != operations.end();
}

bool holds(std::span<const std::string> entries, std::string_view wanted) {
  return std::ranges::find(entries, wanted) != entries.end();
}

std::string item(const std::string& list, std::size_t index) {
  return list + "[" + std::to_string(index) + "]";
}

}  // namespace

class PolicyCompiler {
 public:
  explicit PolicyCompiler(const PolicySpec& spec) : spec_(spec) {}

  Result<std::shared_ptr<const Policy>, std::vector<Mistake>> compile() {
    for (std::size_t i = 0; i < spec_.profiles.size(); ++i) check_profile(i);
    check_under_writable_paths(spec_, mistakes_);
    check_listeners();
    if (!mistakes_.empty()) return std::move(mistakes_);
    return std::shared_ptr<const Policy>(build());
  }

 private:
  void mistake(std::string where, std::string message, std::string hint = {}) {
    mistakes_.push_back({std::move(where), std::move(message), std::move(hint)});
  }

  void check_profile(std::size_t index) {
    const auto& profile = spec_.profiles[index];
    const auto where = "profiles." + shown(profile.name);
    if (!is_profile_name(profile.name)) {
      mistake(where, quoted(profile.name) + " is not a valid name for a profile",
              "letters, digits, '_', '.' and '-', at most 64 of them");
    }
    const auto earlier = std::span(spec_.profiles).first(index);
    if (std::ranges::find(earlier, profile.name, &ProfileSpec::name) != earlier.end()) {
      mistake(where, "two profiles are named " + quoted(profile.name));
    }
    check_entries(profile.allow, where + ".allow");
    check_entries(profile.deny, where + ".deny");
    check_agreement(profile, where + ".allow");
    check_constraints(profile.constraints, where + ".containers");
    check_enforced_limits(profile.constraints, where + ".containers", mistakes_);
    check_image_globs(profile.constraints, where + ".containers", mistakes_);
    std::ranges::move(unlisted_builds(profile, where), std::back_inserter(mistakes_));
  }

  void check_constraints(const ConstraintSpec& spec, const std::string& where) {
    for (std::size_t i = 0; i < spec.binds.size(); ++i) {
      const auto& path = spec.binds[i].path;
      if (path == constraint::canonical_path(path)) continue;
      mistake(item(where + ".binds", i), quoted(path) + " is not an absolute, canonical path",
              constraint::canonical_path(path));
    }
    for (const auto& [key, value] : spec.enforce.labels) {
      if (!key.starts_with("tidegate.")) continue;
      mistake(where + ".enforce.labels", "labels that begin with 'tidegate.' are tidegate's own",
              "another name than " + quoted(key));
    }
    for (std::size_t i = 0; i < spec.waive.size(); ++i) {
      const auto known = constraint_by_key(spec.waive[i]);
      if (known && *known != Constraint::docker_socket) continue;
      mistake(item(where + ".waive", i),
              known ? "'docker_socket' is not waived by name"
                    : "there is no constraint " + quoted(spec.waive[i]),
              known ? "docker_socket: allow" : instead_of_waiving(spec.waive[i]));
    }
  }

  static std::string instead_of_waiving(const std::string& word) {
    if (word == "*") return "`level: unconfined` has no constraints";
    return suggest_word(word, constraint_keys());
  }

  static std::vector<std::string> constraint_keys() {
    std::vector<std::string> keys;
    keys.reserve(constraint_count);
    for (std::size_t i = 0; i < constraint_count; ++i) {
      keys.emplace_back(info(static_cast<Constraint>(i)).key);
    }
    return keys;
  }

  void check_entries(std::span<const std::string> entries, const std::string& where) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (expand(entries[i]).empty()) {
        mistake(item(where, i), quoted(entries[i]) + " is neither an operation nor a group",
                suggest_entry(entries[i]));
      } else if (holds(entries.first(i), entries[i])) {
        mistake(item(where, i), quoted(entries[i]) + " is listed twice");
      }
    }
  }

  // An entry that is both allowed and denied is ambiguous.
  void check_agreement(const ProfileSpec& profile, const std::string& where) {
    for (std::size_t i = 0; i < profile.allow.size(); ++i) {
      const auto& entry = profile.allow[i];
      if (holds(profile.deny, entry)) {
        mistake(item(where, i), quoted(entry) + " is both allowed and denied",
                "keep one of the two");
      } else if (const auto operation = operation_by_name(entry)) {
        check_not_denied(*operation, profile.deny, item(where, i));
      }
    }
  }

  void check_not_denied(Operation operation, std::span<const std::string> deny,
                        const std::string& where) {
    for (const auto& entry : deny) {
      if (!holds(expand(entry), operation)) continue;
      mistake(where,
              "'" + std::string(info(operation).name) + "' is allowed here, and denied by " +
                  quoted(entry),
              "deny wins: leave it out here, or deny less than " + quoted(entry));
      return;
    }
  }

  void check_listeners() {
    std::vector<std::string> profiles;
    profiles.reserve(spec_.profiles.size());
    for (const auto& profile : spec_.profiles) profiles.push_back(profile.name);
    for (std::size_t i = 0; i < spec_.listeners.size(); ++i) {
      const auto& listener = spec_.listeners[i];
      const auto where = item("listeners", i);
      if (listener.clients.empty() && listener.profile.empty()) {
        mistake(where, "has neither `profile` nor `clients`", "write one of the two");
      } else if (listener.clients.empty()) {
        check_profile_name(listener.profile, where, profiles);
      } else {
        check_clients(listener, where + ".clients", profiles);
      }
    }
  }

  void check_profile_name(const std::string& wanted, const std::string& where,
                          std::span<const std::string> profiles) {
    if (holds(profiles, wanted)) return;
    mistake(where + ".profile", "no profile is named " + quoted(wanted),
            suggest_word(wanted, profiles));
  }

  void check_clients(const ListenerSpec& listener, const std::string& where,
                     std::span<const std::string> profiles) {
    if (!listener.profile.empty()) {
      mistake(where, "is given together with `profile`, so the profile of a client is ambiguous",
              "keep one of the two; a last rule without conditions is for everybody else");
    }
    std::vector<std::pair<std::string, ClientConditions>> earlier;
    for (std::size_t i = 0; i < listener.clients.size(); ++i) {
      const auto& rule = listener.clients[i];
      const auto before = mistakes_.size();
      check_profile_name(rule.profile, item(where, i), profiles);
      check(rule, item(where, i), mistakes_);
      if (mistakes_.size() != before) continue;
      ClientConditions conditions(rule);
      check_reached(conditions, item(where, i), earlier);
      earlier.emplace_back(item(where, i), std::move(conditions));
    }
  }

  void check_reached(const ClientConditions& rule, const std::string& where,
                     std::span<const std::pair<std::string, ClientConditions>> earlier) {
    const auto covers = [&](const auto& each) { return each.second.cover(rule); };
    const auto found = std::ranges::find_if(earlier, covers);
    if (found == earlier.end()) return;
    const bool same = rule.cover(found->second);
    mistake(where,
            "is never reached: " + found->first + " matches " +
                (found->second.match_everybody() ? "everybody" : "whoever matches this rule"),
            same ? "keep one of the two" : "the first match wins: put this rule before that one");
  }

  std::shared_ptr<const Policy> build() const {
    std::map<std::string_view, std::shared_ptr<const Profile>> profiles;
    for (const auto& spec : spec_.profiles) profiles.emplace(spec.name, build_profile(spec));
    auto policy = std::make_shared<Policy>();
    for (const auto& listener : spec_.listeners) {
      auto& clients = policy->by_listener_.emplace_back();
      for (const auto& rule : rules_of(listener)) {
        clients.push_back({ClientConditions(rule), profiles.at(rule.profile)});
      }
    }
    return policy;
  }

  static std::vector<ClientRule> rules_of(const ListenerSpec& listener) {
    if (!listener.clients.empty()) return listener.clients;
    return {ClientRule{.profile = listener.profile}};
  }

  // Later rules overwrite earlier ones, so the strongest comes last: deny over allow, the
  // operation's own name over a group, and the first of two groups over the second.
  std::shared_ptr<const Profile> build_profile(const ProfileSpec& spec) const {
    auto profile = std::make_shared<Profile>();
    profile->name_ = spec.name;
    profile->mode_ = spec.mode;
    profile->variables_ = spec.variables;
    profile->constraints_ = Constraints(spec.constraints, spec_.protected_paths, host_networks_);
    add_rules(*profile, spec.allow, true);
    add_rules(*profile, spec.deny, false);
    return profile;
  }

  static void add_rules(Profile& profile, std::span<const std::string> entries, bool allows) {
    for (const bool by_group : {true, false}) {
      for (const auto& entry : std::views::reverse(entries)) {
        const bool is_group = !operation_by_name(entry);
        if (is_group == by_group) add_rule(profile, entry, allows);
      }
    }
  }

  static bool takes_its_name(const Profile& profile, Operation operation) {
    return !why_by_name(profile.constraints_.spec(), operation).empty();
  }

  static void add_rule(Profile& profile, const std::string& entry, bool allows) {
    const auto index = static_cast<std::uint16_t>(profile.rules_.size());
    profile.rules_.push_back({(allows ? "allow " : "deny ") + entry, allows});
    const bool at_level = allows && profile.constraints_.level() != Level::unconfined;
    for (const Operation operation : expand(entry)) {
      if (at_level && !allows_at_level(entry, operation)) continue;
      if (allows && !operation_by_name(entry) && takes_its_name(profile, operation)) continue;
      profile.rule_of_[static_cast<std::size_t>(operation)] = index;
    }
  }

  const PolicySpec& spec_;
  const IpRanges host_networks_{spec_.host_networks};
  std::vector<Mistake> mistakes_;
};

Result<std::shared_ptr<const Policy>, std::vector<Mistake>> compile(const PolicySpec& spec) {
  return PolicyCompiler(spec).compile();
}

}  // namespace acl
