// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace tls {

/// What lies between OpenSSL and a non-blocking socket that somebody else owns: several records are
/// received with one recv(2), and sent with one send(2). Left alone OpenSSL makes a system call for
/// each of them (see README.md, Why).
///
/// Holds memory only while bytes wait in it.
class Wire {
 public:
  /// Six records of the largest size (RFC 8446 section 5.2), and a short one.
  static constexpr std::size_t block_size = std::size_t{6} * 16'640;

  explicit Wire(int socket) : socket_(socket) {}
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// Has an SSL read and write through a new wire, which it owns. \returns null without memory
  static Wire* connect(SSL*, int socket);

  /// As recv(2) and send(2) do: less than asked for, 0 at the end, or -1 with errno. What was put
  /// waits for flush() or until there is no room.
  std::ptrdiff_t take(std::span<char> into);
  std::ptrdiff_t put(std::string_view);
  /// \returns false with errno where bytes are left
  bool flush();

  /// While set nothing is received: take() ends where what has arrived does.
  void receive_no_more(bool set) { receives_ = !set; }
  /// Whether bytes have been received that nobody has taken.
  bool holds_received() const { return !in_.empty(); }
  bool ended() const { return ended_; }
  /// Bytes that the socket has taken, ever.
  std::uint64_t sent() const { return sent_; }
  std::size_t memory() const {
    return (in_.block ? block_size : 0) + (out_.block ? block_size : 0);
  }

 private:
  struct Waiting {
    std::unique_ptr<char[]> block;
    std::size_t begin = 0, end = 0;

    bool empty() const { return begin == end; }
    void used(std::size_t);
    void give_back();
    std::span<char> room();
  };

  std::ptrdiff_t receive();

  int socket_;
  bool receives_ = true;
  bool ended_ = false;
  std::uint64_t sent_ = 0;
  Waiting in_, out_;
};

}  // namespace tls
