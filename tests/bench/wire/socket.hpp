// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <string_view>
#include <utility>

namespace bench {

/// Ends the program with a sentence: figures from a run in which something failed are worth
/// nothing.
[[noreturn]] void give_up(std::string_view what);
/// The same for a system call, with what errno says.
[[noreturn]] void give_up_after(std::string_view call);

/// A file descriptor that is closed when it leaves scope.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();
  int number() const { return number_; }

 private:
  int number_ = -1;
};

struct Address {
  sockaddr_storage storage;
  socklen_t size;
  const sockaddr* get() const;
  bool is_unix() const { return storage.ss_family == AF_UNIX; }
};

/// Reads `unix:/path` or `tcp:127.0.0.1:port`. The bench talks to this machine alone.
Address address_of(std::string_view text);

/// Connects, and waits for a while where the other side's backlog is full. Calls on the socket
/// block, for `patience` seconds at most.
Descriptor connect_to(const Address& address);
Descriptor listen_on(const Address& address);
void make_non_blocking(int socket);

inline constexpr int patience = 30;  // seconds without any progress

/// As many open files as this user may have.
void raise_descriptor_limit();

}  // namespace bench
