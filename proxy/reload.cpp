// SPDX-License-Identifier: Apache-2.0
#include "proxy/reload.hpp"

#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <csignal>

#include "config/load.hpp"
#include "config/reload.hpp"

namespace proxy {

Reload::Reload(net::io_context& loop, std::string file, const config::Settings& settings,
               std::shared_ptr<const Snapshot> in_force, OnSnapshot on_snapshot)
    : file_(std::move(file)),
      started_with_(settings),
      settings_(settings),
      in_force_(std::move(in_force)),
      on_snapshot_(std::move(on_snapshot)),
      signals_(loop, SIGHUP),
      reminder_(loop),
      watch_(loop, [this] { reload("a file has changed"); }) {
  watch_files(settings_);  // before anyone can connect and think that changes count
}

void Reload::start() {
  const auto executor = signals_.get_executor();
  spawn(executor, await_signals(), ignore_escaped);
  spawn(executor, remind_of_expiry(), ignore_escaped);
  spawn(executor, watch_.run(), ignore_escaped);
}

void Reload::stop() {
  signals_.cancel();
  reminder_.cancel();
  watch_.close();
}

Task<void> Reload::await_signals() {
  for (;;) {
    const auto [error, signal] = co_await signals_.async_wait(as_result);
    if (error) co_return;
    reload("SIGHUP");
  }
}

Task<void> Reload::remind_of_expiry() {
  for (;;) {
    warn_of_expiry(*in_force_);
    reminder_.expires_after(std::chrono::hours(12));
    const auto [interrupted] = co_await reminder_.async_wait(as_result);
    if (interrupted) co_return;
  }
}

void Reload::reload(const std::string& cause) {
  auto settings = file_.empty() ? config::Loaded(settings_) : config::load_file(file_);
  if (!settings) {
    for (const auto& mistake : settings.error()) spdlog::error("{}", to_string(mistake));
  }
  // Before they are read, so that no change is missed; a file that is missing may still appear.
  watch_files(settings ? *settings : settings_);
  if (settings && renew(std::move(*settings))) {
    ++done_;
    spdlog::info("reload ({}): in force for the next request of every client", cause);
  } else {
    ++failed_;
    spdlog::error("reload ({}): nothing has changed, because of the mistakes above", cause);
  }
}

bool Reload::renew(config::Settings settings) {
  if (const auto fixed = config::fixed_changes(started_with_, settings); !fixed.empty()) {
    spdlog::error("{} cannot change while tidegate runs: restart it", fmt::join(fixed, ", "));
    return false;
  }
  auto snapshot = make_snapshot(settings);
  if (!snapshot) {
    for (const auto& problem : snapshot.error()) spdlog::error("{}", problem);
    return false;
  }
  settings_ = std::move(settings);
  in_force_ = std::move(*snapshot);
  spdlog::set_level(spdlog::level::from_str(settings_.log.level));
  warn_of_expiry(*in_force_);
  log_warnings(settings_);
  warn_of_shadows(settings_.policy_spec);
  on_snapshot_(in_force_);
  return true;
}

void Reload::watch_files(const config::Settings& settings) {
  auto files = certificate_files(settings);
  if (!file_.empty()) files.push_back(file_);
  if (files.empty()) return;
  for (const auto& problem : watch_.watch(files))
    spdlog::warn("changes are not noticed, send SIGHUP instead: {}", problem);
}

}  // namespace proxy
