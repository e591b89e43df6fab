// SPDX-License-Identifier: Apache-2.0
// A limit that has expired ends all that waits, also what begins to wait a moment later.
#include "proxy/deadline.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace proxy {
namespace {

using namespace std::chrono_literals;

struct Clockwork {
  boost::asio::io_context loop;
  Deadlines deadlines{loop};
};

TEST(ADeadline, that_has_expired_ends_also_what_begins_to_wait_later) {
  Clockwork clockwork;
  boost::asio::steady_timer wait(clockwork.loop);
  bool ended = false;
  const auto begin_to_wait = [&] {
    wait.expires_after(1h);
    wait.async_wait([&](const boost::system::error_code& error) {
      ended = static_cast<bool>(error);
      clockwork.loop.stop();
    });
  };
  int expiries = 0;
  Deadline deadline(clockwork.deadlines, [&] {
    wait.cancel();
    if (++expiries == 1) boost::asio::post(clockwork.loop, begin_to_wait);
  });
  deadline.arm(1ms);
  clockwork.loop.run_for(30s);
  EXPECT_TRUE(ended);
}

TEST(ADeadline, that_is_replaced_or_removed_after_it_has_expired_ends_nothing_more) {
  Clockwork clockwork;
  int expiries = 0, ticks = 0;
  Deadline removed(clockwork.deadlines, [&] {
    ++expiries;
    removed.disarm();
  });
  Deadline replaced(clockwork.deadlines, [&] {
    ++expiries;
    replaced.arm(1h);
  });
  Deadline every_tick(clockwork.deadlines, [&] {
    if (++ticks == 5) clockwork.loop.stop();
  });
  for (auto* each : {&removed, &replaced, &every_tick}) each->arm(1ms);
  clockwork.loop.run_for(30s);
  EXPECT_EQ(ticks, 5);
  EXPECT_EQ(expiries, 2);
  EXPECT_TRUE(removed.expired());
  EXPECT_FALSE(replaced.expired());
}

}  // namespace
}  // namespace proxy
