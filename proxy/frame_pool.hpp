// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <utility>

namespace proxy {

/// Free memory for coroutine frames of this thread, sorted by size. A request uses a dozen frames.
/// A frame's memory goes to the thread on which it ends.
class FramePool {
 public:
  static void* take(std::size_t size) {
    auto* kept = kept_of(size);
    if (kept == nullptr || kept->first == nullptr) return ::operator new(rounded(size));
    --kept->count;
    return std::exchange(kept->first, kept->first->next);
  }
  static void give_back(void* frame, std::size_t size) {
    auto* kept = kept_of(size);
    if (kept == nullptr || kept->count == most_kept) return ::operator delete(frame);
    ++kept->count;
    kept->first = new (frame) Free{kept->first};
  }

 private:
  struct Free {
    Free* next;
  };
  struct Kept {
    Free* first = nullptr;
    std::size_t count = 0;
  };

  static constexpr std::size_t step = 64, classes = 32, most_kept = 32;
  static std::size_t class_of(std::size_t size) { return (size + step - 1) / step; }
  static std::size_t rounded(std::size_t size) { return class_of(size) * step; }
  /// Null for frames that are too large to be kept.
  static Kept* kept_of(std::size_t size) {
    static thread_local FramePool pool;
    return class_of(size) < classes ? &pool.kept_[class_of(size)] : nullptr;
  }

  FramePool() = default;
  ~FramePool() {
    for (auto& kept : kept_)
      while (kept.first != nullptr) ::operator delete(std::exchange(kept.first, kept.first->next));
  }

  std::array<Kept, classes> kept_;
};

}  // namespace proxy
