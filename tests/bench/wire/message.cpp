// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/wire/message.hpp"

#include <strings.h>

#include <algorithm>
#include <charconv>

#include "tests/bench/wire/socket.hpp"

namespace bench {
namespace {

constexpr std::string_view end_of_line = "\r\n", end_of_head = "\r\n\r\n";
constexpr std::size_t most_of_head = 64 * 1024, most_of_line = 64, most_of_beginning = 300;

bool is(std::string_view name, std::string_view wanted) {
  return name.size() == wanted.size() &&
         ::strncasecmp(name.data(), wanted.data(), name.size()) == 0;
}

std::uint64_t number(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const auto* end = digits.data() + digits.size();
  if (digits.empty() || std::from_chars(digits.data(), end, value, base).ptr != end)
    give_up("no length: " + std::string(digits));
  return value;
}

}  // namespace

void Message::clear() {
  part_ = Part::head;
  head_.clear();
  body_begins_.clear();
  left_ = body_size_ = 0;
  chunked_ = false;
}

std::size_t Message::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !complete()) {
    const auto rest = bytes.substr(taken);
    taken += head_complete() ? take_body(rest) : take_head(rest);
  }
  return taken;
}

std::size_t Message::take_head(std::string_view bytes) {
  const auto before = head_.size();
  head_ += bytes;
  const auto end = head_.find(end_of_head, before < 3 ? 0 : before - 3);
  if (end == head_.npos) {
    if (head_.size() > most_of_head) give_up("a head without an end");
    return bytes.size();
  }
  head_.resize(end + end_of_head.size());
  read_fields();
  return head_.size() - before;
}

void Message::read_fields() {
  auto rest = std::string_view(head_).substr(first_line().size() + end_of_line.size());
  while (rest != end_of_line) {
    const auto end = rest.find(end_of_line);
    read_field(rest.substr(0, end));
    rest.remove_prefix(end + end_of_line.size());
  }
  if (chunked_)
    part_ = Part::chunk_size;
  else
    part_ = left_ > 0 ? Part::sized_body : Part::complete;
}

void Message::read_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == line.npos) give_up("no header field: " + std::string(line));
  const auto name = line.substr(0, colon);
  auto value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  if (is(name, "Content-Length")) left_ = number(value, 10);
  if (is(name, "Transfer-Encoding")) chunked_ = is(value, "chunked");
}

std::size_t Message::take_body(std::string_view bytes) {
  switch (part_) {
    case Part::sized_body: return take_data(bytes, Part::complete);
    case Part::chunk: return take_data(bytes, Part::chunk_end);
    case Part::chunk_size:
    case Part::chunk_end:
    case Part::last_line: return take_line(bytes);
    case Part::head:
    case Part::complete: break;
  }
  return 0;
}

std::size_t Message::take_data(std::string_view bytes, Part next) {
  const auto taken = std::min<std::uint64_t>(left_, bytes.size());
  const auto wanted = std::min<std::uint64_t>(most_of_beginning - body_begins_.size(), taken);
  body_begins_ += bytes.substr(0, wanted);
  body_size_ += taken;
  left_ -= taken;
  if (left_ == 0) part_ = next;
  return taken;
}

std::size_t Message::take_line(std::string_view bytes) {
  const auto end = bytes.find('\n');
  line_ += bytes.substr(0, end);
  if (line_.size() > most_of_line) give_up("a chunk without a size");
  if (end == bytes.npos) return bytes.size();
  if (line_.ends_with('\r')) line_.pop_back();
  read_line();
  line_.clear();
  return end + 1;
}

/// A line of the chunked framing; nobody here sends extensions or trailers.
void Message::read_line() {
  if (part_ == Part::chunk_size) {
    left_ = number(line_, 16);
    part_ = left_ > 0 ? Part::chunk : Part::last_line;
    return;
  }
  if (!line_.empty()) give_up("bytes between two chunks");
  part_ = part_ == Part::chunk_end ? Part::chunk_size : Part::complete;
}

std::string_view Message::first_line() const {
  return std::string_view(head_).substr(0, head_.find(end_of_line));
}

int Message::status() const {
  constexpr std::string_view version = "HTTP/1.1 ";
  const auto line = first_line();
  if (!line.starts_with("HTTP/1.") || line.size() < version.size() + 3)
    give_up("no answer: " + std::string(line));
  return static_cast<int>(number(line.substr(version.size(), 3), 10));
}

}  // namespace bench
