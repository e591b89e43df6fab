// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace proxy {

/// Bytes that have been read but not yet used, contiguous. Grows up to a bound.
class Buffer {
 public:
  Buffer(std::size_t small, std::size_t most) : small_(small), most_(most), storage_(small) {}

  std::string_view data() const { return {storage_.data() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  /// Whether it must grow before more can be read.
  bool full() const { return begin_ == 0 && end_ == storage_.size(); }

  /// Returns space to read into. May move the data, so views into data() become invalid. Empty only
  /// if the buffer is full to its bound.
  std::span<char> room() {
    if (empty()) begin_ = end_ = 0;
    if (end_ == storage_.size()) make_room();
    return {storage_.data() + end_, storage_.size() - end_};
  }
  void added(std::size_t count) { end_ += count; }
  void consume(std::size_t count) { begin_ += count; }

  std::size_t capacity() const { return storage_.size(); }
  /// The value of capacity() after the next room().
  std::size_t capacity_with_room() const {
    const bool grows = end_ == storage_.size() && begin_ == 0 && !empty();
    return grows ? next_size() : storage_.size();
  }

  /// Makes room() large enough for bulk bodies.
  void widen(std::size_t size) {
    if (storage_.size() < size) storage_.resize(size);
  }
  /// Frees the memory of a large message, unless the unused bytes are many. An idle connection then
  /// holds little.
  void narrow() { narrow_to(small_); }
  /// The same for a long wait, which needs even less. The next narrow() brings back the usual size.
  void narrow_to(std::size_t size) {
    const auto left = data();
    if (storage_.size() == size || left.size() > size) return;
    std::vector<char> storage(size);
    std::ranges::copy(left, storage.begin());
    storage_.swap(storage);
    end_ = left.size();
    begin_ = 0;
  }

 private:
  std::size_t next_size() const { return std::min(std::max(storage_.size() * 2, small_), most_); }
  void make_room() {
    if (begin_ > 0) {
      std::memmove(storage_.data(), storage_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    } else if (storage_.size() < most_) {
      storage_.resize(next_size());
    }
  }

  std::size_t small_, most_;
  std::vector<char> storage_;
  std::size_t begin_ = 0, end_ = 0;
};

/// Relay buffers of one worker. A session holds one only while the engine may answer.
class BufferPool {
 public:
  /// Six TLS records. With 64 KiB bulk costs a tenth more. With 128 KiB uploads cost half as much
  /// again, because the data no longer fits into the cache of one core.
  static constexpr std::size_t block_size = 96 * 1024;
  /// Enough for a head. Of a thousand streams nearly all are silent nearly always.
  static constexpr std::size_t little = 512;
  /// How many blocks above `modest` are lent at a time. Further sessions get smaller blocks;
  /// otherwise thousands that wait for a silent engine would hold hundreds of MiB.
  static constexpr std::size_t modest = 4 * 1024;
  static constexpr std::size_t most_lent = 64;
  using Block = std::unique_ptr<char[]>;

  /// A block that returns to the pool when it leaves scope.
  class Lease {
   public:
    explicit Lease(BufferPool& pool, std::size_t size = block_size)
        : pool_(pool), size_(size), block_(pool.take(size)) {}
    ~Lease() { pool_.give_back(std::move(block_), size_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    std::span<char> bytes() const { return {block_.get(), size_}; }

    /// The size that the block can have now.
    std::size_t most() const {
      return pool_.has_large() ? block_size : std::max(size_, std::size_t{modest});
    }
    /// Whether a larger block is available.
    bool may_grow() const { return size_ < modest || (size_ < block_size && pool_.has_large()); }
    /// Replaces the block by the next larger one and copies its bytes there.
    void grow() { grow(std::min(size_ * growth, block_size)); }
    /// Replaces the block by the largest available one, if may_grow().
    void grow_fully() { grow(pool_.has_large() ? block_size : modest); }
    /// Replaces the block by a small one.
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

  /// Whether a block above `modest` can still be lent.
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
  std::size_t lent_ = 0;  ///< blocks above `modest`
};

/// Like Buffer, but in a block that a pool lends from the first room() on.
class LeasedBuffer {
 public:
  /// \param first size of the block to begin with, unless large blocks are scarce
  LeasedBuffer(BufferPool& pool, std::size_t first) : pool_(pool), first_(first) {}

  std::string_view data() const {
    return lease_ ? std::string_view(lease_->bytes().data() + begin_, end_ - begin_)
                  : std::string_view();
  }
  bool empty() const { return begin_ == end_; }
  void added(std::size_t count) { end_ += count; }
  void consume(std::size_t count) { begin_ += count; }
  /// How many bytes can be waited for before some are used.
  std::size_t most() const { return lease_ ? lease_->most() : 0; }
  /// Discards the bytes and returns the block to the pool until room() is called again.
  void give_back() {
    begin_ = end_ = 0;
    lease_.reset();
  }

  /// Returns space to read into. A block that has been filled is replaced by a larger one, because
  /// more will come. A head must fit even if large blocks are scarce.
  std::span<char> room() {
    if (!lease_) lease_.emplace(pool_, pool_.has_large() ? first_ : BufferPool::little);
    const bool full = end_ == lease_->bytes().size(), unused = begin_ == 0;
    const bool largest = end_ >= BufferPool::block_size;
    if (full && !largest && (unused || lease_->may_grow())) lease_->grow();
    const auto block = lease_->bytes();
    if (empty()) begin_ = end_ = 0;
    if (end_ == block.size()) {
      std::memmove(block.data(), block.data() + begin_, end_ - begin_);
      end_ -= std::exchange(begin_, 0);
    }
    return block.subspan(end_);
  }

 private:
  BufferPool& pool_;
  std::size_t first_;
  std::optional<BufferPool::Lease> lease_;
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace proxy
