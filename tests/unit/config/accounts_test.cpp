// SPDX-License-Identifier: Apache-2.0
#include "config/accounts.hpp"

#include <gtest/gtest.h>

namespace config {
namespace {

TEST(Accounts, know_root_by_name) {
  const auto accounts = system_accounts();
  EXPECT_EQ(accounts.uid_of("root"), 0U);
  EXPECT_EQ(accounts.gid_of("root"), 0U);
  EXPECT_EQ(accounts.uid_of("no such user"), std::nullopt);
  EXPECT_EQ(accounts.gid_of("no such group"), std::nullopt);
}

TEST(Accounts, a_number_is_taken_as_it_is_written) {
  const Accounts::Lookup none = [](const std::string&) { return std::nullopt; };
  EXPECT_EQ(account_number("0", none), 0U);
  EXPECT_EQ(account_number("4294967294", none), 4294967294U);
}

TEST(Accounts, what_is_no_number_of_an_account_is_a_name) {
  const Accounts::Lookup any = [](const std::string&) { return 7; };
  for (const auto* text : {"root", "", "-1", "4294967295", "1000x", " 1"}) {
    EXPECT_EQ(account_number(text, any), 7U) << text;
  }
}

}  // namespace
}  // namespace config
