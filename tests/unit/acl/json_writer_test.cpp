// SPDX-License-Identifier: Apache-2.0
#include "acl/json/writer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using acl::json::Document;
using acl::json::Kind;

std::string written(const Document& document) {
  std::string out;
  acl::json::write(document.root(), out);
  return out;
}

std::string rewritten(const std::string& text) {
  Document document;
  const auto refusal = document.read(text);
  return refusal ? refusal->message : written(document);
}

TEST(JsonWriter, keeps_order_and_leaves_out_white_space) {
  EXPECT_EQ(rewritten(" { \"b\" : [ 1 , 2.50 , -0 ] , \"a\" : { } , \"c\" : [ ] , \"d\" : null } "),
            R"({"b":[1,2.50,-0],"a":{},"c":[],"d":null})");
}

TEST(JsonWriter, escapes_only_what_must_be) {
  EXPECT_EQ(rewritten(R"(["\u0041\/\u003c\u00e4","\"\\\b\f\n\r\t\u0001\u001F\u007f"])"),
            "[\"A/<\xc3\xa4\",\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"]");
}

TEST(JsonWriter, escapes_keys) {
  EXPECT_EQ(rewritten(R"({"a\u0022b":1})"), R"({"a\"b":1})");
}

TEST(JsonWriter, writes_what_reads_back_as_the_same) {
  const std::string once = rewritten(R"({"x":["\ud83d\ude00\u0000",{"k\n":[[],{}]}],"y":1e3})");
  EXPECT_EQ(rewritten(once), once);
}

TEST(Document, writes_what_was_changed) {
  const std::string text =
      R"({"HostConfig":{"Memory":1,"Binds":["/a"],"Mounts":null},"Image":"x"})";
  Document document;
  ASSERT_FALSE(document.read(text));
  const auto host = document.root()["HostConfig"];
  document.set(document.member(host, "Memory"), std::int64_t{-5});
  document.set(document.member(host, "ReadonlyRootfs"), true);
  document.set(document.append(host["Binds"]), "say \"b\"");
  document.set(document.append(host["Mounts"]), std::string("m"));
  document.set(document.member(document.member(document.root(), "Labels"), "a"), "b");
  document.set_null(document.root()["Image"]);
  EXPECT_EQ(written(document),
            R"({"HostConfig":{"Memory":-5,"Binds":["/a","say \"b\""],"Mounts":["m"],)"
            R"("ReadonlyRootfs":true},"Image":null,"Labels":{"a":"b"}})");
}

TEST(Document, filters_children_wherever_they_stand) {
  Document document;
  ASSERT_FALSE(document.read("[0,1,0,2,0]"));
  document.filter(document.root(), [](acl::json::Value value) { return !value.is_zero(); });
  EXPECT_EQ(written(document), "[1,2]");
  document.filter(document.root(), [](acl::json::Value) { return false; });
  EXPECT_EQ(written(document), "[]");
}

TEST(Document, wraps_a_value_into_a_list_in_its_place) {
  Document document;
  ASSERT_FALSE(document.read(R"({"a":{"b":1},"c":2})"));
  document.wrap(document.root()["a"]);
  EXPECT_EQ(written(document), R"({"a":[{"b":1}],"c":2})");
  EXPECT_EQ(document.root()["a"].first()["b"].path(), "a[0].b");
}

}  // namespace
