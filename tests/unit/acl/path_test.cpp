// SPDX-License-Identifier: Apache-2.0
#include "acl/text/path.hpp"

#include <gtest/gtest.h>

namespace acl {
namespace {

TEST(Path, is_canonical_with_names_alone) {
  for (const auto* path : {"a", "a/b", ".a", "a.", "...", "a/..b"}) {
    EXPECT_TRUE(has_only_names(path)) << path;
  }
  for (const auto* path : {"", "/", "a/", "/a", "a//b", ".", "..", "a/.", "a/../b", "./a"}) {
    EXPECT_FALSE(has_only_names(path)) << path;
  }
}

TEST(Path, is_cleaned_as_go_does) {
  EXPECT_EQ(cleaned("/a/b"), "/a/b");
  EXPECT_EQ(cleaned("/a//b/"), "/a/b");
  EXPECT_EQ(cleaned("/a/./b/.."), "/a");
  EXPECT_EQ(cleaned("/../../a"), "/a");
  EXPECT_EQ(cleaned("/.a/..b"), "/.a/..b");
  EXPECT_EQ(cleaned("/"), "");
  EXPECT_EQ(cleaned("/a/.."), "");
}

TEST(Path, climbs_with_two_dots_alone) {
  EXPECT_TRUE(climbs("../a"));
  EXPECT_TRUE(climbs("/a/.."));
  EXPECT_FALSE(climbs("/a..b/..."));
}

TEST(Path, lies_below_another_by_whole_names) {
  EXPECT_TRUE(is_at_or_below("/proc", "/proc"));
  EXPECT_TRUE(is_at_or_below("/proc/1", "/proc"));
  EXPECT_TRUE(is_at_or_below("/a", "/"));
  EXPECT_FALSE(is_at_or_below("/process", "/proc"));
  EXPECT_FALSE(is_at_or_below("/", "/proc"));
}

}  // namespace
}  // namespace acl
