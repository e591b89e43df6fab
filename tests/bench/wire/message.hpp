// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

/// Reads an HTTP/1.1 message as it arrives, in pieces of any size. It trusts the other side: what
/// the bench's programs, tidegate and HAProxy say to each other is well-formed, or the bench ends.
class Message {
 public:
  /// \returns how many of the bytes belong to this message.
  std::size_t take(std::string_view bytes);
  /// Forgets all, for the next one.
  void clear();

  bool head_complete() const { return part_ != Part::head; }
  bool complete() const { return part_ == Part::complete; }
  /// The request line or the status line.
  std::string_view first_line() const;
  /// Of a response.
  int status() const;
  /// Of its body, without the framing.
  std::uint64_t body_size() const { return body_size_; }
  /// How the body begins: what an unexpected answer says.
  std::string_view body_begins() const { return body_begins_; }

 private:
  enum class Part { head, sized_body, chunk_size, chunk, chunk_end, last_line, complete };

  std::size_t take_head(std::string_view bytes);
  std::size_t take_body(std::string_view bytes);
  std::size_t take_data(std::string_view bytes, Part next);
  std::size_t take_line(std::string_view bytes);
  void read_fields();
  void read_field(std::string_view line);
  void read_line();

  Part part_ = Part::head;
  std::string head_, line_, body_begins_;
  std::uint64_t left_ = 0;  // of the body or the chunk
  std::uint64_t body_size_ = 0;
  bool chunked_ = false;
};

}  // namespace bench
