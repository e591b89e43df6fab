// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/held_bytes.hpp"

namespace proxy {

/// Memory of earlier bodies of one worker, reused so that the next body allocates nothing.
class BodyPool {
 public:
  std::string take() {
    if (free_.empty()) return {};
    auto last = std::move(free_.back());
    free_.pop_back();
    return last;
  }
  /// Keeps memory of usual size and frees that of a large body.
  void give_back(std::string text) {
    if (text.capacity() > large || free_.size() == most_kept) return;
    text.clear();
    free_.push_back(std::move(text));
  }

  static constexpr std::size_t large = std::size_t{16} * 1024;

 private:
  static constexpr std::size_t most_kept = 32;
  std::vector<std::string> free_;
};

/// A body that is held while it is read, decided about and sent. It is charged for the memory that
/// it really uses, not for the announced length.
class HeldBody {
 public:
  HeldBody(BodyPool& pool, HeldBytes& bytes) : pool_(pool), charge_(bytes) {}
  ~HeldBody() { give_back(); }
  HeldBody(const HeldBody&) = delete;
  HeldBody& operator=(const HeldBody&) = delete;

  std::string_view text() const { return text_; }

  /// \param longest the length or the greatest possible length of the body; 0 if unknown.
  /// \returns false if a memory limit would be exceeded; `more` is not added then.
  bool append(std::string_view more, std::size_t longest);
  /// Holds `text` instead of the current body, and leaves the old memory in `text` unless it is
  /// large.
  /// \returns false if a memory limit would be exceeded.
  bool swap(std::string& text);
  /// Releases the body when it is no longer needed.
  void give_back();

 private:
  BodyPool& pool_;
  Charge charge_;
  std::string text_;
  bool lent_ = false;
};

}  // namespace proxy
