// SPDX-License-Identifier: Apache-2.0
#include "proxy/path_walk.hpp"

#include <deque>
#include <filesystem>

namespace proxy {

void walk_path(const std::string& file, const std::function<void(const PathStep&)>& visit) {
  namespace fs = std::filesystem;
  std::error_code failed;
  const auto whole = fs::absolute(file, failed);
  std::deque<fs::path> ahead(whole.begin(), whole.end());
  fs::path here;
  for (int links_left = 40; !ahead.empty();) {  // the kernel follows 40, too
    const auto name = ahead.front();
    ahead.pop_front();
    if (name == "/") here = name;
    if (name == "..") here = here.parent_path();
    if (name == "/" || name == ".." || name == "." || name.empty()) continue;
    visit({here, name, ahead.empty()});
    const auto target = fs::read_symlink(here / name, failed);
    if (failed) {
      here /= name;
      continue;
    }
    if (links_left-- == 0) return;
    ahead.insert(ahead.begin(), target.begin(), target.end());
  }
}

}  // namespace proxy
