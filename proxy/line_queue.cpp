// SPDX-License-Identifier: Apache-2.0
#include "proxy/line_queue.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>

namespace proxy {
namespace {

constexpr std::size_t block_bytes = 64 * 1024;
constexpr std::chrono::milliseconds between_attempts{200};

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

}  // namespace

struct LineQueue::Shared {
  std::unique_ptr<LineSink> sink;
  Options options;
  std::atomic<std::size_t> used{0};
  std::atomic<std::uint64_t> lost{0};
  std::atomic<bool> failing{false};

  std::mutex mutex;  // of all below
  std::condition_variable more, retry, ended;
  std::deque<std::string> blocks;      ///< the first one is being written
  std::size_t written = 0;             ///< of the first block
  std::uint64_t added = 0, taken = 0;  ///< bytes in all: by add(), and by the sink
  struct Awaited {
    std::uint64_t end;  ///< of the lines, among all that were added
    std::function<void()> on_written;
  };
  std::deque<Awaited> awaited;
  std::string problem;
  bool ending = false;     ///< write what is there, then end
  bool abandoned = false;  ///< the queue is gone: touch nothing but this
  bool has_ended = false;

  void run();
  void write_block(std::unique_lock<std::mutex>&);
  void tell(std::string now, std::unique_lock<std::mutex>&);
  void tell_written(std::unique_lock<std::mutex>&);
  void forget(std::size_t bytes);
  std::uint64_t lines_left() const;
};

void LineQueue::Shared::run() {
  std::unique_lock lock(mutex);
  while (!abandoned) {
    more.wait(lock, [this] { return !blocks.empty() || ending; });
    if (blocks.empty()) break;
    write_block(lock);
  }
  has_ended = true;
  ended.notify_all();
}

/// Nobody appends to a block that is being written, so the sink reads it without the lock.
void LineQueue::Shared::write_block(std::unique_lock<std::mutex>& lock) {
  const std::string& block = blocks.front();
  while (!abandoned && written < block.size()) {
    const auto rest = std::string_view(block).substr(written);
    lock.unlock();
    auto [bytes, failed] = sink->write(rest);
    lock.lock();
    if (abandoned) return;
    written += bytes;
    taken += bytes;
    forget(bytes);
    tell_written(lock);
    const bool waits = !failed.empty();
    if (bytes != 0 || waits) tell(std::move(failed), lock);
    if (waits) retry.wait_for(lock, between_attempts);
  }
  if (abandoned) return;
  blocks.pop_front();
  written = 0;
  tell_written(lock);
}

void LineQueue::Shared::tell(std::string now, std::unique_lock<std::mutex>& lock) {
  if (now == problem) return;
  problem = std::move(now);
  failing = !problem.empty();
  if (!options.on_change) return;
  const auto said = problem;
  lock.unlock();
  options.on_change(said);
  lock.lock();
}

/// What is called may take the mutex of whoever waits, so ours is not held.
void LineQueue::Shared::tell_written(std::unique_lock<std::mutex>& lock) {
  while (!abandoned && !awaited.empty() && awaited.front().end <= taken) {
    const auto on_written = std::move(awaited.front().on_written);
    awaited.pop_front();
    lock.unlock();
    on_written();
    lock.lock();
  }
}

void LineQueue::Shared::forget(std::size_t bytes) {
  used.fetch_sub(bytes, std::memory_order_relaxed);
  if (options.held != nullptr) options.held->give_back(bytes);
}

std::uint64_t LineQueue::Shared::lines_left() const {
  std::uint64_t left = 0;
  for (const auto& block : blocks) left += lines_in(block);
  if (!blocks.empty()) left -= lines_in(std::string_view(blocks.front()).substr(0, written));
  return left;
}

LineQueue::LineQueue(std::unique_ptr<LineSink> sink, Options options)
    : shared_(std::make_shared<Shared>()) {
  shared_->sink = std::move(sink);
  shared_->options = std::move(options);
  thread_ = std::thread([shared = shared_] { shared->run(); });
}

LineQueue::~LineQueue() {
  finish(Clock::now() + std::chrono::milliseconds(500));
}

std::uint64_t LineQueue::finish(Clock::time_point until) {
  if (!thread_.joinable()) return 0;
  auto& shared = *shared_;
  std::unique_lock lock(shared.mutex);
  shared.ending = true;
  shared.more.notify_all();
  const auto has_ended = [&shared] { return shared.has_ended; };
  std::uint64_t left = 0;
  if (!shared.ended.wait_until(lock, until, has_ended)) {
    left = shared.lines_left();
    shared.abandoned = true;
    shared.retry.notify_all();
    shared.ended.wait_for(lock, std::chrono::milliseconds(50), has_ended);
  }
  lose(left);
  const bool stuck = !shared.has_ended;  // in the sink, which may never return
  lock.unlock();
  stuck ? thread_.detach() : thread_.join();
  return left;
}

std::optional<std::string> LineQueue::open() {
  auto problem = shared_->sink->open();
  if (!problem) shared_->retry.notify_all();
  return problem;
}

bool LineQueue::take_room(std::size_t bytes) {
  const auto before = shared_->used.fetch_add(bytes, std::memory_order_relaxed);
  if (before + bytes <= shared_->options.most) return true;
  give_room_back(bytes);
  return false;
}

void LineQueue::take_room_anyway(std::size_t bytes) {
  shared_->used.fetch_add(bytes, std::memory_order_relaxed);
}

void LineQueue::give_room_back(std::size_t bytes) {
  shared_->used.fetch_sub(bytes, std::memory_order_relaxed);
}

void LineQueue::add(std::string_view lines, std::function<void()> on_written) {
  auto& shared = *shared_;
  if (shared.options.held != nullptr) shared.options.held->add(lines.size());
  const std::scoped_lock lock(shared.mutex);
  auto& blocks = shared.blocks;
  if (blocks.size() < 2 || blocks.back().size() + lines.size() > block_bytes) {
    blocks.emplace_back();
    if (blocks.size() > 1) blocks.back().reserve(std::max(block_bytes, lines.size()));
  }
  blocks.back() += lines;
  shared.added += lines.size();
  if (on_written) shared.awaited.push_back({shared.added, std::move(on_written)});
  if (blocks.size() == 1) shared.more.notify_one();
}

void LineQueue::lose(std::uint64_t lines) {
  shared_->lost.fetch_add(lines, std::memory_order_relaxed);
}

std::uint64_t LineQueue::lost() const {
  return shared_->lost.load(std::memory_order_relaxed);
}

bool LineQueue::is_failing() const {
  return shared_->failing.load(std::memory_order_relaxed);
}

}  // namespace proxy
