// SPDX-License-Identifier: Apache-2.0
#include "config/environment_openers.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace config {
namespace {

using Names = std::vector<std::string_view>;

/// Switches that are needed beside the one of a section. Without EXEC no exec is made.
std::vector<Names> helpers(Image image) {
  std::vector<Names> all{{}, {"EXEC"}};
  for (const auto& variable : all_switches()) {
    if (variable.kind == Switch::Kind::withheld && variable.known_to(image))
      all.push_back({variable.name});
  }
  const std::size_t without_post = all.size();
  for (std::size_t i = 0; i < without_post; ++i) {
    auto names = all[i];
    names.emplace_back("POST");
    all.push_back(std::move(names));
  }
  return all;
}

/// The best answer so far for one operation: few variables, and then few other operations.
struct Opener {
  std::size_t variables = ~std::size_t{0}, operations = 0;
  std::string text;
};

class Search {
 public:
  explicit Search(const EnvironmentPolicy& policy)
      : policy_(policy), found_(acl::operation_count) {}

  void try_switch(const Switch& variable, const Names& helpers) {
    auto policy = policy_;
    std::string text;
    std::size_t count = 0;
    const auto turn_on = [&](std::string_view name) {
      if (policy.is_on(name)) return;
      policy.on.push_back(name);
      text += (text.empty() ? "" : " ") + std::string(name) + "=1";
      ++count;
    };
    turn_on(variable.name);
    for (const auto name : helpers) turn_on(name);
    const auto operations = operations_of(variable, policy);
    for (const auto operation : operations) {
      auto& best = found_[static_cast<std::size_t>(operation)];
      if (std::pair(count, operations.size()) >= std::pair(best.variables, best.operations))
        continue;
      best = {count, operations.size(), text};
    }
  }

  std::vector<std::string> take() {
    std::vector<std::string> texts;
    texts.reserve(found_.size());
    for (auto& each : found_) texts.push_back(std::move(each.text));
    return texts;
  }

 private:
  const EnvironmentPolicy& policy_;
  std::vector<Opener> found_;
};

}  // namespace

std::vector<std::string> openers(const EnvironmentPolicy& policy) {
  Search search(policy);
  for (const auto& names : helpers(policy.image)) {
    for (const auto& variable : all_switches()) {
      if (variable.known_to(policy.image)) search.try_switch(variable, names);
    }
  }
  return search.take();
}

}  // namespace config
