// SPDX-License-Identifier: Apache-2.0
#include "acl/reason.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <string>
#include <vector>

namespace {

const std::vector<acl::Reason> all_reasons = {
#define REASON(name, id, status, meaning) acl::Reason::name,
#include "acl/reasons.inc"
#undef REASON
};

TEST(Reason, ids_are_unique) {
  std::set<std::string_view> ids;
  for (const auto reason : all_reasons) {
    EXPECT_TRUE(ids.insert(acl::id(reason)).second) << acl::id(reason);
  }
}

TEST(Reason, ids_are_dotted_lower_case_words) {
  for (const auto reason : all_reasons) {
    const auto id = acl::id(reason);
    EXPECT_EQ(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_."), id.npos) << id;
  }
}

TEST(Reason, statuses_are_errors) {
  for (const auto reason : all_reasons) {
    EXPECT_GE(acl::status(reason), 400) << acl::id(reason);
    EXPECT_LT(acl::status(reason), 600) << acl::id(reason);
  }
}

TEST(Reason, columns_belong_to_their_row) {
  EXPECT_EQ(acl::id(acl::Reason::target_not_canonical), "target.not_canonical");
  EXPECT_EQ(acl::status(acl::Reason::target_too_long), 414);
  EXPECT_EQ(acl::status(acl::Reason::operation_denied), 403);
  EXPECT_EQ(acl::meaning(acl::Reason::draining), "tidegate is shutting down");
}

TEST(Refusal, says_the_meaning_where_nothing_more_is_known) {
  const acl::Refusal refusal(acl::Reason::target_bad_escape);
  EXPECT_EQ(refusal.message, acl::meaning(acl::Reason::target_bad_escape));
}

}  // namespace
