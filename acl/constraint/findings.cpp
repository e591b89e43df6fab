// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/findings.hpp"

#include <algorithm>

#include "acl/capacity.hpp"
#include "acl/constraint/constraints.hpp"

namespace acl::constraint {

void Findings::refuse(Constraint constraint, std::string path, std::string value,
                      std::string wanted) {
  const auto behind = std::ranges::upper_bound(violations_, constraint, {}, &Violation::constraint);
  violations_.insert(behind, {constraint, std::move(path), std::move(value), std::move(wanted)});
}

std::string Findings::message(Level level) const {
  std::string out;
  for (const Violation& v : violations_) {
    if (!out.empty()) out += "; ";
    out += v.path + " is " + v.value;
    out += v.constraint == Constraint::docker_socket ? ", docker_socket"
                                                     : ", level " + std::string(to_string(level));
    out += " wants " + v.wanted;
  }
  if (more_ != 0) out += "; and " + std::to_string(more_) + " more";
  return out;
}

std::size_t Findings::capacity() const {
  std::size_t all = capacity_of(violations_);
  for (const Violation& v : violations_)
    all += v.path.capacity() + v.value.capacity() + v.wanted.capacity();
  return all;
}

void Findings::clear() {
  violations_.clear();
  more_ = 0;
}

}  // namespace acl::constraint
