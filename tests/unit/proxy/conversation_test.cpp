// SPDX-License-Identifier: Apache-2.0
// Plays conversations written as text in conversations/*.txt, and compares what leaves and what is
// recorded. conversations/README.md explains the format.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <vector>

#include "proxy/http/chunks.hpp"
#include "tests/unit/proxy/scene.hpp"

namespace proxy {
namespace {

struct Step {
  std::string what, text;
};

/// Adds CR LF to each line, except for lines that end in a backslash.
std::string bytes_of(const std::string& line) {
  return line.ends_with('\\') ? line.substr(0, line.size() - 1) : line + "\r\n";
}

std::vector<Step> read_steps(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<Step> steps;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("== "))
      steps.push_back({line.substr(3), ""});
    else if (!steps.empty())
      steps.back().text += steps.back().what == "record" ? line + "\n" : bytes_of(line);
  }
  return steps;
}

/// Joins the chunks of each chunked body, since the sizes of chunks do not matter.
std::string joined(std::string_view text) {
  constexpr std::string_view mark = "Transfer-Encoding: chunked\r\n\r\n";
  std::string out;
  for (auto at = text.find(mark); at != text.npos; at = text.find(mark)) {
    out += text.substr(0, at + mark.size());
    text.remove_prefix(at + mark.size());
    http::Chunks chunks;
    std::vector<std::string_view> pieces;
    std::string payload;
    bool complete = false;
    while (!text.empty() && !complete) {
      const auto progress = chunks.feed(text, pieces);
      if (!progress) return out + payload + " (not chunked)";
      for (const auto piece : pieces) payload += piece;
      complete = progress->complete;
      text.remove_prefix(progress->consumed);
    }
    out += "[" + payload + (complete ? "]" : " ...");
  }
  return out.append(text);
}

/// Leaves out the messages of refusals, which other tests check.
std::string without_sentences(std::string text) {
  static const std::regex refusal(R"(Content-Length: \d+\r\n\r\n\{"message":"tidegate: .*\}\n)");
  return std::regex_replace(text, refusal, "\r\n");
}

/// "GET /info allow 200, 0 in, 2 out": the record without who and when.
std::string in_short(const std::string& records) {
  std::istringstream lines(records);
  std::string all;
  for (std::string line; std::getline(lines, line);) {
    const auto record = nlohmann::json::parse(line);
    const auto text = [&](const char* key) { return record[key].get<std::string>(); };
    all += text("method") + " " + text("target") + " " + text("decision");
    if (record.contains("reason")) all += " " + text("reason");
    all += " " + record["status"].dump() + ", " + record["bytes_in"].dump() + " in, " +
           record["bytes_out"].dump() + " out\n";
  }
  return all;
}

void play(const std::vector<Step>& steps, std::size_t bytes_at_a_time) {
  ASSERT_FALSE(steps.empty());
  ASSERT_EQ(steps[0].what, "profile");
  auto profile = steps[0].text;
  std::erase(profile, '\r');
  Scene scene(profile);
  const auto send = [&](auto how, std::string_view text) {
    for (std::size_t at = 0; at < text.size(); at += bytes_at_a_time) {
      (scene.*how)(text.substr(at, bytes_at_a_time));
      scene.settle();
    }
  };
  for (std::size_t i = 1; i < steps.size(); ++i) {
    const auto& [what, text] = steps[i];
    SCOPED_TRACE("step " + std::to_string(i) + ": " + what);
    if (what == "client sends")
      send(&Scene::client_sends, text);
    else if (what == "engine sends")
      send(&Scene::engine_sends, text);
    else if (what == "client ends")
      scene.client_ends();
    else if (what == "client leaves")
      scene.client_leaves();
    else if (what == "engine leaves")
      scene.engine_leaves();
    else if (what == "engine gets")
      EXPECT_EQ(joined(scene.engine_got()), joined(text));
    else if (what == "client gets")
      EXPECT_EQ(without_sentences(joined(scene.client_got())), joined(text));
    else if (what == "record")
      EXPECT_EQ(in_short(scene.records()), text);
    else
      FAIL() << "no such step";
    scene.settle();
  }
  EXPECT_EQ(scene.client_got(), "") << "beyond what is written";
  EXPECT_EQ(scene.engine_got(), "") << "beyond what is written";
}

class Conversation : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Conversation, goes_as_it_is_written) {
  play(read_steps(GetParam()), std::string::npos / 2);
}

TEST_P(Conversation, goes_the_same_byte_by_byte) {
  play(read_steps(GetParam()), 1);
}

std::vector<std::filesystem::path> conversations() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(TIDEGATE_SOURCE_DIR "/tests/unit/proxy/conversations"))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

INSTANTIATE_TEST_SUITE_P(Written, Conversation, testing::ValuesIn(conversations()),
                         [](const auto& file) { return file.param.stem().string(); });

}  // namespace
}  // namespace proxy
