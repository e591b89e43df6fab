// SPDX-License-Identifier: Apache-2.0
#include "proxy/log.hpp"

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>

namespace proxy {
namespace {

class OneMinuteOfLog : public testing::Test {
 protected:
  OneMinuteOfLog() {
    tell_left_out();
    auto logger = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_st>(said_));
    logger->set_pattern("%l %v");
    spdlog::set_default_logger(std::move(logger));
  }
  ~OneMinuteOfLog() override { spdlog::set_default_logger(before_); }

  static int admitted(std::string_view kind, int times) {
    int count = 0;
    for (; times > 0; --times) count += may_log(kind) ? 1 : 0;
    return count;
  }

  std::ostringstream said_;

 private:
  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

TEST_F(OneMinuteOfLog, has_ten_messages_of_each_kind) {
  EXPECT_EQ(admitted("a", 9), 9);
  EXPECT_EQ(admitted("b", 11), 10);
  EXPECT_EQ(admitted("a", 9), 1);
}

TEST_F(OneMinuteOfLog, ends_with_how_many_were_left_out) {
  admitted("few", 10);
  admitted("many", 1010);
  tell_left_out();
  EXPECT_EQ(said_.str(), "info many: 1000 more such messages in the last minute\n");
  EXPECT_EQ(admitted("many", 11), 10);
}

TEST_F(OneMinuteOfLog, counts_nothing_that_the_level_leaves_out) {
  spdlog::set_level(spdlog::level::warn);
  EXPECT_EQ(admitted("a", 100), 0);
  EXPECT_TRUE(may_log("a", spdlog::level::warn));
  tell_left_out();
  EXPECT_EQ(said_.str(), "");
}

}  // namespace
}  // namespace proxy
