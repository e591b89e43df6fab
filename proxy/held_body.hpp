// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/held_bytes.hpp"

namespace proxy {

/// The memory of bodies that are over, of one worker: warm, so that the next body allocates
/// nothing.
class BodyPool {
 public:
  std::string take() {
    if (free_.empty()) return {};
    auto last = std::move(free_.back());
    free_.pop_back();
    return last;
  }
  /// Keeps what most bodies need; the memory of a large one is let go.
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

/// A body that is held while it is read, decided about and sent, and no longer. It is charged for
/// the memory that it has, not for the length that was announced.
class HeldBody {
 public:
  HeldBody(BodyPool& pool, HeldBytes& bytes) : pool_(pool), charge_(bytes) {}
  ~HeldBody() { give_back(); }
  HeldBody(const HeldBody&) = delete;
  HeldBody& operator=(const HeldBody&) = delete;

  std::string_view text() const { return text_; }

  /// \param longest how long the body will be, or may be; 0 where nothing is known.
  /// \returns false where all that is held would be too much; `more` is not added then.
  bool append(std::string_view more, std::size_t longest);
  /// Holds `text` from now on, and leaves in it the memory of what was held, unless that is large.
  /// \returns false where that is too much.
  bool swap(std::string& text);
  /// Nobody needs it any more.
  void give_back();

 private:
  BodyPool& pool_;
  Charge charge_;
  std::string text_;
  bool lent_ = false;
};

}  // namespace proxy
