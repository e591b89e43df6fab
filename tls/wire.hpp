// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace tls {

/// A buffer between OpenSSL and a non-blocking socket that somebody else owns. It receives several
/// records with one recv(2) and sends several with one send(2); OpenSSL by itself makes a system
/// call for each (see README.md, Why).
///
/// It holds memory only while bytes wait in it.
class Wire {
 public:
  /// Six records of maximum size (RFC 8446 section 5.2) and a short one.
  static constexpr std::size_t block_size = std::size_t{6} * 16'640;

  explicit Wire(int socket) : socket_(socket) {}
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// Makes an SSL use a new wire, which the SSL owns. \returns null if memory is short
  static Wire* connect(SSL*, int socket);

  /// Like recv(2) and send(2): fewer bytes than requested, 0 at the end, or -1 with errno. Bytes
  /// that were put wait until flush(), or until the buffer is full.
  std::ptrdiff_t take(std::span<char> into);
  std::ptrdiff_t put(std::string_view);
  /// \returns false with errno if bytes are left
  bool flush();

  /// While set, nothing is received: take() stops at the end of what has arrived.
  void receive_no_more(bool set) { receives_ = !set; }
  /// Returns whether received bytes are left to take.
  bool holds_received() const { return !in_.empty(); }
  bool ended() const { return ended_; }
  /// The number of bytes that the socket has taken so far.
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
