// SPDX-License-Identifier: Apache-2.0
#include "proxy/splice.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace proxy {
namespace {

TEST(PipePool, lends_64_pipes_at_a_time_and_no_more) {
  PipePool pool;
  std::vector<Pipe> lent;
  while (const auto pipe = pool.take()) lent.push_back(*pipe);
  EXPECT_EQ(lent.size(), 64U);
  pool.give_back(lent.back(), true);
  lent.pop_back();
  const auto again = pool.take();
  ASSERT_TRUE(again) << "one that was given back is lent again";
  lent.push_back(*again);
  EXPECT_FALSE(pool.take());
  for (const auto& pipe : lent) pool.give_back(pipe, false);
}

}  // namespace
}  // namespace proxy
