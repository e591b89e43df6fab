// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/constraint.hpp"
#include "acl/constraint/spec.hpp"

namespace acl::constraint {

/// All violations of one request, so that a client can fix them at once. They are in the order of
/// constraints.inc, so that the first reason does not depend on the order of the client's fields.
class Findings {
 public:
  static constexpr std::size_t most = 20;  ///< further violations are only counted

  /// Returns whether another violation would only be counted.
  bool full() const { return violations_.size() == most; }
  void count() { ++more_; }
  /// Adds a violation; call it only while there is room. \param path the field's path,
  /// "HostConfig.Privileged", or the name of a query parameter
  /// \param value as messages may show it; never a secret
  void refuse(Constraint, std::string path, std::string value, std::string wanted);

  bool empty() const { return violations_.empty(); }
  Constraint first() const { return violations_.front().constraint; }
  /// All violations as text: "HostConfig.Privileged is true, level baseline wants false;
  /// HostConfig.Binds[0] is …".
  std::string message(Level) const;
  /// The memory of its list and texts.
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
