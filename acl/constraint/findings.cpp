// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/findings.hpp"

#include <algorithm>

#include "acl/capacity.hpp"
#include "acl/constraint/constraints.hpp"

namespace acl::constraint {

Findings::Violation& Findings::refuse(Violation violation) {
  const auto behind =
      std::ranges::upper_bound(violations_, violation.constraint, {}, &Violation::constraint);
  return *violations_.insert(behind, std::move(violation));
}

std::string Findings::message(Level level, bool from_file) const {
  std::string out;
  for (const Violation& v : violations_) {
    if (!out.empty()) out += "; ";
    out += v.path + " is " + v.value;
    out += v.constraint == Constraint::docker_socket ? ", docker_socket"
                                                     : ", level " + std::string(to_string(level));
    out += " wants " + v.wanted;
    if (v.opener.empty()) continue;
    out += (from_file ? ": `" : ": in a configuration file `") + v.opener + "` would allow it";
  }
  if (more_ != 0) out += "; and " + std::to_string(more_) + " more";
  return out;
}

std::size_t Findings::capacity() const {
  std::size_t all = capacity_of(violations_);
  for (const Violation& v : violations_)
    all += v.path.capacity() + v.value.capacity() + v.wanted.capacity() + v.opener.capacity() +
           v.last_resort.capacity();
  return all;
}

void Findings::clear() {
  violations_.clear();
  more_ = 0;
}

}  // namespace acl::constraint
