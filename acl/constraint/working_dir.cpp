// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "acl/constraint/parts.hpp"
#include "acl/text/path.hpp"

namespace acl::constraint {
/// /dev/fd is a link to /proc/self/fd.
bool is_plain_directory(std::string_view path) {
  const auto absolute = cleaned("/" + std::string(path));  // a relative one the engine refuses
  return !is_at_or_below(absolute, "/proc") && !is_at_or_below(absolute, "/dev/fd");
}

void check_working_dir(Context& context, json::Value directory) {
  if (is_plain_directory(directory.text())) return;
  context.refuse(Constraint::working_dir, directory, working_dir_wanted);
}

}  // namespace acl::constraint
