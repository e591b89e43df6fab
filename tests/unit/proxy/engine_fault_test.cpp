// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_fault.hpp"

#include <gtest/gtest.h>

namespace proxy {
namespace {

const auto engine_by_name = *config::parse_upstream("tcp://engine.invalid:2375");

TEST(EngineFaultTest, an_unknown_name_is_no_refused_connection) {
  const auto fault = fault_of(engine_by_name, net::error::host_not_found);
  EXPECT_EQ(fault.id, "unresolvable");
  EXPECT_NE(fault.message().find("tcp://engine.invalid:2375: the name cannot be resolved"),
            std::string::npos);
  EXPECT_NE(fault.advice().find("check the name in `upstream`"), std::string::npos);
}

TEST(EngineFaultTest, any_other_failure_has_its_errno) {
  const auto fault = fault_of(engine_by_name, net::error::network_unreachable);
  EXPECT_EQ(fault.id, "ENETUNREACH");
  EXPECT_NE(fault.text.find("Network is unreachable (ENETUNREACH)"), std::string::npos);
}

TEST(EngineFaultTest, a_late_connection_names_its_limit) {
  const auto fault = late_fault(engine_by_name, std::chrono::seconds(5));
  EXPECT_EQ(fault.reason, acl::Reason::upstream_timeout);
  EXPECT_NE(fault.message().find("within 5000 ms (`limits.upstream_connect_time`)"),
            std::string::npos);
}

}  // namespace
}  // namespace proxy
