// SPDX-License-Identifier: Apache-2.0
#include "acl/json/document.hpp"

#include <gtest/gtest.h>

namespace {

using acl::json::Document;
using acl::json::Kind;
using acl::json::Value;

void read(std::string_view text, Document& document) {
  EXPECT_FALSE(document.read(text));
}

TEST(Document, finds_a_tag_in_the_object_that_is_asked) {
  Document document;
  read(R"([{"a":1},{"a":2},{"b":3}])", document);
  const Value one = document.root().first();
  const Value two = one.next();
  for (const Value object : {one, two}) document.tag(object["a"], 7);
  EXPECT_EQ(one.tagged(7).text(), "1");
  EXPECT_EQ(two.tagged(7).text(), "2");
  EXPECT_FALSE(two.next().tagged(7).exists());
  EXPECT_FALSE(one.tagged(8).exists());
}

TEST(Document, finds_no_tag_of_what_was_taken_out) {
  Document document;
  read(R"({"a":1,"b":{"c":2}})", document);
  const Value root = document.root();
  const Value inner = root["b"];
  document.tag(root["a"], 7);
  document.tag(inner["c"], 8);
  document.filter(root, [](Value member) { return member.key() != "a"; });
  EXPECT_FALSE(root.tagged(7).exists());
  document.set_empty(inner, Kind::object);
  EXPECT_FALSE(inner.tagged(8).exists());
}

TEST(Document, finds_a_tag_below_what_was_wrapped) {
  Document document;
  read(R"({"a":{"b":1}})", document);
  const Value object = document.root()["a"];
  document.tag(object["b"], 7);
  document.wrap(object);
  EXPECT_FALSE(object.tagged(7).exists());
  EXPECT_EQ(object.first().tagged(7).text(), "1");
}

TEST(Document, forgets_tags_with_its_content) {
  Document document;
  read(R"({"a":1})", document);
  document.tag(document.root()["a"], 7);
  ASSERT_FALSE(document.read(R"({"a":1})"));
  EXPECT_FALSE(document.root().tagged(7).exists());
}

}  // namespace
