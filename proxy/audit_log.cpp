// SPDX-License-Identifier: Apache-2.0
#include "proxy/audit_log.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <mutex>
#include <utility>

#include "acl/reason.hpp"
#include "proxy/file_sink.hpp"

namespace proxy {
namespace {

constexpr std::size_t queue_bytes = 8 * 1024 * 1024;
constexpr std::size_t room_at_once = 16 * 1024, most_room_ahead = 4 * room_at_once;
constexpr std::size_t batch_bytes = 32 * 1024;
constexpr std::chrono::milliseconds batch_time{20};

void log_change(const std::string& problem) {
  if (problem.empty())
    spdlog::warn("audit: records are written again, beginning with those that were kept");
  else
    spdlog::error(
        "audit: {}: records are kept and written when that is mended; when {} MiB of them wait, "
        "requests are refused with {}",
        problem, queue_bytes >> 20U, acl::id(acl::Reason::audit_unavailable));
}

}  // namespace

LineQueue audit_queue(const config::Audit& audit, HeldBytes& held) {
  return {std::make_unique<FileSink>(audit.file),
          {.most = queue_bytes, .held = &held, .on_change = log_change}};
}

/// What the writing thread keeps. The log may have ended when its lines are written.
struct AuditLog::Link {
  std::mutex mutex;
  AuditLog* log;
  boost::asio::io_context& loop;

  Link(AuditLog& owner, boost::asio::io_context& its_loop) : log(&owner), loop(its_loop) {}
  void written(std::uint64_t number) {
    const std::lock_guard lock(mutex);
    if (log == nullptr) return;
    boost::asio::post(loop, [to = log, number] { to->written(number); });
  }
};

AuditLog::AuditLog(LineQueue& queue, boost::asio::io_context& loop)
    : queue_(queue), timer_(loop), link_(std::make_shared<Link>(*this, loop)) {}

AuditLog::~AuditLog() {
  {
    const std::lock_guard lock(link_->mutex);
    link_->log = nullptr;
  }
  flush();
  queue_.give_room_back(room_);
}

bool AuditLog::take_room(std::size_t bytes) {
  if (room_ < bytes) {
    const auto lacking = bytes - room_;
    const auto more = queue_.take_room(lacking + room_at_once) ? lacking + room_at_once
                      : queue_.take_room(lacking)              ? lacking
                                                               : 0;
    if (more == 0) return false;
    room_ += more;
  }
  room_ -= bytes;
  return true;
}

void AuditLog::give_room_back(std::size_t bytes) {
  room_ += bytes;
  if (room_ <= most_room_ahead) return;
  queue_.give_room_back(room_ - room_at_once);
  room_ = room_at_once;
}

void AuditLog::line_ended(std::size_t begin, std::size_t room) {
  lines_ += '\n';
  const auto size = lines_.size() - begin;
  if (room >= size) {
    give_room_back(room - size);
  } else if (!take_room(size - room)) {
    if (room == 0) {
      lines_.resize(begin);
      return queue_.lose(1);
    }
    queue_.take_room_anyway(size - room);
  }
  if (lines_.size() >= batch_bytes) return flush();
  if (waiting_) return;
  waiting_ = true;
  timer_.expires_after(batch_time);
  timer_.async_wait([this](const boost::system::error_code& error) {
    waiting_ = false;
    if (!error) flush();
  });
}

void AuditLog::flush() {
  if (lines_.empty()) return;
  queue_.add(lines_);
  lines_.clear();
}

Task<bool> AuditLog::write_out(boost::asio::steady_timer& wait) {
  Awaited awaited(++asked_, wait);
  awaited_.push_back(awaited);
  queue_.add(lines_, [link = link_, number = asked_] { link->written(number); });
  lines_.clear();
  co_await wait.async_wait(as_result);
  co_return awaited.written;
}

/// Lines are written in the order in which they were handed over.
void AuditLog::written(std::uint64_t number) {
  while (!awaited_.empty() && awaited_.front().number <= number) {
    auto& first = awaited_.front();
    awaited_.pop_front();
    first.written = true;
    first.timer.cancel();
  }
}

}  // namespace proxy
