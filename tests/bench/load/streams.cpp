// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <deque>

#include "tests/bench/load/options.hpp"
#include "tests/bench/wire/message.hpp"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t piece = 32 * 1024;  // as the docker client copies
constexpr std::size_t ping_size = 64;     // a keystroke and its echo
std::array<char, 256 * 1024> room;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void send(Connection& connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = connection.write(bytes);
    if (!n) give_up("nothing was taken for " + std::to_string(patience) + " s");
    bytes.remove_prefix(*n);
  }
}

/// \returns what has come; empty at the end.
std::string_view receive(Connection& connection) {
  const auto n = connection.read(room);
  if (!n) give_up("nothing came for " + std::to_string(patience) + " s");
  return {room.data(), *n};
}

/// Reads until the head is complete. \returns what stands behind the message so far.
std::string_view receive_head(Connection& connection, Message& answer, int expected) {
  std::string_view bytes;
  while (!answer.head_complete()) {
    bytes = receive(connection);
    if (bytes.empty()) give_up("the connection was closed before there was an answer");
    bytes.remove_prefix(answer.take(bytes));
  }
  if (answer.status() != expected)
    give_up(std::string(answer.first_line()) + " where " + std::to_string(expected) +
            " is expected: " + std::string(answer.body_begins()));
  return bytes;
}

void receive_more(Connection& connection, Message& answer) {
  const auto bytes = receive(connection);
  if (bytes.empty()) give_up("the answer ended in its middle");
  if (answer.take(bytes) != bytes.size()) give_up("there are bytes behind the answer");
}

void check_size(std::uint64_t size, std::uint64_t expected) {
  if (size != expected)
    give_up(std::to_string(size) + " bytes came where " + std::to_string(expected) +
            " are expected");
}

void print_bytes(std::uint64_t bytes, Clock::time_point begin) {
  std::printf(R"({"bytes":%llu,"seconds":%.6f})"
              "\n",
              static_cast<unsigned long long>(bytes), seconds_since(begin));
}

}  // namespace

void download(const Options& options) {
  Connection connection(options.to, options.credentials);
  const auto begin = Clock::now();
  send(connection, options.requests.front());
  Message answer;
  receive_head(connection, answer, options.expected);
  while (!answer.complete()) receive_more(connection, answer);
  check_size(answer.body_size(), options.bytes);
  print_bytes(options.bytes, begin);
}

void upload(const Options& options) {
  Connection connection(options.to, options.credentials);
  const auto chunk = "8000\r\n" + std::string(piece, 'u') + "\r\n";
  const auto begin = Clock::now();
  send(connection, options.requests.front());
  for (std::uint64_t sent = 0; sent < options.bytes; sent += piece) send(connection, chunk);
  send(connection, "0\r\n\r\n");
  Message answer;
  receive_head(connection, answer, options.expected);
  while (!answer.complete()) receive_more(connection, answer);
  print_bytes(options.bytes, begin);
}

void read_stream(const Options& options) {
  Connection connection(options.to, options.credentials);
  const auto begin = Clock::now();
  send(connection, options.requests.front());
  Message answer;
  std::uint64_t size = receive_head(connection, answer, 101).size();
  for (auto bytes = receive(connection); !bytes.empty(); bytes = receive(connection))
    size += bytes.size();
  check_size(size, options.bytes);
  print_bytes(size, begin);
}

void echo(const Options& options) {
  Connection connection(options.to, options.credentials);
  send(connection, options.requests.front());
  Message answer;
  receive_head(connection, answer, 101);
  const std::string sent(ping_size, 'e');
  std::vector<double> microseconds;
  for (const auto begin = Clock::now(); seconds_since(begin) < options.seconds;) {
    const auto before = Clock::now();
    send(connection, sent);
    for (std::size_t got = 0; got < ping_size;) {
      const auto bytes = receive(connection);
      if (bytes.empty()) give_up("the stream ended");
      got += bytes.size();
    }
    microseconds.push_back(seconds_since(before) * 1e6);
  }
  const auto middle = microseconds.begin() + static_cast<std::ptrdiff_t>(microseconds.size() / 2);
  std::nth_element(microseconds.begin(), middle, microseconds.end());
  std::printf(R"({"requests":%zu,"p50":%.3f})"
              "\n",
              microseconds.size(), *middle);
}

void hold(const Options& options) {
  std::deque<Connection> connections;
  while (connections.size() < options.connections) {
    auto& connection = connections.emplace_back(options.to, options.credentials);
    send(connection, options.requests.front());
  }
  for (auto& connection : connections) {
    Message answer;
    receive_head(connection, answer, options.expected);
    // Of a stream without an end, what comes first is enough.
    while (answer.body_size() == 0) receive_more(connection, answer);
  }
  std::printf("{\"connections\":%zu}\n", connections.size());
  std::fflush(stdout);
  char none = 0;
  while (::read(STDIN_FILENO, &none, 1) > 0) {
  }
}

}  // namespace bench
