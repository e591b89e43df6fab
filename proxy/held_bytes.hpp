// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <string>

namespace proxy {

/// Counts the memory that requests hold, up to a bound (guarantee 7 in .github/SECURITY.md): of all
/// clients, or of one client, which also counts for all. All workers use it concurrently, without
/// locks.
class HeldBytes {
 public:
  static constexpr auto unbounded = static_cast<std::size_t>(-1);

  explicit HeldBytes(std::size_t most) : most_(most) {}
  HeldBytes(std::size_t most, HeldBytes& all) : most_(most), all_(&all) {}
  HeldBytes(const HeldBytes&) = delete;
  HeldBytes& operator=(const HeldBytes&) = delete;

  /// \returns false if the bound would be exceeded; nothing is taken then.
  bool take(std::size_t bytes);
  /// Counts memory that cannot be refused, such as records; later takers find less room.
  void add(std::size_t bytes);
  void give_back(std::size_t bytes);
  std::size_t now() const { return now_.load(std::memory_order_relaxed); }
  /// The message for a refused take(): the bounds, what is held, and what to do.
  std::string why_not_more() const;

 private:
  std::atomic<std::size_t> now_{0};
  const std::size_t most_;
  HeldBytes* const all_ = nullptr;
};

/// The memory of one holder, such as a buffer or a body. Released when it leaves scope.
class Charge {
 public:
  /// Holders up to this size are not counted, so nearly all requests need no atomic operation. The
  /// uncounted memory is bounded by the number of connections.
  static constexpr std::size_t uncounted = std::size_t{4} * 1024;

  explicit Charge(HeldBytes& from) : from_(from) {}
  ~Charge() { hold(0); }
  Charge(const Charge&) = delete;
  Charge& operator=(const Charge&) = delete;

  /// Sets the holder's size.
  /// \returns false if a bound would be exceeded; the charge is unchanged then.
  bool hold(std::size_t bytes) {
    const std::size_t counted = bytes <= uncounted ? 0 : bytes;
    return counted == taken_ || change(counted);
  }

 private:
  bool change(std::size_t bytes);

  HeldBytes& from_;
  std::size_t taken_ = 0;
};

}  // namespace proxy
