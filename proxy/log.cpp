// SPDX-License-Identifier: Apache-2.0
#include "proxy/log.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "proxy/file_sink.hpp"

namespace proxy {
namespace {

constexpr auto log_pattern = "%Y-%m-%dT%H:%M:%S.%e %l %v";
constexpr std::size_t log_bytes = 1024 * 1024;

}  // namespace

class QueuedLog::Sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit Sink(LineQueue& queue) : queue_(queue) {}

  /// Says what is lost, also if there is no room.
  void finish() {
    const std::lock_guard lock(mutex_);
    if (queue_.lost() == told_) return;
    const auto line = formatted({spdlog::default_logger()->name(), spdlog::level::err, notice()});
    queue_.take_room_anyway(line.size());
    queue_.add(line);
  }

 private:
  using Message = spdlog::details::log_msg;

  void sink_it_(const Message& message) override {
    const auto lost = queue_.lost();
    if (lost != told_ && add({message.logger_name, spdlog::level::err, notice()})) told_ = lost;
    if (!add(message)) queue_.lose(1);
  }

  void flush_() override {}

  std::string notice() const {
    return fmt::format("{} lines of the log are lost here: standard error did not take them",
                       queue_.lost() - told_);
  }

  bool add(const Message& message) {
    const auto line = formatted(message);
    if (!queue_.take_room(line.size())) return false;
    queue_.add(line);
    return true;
  }

  std::string formatted(const Message& message) {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    return {line.data(), line.size()};
  }

  LineQueue& queue_;
  std::uint64_t told_ = 0;  ///< of the lines that are lost
};

namespace {

constexpr unsigned most_of_a_kind = 10;

struct OfKind {
  spdlog::level::level_enum level;
  unsigned wanted = 0;
};

struct Minute {
  std::mutex mutex;
  std::map<std::string_view, OfKind> kinds;
};

Minute& this_minute() {
  static Minute minute;
  return minute;
}

}  // namespace

void log_to_stderr(const std::string& level) {
  auto logger = std::make_shared<spdlog::logger>("tidegate",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern(log_pattern);
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

QueuedLog::QueuedLog()
    : queue_(std::make_unique<FileSink>(STDERR_FILENO, "standard error"), {.most = log_bytes}),
      sink_(std::make_shared<Sink>(queue_)) {
  sink_->set_pattern(log_pattern);
  spdlog::default_logger()->sinks() = {sink_};
}

QueuedLog::~QueuedLog() {
  spdlog::default_logger()->sinks().clear();
}

void QueuedLog::finish(LineQueue::Clock::time_point until) {
  spdlog::default_logger()->sinks().clear();
  sink_->finish();
  queue_.finish(until);
}

bool may_log(std::string_view kind, spdlog::level::level_enum level) {
  if (!spdlog::should_log(level)) return false;
  auto& minute = this_minute();
  const std::scoped_lock lock(minute.mutex);
  return minute.kinds.try_emplace(kind, OfKind{level}).first->second.wanted++ < most_of_a_kind;
}

void tell_left_out() {
  auto& minute = this_minute();
  std::unique_lock lock(minute.mutex);
  const auto kinds = std::exchange(minute.kinds, {});
  lock.unlock();
  for (const auto& [kind, asked] : kinds)
    if (asked.wanted > most_of_a_kind)
      spdlog::log(asked.level, "{}: {} more such messages in the last minute", kind,
                  asked.wanted - most_of_a_kind);
}

}  // namespace proxy
