// SPDX-License-Identifier: Apache-2.0
// When a file that changes may be read.
#include "proxy/file_change.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace proxy {
namespace {

using std::chrono::milliseconds;
constexpr FileChange::Time start{std::chrono::hours(1)};

TEST(FileChange, a_file_that_nothing_happens_to_is_at_rest) {
  const FileChange change;
  EXPECT_TRUE(change.at_rest());
  EXPECT_EQ(change.settles_at(), FileChange::never);
  EXPECT_EQ(change.is_late_at(), FileChange::never);
}

TEST(FileChange, a_file_counts_when_it_was_finished_and_left_alone) {
  FileChange change;
  change.note(FileEvent::written, start);
  EXPECT_EQ(change.settles_at(), FileChange::never);
  change.note(FileEvent::finished, start + milliseconds(10));
  EXPECT_EQ(change.settles_at(), start + milliseconds(10) + settle_time);
}

TEST(FileChange, a_file_that_is_opened_once_more_must_be_closed_once_more) {
  FileChange change;
  change.note(FileEvent::finished, start);
  change.note(FileEvent::written, start + milliseconds(500));
  EXPECT_EQ(change.settles_at(), FileChange::never);
  change.note(FileEvent::finished, start + milliseconds(600));
  EXPECT_EQ(change.settles_at(), start + milliseconds(600) + settle_time);
}

TEST(FileChange, a_new_mode_finishes_nothing_puts_nothing_off_and_is_no_change_of_its_own) {
  FileChange change;
  change.note(FileEvent::touched, start);
  EXPECT_TRUE(change.at_rest());
  change.note(FileEvent::written, start);
  change.note(FileEvent::touched, start);
  EXPECT_TRUE(change.is_being_written());
  change.note(FileEvent::finished, start);
  change.note(FileEvent::touched, start + milliseconds(900));
  EXPECT_EQ(change.settles_at(), start + settle_time);
}

TEST(FileChange, a_file_that_is_gone_for_a_moment_is_not_gone) {
  FileChange change;
  change.note(FileEvent::removed, start);
  EXPECT_TRUE(change.is_removal());
  EXPECT_EQ(change.settles_at(), start + settle_time);
  change.note(FileEvent::written, start + milliseconds(5));
  EXPECT_FALSE(change.is_removal());
  EXPECT_EQ(change.settles_at(), FileChange::never);
}

TEST(FileChange, a_file_that_is_not_finished_is_late_once) {
  FileChange change;
  change.note(FileEvent::written, start);
  change.note(FileEvent::written, start + milliseconds(9'000));
  EXPECT_EQ(change.is_late_at(), start + unfinished_time);
  change.set_told();
  change.note(FileEvent::written, start + milliseconds(11'000));
  EXPECT_EQ(change.is_late_at(), FileChange::never);
}

TEST(FileChange, a_file_that_another_writer_still_has_open_is_looked_at_again) {
  FileChange change;
  change.note(FileEvent::finished, start);
  change.note(FileEvent::held, start + settle_time);
  EXPECT_TRUE(change.is_being_written());
  EXPECT_FALSE(change.at_rest());
  EXPECT_EQ(change.settles_at(), start + 2 * settle_time);
  EXPECT_EQ(change.is_late_at(), start + unfinished_time);
  change.note(FileEvent::finished, start + 2 * settle_time);
  EXPECT_FALSE(change.is_being_written());
}

TEST(FileChange, a_path_that_is_replaced_all_the_time_is_read_two_seconds_after_its_first_change) {
  FileChange change;
  for (int i = 0; i < 50; ++i) {
    change.note(FileEvent::removed, start + milliseconds(100 * i));
    change.note(FileEvent::replaced, start + milliseconds(100 * i));
    const auto settled = start + milliseconds(100 * i) + settle_time;
    EXPECT_EQ(change.settles_at(), std::min(settled, start + replacing_time)) << i;
  }
}

TEST(FileChange, a_replaced_file_that_is_held_or_written_is_not_read_early) {
  FileChange change;
  change.note(FileEvent::replaced, start);
  change.note(FileEvent::held, start + 2 * replacing_time);
  EXPECT_EQ(change.settles_at(), start + 2 * replacing_time + settle_time);
  change.note(FileEvent::written, start + 2 * replacing_time);
  EXPECT_EQ(change.settles_at(), FileChange::never);
  change.note(FileEvent::finished, start + 2 * replacing_time);
  EXPECT_EQ(change.settles_at(), start + 2 * replacing_time + settle_time);
}

TEST(FileChange, a_file_that_changes_all_the_time_is_late_too) {
  FileChange change;
  for (int i = 0; i < 20; ++i) change.note(FileEvent::finished, start + milliseconds(500 * i));
  EXPECT_EQ(change.is_late_at(), start + unfinished_time);
}

}  // namespace
}  // namespace proxy
