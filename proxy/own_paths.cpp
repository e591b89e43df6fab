// SPDX-License-Identifier: Apache-2.0
#include "proxy/own_paths.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "acl/text/shown.hpp"
#include "config/yaml.hpp"
#include "proxy/path_walk.hpp"
#include "proxy/snapshot.hpp"
#include "proxy/socket_lock.hpp"
#include "proxy/unix_socket_file.hpp"

namespace proxy {
namespace {

/// Where a path leads. The file itself may not exist yet.
class Destination {
 public:
  explicit Destination(const std::string& path) {
    PathStep last;
    walk_path(path, [&last](const PathStep& step) { last = step; });
    directory_ = file_at(last.directory);
    path_ = last.directory + "/" + last.name;
    name_ = std::move(last.name);
    file_ = file_at(path_);
  }

  bool operator==(const Destination& other) const {
    if (file_ && file_ == other.file_) return true;
    const bool one_directory = directory_ && directory_ == other.directory_;
    return path_ == other.path_ || (one_directory && name_ == other.name_);
  }

 private:
  std::string path_, name_;
  std::optional<FileIdentity> directory_, file_;
};

class OwnPaths {
 public:
  explicit OwnPaths(const config::Settings& settings) : settings_(settings) {}

  std::vector<config::Diagnostic> shared() {
    add(settings_.upstream.path, "`upstream`");
    add(settings_.places.file(), "the configuration");
    for (const auto& file : certificate_files(settings_)) add(file, "the certificates");
    for (std::size_t i = 0; i < settings_.listeners.size(); ++i)
      claim_socket(settings_.listeners[i], config::join("listeners", i));
    if (settings_.admin) claim_socket(*settings_.admin, "admin");
    if (settings_.audit.file != "-") claim(settings_.audit.file, "audit.file");
    return std::move(shared_);
  }

 private:
  struct Known {
    Destination destination;
    std::string of;
  };

  void claim_socket(const config::Listener& listener, const std::string& name) {
    const auto& path = listener.address.path;
    if (path.empty()) return;
    claim(path, name + ".address");
    add(lock_of(path), "the lock of " + name);
  }

  /// Nothing else may lead to a path that tidegate makes or writes.
  void claim(const std::string& path, const std::string& where) {
    const Destination destination(path);
    const auto other = std::ranges::find(known_, destination, &Known::destination);
    if (other != known_.end()) {
      auto said =
          acl::quoted(path) + " leads to the same file as " + other->of + ": write another path";
      shared_.push_back(settings_.places.diagnostic(where, std::move(said)));
    }
    known_.push_back({destination, where});
  }

  void add(const std::string& path, std::string of) {
    if (!path.empty()) known_.push_back({Destination(path), std::move(of)});
  }

  const config::Settings& settings_;
  std::vector<Known> known_;
  std::vector<config::Diagnostic> shared_;
};

}  // namespace

std::vector<config::Diagnostic> shared_paths(const config::Settings& settings) {
  return OwnPaths(settings).shared();
}

}  // namespace proxy
