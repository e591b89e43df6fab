// SPDX-License-Identifier: Apache-2.0
#include "acl/operation.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <set>
#include <sstream>
#include <string>

#include "acl/request.hpp"

namespace acl {

void PrintTo(const OperationInfo& row, std::ostream* out) {
  *out << row.name;
}

}  // namespace acl

namespace {

using acl::Method;
using acl::Operation;
using acl::OperationInfo;

// A path that the row stands for: "/containers/{id*}/json" is "/containers/thing/json".
std::string example_path(const OperationInfo& row) {
  std::string path(row.path);
  for (auto open = path.find('{'); open != std::string::npos; open = path.find('{')) {
    path.replace(open, path.find('}') + 1 - open, "thing");
  }
  return path;
}

// Unknown where the target is refused.
Operation found(Method method, const std::string& target) {
  acl::Request request;
  if (acl::understand(acl::to_string(method), target, {}, request)) return Operation::unknown;
  return request.operation;
}

bool is_taken(Method method, const std::string& path) {
  for (const auto& row : acl::all_operations()) {
    if (row.method == method && example_path(row) == path) return true;
  }
  return false;
}

class EachOperation : public testing::TestWithParam<OperationInfo> {};

std::string name_of(const testing::TestParamInfo<OperationInfo>& row) {
  return std::string(row.param.name);
}

TEST_P(EachOperation, is_found_by_its_name) {
  EXPECT_EQ(acl::operation_by_name(GetParam().name), GetParam().id);
  EXPECT_EQ(acl::info(GetParam().id).name, GetParam().name);
}

TEST_P(EachOperation, is_found_by_its_path_without_a_version) {
  EXPECT_EQ(found(GetParam().method, example_path(GetParam())), GetParam().id);
}

TEST_P(EachOperation, is_found_by_its_path_with_a_version) {
  EXPECT_EQ(found(GetParam().method, "/v1.41" + example_path(GetParam())), GetParam().id);
}

TEST_P(EachOperation, is_not_found_by_a_method_of_another) {
  for (const auto method :
       {Method::get, Method::head, Method::post, Method::put, Method::delete_}) {
    const auto path = example_path(GetParam());
    if (method == GetParam().method || is_taken(method, path)) continue;
    EXPECT_NE(found(method, path), GetParam().id) << acl::to_string(method);
  }
}

TEST_P(EachOperation, is_not_found_below_or_beside_its_path) {
  const auto path = example_path(GetParam());
  if (GetParam().path.ends_with('}') || path.ends_with('/')) return;
  EXPECT_NE(found(GetParam().method, path + "x"), GetParam().id);
  EXPECT_NE(found(GetParam().method, "/x" + path), GetParam().id);
}

TEST_P(EachOperation, has_its_parameters_written_once) {
  std::istringstream columns{std::string(GetParam().query)};
  std::set<std::string> names;
  for (std::string name; columns >> name;) {
    if (name.ends_with("[]")) name.resize(name.size() - 2);
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, EachOperation,
                         testing::ValuesIn(acl::all_operations().begin(),
                                           acl::all_operations().end()),
                         name_of);

TEST(Operation, names_are_exact) {
  EXPECT_FALSE(acl::operation_by_name("containerlist"));
  EXPECT_FALSE(acl::operation_by_name("unknown"));
  EXPECT_FALSE(acl::operation_by_name(""));
}

TEST(Operation, unknown_has_a_row_that_grants_nothing) {
  const auto& row = acl::info(Operation::unknown);
  EXPECT_EQ(row.name, "unknown");
  EXPECT_EQ(row.query, "");
  EXPECT_EQ(row.flags, acl::no_flags);
}

TEST(Operation, what_reaches_past_the_policy_is_granted_by_name_only) {
  for (const auto operation :
       {Operation::Session, Operation::Grpc, Operation::DebugVars, Operation::DebugPprofProfile}) {
    EXPECT_TRUE(acl::info(operation).has(acl::by_name)) << acl::info(operation).name;
  }
}

TEST(Operation, raw_streams_have_no_time_limit) {
  for (const auto& row : acl::all_operations()) {
    if (row.has(acl::hijacks)) EXPECT_TRUE(row.has(acl::lasting)) << row.name;
  }
}

TEST(Method, is_case_sensitive) {
  EXPECT_EQ(acl::method_from("GET"), Method::get);
  EXPECT_EQ(acl::method_from("get"), Method::unknown);
  EXPECT_EQ(acl::method_from("PATCH"), Method::unknown);
  EXPECT_EQ(acl::method_from(""), Method::unknown);
}

}  // namespace
