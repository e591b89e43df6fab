// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace proxy {

/// Bytes that have been read but not yet used, in one piece. Grows up to a bound.
class Buffer {
 public:
  Buffer(std::size_t small, std::size_t most) : small_(small), most_(most), storage_(small) {}

  std::string_view data() const { return {storage_.data() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  /// There is no room without growing.
  bool full() const { return begin_ == 0 && end_ == storage_.size(); }

  /// Room to read into; moves and grows what is there as needed, so views into data() become
  /// invalid. Empty only where the buffer is full to its bound.
  std::span<char> room() {
    if (empty()) begin_ = end_ = 0;
    if (end_ == storage_.size()) make_room();
    return {storage_.data() + end_, storage_.size() - end_};
  }
  void added(std::size_t count) { end_ += count; }
  void consume(std::size_t count) { begin_ += count; }

  std::size_t capacity() const { return storage_.size(); }
  /// What capacity() will be after room().
  std::size_t capacity_with_room() const {
    const bool grows = end_ == storage_.size() && begin_ == 0 && !empty();
    return grows ? std::min(storage_.size() * 2, most_) : storage_.size();
  }

  /// Makes room() at least as large as a bulk body wants it.
  void widen(std::size_t size) {
    if (storage_.size() < size) storage_.resize(size);
  }
  /// Gives back what a large message needed, unless what is left is large itself: an idle
  /// connection holds little.
  void narrow() {
    const auto left = data();
    if (storage_.size() == small_ || left.size() > small_) return;
    std::vector<char> storage(small_);
    std::ranges::copy(left, storage.begin());
    storage_.swap(storage);
    end_ = left.size();
    begin_ = 0;
  }

 private:
  void make_room() {
    if (begin_ > 0) {
      std::memmove(storage_.data(), storage_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    } else if (storage_.size() < most_) {
      storage_.resize(std::min(storage_.size() * 2, most_));
    }
  }

  std::size_t small_, most_;
  std::vector<char> storage_;
  std::size_t begin_ = 0, end_ = 0;
};

/// Relay buffers of one worker. A session holds one only while the engine may answer.
class BufferPool {
 public:
  /// Six records of TLS. With 64 KiB bulk costs a tenth more, with 128 uploads half as much again:
  /// what is on its way no longer fits into the cache of one core.
  static constexpr std::size_t block_size = 96 * 1024;
  /// Enough for a head: of a thousand streams nearly all are silent nearly always.
  static constexpr std::size_t little = 512;
  /// Of blocks above `modest` so many are lent at a time. Beyond that sessions make do with less:
  /// thousands that wait for a silent engine would else hold hundreds of MiB.
  static constexpr std::size_t modest = 4 * 1024;
  static constexpr std::size_t most_lent = 64;
  using Block = std::unique_ptr<char[]>;

  /// A block that goes back to the pool when it leaves scope.
  class Lease {
   public:
    explicit Lease(BufferPool& pool, std::size_t size = block_size)
        : pool_(pool), size_(size), block_(pool.take(size)) {}
    ~Lease() { pool_.give_back(std::move(block_), size_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    std::span<char> bytes() const { return {block_.get(), size_}; }

    /// Whether a larger block can be had.
    bool may_grow() const { return size_ < modest || (size_ < block_size && pool_.has_large()); }
    /// Takes the next larger block instead, with the same bytes at its beginning.
    void grow() { grow(std::min(size_ * growth, block_size)); }
    /// The same with the largest that can be had, where may_grow() says so.
    void grow_fully() { grow(pool_.has_large() ? block_size : modest); }
    /// Makes do with little again.
    void shrink() {
      if (size_ == little) return;
      pool_.give_back(std::exchange(block_, nullptr), std::exchange(size_, little));
      block_ = pool_.take(little);
    }

   private:
    static constexpr std::size_t growth = 8;

    void grow(std::size_t size) {
      auto larger = pool_.take(size);
      std::memcpy(larger.get(), block_.get(), size_);
      pool_.give_back(std::exchange(block_, std::move(larger)), std::exchange(size_, size));
    }

    BufferPool& pool_;
    std::size_t size_;
    Block block_;
  };

  /// Whether blocks above `modest` are left to be lent.
  bool has_large() const { return lent_ < most_lent; }

 private:
  static constexpr std::size_t most_kept = 16;

  Block take(std::size_t size) {
    if (size > modest) ++lent_;
    if (size != block_size || free_.empty()) return std::make_unique_for_overwrite<char[]>(size);
    auto block = std::move(free_.back());
    free_.pop_back();
    return block;
  }
  void give_back(Block block, std::size_t size) {
    if (size > modest) --lent_;
    if (size == block_size && free_.size() < most_kept) free_.push_back(std::move(block));
  }

  std::vector<Block> free_;
  std::size_t lent_ = 0;  ///< of those above `modest`
};

/// The same as Buffer in a block of a pool's.
class LeasedBuffer {
 public:
  LeasedBuffer(BufferPool& pool, std::size_t first) : lease_(pool, first) {}

  std::string_view data() const { return {lease_.bytes().data() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  void added(std::size_t count) { end_ += count; }
  void consume(std::size_t count) { begin_ += count; }

  /// A block that was filled is too little for what comes, whether it has been used up or not. A
  /// head must fit, even where blocks are scarce.
  std::span<char> room() {
    const bool full = end_ == lease_.bytes().size(), unused = begin_ == 0;
    const bool largest = end_ >= BufferPool::block_size;
    if (full && !largest && (unused || lease_.may_grow())) lease_.grow();
    const auto block = lease_.bytes();
    if (empty()) begin_ = end_ = 0;
    if (end_ == block.size()) {
      std::memmove(block.data(), block.data() + begin_, end_ - begin_);
      end_ -= std::exchange(begin_, 0);
    }
    return block.subspan(end_);
  }

 private:
  BufferPool::Lease lease_;
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace proxy
