// SPDX-License-Identifier: Apache-2.0
#include "tls/wire.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

namespace tls {
namespace {

using Block = std::unique_ptr<char[]>;

/// Free blocks of this thread. A few suffice for all its streams, since a wire keeps one between
/// two calls only if the other side is slow.
std::vector<Block>& spare_blocks() {
  thread_local std::vector<Block> spare;
  return spare;
}

constexpr std::size_t most_spare = 8;

Block new_block() {
  auto& spare = spare_blocks();
  if (spare.empty()) return std::make_unique_for_overwrite<char[]>(Wire::block_size);
  auto block = std::move(spare.back());
  spare.pop_back();
  return block;
}

bool would_block() {
  return errno == EAGAIN || errno == EINTR;
}

Wire& wire_of(BIO* bio) {
  return *static_cast<Wire*>(BIO_get_data(bio));
}

int on_read(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  const auto n = wire_of(bio).take({into, static_cast<std::size_t>(size)});
  if (n < 0 && would_block()) BIO_set_retry_read(bio);
  return static_cast<int>(n);
}

int on_write(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  const auto n = wire_of(bio).put({from, static_cast<std::size_t>(size)});
  if (n < 0 && would_block()) BIO_set_retry_write(bio);
  return static_cast<int>(n);
}

/// OpenSSL requests a flush when a flight of the handshake is complete, and after an alert.
long on_flush(BIO* bio) {
  BIO_clear_retry_flags(bio);
  if (wire_of(bio).flush()) return 1;
  if (would_block()) BIO_set_retry_write(bio);
  return -1;
}

long on_control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return on_flush(bio);
  // OpenSSL asks this after a read of 0. Without it an early end would look like an error.
  if (command == BIO_CTRL_EOF) return wire_of(bio).ended() ? 1 : 0;
  return 0;
}

int on_free(BIO* bio) {
  delete static_cast<Wire*>(BIO_get_data(bio));
  return 1;
}

BIO_METHOD* new_method() {
  auto* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
  if (method == nullptr) throw std::bad_alloc();
  BIO_meth_set_read(method, on_read);
  BIO_meth_set_write(method, on_write);
  BIO_meth_set_ctrl(method, on_control);
  BIO_meth_set_destroy(method, on_free);
  return method;
}

}  // namespace

Wire::~Wire() {
  in_.give_back();
  out_.give_back();
}

Wire* Wire::connect(SSL* ssl, int socket) {
  static const BIO_METHOD* const method = new_method();  // lives as long as the process
  auto* bio = BIO_new(method);
  if (bio == nullptr) return nullptr;
  auto* wire = new Wire(socket);
  BIO_set_data(bio, wire);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  return wire;
}

std::ptrdiff_t Wire::take(std::span<char> into) {
  if (in_.empty()) {
    const auto n = receive();
    if (n <= 0) return n;
  }
  const auto size = std::min(into.size(), in_.end - in_.begin);
  std::memcpy(into.data(), in_.block.get() + in_.begin, size);
  in_.used(size);
  return static_cast<std::ptrdiff_t>(size);
}

std::ptrdiff_t Wire::receive() {
  if (!receives_) {
    errno = EAGAIN;
    return -1;
  }
  const auto room = in_.room();
  const auto n = ::recv(socket_, room.data(), room.size(), MSG_DONTWAIT);
  ended_ = n == 0;
  if (n > 0)
    in_.end += static_cast<std::size_t>(n);
  else
    in_.give_back();
  return n;
}

std::ptrdiff_t Wire::put(std::string_view bytes) {
  const bool stuck = out_.room().empty() && !flush() && (!would_block() || out_.room().empty());
  if (stuck) return -1;
  const auto room = out_.room();
  const auto size = std::min(bytes.size(), room.size());
  std::memcpy(room.data(), bytes.data(), size);
  out_.end += size;
  return static_cast<std::ptrdiff_t>(size);
}

bool Wire::flush() {
  while (!out_.empty()) {
    const auto n = ::send(socket_, out_.block.get() + out_.begin, out_.end - out_.begin,
                          MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) {
      if (!would_block()) out_.give_back();  // the bytes can never be delivered
      return false;
    }
    sent_ += static_cast<std::uint64_t>(n);
    out_.used(static_cast<std::size_t>(n));
  }
  return true;
}

void Wire::Waiting::used(std::size_t size) {
  begin += size;
  if (empty()) give_back();
}

void Wire::Waiting::give_back() {
  const int error = errno;  // restored for the caller
  auto& spare = spare_blocks();
  if (block && spare.size() < most_spare) spare.push_back(std::move(block));
  block.reset();
  begin = end = 0;
  errno = error;
}

/// Appends to the waiting bytes, and moves these to the front if there is no room.
std::span<char> Wire::Waiting::room() {
  if (!block) block = new_block();
  if (end == block_size && begin != 0) {
    std::memmove(block.get(), block.get() + begin, end - begin);
    end -= std::exchange(begin, 0);
  }
  return {block.get() + end, block_size - end};
}

}  // namespace tls
