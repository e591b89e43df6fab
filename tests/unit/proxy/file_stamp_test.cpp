// SPDX-License-Identifier: Apache-2.0
#include "proxy/file_stamp.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace proxy {
namespace {

namespace fs = std::filesystem;

class FileStampTest : public testing::Test {
 protected:
  FileStampTest() {
    std::string name = fs::temp_directory_path() / "tidegate-stamp-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    write("one");
  }
  ~FileStampTest() override { fs::remove_all(folder_); }

  std::string file() const { return folder_ / "file"; }
  void write(const std::string& text) const { std::ofstream(file()) << text; }
  FileStamps look() const { return stamps_of({file()}, before_); }

  fs::path folder_;
  FileStamps before_;
};

TEST_F(FileStampTest, tells_another_content_of_the_same_size) {
  before_ = look();
  EXPECT_FALSE(has_changed(before_, look()));
  const auto time = fs::last_write_time(file());
  write("two");
  fs::last_write_time(file(), time + std::chrono::seconds(1));
  EXPECT_TRUE(has_changed(before_, look()));
}

TEST_F(FileStampTest, takes_a_new_time_alone_for_no_change) {
  before_ = look();
  fs::last_write_time(file(), fs::last_write_time(file()) + std::chrono::hours(1));
  EXPECT_FALSE(has_changed(before_, look()));
}

TEST_F(FileStampTest, tells_another_file_in_its_place) {
  before_ = look();
  fs::rename(file(), folder_ / "old");
  EXPECT_TRUE(has_changed(before_, look())) << "it is missing";
  write("one");
  EXPECT_TRUE(has_changed(before_, look()));
}

}  // namespace
}  // namespace proxy
