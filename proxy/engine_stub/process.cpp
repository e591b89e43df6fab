// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_stub/process.hpp"

namespace proxy::engine_stub {

void Output::append(Stream stream, std::string_view text) {
  if (text.empty()) return;
  chunks_.push_back({stream, std::string(text)});
  bytes_ += text.size();
  while (bytes_ > most_kept) {
    bytes_ -= chunks_.front().text.size();
    chunks_.pop_front();
    ++forgotten_;
  }
}

void Process::start() {
  state_ = State::running;
  exit_code_ = 0;
  std::string notice = "tidegate's stand-in engine runs no programs. Not run:";
  for (const auto& word : command) notice += " " + word;
  output.append(Stream::err, notice + (tty ? "\r\n" : "\n"));
  if (watched && !open_stdin) end(0);
}

void Process::end(int exit_code) {
  state_ = State::exited;
  exit_code_ = exit_code;
  ++exits_;
}

}  // namespace proxy::engine_stub
