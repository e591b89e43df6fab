// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/host_path.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace acl::constraint {
namespace {

// Links that distributions make; what an administrator made can't be seen from here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> links = {{
    {"/var/run", "/run"},
    {"/var/lock", "/run/lock"},
}};

constexpr std::array<std::string_view, 9> socket_places = {
    "/run/docker.sock",     "/run/docker",   "/run/containerd",
    "/run/podman",          "/run/crio",     "/run/cri-dockerd.sock",
    "/run/dockershim.sock", "/run/buildkit", "/run/docker.pid",
};

std::vector<std::string_view> components(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(part.size() + 1, path.size()));
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  return parts;
}

/// Whether `part` names a process in /proc: "1", "self", "thread-self".
bool is_process(std::string_view part) {
  return part.ends_with("self") || part.find_first_not_of("0123456789") == part.npos;
}

/// A process's root, cwd and the like in /proc are links to anywhere: what lies behind may be all.
bool leads_anywhere(const std::vector<std::string_view>& parts) {
  return parts.size() >= 2 && parts[0] == "proc" && is_process(parts[1]);
}

}  // namespace

std::string canonical_path(std::string_view path) {
  if (!path.starts_with('/')) return "/";
  const std::vector<std::string_view> parts = components(path);
  if (leads_anywhere(parts)) return "/";
  std::string out;
  for (const std::string_view part : parts) {
    out += '/';
    out += part;
    for (const auto& [link, target] : links) {
      if (out == link) out = target;
    }
  }
  return out.empty() ? "/" : out;
}

bool is_at_or_below(std::string_view path, std::string_view top) {
  if (top == "/") return true;
  return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

bool overlap(std::string_view path, std::string_view place) {
  if (is_at_or_below(path, place) || is_at_or_below(place, path)) return true;
  // Where /var/run is no link, /var holds what is in /run elsewhere.
  return path == "/var" && is_at_or_below(place, "/run");
}

bool may_show_a_socket(std::string_view path) {
  return std::any_of(socket_places.begin(), socket_places.end(),
                     [path](std::string_view place) { return overlap(path, place); });
}

}  // namespace acl::constraint
