// SPDX-License-Identifier: Apache-2.0
#include "proxy/admission.hpp"

#include <gtest/gtest.h>

namespace proxy {
namespace {

constexpr std::size_t KiB = 1024;

acl::Identity user(unsigned uid) {
  return {.unix_peer = acl::UnixPeer{.uid = uid}};
}

TEST(AdmissionOfClients, bounds_what_all_connections_of_one_hold_together) {
  const config::Limits limits;
  Admission admission(limits, 100 * KiB);
  auto one = admission.admit(user(1)), same = admission.admit(user(1));
  auto other = admission.admit(user(2));
  ASSERT_TRUE(one && same && other);
  EXPECT_TRUE(one->held().take(40 * KiB));
  EXPECT_FALSE(same->held().take(20 * KiB));
  EXPECT_TRUE(other->held().take(50 * KiB));
  EXPECT_EQ(admission.held(), 90 * KiB);
  one->held().give_back(40 * KiB);
  EXPECT_TRUE(same->held().take(50 * KiB));
  same->held().give_back(50 * KiB);
  other->held().give_back(50 * KiB);
}

}  // namespace
}  // namespace proxy
