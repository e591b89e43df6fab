// SPDX-License-Identifier: Apache-2.0
#include "acl/bind_rules.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include "acl/constraint/host_path.hpp"
#include "acl/constraint/path_tree.hpp"
#include "acl/text/shown.hpp"

namespace acl {
namespace {

using constraint::HostPlace;

/// A rule's place: "profiles.ci.containers.binds[2]".
std::string place_of(const std::string& profile, std::string_view list, std::size_t index) {
  return profile + ".containers." + std::string(list) + "[" + std::to_string(index) + "]";
}

bool uses_binds(const ProfileSpec& profile) {
  return Constraints(profile.constraints, {}).checks(Constraint::binds);
}

/// The paths that the rules of any profile let clients write.
class WritablePaths {
 public:
  struct Writable {
    std::string path, by;  ///< `by`: the rule's place in the configuration
  };

  explicit WritablePaths(const PolicySpec& spec) {
    add("/var/lib/docker/volumes/*/_data", "every named volume");
    for (const ProfileSpec& profile : spec.profiles) {
      if (uses_binds(profile)) add(profile);
    }
  }

  /// Returns whether a path that matches `pattern` may lie below one of them.
  const Writable* above(std::string_view pattern) const {
    const Writable* found = nullptr;
    tree_.visit_pattern(pattern, [&found](const std::optional<Writable>& here, bool is_it) {
      if (found == nullptr && here && !is_it) found = &*here;
    });
    return found;
  }

 private:
  void add(const std::string& path, const std::string& by) {
    tree_.grow(path, [&](std::optional<Writable>& here, bool is_it) {
      if (is_it && !here) here = {path, by};
    });
  }

  void add(const ProfileSpec& profile) {
    const auto& binds = profile.constraints.binds;
    for (std::size_t i = 0; i < binds.size(); ++i) {
      const std::string& path = binds[i].path;
      // An invalid path is reported elsewhere.
      if (binds[i].read_only || path != constraint::canonical_path(path)) continue;
      add(path, place_of("profiles." + shown(profile.name), "binds", i));
    }
  }

  constraint::PathTree<std::optional<Writable>> tree_;
};

std::string_view path_of(const BindRule& rule) {
  return rule.path;
}
/// \returns "" for a device that has another name
std::string_view path_of(const DeviceRule& rule) {
  return rule.path ? std::string_view(*rule.path) : std::string_view();
}

template <class Rule>
void check_list(const WritablePaths& writable, const std::vector<Rule>& rules,
                const std::string& profile, std::string_view list, std::vector<Mistake>& mistakes) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::string_view path = path_of(rules[i]);
    const auto* above = path.empty() ? nullptr : writable.above(path);
    if (above == nullptr) continue;
    mistakes.push_back({place_of(profile, list, i),
                        quoted(path) + " lies under " + quoted(above->path) + ", which " +
                            above->by +
                            " makes writable: its writers can put a link to anywhere in its "
                            "place",
                        "add `read_only: true` there, or list a path that no client can write to"});
  }
}

bool has_star(const BindRule& rule) {
  return rule.path.find("/*") != rule.path.npos;
}

std::string about_place(const BindRule& rule, const HostPlace& place) {
  const std::string holds = " holds " + std::string(place.holds);
  if (rule.path == place.path) return "this is the host: " + quoted(rule.path) + holds;
  return "this is the host: " + quoted(rule.path) + " reaches into " + quoted(place.path) +
         ", which" + holds;
}

/// Only /var/lib itself counts: its directories belong to applications.
bool is_host_to_read(const BindRule& rule, const HostPlace& place) {
  return place.path != "/var/lib" || rule.path == place.path;
}

/// \returns "" for a path that is not the host
std::string is_the_host(const Constraints& constraints, const BindRule& rule) {
  if (constraints.reaches_socket(rule.path)) {
    return "this is the host: " + quoted(rule.path) + " leads to sockets that give control of it";
  }
  const HostPlace* named = constraint::place_to_name(rule.path);
  if (named != nullptr && is_host_to_read(rule, *named)) return about_place(rule, *named);
  const HostPlace* written = rule.read_only ? nullptr : constraint::place_not_to_write(rule.path);
  return written == nullptr ? "" : about_place(rule, *written);
}

void warn_of_rule(const Constraints& constraints, const BindRule& rule, const std::string& where,
                  std::vector<Mistake>& out) {
  if (constraints.checks(Constraint::docker_socket) && constraints.reaches_socket(rule.path)) {
    out.push_back({where,
                   quoted(rule.path) + " is refused all the same: it leads to sockets that give "
                                       "control of the host",
                   "write `docker_socket: allow` to open these too"});
    return;
  }
  if (const auto* place = constraint::place_to_name(rule.path); place && has_star(rule)) {
    out.push_back({where,
                   quoted(rule.path) + " opens nothing: what is in " + quoted(place->path) +
                       " is opened only by paths without `*`",
                   "list each path that is needed"});
    return;
  }
  if (auto message = is_the_host(constraints, rule); !message.empty()) {
    out.push_back({where, std::move(message),
                   rule.read_only ? "list only what is needed of it"
                                  : "list only what is needed of it, or add `read_only: true`"});
  }
  if (rule.below) {
    out.push_back({where,
                   "opens what is below " + quoted(rule.path) +
                       ", and behind every link there: this is root on the host for anyone who can "
                       "write there",
                   "list paths, or give containers named volumes"});
  }
}

void warn_of_binds(const ProfileSpec& profile, const std::string& where,
                   std::vector<Mistake>& out) {
  const Constraints constraints(profile.constraints, {});
  if (!constraints.checks(Constraint::binds)) return;
  const auto& binds = profile.constraints.binds;
  for (std::size_t i = 0; i < binds.size(); ++i) {
    warn_of_rule(constraints, binds[i], place_of(where, "binds", i), out);
  }
}

/// If a directory is listed, the engine gives the container all devices in it.
void warn_of_devices(const ProfileSpec& profile, const std::string& where,
                     std::vector<Mistake>& out) {
  const auto& devices = profile.constraints.devices;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const std::string_view path = path_of(devices[i]);
    if (path != "/" && path != "/dev") continue;
    out.push_back({place_of(where, "devices", i),
                   "this is the host: " + quoted(path) + " has all its devices",
                   "list each device"});
  }
}

/// A path below one that clients may write is a mistake, so the hint suggests one with `*`.
std::string how_to_open_below(const BindRule& rule) {
  const bool is_by_name = constraint::place_to_name(rule.path) != nullptr;
  const std::string star = "`" + (rule.path == "/" ? "" : rule.path) + "/*`";
  const std::string instead =
      rule.read_only ? "add " + star : "replace it by " + star + ", use named volumes";
  return (is_by_name ? "list each path that is needed" : instead) +
         ", or write `below: unresolved`: that opens all that is below";
}

}  // namespace

void check_under_writable_paths(const PolicySpec& spec, std::vector<Mistake>& mistakes) {
  const WritablePaths writable(spec);
  for (const ProfileSpec& profile : spec.profiles) {
    const std::string where = "profiles." + shown(profile.name);
    if (uses_binds(profile)) {
      check_list(writable, profile.constraints.binds, where, "binds", mistakes);
    }
    check_list(writable, profile.constraints.devices, where, "devices", mistakes);
  }
}

void warn_of_host_paths(const ProfileSpec& profile, const std::string& where,
                        std::vector<Mistake>& out) {
  warn_of_binds(profile, where, out);
  warn_of_devices(profile, where, out);
}

void tell_changes_of_binds(const ProfileSpec& profile, const std::string& where,
                           std::vector<Mistake>& out) {
  if (!uses_binds(profile)) return;
  const auto& binds = profile.constraints.binds;
  for (std::size_t i = 0; i < binds.size(); ++i) {
    const std::string& path = binds[i].path;
    if (binds[i].below || has_star(binds[i])) continue;
    out.push_back({place_of(where, "binds", i), quoted(path) + " no longer opens what is below it",
                   how_to_open_below(binds[i])});
  }
}

}  // namespace acl
