// SPDX-License-Identifier: Apache-2.0
#include "proxy/descriptors.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <atomic>
#include <boost/system/errc.hpp>
#include <chrono>

#include "proxy/splice.hpp"

namespace proxy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* raise_files =
    "raise the limit of open files (LimitNOFILE= of systemd, ulimits.nofile of a compose file, "
    "`ulimit -n` of a shell)";
constexpr const char* raise_threads =
    "raise the limit of threads (TasksMax= of systemd, pids_limit of a compose file, `ulimit -u` "
    "of a shell)";

/// Each connection needs one descriptor for the client and one for the engine.
std::size_t descriptors_needed(const config::Limits& limits, std::size_t workers) {
  constexpr std::size_t others = 64;  // loops, listeners, the admin listener's clients, files
  constexpr std::size_t pipes = 2 * PipePool::most_used;
  return 2 * limits.connections + workers * (pipes + limits.upstream_spares) + others;
}

/// The last descriptor is taken and given back many times a second, so the log reports that there
/// are free ones only after a second in which none was missing.
constexpr std::chrono::seconds calm{1};

}  // namespace

std::optional<std::string> raise_descriptor_limit(const config::Limits& limits,
                                                  std::size_t workers) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const auto needed = descriptors_needed(limits, workers);
  if (limit.rlim_max >= needed) return std::nullopt;
  return fmt::format(
      "this process may open {} files, but `limits.connections: {}` can need {}, two for each "
      "connection: {}, or lower `limits.connections`",
      limit.rlim_max, limits.connections, needed, raise_files);
}

std::string with_remedy(const std::string& said, const std::error_code& error) {
  if (error == std::errc::too_many_files_open) return said + ": " + raise_files;
  if (error == std::errc::resource_unavailable_try_again) return said + ": " + raise_threads;
  return said;
}

bool lacks_descriptor(const boost::system::error_code& outcome) {
  namespace errc = boost::system::errc;
  static std::atomic<bool> lacking = false;
  static std::atomic<Clock::time_point> last;
  if (outcome == errc::too_many_files_open || outcome == errc::too_many_files_open_in_system) {
    last = Clock::now();
    if (!lacking.exchange(true))
      spdlog::error(
          "no file descriptor is left: {}. New clients wait, and requests that need a connection "
          "to the engine are answered with 503 limit.descriptors. Raise the limit of open files "
          "(nofile) or lower `limits.connections`",
          outcome.message());
    return true;
  }
  if (lacking.load(std::memory_order_relaxed) && Clock::now() - last.load() > calm &&
      lacking.exchange(false))
    spdlog::info("file descriptors are free again");
  return false;
}

}  // namespace proxy
