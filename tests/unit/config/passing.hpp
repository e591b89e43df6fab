// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/told.hpp"

namespace config {

/// Whether the head of "GET /info" is let through; a body may be asked for.
inline bool passes(const acl::Policy& policy, const std::string& request) {
  const auto answer = told(policy, {}, request);
  EXPECT_NE(answer.operation, acl::Operation::unknown) << request;
  return answer.verdict != acl::Verdict::deny || answer.planned == acl::Plan::Body::whole;
}

}  // namespace config
