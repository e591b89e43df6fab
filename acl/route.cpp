// SPDX-License-Identifier: Apache-2.0
#include "acl/route.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <tuple>

#include "acl/operation_table.hpp"

namespace acl {
namespace {

// The segments that a name spans in the engine's router: `[^/]+` or `.*`.
enum class NameShape : std::uint8_t { none, segment, greedy, greedy_served };

// A path pattern cut at its names: prefix, name, suffix and, for checkpoints, one more segment.
struct Route {
  Operation operation = Operation::unknown;
  Method method = Method::unknown;
  std::string_view first_segment;
  std::string_view prefix;
  NameShape shape = NameShape::none;
  std::string_view suffix;
  bool segment_after_suffix = false;
};

constexpr std::string_view first_segment_of(std::string_view path) {
  const auto end = path.find('/', 1);
  return path.substr(0, end);
}

constexpr NameShape shape_of(std::string_view placeholder) {
  if (placeholder.ends_with("**}")) return NameShape::greedy_served;
  if (placeholder.ends_with("*}")) return NameShape::greedy;
  return NameShape::segment;
}

constexpr Route route_from(const OperationInfo& operation) {
  Route route;
  route.operation = operation.id;
  route.method = operation.method;
  route.first_segment = first_segment_of(operation.path);
  route.prefix = operation.path;
  const auto open = operation.path.find('{');
  if (open == std::string_view::npos) return route;
  const auto close = operation.path.find('}');
  route.prefix = operation.path.substr(0, open);
  route.shape = shape_of(operation.path.substr(open, close + 1 - open));
  route.suffix = operation.path.substr(close + 1);
  const auto second = route.suffix.find('{');
  route.segment_after_suffix = second != std::string_view::npos;
  route.suffix = route.suffix.substr(0, second);
  return route;
}

// The engine takes the first route that matches, in the order of its routers. Where several
// patterns match one path, the more literal one comes first: /containers/json before
// /images/{name:.*}/json, DELETE …/checkpoints/{checkpoint} before DELETE /containers/{name:.*}.
constexpr auto order_of(const Route& route) {
  return std::tuple(route.method, route.first_segment, route.shape != NameShape::none,
                    route.suffix.empty(), route.operation);
}

constexpr auto routes = [] {
  std::array<Route, operation_count> all{};
  std::ranges::transform(operation_table, all.begin(), route_from);
  std::ranges::sort(all, {}, order_of);
  return all;
}();

constexpr bool belongs(const Route& route, Method method, std::string_view first_segment) {
  return route.method == method && route.first_segment == first_segment;
}

// The range of routes with the same method and first segment, by a hash of both.
struct Group {
  std::uint8_t begin = 0;
  std::uint8_t end = 0;  // 0: no group here
};
constexpr std::size_t group_slots = 256;
static_assert(operation_count < 256);

constexpr std::size_t slot_of(Method method, std::string_view first_segment) {
  const std::size_t letters = first_segment.size() < 2
                                  ? 0
                                  : static_cast<std::uint8_t>(first_segment[1]) * 5U +
                                        static_cast<std::uint8_t>(first_segment.back());
  return (letters * 7 + first_segment.size() * 3 + static_cast<std::size_t>(method) * 37) %
         group_slots;
}

constexpr auto groups = [] {
  std::array<Group, group_slots> index{};
  for (std::size_t begin = 0, end = 0; begin < routes.size(); begin = end) {
    const Route& first = routes[begin];
    while (end < routes.size() && belongs(routes[end], first.method, first.first_segment)) ++end;
    std::size_t slot = slot_of(first.method, first.first_segment);
    while (index[slot].end != 0) slot = (slot + 1) % group_slots;
    index[slot] = {static_cast<std::uint8_t>(begin), static_cast<std::uint8_t>(end)};
  }
  return index;
}();

std::span<const Route> candidates(Method method, std::string_view first_segment) {
  for (std::size_t slot = slot_of(method, first_segment); groups[slot].end != 0;
       slot = (slot + 1) % group_slots) {
    const auto [begin, end] = groups[slot];
    if (belongs(routes[begin], method, first_segment)) {
      return std::span(routes).subspan(begin, end - begin);
    }
  }
  return {};
}

// The part of `path` that is the route's name; empty if the route does not match. Control
// characters have been refused already, so `.` in the engine's patterns matches any byte here.
std::string_view name_in(std::string_view path, const Route& route) {
  if (!path.starts_with(route.prefix)) return {};
  path.remove_prefix(route.prefix.size());
  if (route.segment_after_suffix) path = path.substr(0, path.rfind('/') + 1);
  if (!path.ends_with(route.suffix)) return {};
  path.remove_suffix(route.suffix.size());
  const bool slashes = path.find('/') != std::string_view::npos;
  return slashes && route.shape == NameShape::segment ? std::string_view{} : path;
}

}  // namespace

RouteMatch route(Method method, std::string_view path) {
  if (path == "/networks/") path.remove_suffix(1);  // the engine has this route, too
  // The engine answers OPTIONS alike on every path; the path names nothing.
  if (method == Method::options) return {.operation = Operation::OptionsAny};
  for (const Route& route : candidates(method, first_segment_of(path))) {
    if (route.shape == NameShape::none) {
      if (path == route.prefix) return {.operation = route.operation};
      continue;
    }
    const auto name = name_in(path, route);
    if (name.empty()) continue;
    return {.operation = route.operation,
            .name_begin = route.prefix.size(),
            .name_size = name.size(),
            .name_may_have_slashes = route.shape == NameShape::greedy_served};
  }
  return {};
}

}  // namespace acl
