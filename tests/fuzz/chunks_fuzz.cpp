// SPDX-License-Identifier: Apache-2.0
// Any chunked body: it is taken apart alike however it arrives. What RFC 9112 section 7.1 allows is
// taken, and whatever is taken is what a reader finds that knows nothing but lengths and lines.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/http/chunks.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// What was found in some bytes.
struct Found {
  std::string payload;
  std::size_t consumed = 0;
  enum class End { complete, unfinished, malformed } end = End::unfinished;

  bool operator==(const Found&) const = default;
};

/// \param step how many bytes arrive at a time
Found take_apart(std::string_view body, std::size_t step) {
  proxy::http::Chunks chunks;
  std::vector<std::string_view> data;
  Found found;
  while (found.consumed < body.size()) {
    const auto progress = chunks.feed(body.substr(found.consumed, step), data);
    if (!progress) return {{}, 0, Found::End::malformed};
    for (const auto piece : data) found.payload += piece;
    found.consumed += progress->consumed;
    if (progress->complete) {
      found.end = Found::End::complete;
      break;
    }
  }
  return found;
}

/// Reads lines that end in CR LF, and lengths.
class Plain {
 public:
  explicit Plain(std::string_view body) : left_(body), size_(body.size()) {}

  /// \param strictly no extensions and no trailers
  std::optional<Found> read(bool strictly) {
    Found found;
    for (;;) {
      const auto line = next_line();
      if (!line) return std::nullopt;
      std::uint64_t length = 0;
      const auto [end, error] =
          std::from_chars(line->data(), line->data() + line->size(), length, 16);
      const bool whole = end == line->data() + line->size();
      if (error != std::errc() || line->front() == '-' || (strictly && !whole)) return std::nullopt;
      if (length == 0) return read_trailers(strictly, std::move(found));
      if (length > left_.size() || left_.substr(length, 2) != "\r\n") return std::nullopt;
      found.payload += left_.substr(0, length);
      left_.remove_prefix(length + 2);
    }
  }

 private:
  std::optional<Found> read_trailers(bool strictly, Found found) {
    for (;;) {
      const auto line = next_line();
      if (!line || (strictly && !line->empty())) return std::nullopt;
      if (line->empty()) break;
    }
    found.consumed = size_ - left_.size();
    found.end = Found::End::complete;
    return found;
  }

  std::optional<std::string_view> next_line() {
    const auto end = left_.find("\r\n");
    if (end == left_.npos) return std::nullopt;
    const auto line = left_.substr(0, end);
    left_.remove_prefix(end + 2);
    return line;
  }

  std::string_view left_;
  std::size_t size_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto whole = take_apart(body, std::max<std::size_t>(body.size(), 1));
  for (const std::size_t step : {1U, 2U, 3U, 7U}) require(take_apart(body, step) == whole);
  if (whole.end == Found::End::complete) require(Plain(body).read(false) == whole);
  if (const auto plain = Plain(body).read(true)) require(whole == *plain);
  return 0;
}
