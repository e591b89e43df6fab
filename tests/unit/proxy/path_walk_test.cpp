// SPDX-License-Identifier: Apache-2.0
// The names on the way to a file, any of which may be replaced.
#include "proxy/path_walk.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <vector>

namespace proxy {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::SizeIs;

class PathWalk : public testing::Test {
 protected:
  PathWalk() { fs::create_directories(root_ + "/releases/2"); }
  ~PathWalk() override { fs::remove_all(root_); }

  /// The names below the test's directory; one that ends the path is marked.
  std::vector<std::string> walk(const std::string& path) {
    std::vector<std::string> names;
    walk_path(path, [&](const PathStep& step) {
      const auto name = step.directory + "/" + step.name + (step.ends ? " ends" : "");
      if (name.starts_with(root_ + "/")) names.push_back(name.substr(root_.size() + 1));
    });
    return names;
  }

  const std::string root_ = fs::canonical(fs::temp_directory_path()).string() + "/path_walk_test";
};

TEST_F(PathWalk, goes_through_every_directory_above_a_file) {
  std::vector<std::string> names;
  walk_path("/etc/tidegate/../tidegate/./a.yaml",
            [&](const PathStep& step) { names.push_back(step.directory + " " + step.name); });
  EXPECT_THAT(names,
              ElementsAre("/ etc", "/etc tidegate", "/etc tidegate", "/etc/tidegate a.yaml"));
}

TEST_F(PathWalk, goes_on_where_a_link_leads) {
  fs::create_symlink("releases/2", root_ + "/current");
  EXPECT_THAT(walk(root_ + "/current/a.yaml"),
              ElementsAre("current", "releases", "releases/2", "releases/2/a.yaml ends"));
}

TEST_F(PathWalk, a_file_that_is_a_link_ends_twice) {
  fs::create_symlink(root_ + "/releases/b.yaml", root_ + "/a.yaml");
  EXPECT_THAT(walk(root_ + "/a.yaml"),
              ElementsAre("a.yaml ends", "releases", "releases/b.yaml ends"));
}

TEST_F(PathWalk, what_is_missing_is_on_the_way_too) {
  EXPECT_THAT(walk(root_ + "/gone/a.yaml"), ElementsAre("gone", "gone/a.yaml ends"));
}

TEST_F(PathWalk, a_circle_of_links_has_an_end) {
  fs::create_symlink("b", root_ + "/a");
  fs::create_symlink("a", root_ + "/b");
  EXPECT_THAT(walk(root_ + "/a"), SizeIs(41));
}

}  // namespace
}  // namespace proxy
