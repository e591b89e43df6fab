// SPDX-License-Identifier: Apache-2.0
#include "proxy/json_text.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace proxy {
namespace {

std::string json_text(std::string_view text) {
  std::string out;
  {
    acl::Appender appender(out);
    append_json_text(text, appender);
  }
  return out;
}

TEST(JsonText, leaves_printable_ascii_as_it_is) {
  std::string all;
  for (char c = 0x20; c < 0x7f; ++c)
    if (c != '"' && c != '\\') all += c;
  EXPECT_EQ(json_text(all), all);
  EXPECT_EQ(json_text(""), "");
}

TEST(JsonText, escapes_what_would_end_a_string_or_a_line) {
  EXPECT_EQ(json_text("a\"b\\c\nd\x7f"), R"(a\"b\\c\nd\u007f)");
  EXPECT_EQ(json_text("\xc3\xbc"), "\\u00fc");
  EXPECT_EQ(json_text("\xff"), "\\ufffd") << "no UTF-8";
}

TEST(JsonText, sees_a_byte_to_be_escaped_wherever_it_stands) {
  for (std::size_t size = 1; size <= 40; ++size)
    for (std::size_t at = 0; at < size; ++at)
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(byte);
        using nlohmann::json;
        const auto quoted = json(text).dump(-1, ' ', true, json::error_handler_t::replace);
        ASSERT_EQ("\"" + json_text(text) + "\"", quoted) << size << ", " << at << ", " << byte;
      }
}

}  // namespace
}  // namespace proxy
