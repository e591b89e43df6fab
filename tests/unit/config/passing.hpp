// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "acl/policy.hpp"

namespace config {

/// Whether the head of "GET /info" is let through; a body may be asked for.
inline bool passes(const acl::Policy& policy, const std::string& request) {
  const auto space = request.find(' ');
  acl::Request understood;
  const auto refusal =
      acl::understand(request.substr(0, space), request.substr(space + 1), {}, understood);
  EXPECT_FALSE(refusal) << request;
  EXPECT_NE(understood.operation, acl::Operation::unknown) << request;
  return policy.decide(acl::Identity{}, understood).verdict != acl::Verdict::deny;
}

}  // namespace config
