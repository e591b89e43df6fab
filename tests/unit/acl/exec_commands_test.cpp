// SPDX-License-Identifier: Apache-2.0
#include "acl/answer/exec_commands.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace acl::answer {
namespace {

constexpr std::size_t plenty = 4096;

/// What comes of `text`, passed in pieces of `size` bytes: the text, or the id of the reason.
std::string passed(std::string_view text, std::size_t size = plenty, std::size_t most = plenty) {
  ExecCommands filter;
  filter.begin(most);
  std::string out;
  while (true) {
    const bool last = text.size() <= size;
    if (const auto reason = filter.pass(text.substr(0, size), last, out))
      return std::string(id(*reason));
    if (last) return out;
    text.remove_prefix(size);
  }
}

// As an engine 20.10 sends them: the action stands in two members.
constexpr std::string_view exec =
    R"({"status":"exec_create: mysql --password=hunter2 -e \"x\"","id":"ab","from":"db",)"
    R"("Type":"container","Action":"exec_create: mysql --password=hunter2 -e \"x\"",)"
    R"("Actor":{"ID":"ab","Attributes":{"execID":"cd","image":"db"}},"time":1})"
    "\n";
constexpr std::string_view exec_without =
    R"({"status":"exec_create:","id":"ab","from":"db",)"
    R"("Type":"container","Action":"exec_create:",)"
    R"("Actor":{"ID":"ab","Attributes":{"execID":"cd","image":"db"}},"time":1})"
    "\n";
constexpr std::string_view start = R"({"Action":"exec_start: sh -c 'echo {[,'"})";
constexpr std::string_view start_without = R"({"Action":"exec_start:"})";
constexpr std::string_view other = R"({"Action":"start","Actor":{"Attributes":{"a":"}\\\"{"}}})";

TEST(ExecCommands, are_cut_out_of_events) {
  EXPECT_EQ(passed(exec), exec_without);
  EXPECT_EQ(passed(start), start_without);
}

TEST(ExecCommands, leave_all_other_events_as_they_are) {
  EXPECT_EQ(passed(other), other);
  EXPECT_EQ(passed(R"({"Action":"exec_die","Actor":{"Attributes":{"exitCode":"0"}}})"),
            R"({"Action":"exec_die","Actor":{"Attributes":{"exitCode":"0"}}})");
  EXPECT_EQ(passed(""), "");
}

TEST(ExecCommands, are_found_however_the_answer_is_cut_into_pieces) {
  const std::string text = std::string(exec) + std::string(other) + "\r\n" + std::string(start);
  const std::string wanted =
      std::string(exec_without) + std::string(other) + "\r\n" + std::string(start_without);
  for (std::size_t size = 1; size <= text.size(); ++size) EXPECT_EQ(passed(text, size), wanted);
}

TEST(ExecCommands, are_found_in_a_json_seq) {
  EXPECT_EQ(passed("\x1e" + std::string(start) + "\n\x1e" + std::string(other) + "\n"),
            "\x1e" + std::string(start_without) + "\n\x1e" + std::string(other) + "\n");
}

TEST(ExecCommands, are_found_where_their_action_is_escaped) {
  EXPECT_EQ(passed(R"({"Action":"\u0065xec_create: secret"})"), R"({"Action":"exec_create:"})");
  EXPECT_EQ(passed(R"({"Action":"exec\u005fstart: secret"})"), R"({"Action":"exec_start:"})");
}

TEST(ExecCommands, pass_no_answer_that_is_no_stream_of_objects) {
  EXPECT_EQ(passed("exec_create: secret"), "upstream.malformed");
  EXPECT_EQ(passed("[" + std::string(start) + "]"), "upstream.malformed");
  EXPECT_EQ(passed(std::string(start.substr(0, start.size() - 1))), "upstream.malformed");
}

TEST(ExecCommands, hold_no_record_beyond_its_bound) {
  EXPECT_EQ(passed(other, plenty, other.size()), other);
  EXPECT_EQ(passed(other, plenty, other.size() - 1), "answer.too_large");
  EXPECT_EQ(passed(other, 1, other.size() - 1), "answer.too_large");
  const std::string command = R"({"Action":"exec_start: )" + std::string(5000, 'x') + "\"}";
  EXPECT_EQ(passed(command, 100, 100), start_without) << "a command is not held to be dropped";
}

TEST(ExecCommands, are_looked_for_in_each_form_that_engines_offer) {
  for (const auto* type :
       {"application/json", "application/json; charset=utf-8", "application/x-ndjson",
        "application/jsonl", "application/json-seq", "Application/JSON"})
    EXPECT_TRUE(ExecCommands::knows(type)) << type;
  for (const auto* type : {"", "text/plain", "application/jsonp", "text/event-stream"})
    EXPECT_FALSE(ExecCommands::knows(type)) << type;
}

}  // namespace
}  // namespace acl::answer
