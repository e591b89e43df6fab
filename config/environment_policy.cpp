// SPDX-License-Identifier: Apache-2.0
#include "config/environment_policy.hpp"

#include <algorithm>
#include <array>

#include "acl/text/words.hpp"

namespace config {
namespace {

constexpr bool on = true;
constexpr bool off = false;

constexpr auto switches = std::to_array<Switch>({
#define SWITCH(name, images, initially, kind, what) \
  {#name, Image::images, initially, Switch::Kind::kind, what},
#include "config/environment_switches.inc"
#undef SWITCH
});

constexpr auto all_differences = std::to_array<Difference>({
#define DIFFERENCE(reason, images, when, operations, sentence) \
  {acl::Reason::reason, Image::images, when, operations, sentence},
#include "config/environment_differences.inc"
#undef DIFFERENCE
});

/// Returns whether `list`, such as "ContainerStop ContainerKill", contains the word.
bool names(std::string_view list, std::string_view word) {
  return !acl::all_words(list, ' ', [word](std::string_view one) { return one != word; });
}

bool in_force(const Difference& difference, const EnvironmentPolicy& policy) {
  if (difference.images != Image::both && difference.images != policy.image) return false;
  return acl::all_words(difference.when, ' ', [&policy](std::string_view word) {
    return word.starts_with('-') ? !policy.is_on(word.substr(1))
                                 : word.empty() || policy.is_on(word);
  });
}

/// Requires a whole path segment: the images' /events also allows /eventsX.
bool is_below(std::string_view path, std::string_view section) {
  return path == section || (path.starts_with(section) && path[section.size()] == '/');
}

bool is_withheld(std::string_view operation, const EnvironmentPolicy& policy) {
  return std::ranges::any_of(switches, [&](const Switch& candidate) {
    return candidate.kind == Switch::Kind::withheld && candidate.known_to(policy.image) &&
           !policy.is_on(candidate.name) && names(candidate.what, operation);
  });
}

bool lets_through(const Switch& variable, const acl::OperationInfo& operation,
                  const EnvironmentPolicy& policy) {
  const bool reads = operation.method == acl::Method::get || operation.method == acl::Method::head;
  switch (variable.kind) {
    case Switch::Kind::section:
      return is_below(operation.path, variable.what) && (reads || policy.is_on("POST")) &&
             !is_withheld(operation.name, policy);
    case Switch::Kind::action:
      return names(variable.what, operation.name) &&
             (policy.image == Image::linuxserver || policy.is_on("POST"));
    case Switch::Kind::methods:
    case Switch::Kind::withheld:
    case Switch::Kind::podman: break;
  }
  return false;
}

bool differs(std::string_view operation, const EnvironmentPolicy& policy) {
  return std::ranges::any_of(all_differences, [&](const Difference& difference) {
    return names(difference.operations, operation) && in_force(difference, policy);
  });
}

}  // namespace

std::string_view to_string(Image image) {
  switch (image) {
    case Image::tecnativa: return "tecnativa";
    case Image::linuxserver: return "linuxserver";
    case Image::both: break;
  }
  return "both";
}

std::span<const Switch> all_switches() {
  return switches;
}

bool EnvironmentPolicy::is_on(std::string_view name) const {
  return std::ranges::find(on, name) != on.end();
}

EnvironmentPolicy initially(Image image) {
  EnvironmentPolicy policy{.image = image};
  for (const auto& variable : switches) {
    if (variable.initially && variable.known_to(image)) policy.on.push_back(variable.name);
  }
  return policy;
}

std::vector<acl::Operation> operations_of(const Switch& variable, const EnvironmentPolicy& policy) {
  std::vector<acl::Operation> operations;
  if (!policy.is_on(variable.name)) return operations;
  for (const auto& operation : acl::all_operations()) {
    if (!lets_through(variable, operation, policy) || differs(operation.name, policy)) continue;
    operations.push_back(operation.id);
  }
  return operations;
}

namespace {

/// Returns whether some operation that the policy lets through fits.
template <class Fits>
bool lets_some_through(const EnvironmentPolicy& policy, Fits fits) {
  return std::ranges::any_of(switches, [&](const Switch& variable) {
    return std::ranges::any_of(operations_of(variable, policy), [&](acl::Operation operation) {
      return fits(acl::info(operation));
    });
  });
}

bool writes(const acl::OperationInfo& operation) {
  return operation.method != acl::Method::get && operation.method != acl::Method::head;
}

}  // namespace

std::string why_idle(const Switch& variable, const EnvironmentPolicy& policy) {
  const auto is_its_own = [&](const acl::OperationInfo& operation) {
    return names(variable.what, operation.name);
  };
  if (!policy.is_on(variable.name)) return "";
  switch (variable.kind) {
    case Switch::Kind::section:
    case Switch::Kind::action:
      return operations_of(variable, policy).empty() ? "lets nothing through without POST=1" : "";
    case Switch::Kind::methods:
      return lets_some_through(policy, writes) ? ""
                                               : "lets nothing through without a section that has "
                                                 "something to write, such as CONTAINERS=1";
    case Switch::Kind::withheld:
      return lets_some_through(policy, is_its_own) ? ""
                                                   : "lets nothing through without CONTAINERS=1";
    case Switch::Kind::podman: break;
  }
  return "lets nothing through: Podman's own API is not served";
}

std::vector<Difference> differences(const EnvironmentPolicy& policy) {
  std::vector<Difference> found;
  for (const auto& difference : all_differences) {
    if (in_force(difference, policy)) found.push_back(difference);
  }
  return found;
}

}  // namespace config
