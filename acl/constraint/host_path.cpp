// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/host_path.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace acl::constraint {
namespace {

// Links that distributions create; those that an administrator created cannot be seen from here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> links = {{
    {"/var/run", "/run"},
    {"/var/lock", "/run/lock"},
    {"/dev/fd", "/proc/self/fd"},
}};

// From the top down: the last match is the deepest.
constexpr std::array<HostPlace, 5> places_to_name = {{
    {"/dev", "its disks and other devices"},
    {"/sys", "its kernel's settings and devices"},
    {"/var/lib", "the data of its services, the engine's among them"},
    {"/var/lib/docker", "the files of all containers, images and volumes"},
    {"/var/lib/containerd", "the files of all containers and images"},
}};

constexpr std::array<HostPlace, 11> places_not_to_write = {{
    {"/bin", "programs that root runs"},
    {"/boot", "its kernel"},
    {"/etc", "its users, services and scheduled commands"},
    {"/home", "keys and start-up files of its users"},
    {"/lib", "programs that root runs"},
    {"/lib32", "programs that root runs"},
    {"/lib64", "programs that root runs"},
    {"/libx32", "programs that root runs"},
    {"/root", "keys and start-up files of root"},
    {"/sbin", "programs that root runs"},
    {"/usr", "programs that root runs"},
}};

std::string_view take_component(std::string_view& path) {
  const auto end = std::min(path.find('/', 1), path.size());
  const std::string_view part = path.substr(0, end);
  path.remove_prefix(end);
  return part;
}

/// Skips the leading components that match in both. \returns whether all that both have match
bool take_fitting(std::string_view& path, std::string_view& pattern) {
  while (!path.empty() && !pattern.empty()) {
    const auto part = take_component(path), wanted = take_component(pattern);
    if (part != wanted && (wanted != "/*" || part == "/")) return false;
  }
  return true;
}

/// Returns whether something that matches `pattern` may be `top` or lie in it.
bool reaches_into(std::string_view pattern, std::string_view top) {
  return take_fitting(top, pattern) && top.empty();
}

}  // namespace

std::string canonical_path(std::string_view path) {
  if (!path.starts_with('/')) return "/";
  std::string out = cleaned(path);
  for (const auto& [link, target] : links) {
    if (is_at_or_below(out, link)) out.replace(0, link.size(), target);
  }
  return out.empty() ? "/" : out;
}

std::string unclean_path(std::string_view path) {
  return climbs(path) || path.find('\\') != path.npos ? "/" : canonical_path(path);
}

bool fits(std::string_view path, std::string_view pattern) {
  return take_fitting(path, pattern) && path.empty() && pattern.empty();
}

const HostPlace* place_to_name(std::string_view path) {
  const HostPlace* deepest = nullptr;
  for (const HostPlace& place : places_to_name) {
    if (is_at_or_below(path, place.path)) deepest = &place;
  }
  return deepest;
}

const HostPlace* place_not_to_write(std::string_view pattern) {
  const auto found = std::ranges::find_if(places_not_to_write, [=](const HostPlace& place) {
    if (place.path == "/home") return pattern == "/home/*" || fits(place.path, pattern);
    return reaches_into(pattern, place.path);
  });
  return found == places_not_to_write.end() ? nullptr : &*found;
}

}  // namespace acl::constraint
