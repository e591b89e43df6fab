// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <llhttp.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "acl/reason.hpp"
#include "proxy/http/head.hpp"
#include "proxy/http/head_check.hpp"

namespace proxy::http {

/// What became of one piece of a chunked body.
struct ChunkProgress {
  std::size_t consumed = 0;  ///< bytes of input that belong to the body
  bool complete = false;     ///< the last chunk and the trailers are behind us
};

/// Everything that llhttp's callbacks note down.
struct Notes {
  std::vector<Field>* fields = nullptr;
  std::string_view method, target;
  std::vector<std::string_view>* data = nullptr;
  std::size_t overhead = 0;   ///< bytes of chunk extensions and trailers
  bool name_complete = true;  ///< the next name byte begins a new field
  bool head_complete = false;
  bool message_complete = false;
};

/// Reads heads, and chunked bodies with llhttp. One instance a direction, used for one message
/// after the other.
class Parser {
 public:
  explicit Parser(llhttp_type_t type);
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  /// Reads a request head that check_request_head() has passed, and applies what the RFC asks
  /// beyond the grammar: one Host, one framing. `out` holds views into `bytes`.
  std::optional<acl::Reason> read(std::string_view bytes, RequestHead& out);

  /// Checks a response head, all bytes up to and with the empty line, and reads it; without llhttp,
  /// as there is nothing that it would refuse and the check would not.
  /// \param to_head it answers a HEAD request.
  /// \returns false where it is malformed.
  bool read(std::string_view bytes, const HeadLimits&, bool to_head, ResponseHead& out);

  /// Takes apart the chunked body behind the head that was read last, fed in pieces of any size.
  /// \param data receives views into `bytes`, the payload; cleared first.
  /// \returns nothing where the body is malformed, or its extensions and trailers exceed 8 KiB.
  std::optional<ChunkProgress> feed(std::string_view bytes, std::vector<std::string_view>& data);

 private:
  bool execute(std::string_view bytes, RequestHead& out);
  void expect_chunks();

  llhttp_t parser_;
  Notes notes_;
};

}  // namespace proxy::http
