// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_stub/raw_stream.hpp"

#include <array>

namespace proxy::engine_stub {

namespace {

constexpr std::size_t piece = std::size_t{32} * 1024;  // of input, and so of output
constexpr char end_of_input = 4;                       // Ctrl-D on a terminal

}  // namespace

void append_frame(const Chunk& chunk, bool tty, std::string& out) {
  if (!tty) {
    const auto size = static_cast<std::uint32_t>(chunk.text.size());
    out += static_cast<char>(chunk.stream);
    out.append(3, '\0');
    for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>(size >> shift);
  }
  out += chunk.text;
}

RawStream::RawStream(Engine& engine, Client& client, Process& process, Wants wants)
    : engine_(engine),
      client_(client),
      process_(process),
      wants_(wants),
      position_(wants.backlog ? process.output.begin() : process.output.end()),
      exits_before_(process.exits()) {}

Task<void> RawStream::run(std::function<void()> ended) {
  co_await client_.stop_reading();
  co_await both(send_output(), take_input(std::move(ended)));
}

Task<void> RawStream::send_output() {
  std::string out;
  for (;;) {
    while (position_ < process_.output.end()) {
      // Where several are attached, one may be too slow for what another one sends.
      position_ = std::max(position_, process_.output.begin());
      out.clear();
      append_frame(process_.output.at(position_), process_.tty, out);
      const auto [error, n] = co_await client_.stream().write(out);
      if (error) gone_ = true;
      ++position_;
      engine_.change();  // there may be room for input again
    }
    if (over()) break;
    co_await engine_.changed();
  }
  client_.stream().shutdown_send();
}

Task<void> RawStream::take_input(std::function<void()> ended) {
  auto& ahead = client_.buffer();
  bool open = co_await take(ahead.data());
  ahead.consume(ahead.data().size());
  std::array<char, piece> room;
  while (open && !client_.end()) {
    const auto [error, n] = co_await client_.stream().async_read_some(net::buffer(room), as_result);
    open = !error && co_await take({room.data(), n});
  }
  if (client_.stream().hung_up()) gone_ = true;
  engine_.change();
  if (!wants_.input || !process_.stdin_once) co_return;
  while (!process_.running() && !over()) co_await engine_.changed();
  if (process_.running() && !process_ended()) ended();
  engine_.change();
}

/// \returns false where the input has come to its end.
Task<bool> RawStream::take(std::string_view input) {
  if (input.empty() || !wants_.input || !process_.open_stdin) co_return true;
  const auto end = process_.tty ? input.find(end_of_input) : input.npos;
  // `docker start -ai` attaches, and sends its input, before it starts the container.
  while (!(process_.running() && room()) && !over()) co_await engine_.changed();
  if (process_.running()) process_.echo(input.substr(0, end));
  engine_.change();
  co_return end == input.npos;
}

}  // namespace proxy::engine_stub
