// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "acl/json/document.hpp"

namespace {

using acl::Reason;
using acl::json::Document;
using acl::json::Kind;
using acl::json::Limits;

std::string id_of_refusal(std::string_view text, const Limits& limits = {}) {
  Document document;
  const auto refusal = document.read(text, limits);
  return refusal ? std::string(acl::id(refusal->reason)) : "accepted";
}

struct Case {
  const char* what;
  std::string text;
  const char* answer;
};

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

// What encoding/json repairs, merges or cuts off, one row each.
const Case cases[] = {
    {"an empty text", "", "body.not_json"},
    {"white space alone", " \n", "body.not_json"},
    {"white space around", " \r\n\t{} \n", "accepted"},
    {"a scalar", "1", "accepted"},
    {"a byte order mark", "\xef\xbb\xbf{}", "body.not_json"},
    {"NUL before", std::string("\0{}", 3), "body.not_json"},
    {"vertical tab before", "\v{}", "body.not_json"},
    {"a comment", "{/* */}", "body.not_json"},
    {"NaN", "[NaN]", "body.not_json"},
    {"Infinity", "[-Infinity]", "body.not_json"},
    {"a trailing comma in an object", R"({"a":1,})", "body.not_json"},
    {"a trailing comma in an array", "[1,]", "body.not_json"},
    {"single quotes", "{'a':1}", "body.not_json"},
    {"a bare key", "{a:1}", "body.not_json"},
    {"a missing colon", R"({"a" 1})", "body.not_json"},
    {"a missing comma", "[1 2]", "body.not_json"},
    {"an open object", R"({"a":1)", "body.not_json"},
    {"an open string", R"({"a)", "body.not_json"},
    {"a string that ends in a backslash", "\"a\\", "body.not_json"},
    {"a raw line feed in a string", "\"a\nb\"", "body.not_json"},
    {"a raw NUL in a string", std::string("\"a\0\"", 4), "body.not_json"},
    {"an unknown escape", R"("\x41")", "body.not_json"},
    {"a short unicode escape", R"("\u12")", "body.not_json"},
    {"a signed unicode escape", R"("\u+123")", "body.not_json"},
    {"True", "True", "body.not_json"},
    {"a second value", "{} {}", "body.trailing_data"},
    {"a second object behind it, which 20.10 ignores", R"({"a":1}{"b":2})", "body.trailing_data"},
    {"a closing brace behind it, where 23.0 stops", "{}} x", "body.trailing_data"},
    {"a closing bracket behind it, where 23.0 stops", "{}]", "body.trailing_data"},
    {"NUL behind it", std::string("{}\0", 3), "body.trailing_data"},
    {"a lone high surrogate", R"("\ud800")", "body.not_utf8"},
    {"a lone low surrogate", R"("\udc00")", "body.not_utf8"},
    {"a high surrogate before another escape", R"("\ud800\u0041")", "body.not_utf8"},
    {"a surrogate pair", R"("\ud83d\ude00")", "accepted"},
    {"an invalid byte", "\"\xff\"", "body.not_utf8"},
    {"an overlong slash", "\"\xc0\xaf\"", "body.not_utf8"},
    {"an encoded surrogate", "\"\xed\xa0\x80\"", "body.not_utf8"},
    {"past U+10FFFF", "\"\xf4\x90\x80\x80\"", "body.not_utf8"},
    {"a truncated sequence", "\"\xe2\x82\"", "body.not_utf8"},
    {"invalid UTF-8 in a key", "{\"\xff\":1}", "body.not_utf8"},
    {"valid UTF-8", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"", "accepted"},
    {"a repeated key", R"({"a":1,"b":2,"a":3})", "body.duplicate_key"},
    {"a key repeated by an escape", R"({"Privileged":false,"\u0050rivileged":true})",
     "body.duplicate_key"},
    {"a repeated key deep inside", R"([{"a":[{"x":1,"x":2}]}])", "body.duplicate_key"},
    {"the same key in two objects", R"([{"a":1},{"a":1}])", "accepted"},
    {"keys that differ in case: maps keep both", R"({"a":1,"A":2})", "accepted"},
    {"a leading zero", "01", "body.trailing_data"},
    {"a plus sign", "+1", "body.not_json"},
    {"a bare minus", "-", "body.not_json"},
    {"a fraction without digits", "1.", "body.not_json"},
    {"an exponent without digits", "1e", "body.not_json"},
    {"a number past every range", "1e999", "body.not_json"},
    {"a number of 41 digits", std::string(41, '1'), "body.not_json"},
    {"all parts of a number", "-0.5E+10", "accepted"},
    {"64 levels", nested(64), "accepted"},
    {"65 levels", nested(65), "body.too_deep"},
    {"100000 open brackets", std::string(100000, '['), "body.too_deep"},
};

TEST(JsonReader, takes_one_strict_json_value_and_nothing_else) {
  for (const Case& c : cases) EXPECT_EQ(id_of_refusal(c.text), c.answer) << c.what;
}

TEST(JsonReader, accepts_nothing_that_an_independent_parser_refuses) {
  for (const Case& c : cases) {
    if (id_of_refusal(c.text) != "accepted") continue;
    EXPECT_TRUE(nlohmann::json::accept(c.text)) << c.what;
  }
}

TEST(JsonReader, bounds_depth_and_number_of_values) {
  EXPECT_EQ(id_of_refusal("[[1]]", {.depth = 2, .values = 3}), "accepted");
  EXPECT_EQ(id_of_refusal("[[1]]", {.depth = 1, .values = 3}), "body.too_deep");
  EXPECT_EQ(id_of_refusal("[[1]]", {.depth = 2, .values = 2}), "body.too_many_values");
}

TEST(JsonReader, keeps_what_the_text_says) {
  const std::string text = R"({"a":[true,null,-1.50,"x\n\u0041\ud83d\ude00\u0000"],"b":{}})";
  Document document;
  ASSERT_FALSE(document.read(text));
  const auto list = document.root()["a"];
  ASSERT_EQ(list.size(), 4U);
  auto element = list.first();
  EXPECT_TRUE(element.truth());
  element = element.next();
  EXPECT_TRUE(element.is_null());
  element = element.next();
  EXPECT_EQ(element.text(), "-1.50");
  element = element.next();
  EXPECT_EQ(element.text(), std::string("x\nA\xf0\x9f\x98\x80\0", 8));
  EXPECT_EQ(document.root()["b"].kind(), Kind::object);
}

TEST(JsonReader, names_the_place_of_a_mistake) {
  Document document;
  const auto refusal =
      document.read(R"({"HostConfig":{"Mounts":[{"Type":"bind"},{"Type":"\ud800"}]}})");
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->message, "HostConfig.Mounts[1].Type: a lone surrogate (byte 56)");
  const auto twice = document.read(R"({"Labels":{"com.x y":"1","com.x y":"2"}})");
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->message, "Labels[\"com.x y\"]: the key is given twice (byte 39)");
}

TEST(JsonReader, is_empty_after_a_refusal) {
  Document document;
  ASSERT_FALSE(document.read(R"({"a":1})"));
  ASSERT_TRUE(document.read("{"));
  EXPECT_FALSE(document.root().exists());
}

TEST(JsonReader, finds_the_repeated_key_among_many_that_collide) {
  // Same length, first and last eight bytes: one hash for all of them.
  std::string text = "{";
  for (int i = 10000; i < 20000; ++i) text += "\"same-beg" + std::to_string(i) + "same-end\":0,";
  const std::string last = "\"same-beg15000same-end\":0}";
  EXPECT_EQ(id_of_refusal(text + last), "body.duplicate_key");
  EXPECT_EQ(id_of_refusal(text + "\"other\":0}"), "accepted");
}

TEST(JsonValue, reads_absent_as_null) {
  Document document;
  ASSERT_FALSE(document.read(R"({"a":{"b":7}})"));
  EXPECT_EQ(document.root()["a"]["b"].integer(), 7);
  const auto absent = document.root()["x"]["y"];
  EXPECT_FALSE(absent.exists());
  EXPECT_TRUE(absent.is_null());
  EXPECT_TRUE(absent.is_zero());
  EXPECT_EQ(absent.text(), "");
  EXPECT_EQ(absent.size(), 0U);
}

TEST(JsonValue, gives_integers_as_go_decodes_them) {
  const std::string text = "[0,-1,9223372036854775807,9223372036854775808,1.0,1e3,\"1\",true]";
  Document document;
  ASSERT_FALSE(document.read(text));
  std::vector<std::optional<std::int64_t>> found;
  for (const auto element : document.root()) found.push_back(element.integer());
  const std::optional<std::int64_t> none;
  EXPECT_EQ(found, (std::vector<std::optional<std::int64_t>>{0, -1, INT64_MAX, none, none, none,
                                                             none, none}));
}

}  // namespace
