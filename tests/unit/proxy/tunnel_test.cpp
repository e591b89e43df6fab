// SPDX-License-Identifier: Apache-2.0
// Each direction of a tunnel ends by itself, and a side that is gone ends both.
#include "proxy/tunnel.hpp"

#include <gtest/gtest.h>

#include "tests/unit/proxy/h1/transfer.hpp"

namespace proxy {
namespace {

using http::h1::Bench;
using http::h1::ClientInput;

/// A tunnel between scripted peers. Nothing but what they do tells that one has left.
struct Stretch {
  Stretch(Script from_client, Script from_engine)
      : client(ScriptedStream(bench.loop, std::move(from_client)), 4096, bench.held, [] {}),
        engine(bench.loop, std::move(from_engine)) {}

  void open(std::string_view behind_head = {}) {
    const auto room = behind.room();
    behind.added(behind_head.copy(room.data(), room.size()));
    start(tunnel.run(behind), [this](std::exception_ptr) { ended = true; });
    settle();
  }
  void settle() {
    bench.loop.restart();
    bench.loop.poll();
  }
  void client_hangs_up() {
    client.stream().wake();
    settle();
  }

  Bench bench;
  ClientInput<ScriptedStream> client;
  ScriptedStream engine;
  LeasedBuffer behind{bench.buffers, BufferPool::little};
  Tunnel<ClientInput<ScriptedStream>, ScriptedStream> tunnel{client, engine, bench.means};
  bool ended = false;
};

constexpr error_code silence;

TEST(ATunnel, whose_client_breaks_off_ends_at_the_engine) {
  Stretch stretch({.reads = {"in"}, .end = net::error::connection_reset}, {.end = silence});
  stretch.open();
  EXPECT_EQ(stretch.engine.written(), "in");
  EXPECT_TRUE(stretch.engine.is_cut());
  EXPECT_TRUE(stretch.ended);
}

TEST(ATunnel, whose_client_broke_off_before_it_opened_ends_at_the_engine) {
  for (const auto* behind_head : {"", "output"}) {
    Stretch stretch({.end = net::error::connection_reset}, {.end = silence});
    stretch.client.read_ahead();
    stretch.settle();
    ASSERT_TRUE(stretch.client.end());
    stretch.open(behind_head);
    EXPECT_TRUE(stretch.engine.is_cut());
    EXPECT_FALSE(stretch.engine.has_ended()) << "the input was cut off, it did not end";
    EXPECT_TRUE(stretch.ended) << behind_head;
  }
}

TEST(ATunnel, whose_client_ends_its_input_stays_open_for_the_output_until_it_leaves) {
  Stretch stretch({.reads = {"in"}, .end = net::error::eof}, {.end = silence});
  stretch.open();
  EXPECT_TRUE(stretch.engine.has_ended());
  EXPECT_FALSE(stretch.engine.is_cut());
  EXPECT_FALSE(stretch.ended);
  stretch.client_hangs_up();
  EXPECT_TRUE(stretch.engine.is_cut());
  EXPECT_TRUE(stretch.ended);
}

TEST(ATunnel, whose_engine_takes_no_input_stays_open_for_the_output_until_the_client_leaves) {
  Stretch stretch({.reads = {"in"}, .end = silence}, {.end = silence, .fails_at = 2});
  stretch.open();
  EXPECT_FALSE(stretch.ended);
  stretch.client_hangs_up();
  EXPECT_TRUE(stretch.engine.is_cut());
  EXPECT_TRUE(stretch.ended);
}

TEST(ATunnel, whose_client_has_left_stays_open_while_the_engine_takes_its_input) {
  Stretch stretch({.end = silence}, {.end = silence});
  stretch.open();
  stretch.client.stream().hang_up();
  for (const int unsent : {3000, 2000, 1000}) {
    stretch.engine.takes_all_but(unsent);
    stretch.tunnel.look_out();
    EXPECT_FALSE(stretch.engine.is_cut()) << unsent;
  }
  stretch.tunnel.look_out();
  EXPECT_TRUE(stretch.engine.is_cut()) << "the engine has taken nothing since the last look";
}

TEST(ATunnel, whose_engine_takes_no_input_waits_for_it_as_long_as_the_client_does) {
  Stretch stretch({.end = silence}, {.end = silence});
  stretch.open();
  stretch.client.stream().peer_ends_sending();
  for (int looks = 0; looks < 3; ++looks) stretch.tunnel.look_out();
  EXPECT_FALSE(stretch.engine.is_cut());
}

TEST(ATunnel, whose_engine_breaks_off_ends_at_the_client) {
  Stretch stretch({.end = silence}, {.reads = {"out"}, .end = net::error::connection_reset});
  stretch.open();
  EXPECT_EQ(stretch.client.stream().written(), "out");
  EXPECT_FALSE(stretch.client.stream().has_ended()) << "it must not look complete";
  EXPECT_TRUE(stretch.client.stream().is_cut());
  EXPECT_TRUE(stretch.ended);
}

TEST(ATunnel, whose_engine_has_ended_waits_for_the_client) {
  Stretch stretch({.end = silence}, {.reads = {"out"}, .end = net::error::eof});
  stretch.open();
  EXPECT_TRUE(stretch.client.stream().has_ended());
  EXPECT_FALSE(stretch.ended);
  stretch.client.stream().wake(net::error::eof);
  stretch.settle();
  EXPECT_TRUE(stretch.ended);
}

}  // namespace
}  // namespace proxy
