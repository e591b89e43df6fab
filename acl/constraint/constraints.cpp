// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/constraints.hpp"

#include "acl/constraint/host_path.hpp"

namespace acl {

Constraints::Constraints(ConstraintSpec spec, const std::vector<std::string>& protected_paths)
    : spec_(std::move(spec)) {
  if (spec_.level != Level::unconfined) checked_.set();
  for (const std::string& key : spec_.waive) {
    if (const auto waived = constraint_by_key(key)) {
      checked_.reset(static_cast<std::size_t>(*waived));
    }
  }
  // The one constraint that every level has, and that only its own key takes away.
  checked_.set(static_cast<std::size_t>(Constraint::docker_socket), !spec_.docker_socket);
  for (const std::string& path : protected_paths) {
    protected_.push_back(constraint::canonical_path(path));
  }
  if (spec_.images) images_.emplace(*spec_.images);
  if (spec_.images_write) images_write_.emplace(*spec_.images_write);
  for (BindRule& rule : spec_.binds) rule.path = constraint::canonical_path(rule.path);
}

bool Constraints::reaches_socket(std::string_view source) const {
  const std::string path = constraint::canonical_path(source);
  for (const std::string& socket : protected_) {
    if (constraint::overlap(path, socket)) return true;
  }
  return constraint::may_show_a_socket(path);
}

std::string_view to_string(Level level) {
  switch (level) {
    case Level::unconfined: return "unconfined";
    case Level::baseline: return "baseline";
    case Level::restricted: return "restricted";
  }
  return "";
}

}  // namespace acl
