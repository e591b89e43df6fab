// SPDX-License-Identifier: Apache-2.0
#include "config/environment_policy.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "acl/policy.hpp"
#include "config/environment.hpp"
#include "tests/unit/told.hpp"

namespace config {
namespace {

using testing::HasSubstr;

const std::filesystem::path project = TIDEGATE_SOURCE_DIR;

/// What was recorded from one of the images with some variables set.
struct Vector {
  Image image = Image::tecnativa;
  std::string set;  ///< "CONTAINERS=1 POST=1"
  std::set<std::string> let_through;
};

struct Recorded {
  std::vector<std::string> requests;  ///< "GET /events"
  std::vector<Vector> vectors;
};

Recorded recorded() {
  const auto file =
      nlohmann::json::parse(std::ifstream(project / "tests" / "compat" / "vectors.json"));
  Recorded all{.requests = file["requests"]};
  std::set<std::string> with_nothing_set;
  for (const auto& row : file["vectors"]) {
    auto& vector = all.vectors.emplace_back();
    vector.image = row["image"] == "linuxserver" ? Image::linuxserver : Image::tecnativa;
    vector.set = row["set"];
    if (!vector.set.empty()) vector.let_through = with_nothing_set;
    for (const std::string request : row["more"]) vector.let_through.insert(request);
    for (const std::string request : row.value("less", nlohmann::json::array())) {
      vector.let_through.erase(request);
    }
    if (vector.set.empty()) with_nothing_set = vector.let_through;
  }
  return all;
}

Environment environment_of(const Vector& vector) {
  Environment environment{{"TIDEGATE_COMPAT", std::string(to_string(vector.image))}};
  std::istringstream words(vector.set);
  for (std::string word; words >> word;) {
    environment.emplace(word.substr(0, word.find('=')), word.substr(word.find('=') + 1));
  }
  return environment;
}

EnvironmentPolicy policy_of(const Vector& vector) {
  auto policy = initially(vector.image);
  for (const auto& [name, value] : environment_of(vector)) {
    std::erase(policy.on, name);
    const auto known = std::ranges::find(all_switches(), name, &Switch::name);
    if (known != all_switches().end() && value == "1") policy.on.push_back(known->name);
  }
  return policy;
}

struct Outcome {
  bool allowed = false;
  acl::Operation operation = acl::Operation::unknown;
  acl::Reason reason = acl::Reason::operation_denied;
};

/// What tidegate says to the head of "GET /events".
Outcome ask(const acl::Policy& policy, const std::string& request) {
  const auto answer = told(policy, {}, request);
  const bool asks = answer.planned == acl::Plan::Body::whole;
  return {asks || answer.verdict != acl::Verdict::deny, answer.operation, answer.reason};
}

bool explains(const Difference& difference, const Outcome& outcome) {
  if (difference.reason != outcome.reason) return false;
  const std::string name(acl::info(outcome.operation).name);
  return difference.operations.empty() ||
         (" " + std::string(difference.operations) + " ").find(" " + name + " ") !=
             std::string::npos;
}

class Vectors : public testing::Test {
 protected:
  /// Calls `check(vector, policy in force, request, what tidegate says)` for all that is recorded.
  template <class Check>
  void for_each(const Check& check) {
    for (const auto& vector : recorded_.vectors) {
      const auto loaded = load_environment(environment_of(vector));
      ASSERT_TRUE(loaded) << vector.set << ": " << to_string(loaded.error().front());
      for (const auto& request : recorded_.requests) {
        SCOPED_TRACE(std::string(to_string(vector.image)) + " " + vector.set + ": " + request);
        check(vector, request, ask(*loaded->policy, request));
      }
    }
  }

  Recorded recorded_ = recorded();
};

TEST_F(Vectors, are_all_there) {
  EXPECT_EQ(recorded_.vectors.size(), 217U);
  EXPECT_EQ(recorded_.requests.size(), 104U);
}

TEST_F(Vectors, nothing_passes_that_the_image_refuses) {
  for_each([](const Vector& vector, const std::string& request, const Outcome& outcome) {
    if (outcome.allowed) EXPECT_TRUE(vector.let_through.contains(request));
  });
}

TEST_F(Vectors, what_the_image_lets_through_passes_but_for_the_listed_differences) {
  for_each([](const Vector& vector, const std::string& request, const Outcome& outcome) {
    if (!vector.let_through.contains(request)) return;
    const auto listed = differences(policy_of(vector));
    const bool is_listed = std::ranges::any_of(
        listed, [&](const Difference& difference) { return explains(difference, outcome); });
    EXPECT_NE(outcome.allowed, is_listed) << acl::id(outcome.reason);
  });
}

TEST_F(Vectors, show_each_difference_that_is_listed) {
  std::set<std::string_view> shown;
  for_each([&](const Vector& vector, const std::string& request, const Outcome& outcome) {
    if (outcome.allowed || !vector.let_through.contains(request)) return;
    for (const auto& difference : differences(policy_of(vector))) {
      if (explains(difference, outcome)) shown.insert(difference.sentence);
    }
  });
  for (const auto image : {Image::tecnativa, Image::linuxserver}) {
    EnvironmentPolicy policy{.image = image};
    for (const auto& variables : {std::vector<std::string_view>{"CONTAINERS"},
                                  std::vector<std::string_view>{"CONTAINERS", "POST"}}) {
      policy.on = variables;
      for (const auto& difference : differences(policy)) {
        EXPECT_TRUE(shown.contains(difference.sentence)) << difference.sentence;
      }
    }
  }
}

std::vector<std::string> allowed_with(const Environment& environment) {
  const auto loaded = load_environment(environment);
  EXPECT_TRUE(loaded) << to_string(loaded.error().front());
  if (!loaded) return {};
  return loaded->policy_spec.profiles.front().allow;
}

TEST(Switches, name_operations_that_exist) {
  for (const auto& variable : all_switches()) {
    const bool by_name =
        variable.kind == Switch::Kind::action || variable.kind == Switch::Kind::withheld;
    std::istringstream words{std::string(by_name ? variable.what : "")};
    for (std::string word; words >> word;) EXPECT_TRUE(acl::operation_by_name(word)) << word;
    const auto policy = EnvironmentPolicy{.image = Image::linuxserver, .on = {"POST"}};
    if (variable.kind != Switch::Kind::section) continue;
    auto with = policy;
    with.on.push_back(variable.name);
    EXPECT_FALSE(operations_of(variable, with).empty()) << variable.name;
    EXPECT_TRUE(operations_of(variable, policy).empty()) << variable.name;
  }
}

TEST(Switches, of_actions_need_POST_in_one_image_only) {
  EXPECT_THAT(allowed_with({{"ALLOW_START", "1"}}),
              testing::Not(testing::Contains("ContainerStart")));
  EXPECT_THAT(allowed_with({{"ALLOW_START", "1"}, {"POST", "1"}}),
              testing::Contains("ContainerStart"));
  EXPECT_THAT(allowed_with({{"ALLOW_START", "1"}, {"TIDEGATE_COMPAT", "linuxserver"}}),
              testing::Contains("ContainerStart"));
}

TEST(Switches, withhold_the_logs_in_one_image_only) {
  EXPECT_THAT(allowed_with({{"CONTAINERS", "1"}}), testing::Contains("ContainerLogs"));
  EXPECT_THAT(allowed_with({{"CONTAINERS", "1"}, {"TIDEGATE_COMPAT", "linuxserver"}}),
              testing::Not(testing::Contains("ContainerLogs")));
  EXPECT_THAT(
      allowed_with({{"CONTAINERS", "1"}, {"ALLOW_LOGS", "1"}, {"TIDEGATE_COMPAT", "linuxserver"}}),
      testing::Contains("ContainerLogs"));
}

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// "`A`, `B`" of "A B".
std::string as_code(std::string_view names) {
  std::istringstream words{std::string(names)};
  std::string text;
  for (std::string word; words >> word;) text += (text.empty() ? "`" : ", `") + word + "`";
  return text;
}

TEST(Readme, has_a_row_for_each_switch) {
  const auto readme = contents(project / "config" / "README.md");
  for (const auto& variable : all_switches()) {
    if (variable.kind == Switch::Kind::podman) continue;
    EXPECT_THAT(
        readme,
        HasSubstr("| `" + std::string(variable.name) + "` | " + (variable.initially ? "1" : "0") +
                  " | " + std::string(to_string(variable.images)) + " | " +
                  (variable.what.empty() ? "other methods" : as_code(variable.what))));
  }
}

}  // namespace
}  // namespace config
