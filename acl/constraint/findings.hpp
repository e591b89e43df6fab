// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/constraint.hpp"
#include "acl/constraint/spec.hpp"

namespace acl::constraint {

/// All that is wrong with one request, so that a client need not mend it piece by piece. In the
/// order of constraints.inc, so that the first reason does not depend on how the client orders its
/// fields.
class Findings {
 public:
  static constexpr std::size_t most = 20;  ///< more are counted, not told

  /// Whether another violation would only be counted.
  bool full() const { return violations_.size() == most; }
  void count() { ++more_; }
  /// To be called while there is room. \param path of the field: "HostConfig.Privileged"; for query
  /// parameters their name
  /// \param value as messages may show it: a secret never
  void refuse(Constraint, std::string path, std::string value, std::string wanted);

  bool empty() const { return violations_.empty(); }
  Constraint first() const { return violations_.front().constraint; }
  /// "HostConfig.Privileged is true, level baseline wants false; HostConfig.Binds[0] is …"
  std::string message(Level) const;
  /// The memory that its list and texts have.
  std::size_t capacity() const;
  void clear();

 private:
  struct Violation {
    Constraint constraint;
    std::string path, value, wanted;
  };
  std::vector<Violation> violations_;
  std::size_t more_ = 0;
};

}  // namespace acl::constraint
