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

TEST(AdmissionOfClients, counts_a_handshake_until_it_ends_and_its_connection_longer) {
  const config::Limits limits{.connections = 9, .handshakes = 2, .handshakes_per_client = 1};
  Admission admission(limits, 100 * KiB);
  auto one = admission.admit(user(1)), same = admission.admit(user(1));
  auto other = admission.admit(user(2)), third = admission.admit(user(3));
  ASSERT_TRUE(one && same && other && third);
  auto first = one->begin_handshake();
  ASSERT_TRUE(first);
  EXPECT_EQ(same->begin_handshake().error(), acl::Reason::too_many_handshakes_from_client);
  const auto second = other->begin_handshake();
  EXPECT_TRUE(second);
  EXPECT_EQ(third->begin_handshake().error(), acl::Reason::too_many_handshakes);
  {
    const auto ended = std::move(*first);
  }
  EXPECT_TRUE(same->begin_handshake());
}

}  // namespace
}  // namespace proxy
