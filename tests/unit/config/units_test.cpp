// SPDX-License-Identifier: Apache-2.0
#include "config/units.hpp"

#include <gmock/gmock.h>

#include <string>
#include <utility>

namespace config {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Duration, is_a_whole_number_and_a_unit) {
  const std::pair<std::string, std::chrono::milliseconds> rows[] = {
      {"0", 0ms}, {"500ms", 500ms}, {"10s", 10s},    {"5m", 5min},
      {"1h", 1h}, {"7d", 24h * 7},  {"90000s", 25h}, {"0s", 0ms},
  };
  for (const auto& [text, time] : rows) {
    const auto read = parse_duration(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, time) << text;
  }
}

TEST(Duration, says_what_is_wrong) {
  const std::pair<std::string, std::string> rows[] = {
      {"", "is not a time"},
      {"s", "is not a time"},
      {"-1s", "is not a time"},
      {"30", "write `30s`"},
      {"1h30m", "one whole"},
      {"1.5h", "one whole"},
      {"10 s", "one whole"},
      {"10S", "one whole"},
      {"1w", "ms, s, m, h, d"},
      {"99999999999999999999ms", "too large"},
      {"9999999999999999d", "too large"},
  };
  for (const auto& [text, message] : rows) {
    const auto read = parse_duration(text);
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error(), HasSubstr(message)) << text;
  }
}

TEST(Duration, prints_in_the_largest_unit_that_fits) {
  EXPECT_EQ(format_duration(0ms), "0");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
  EXPECT_EQ(format_duration(90s), "90s");
  EXPECT_EQ(format_duration(120s), "2m");
  EXPECT_EQ(format_duration(24h), "1d");
}

TEST(Size, is_a_number_of_bytes_in_powers_of_1024) {
  const std::pair<std::string, std::size_t> rows[] = {
      {"0", 0},        {"65536", 65536},   {"12B", 12},       {"64KiB", 65536},
      {"64k", 65536},  {"64K", 65536},     {"1MiB", 1048576}, {"1m", 1048576},
      {"1M", 1048576}, {"1GiB", 1U << 30}, {"1g", 1U << 30},  {"1G", 1U << 30},
  };
  for (const auto& [text, bytes] : rows) {
    const auto read = parse_size(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, bytes) << text;
  }
}

TEST(Size, says_what_is_wrong) {
  const std::pair<std::string, std::string> rows[] = {
      {"", "is not a size"},           {"KiB", "is not a size"},
      {"1kB", "with KiB, MiB or GiB"}, {"1 KiB", "is not a size"},
      {"1.5m", "is not a size"},       {"-1", "is not a size"},
      {"0x10", "is not a size"},       {"9999999999999GiB", "too large"},
  };
  for (const auto& [text, message] : rows) {
    const auto read = parse_size(text);
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error(), HasSubstr(message)) << text;
  }
}

TEST(Size, prints_in_the_largest_unit_that_fits) {
  EXPECT_EQ(format_size(0), "0");
  EXPECT_EQ(format_size(1000), "1000");
  EXPECT_EQ(format_size(65536), "64KiB");
  EXPECT_EQ(format_size(3 * 1048576), "3MiB");
}

TEST(Count, is_decimal_digits_only) {
  EXPECT_EQ(*parse_count("0"), 0U);
  EXPECT_EQ(*parse_count("16384"), 16384U);
  for (const std::string text : {"", "-1", "+1", "1e3", "0x10", "010", "1_000", "1 ", "half"}) {
    EXPECT_FALSE(parse_count(text)) << text;
  }
  EXPECT_THAT(parse_count("010").error(), HasSubstr("begins with a zero"));
  EXPECT_THAT(parse_count("99999999999999999999").error(), HasSubstr("too large"));
}

TEST(Cpus, are_read_to_the_last_of_nine_digits) {
  EXPECT_EQ(*parse_cpus("2"), 2'000'000'000);
  EXPECT_EQ(*parse_cpus("1.5"), 1'500'000'000);
  EXPECT_EQ(*parse_cpus("0.000000001"), 1);
  for (const auto* text : {"2", "1.5", "0.000000001", "0.01", "4096"}) {
    EXPECT_EQ(format_cpus(*parse_cpus(text)), text);
  }
}

TEST(Cpus, are_plain_decimal_numbers) {
  for (const auto* text : {"", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "0.0000000001", "1.2.3",
                           "99999999999999999999"}) {
    EXPECT_FALSE(parse_cpus(text)) << text;
  }
}

}  // namespace
}  // namespace config
