// SPDX-License-Identifier: Apache-2.0
// Reading ahead while the engine works: a client that leaves is noticed, one that asks is not lost.
#include "proxy/http/h1/client_input.hpp"

#include <gtest/gtest.h>

#include "tests/unit/proxy/h1/scripted_stream.hpp"

namespace proxy::http::h1 {
namespace {

struct Reader {
  explicit Reader(Script script)
      : input(ScriptedStream(loop, std::move(script)), std::size_t{64} * 1024, held,
              [this] { ++ends; }) {}

  void settle() {
    loop.restart();
    loop.poll();
  }
  bool stop() {
    bool stopped = false;
    start(input.stop_reading(), [&stopped](std::exception_ptr) { stopped = true; });
    settle();
    return stopped;
  }

  net::io_context loop;
  HeldBytes held{HeldBytes::unbounded};
  int ends = 0;
  ClientInput<ScriptedStream> input;
};

TEST(ReadingAhead, keeps_what_comes) {
  Reader reader({.reads = {"GET /next"}, .end = {}});
  reader.input.read_ahead();
  reader.settle();
  EXPECT_EQ(reader.input.buffer().data(), "GET /next");
  EXPECT_EQ(reader.ends, 0);
  EXPECT_FALSE(reader.input.has_ended());
}

TEST(ReadingAhead, holds_little_until_the_next_message_comes) {
  const std::string next(1000, 'x');
  Reader reader({.reads = {next}, .end = {}});
  const auto usual = reader.input.buffer().capacity();
  reader.input.read_ahead();
  EXPECT_LE(reader.input.buffer().capacity(), 256U);
  const auto read = [&]() -> Task<void> {
    while (reader.input.buffer().data().size() < next.size() && co_await reader.input.more()) {
    }
  };
  start(read(), ignore_escaped);
  reader.settle();
  EXPECT_EQ(reader.input.buffer().data(), next);
  EXPECT_EQ(reader.input.buffer().capacity(), usual);
}

TEST(ReadingAhead, notices_a_client_that_is_gone) {
  Reader reader({.end = net::error::connection_reset});
  reader.input.read_ahead();
  reader.settle();
  EXPECT_EQ(reader.ends, 1);
  EXPECT_EQ(reader.input.end(), net::error::connection_reset);
}

TEST(ReadingAhead, notices_a_half_closed_client_that_leaves_altogether_later) {
  Reader reader({.end = net::error::eof});
  reader.input.read_ahead();
  reader.settle();
  EXPECT_EQ(reader.ends, 1);
  ASSERT_TRUE(reader.input.stream().waited_for()) << "its departure";
  reader.input.stream().wake();
  EXPECT_EQ(reader.ends, 2);
  EXPECT_EQ(reader.input.end(), net::error::connection_reset);
}

TEST(ReadingAhead, can_be_stopped_wherever_it_is) {
  Reader idle({.end = {}}), silent({.end = {}}), half_closed({.end = net::error::eof});
  EXPECT_TRUE(idle.stop());
  for (auto* reader : {&silent, &half_closed}) {
    reader->input.read_ahead();
    reader->settle();
    ASSERT_TRUE(reader->input.reading());
    EXPECT_TRUE(reader->stop());
    EXPECT_FALSE(reader->input.reading());
  }
  EXPECT_FALSE(silent.input.has_ended()) << "a cancelled read ends nothing";
}

TEST(ReadingAhead, looks_at_the_socket_where_the_buffer_is_full) {
  Reader reader({.reads = {std::string(4096, 'x')}, .end = {}});
  reader.input.read_ahead();
  reader.settle();
  ASSERT_TRUE(reader.input.buffer().full());
  reader.input.read_ahead();
  EXPECT_EQ(reader.ends, 0);
  EXPECT_FALSE(reader.input.reading());
  reader.input.stream().peer_ends_sending();
  reader.input.read_ahead();
  reader.input.read_ahead();
  EXPECT_EQ(reader.ends, 1) << "once";
  EXPECT_TRUE(reader.input.has_ended());
  reader.input.stream().hang_up();
  reader.input.read_ahead();
  EXPECT_EQ(reader.ends, 2);
  EXPECT_EQ(reader.input.end(), net::error::connection_reset);
}

TEST(AClientInTheMiddleOfABody, has_left_if_the_rest_cannot_come) {
  Reader reader({.reads = {"the rest"}, .end = {}});
  reader.input.look_for_break(8);
  EXPECT_EQ(reader.ends, 0) << "it is still there";
  reader.input.stream().peer_ends_sending();
  reader.input.look_for_break(8);
  EXPECT_EQ(reader.ends, 0) << "all has arrived";
  reader.input.look_for_break(9);
  reader.input.look_for_break(9);
  EXPECT_EQ(reader.ends, 1) << "once";
  EXPECT_TRUE(reader.input.is_gone());
}

TEST(AClientInTheMiddleOfABody, has_left_if_it_has_hung_up) {
  Reader reader({.reads = {"the rest"}, .end = {}});
  reader.input.stream().hang_up();
  reader.input.look_for_break(1);
  EXPECT_EQ(reader.ends, 1);
  EXPECT_TRUE(reader.input.is_gone());
}

TEST(AClientsBuffer, grows_only_as_far_as_may_be_held) {
  net::io_context loop;
  HeldBytes held{6 * 1024};
  ClientInput<ScriptedStream> input(ScriptedStream(loop, {.reads = {std::string(9000, 'x')}}),
                                    std::size_t{64} * 1024, held, [] {});
  std::vector<bool> came;
  const auto read = [&]() -> Task<void> {
    while (came.size() < 4) came.push_back(co_await input.more());
  };
  start(read(), ignore_escaped);
  loop.poll();
  EXPECT_EQ(came, (std::vector<bool>{true, true, false, false}));
  EXPECT_EQ(input.buffer().data().size(), 4096U);
  EXPECT_EQ(input.why_no_more(), acl::Reason::limit_memory);
}

}  // namespace
}  // namespace proxy::http::h1
