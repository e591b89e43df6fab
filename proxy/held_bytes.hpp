// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <string>

namespace proxy {

/// How many bytes requests hold, up to a bound (guarantee 7 in .github/SECURITY.md): those of all
/// clients, or those of one, which count for all as well. All workers use it at once, without a
/// lock.
class HeldBytes {
 public:
  static constexpr auto unbounded = static_cast<std::size_t>(-1);

  explicit HeldBytes(std::size_t most) : most_(most) {}
  HeldBytes(std::size_t most, HeldBytes& all) : most_(most), all_(&all) {}
  HeldBytes(const HeldBytes&) = delete;
  HeldBytes& operator=(const HeldBytes&) = delete;

  /// \returns false where that would be too much; nothing is taken then.
  bool take(std::size_t bytes);
  void give_back(std::size_t bytes);
  std::size_t now() const { return now_.load(std::memory_order_relaxed); }
  /// For whom take() has refused: the bounds, what is held, and what to do.
  std::string why_not_more() const;

 private:
  std::atomic<std::size_t> now_{0};
  const std::size_t most_;
  HeldBytes* const all_ = nullptr;
};

/// What one holder has of it: a buffer, a body. Given back when it leaves scope.
class Charge {
 public:
  /// No holder is charged for less: nearly all requests cost no atomic operation then. What is not
  /// counted is bounded by the number of connections.
  static constexpr std::size_t uncounted = std::size_t{4} * 1024;

  explicit Charge(HeldBytes& from) : from_(from) {}
  ~Charge() { hold(0); }
  Charge(const Charge&) = delete;
  Charge& operator=(const Charge&) = delete;

  /// From now on the holder has so many bytes.
  /// \returns false where these are too many; it is charged for as many as before then.
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
