// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

/// A pattern that is sent over and over, and what stands behind it.
struct Bulk {
  std::string_view pattern;
  std::uint64_t left = 0;  // bytes of the pattern's repetition that are still to be sent
  std::string_view end;
};

/// What becomes of the connection.
enum class Afterwards { next_request, close, echo, events };

struct Answer {
  std::string_view head;  ///< and its body, where it is a short one
  Bulk bulk;
  Afterwards afterwards = Afterwards::next_request;
};

/// The answer to a request line, with or without an API version in its path.
Answer answer_to(std::string_view request_line);

/// One event as it stands in the stream: a chunk.
std::string_view event();

}  // namespace bench
