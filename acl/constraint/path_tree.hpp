// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace acl::constraint {

/// Values by canonical path; a component `*` matches any one component. The time of a search
/// depends on the length of its path, not on the number of paths in the tree.
template <class Value>
class PathTree {
 public:
  /// Calls use(value, whether it is the path's own) for each directory above `path` and for the
  /// path itself, from "/" down, and creates missing values.
  template <class Use>
  void grow(std::string_view path, Use use) {
    Node* node = &root_;
    std::string_view rest = inside(path);
    use(node->value, rest.empty());
    while (!rest.empty()) {
      const std::string_view part = take_component(rest);
      auto& next = part == "*" ? node->any : node->below[std::string(part)];
      if (!next) next = std::make_unique<Node>();
      node = next.get();
      use(node->value, rest.empty());
    }
  }

  /// Calls use(value, whether it is the path's own) for each stored path that matches `path` or a
  /// directory above it.
  template <class Use>
  void visit(std::string_view path, Use use) const {
    walk(root_, inside(path), false, use);
  }

  /// The same for all paths that match a pattern: a `*` in it matches every component.
  template <class Use>
  void visit_pattern(std::string_view pattern, Use use) const {
    walk(root_, inside(pattern), true, use);
  }

 private:
  /// Compares lengths first: most names differ in length, so no bytes are compared.
  struct Shorter {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const {
      return a.size() != b.size() ? a.size() < b.size() : a < b;
    }
  };

  struct Node {
    Value value{};
    std::map<std::string, std::unique_ptr<Node>, Shorter> below;
    std::unique_ptr<Node> any;  ///< the child for `*`
  };

  static std::string_view inside(std::string_view path) {
    return path.starts_with('/') ? path.substr(1) : path;
  }

  static std::string_view take_component(std::string_view& rest) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    return part;
  }

  // Visits each node at most once, and goes no deeper than the tree.
  template <class Use>
  static void walk(const Node& node, std::string_view rest, bool is_pattern, Use& use) {
    use(node.value, rest.empty());
    if (rest.empty()) return;
    const std::string_view part = take_component(rest);
    if (node.any) walk(*node.any, rest, is_pattern, use);
    if (is_pattern && part == "*") {
      for (const auto& [name, next] : node.below) walk(*next, rest, is_pattern, use);
    } else if (const auto found = node.below.find(part); found != node.below.end()) {
      walk(*found->second, rest, is_pattern, use);
    }
  }

  Node root_;
};

}  // namespace acl::constraint
