// SPDX-License-Identifier: Apache-2.0
#include "proxy/reload.hpp"

#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <utility>

#include "config/environment.hpp"
#include "config/reload.hpp"

namespace proxy {

Reload::Reload(net::io_context& loop, std::string file, const config::Settings& settings,
               std::shared_ptr<const Snapshot> in_force, const ServiceManager& manager,
               OnSnapshot on_snapshot)
    : file_(std::move(file)),
      started_with_(settings),
      settings_(settings),
      in_force_(std::move(in_force)),
      manager_(manager),
      on_snapshot_(std::move(on_snapshot)),
      signals_(loop, SIGHUP),
      reminder_(loop),
      look_(loop),
      watch_(loop, [this] { reload_finished("a file has changed"); }) {
  watch_files(settings_);  // before clients can connect, so that later changes are noticed
  stamps_ = stamps_of(files_of(settings_), stamps_);
}

void Reload::start() {
  const auto executor = signals_.get_executor();
  spawn(executor, await_signals(), ignore_escaped);
  spawn(executor, remind_of_expiry(), ignore_escaped);
  spawn(executor, watch_.run(), ignore_escaped);
  if (started_with_.reload_every.count() != 0) spawn(executor, look_regularly(), ignore_escaped);
}

void Reload::stop() {
  stopping_ = true;  // cancel() does not reach a wait that is over but not resumed yet
  signals_.cancel();
  reminder_.cancel();
  look_.cancel();
  watch_.close();
}

Task<void> Reload::await_signals() {
  for (;;) {
    const auto [error, signal] = co_await signals_.async_wait(as_result);
    if (error || stopping_) co_return;
    reload_all();
  }
}

Task<void> Reload::remind_of_expiry() {
  for (;;) {
    warn_of_certificates(settings_, *in_force_);
    reminder_.expires_after(std::chrono::hours(12));
    const auto [interrupted] = co_await reminder_.async_wait(as_result);
    if (interrupted || stopping_) co_return;
  }
}

bool Reload::has_unread_change() const {
  return has_changed(stamps_, stamps_of(files_of(settings_), stamps_));
}

/// A net for changes that inotify does not report, such as those of other machines on NFS. It
/// cannot tell either when a writer has finished, so the file must not change for a while.
Task<void> Reload::look_regularly() {
  for (auto next = started_with_.reload_every;;) {
    look_.expires_after(next);
    if (const auto [error] = co_await look_.async_wait(as_result); error || stopping_) co_return;
    next = started_with_.reload_every;
    if (!has_unread_change()) continue;
    const auto seen = stamps_of(files_of(settings_), stamps_);
    look_.expires_after(settle_time);
    if (const auto [error] = co_await look_.async_wait(as_result); error || stopping_) co_return;
    next = std::min<std::chrono::milliseconds>(next, settle_time);
    if (stamps_of(files_of(settings_), seen) == seen && has_unread_change())
      reload_finished("a file has changed, as a timed look has found");
  }
}

/// A signal means that the operator wants the files read as they are, even if some are still open.
void Reload::reload_all() {
  watch_.look();
  watch_.take_as_finished();
  reload(file_.empty() ? config::Loaded(settings_) : read_file(), "SIGHUP", nullptr);
}

void Reload::reload_finished(const std::string& cause) {
  read_.clear();
  const InForce in_force{settings_, *in_force_,
                         [this](const std::string& file) { return may_read(file); }};
  reload(wanted(), cause, &in_force);
}

/// As at the start.
config::Loaded Reload::read_file() const {
  return config::load_file(file_, config::process_environment());
}

config::Loaded Reload::wanted() {
  const bool is_finished = !file_.empty() && may_read(file_);
  return is_finished && !is_missing() ? read_file() : config::Loaded(settings_);
}

bool Reload::is_missing() const {
  std::error_code ignored;
  return !file_.empty() && !std::filesystem::exists(file_, ignored);
}

bool Reload::may_read(const std::string& file) {
  if (!watch_.is_finished(file)) return false;
  read_.push_back(file);
  return true;
}

/// Returns whether a process has changed a file while it was read. It is read again when it is
/// finished, so what was found in it means nothing.
bool Reload::is_overtaken() {
  watch_.look();
  const auto is_changed = [this](const auto& file) { return !watch_.is_finished(file); };
  const auto changed = std::ranges::find_if(read_, is_changed);
  if (changed == read_.end()) return false;
  spdlog::debug("{} changed while it was being read: it will be read again", *changed);
  return true;
}

void Reload::reload(config::Loaded settings, const std::string& cause, const InForce* in_force) {
  manager_.reload_begins();
  manager_.reload_ended(try_reload(std::move(settings), cause, in_force));
}

/// Watches before it reads certificates, so that no change is missed. A missing file may still
/// appear.
bool Reload::try_reload(config::Loaded settings, const std::string& cause,
                        const InForce* in_force) {
  watch_files(settings ? *settings : settings_);
  auto stamps = stamps_of(files_of(settings ? *settings : settings_), stamps_);
  std::vector<std::string> mistakes;
  auto next = prepare(settings, in_force, mistakes);
  const bool is_kept = in_force != nullptr && is_missing();
  if (in_force != nullptr && is_overtaken()) return true;  // the next one tells
  stamps_ = std::move(stamps);
  if (!next) {
    ++failed_;
    for (const auto& mistake : mistakes) spdlog::error("{}", mistake);
    spdlog::error("reload ({}): nothing has changed, because of the mistakes above", cause);
    return false;
  }
  bring_into_force(std::move(*settings), std::move(next));
  ++(is_kept ? failed_ : done_);
  if (is_kept)
    spdlog::error("reload ({}): {} is not there: what was read from it stays in force", cause,
                  file_);
  else
    spdlog::info("reload ({}): in force for the next request of every client", cause);
  return !is_kept;
}

std::shared_ptr<const Snapshot> Reload::prepare(const config::Loaded& settings,
                                                const InForce* in_force,
                                                std::vector<std::string>& mistakes) const {
  const auto refuse = [&mistakes](const std::vector<config::Diagnostic>& found) {
    for (const auto& each : found) mistakes.push_back(to_string(each));
    return nullptr;
  };
  if (!settings) return refuse(settings.error());
  if (const auto fixed = config::fixed_changes(started_with_, *settings); !fixed.empty()) {
    mistakes.push_back(
        fmt::format("{} cannot change while tidegate runs: restart it", fmt::join(fixed, ", ")));
    return nullptr;
  }
  auto snapshot = make_snapshot(*settings, in_force);
  if (!snapshot) return refuse(snapshot.error());
  return std::move(*snapshot);
}

void Reload::bring_into_force(config::Settings settings, std::shared_ptr<const Snapshot> snapshot) {
  settings_ = std::move(settings);
  in_force_ = std::move(snapshot);
  spdlog::set_level(spdlog::level::from_str(settings_.log.level));
  warn_of_certificates(settings_, *in_force_);
  log_warnings(settings_);
  warn_of_shadows(settings_.policy_spec);
  on_snapshot_(in_force_);
}

std::vector<std::string> Reload::files_of(const config::Settings& settings) const {
  auto files = certificate_files(settings);
  if (!file_.empty()) files.push_back(file_);
  return files;
}

void Reload::watch_files(const config::Settings& settings) {
  const auto files = files_of(settings);
  if (files.empty()) return;
  for (const auto& problem : watch_.watch(files))
    spdlog::warn("cannot watch for changes, so send SIGHUP after each: {}", problem);
}

}  // namespace proxy
