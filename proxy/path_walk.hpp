// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

namespace proxy {

/// One name on the way to a file, as the kernel follows it.
struct PathStep {
  std::string directory;  ///< without links
  std::string name;       ///< a directory, a link or the file itself; may be missing
  bool ends = false;      ///< nothing comes behind it, unless it is a link
};

/// Calls `visit` for each name on the way to `file`, those in the targets of links included: any of
/// them may be replaced, such as `current -> releases/2` or `..data` in a volume of Kubernetes. A
/// link is read after its visit, so that whoever watches it from then on misses no change.
void walk_path(const std::string& file, const std::function<void(const PathStep&)>& visit);

}  // namespace proxy
