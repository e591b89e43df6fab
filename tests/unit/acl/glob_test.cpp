// SPDX-License-Identifier: Apache-2.0
#include "acl/text/glob.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using acl::fits;

TEST(Glob, without_stars_is_the_text_itself) {
  EXPECT_TRUE(fits("ops-bob", "ops-bob"));
  EXPECT_FALSE(fits("ops-bob", "ops-bo"));
  EXPECT_FALSE(fits("ops-bob", "ops-bobby"));
  EXPECT_FALSE(fits("ops-bob", "OPS-BOB"));
}

TEST(Glob, a_star_stands_for_anything_within_a_segment) {
  EXPECT_TRUE(fits("ops-*", "ops-bob"));
  EXPECT_TRUE(fits("ops-*", "ops-"));
  EXPECT_TRUE(fits("spiffe://corp/*/7", "spiffe://corp/ci/7"));
  EXPECT_FALSE(fits("spiffe://corp/*", "spiffe://corp/ci/7"));
  EXPECT_FALSE(fits("*", "a/b"));
}

TEST(Glob, two_stars_stand_for_anything) {
  EXPECT_TRUE(fits("spiffe://corp/**", "spiffe://corp/ci/7"));
  EXPECT_TRUE(fits("**/7", "spiffe://corp/ci/7"));
  EXPECT_FALSE(fits("**/7", "spiffe://corp/ci/8"));
  EXPECT_TRUE(fits("**", ""));
}

TEST(Glob, takes_no_exponential_time) {
  std::string glob;
  for (int i = 0; i < 200; ++i) glob += "*a**b";
  EXPECT_FALSE(fits(glob, std::string(4000, 'a')));
}

}  // namespace
