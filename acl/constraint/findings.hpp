// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
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
  struct Violation {
    Constraint constraint;
    std::string path;   ///< the field's, "HostConfig.Privileged", or a query parameter's name
    std::string value;  ///< as messages may show it; never a secret
    std::string wanted;
    std::string opener;  ///< the configuration that would allow it; empty: none should lightly
    /// The same where none should lightly: no message names it, only `explain`. Empty: there is
    /// none but `waive`.
    std::string last_resort = {};
  };
  /// Adds a violation; call it only while there is room. \returns it, until the next one is added
  Violation& refuse(Violation);

  bool empty() const { return violations_.empty(); }
  std::span<const Violation> violations() const { return violations_; }
  std::size_t more() const { return more_; }  ///< violations that were only counted
  Constraint first() const { return violations_.front().constraint; }
  /// All violations as text: "HostConfig.Privileged is true, level baseline wants false;
  /// HostConfig.Binds[0] is …".
  /// \param from_file whether the policy has a file, to which a key could be added
  std::string message(Level, bool from_file) const;
  /// The memory of its list and texts.
  std::size_t capacity() const;
  void clear();

 private:
  std::vector<Violation> violations_;
  std::size_t more_ = 0;
};

}  // namespace acl::constraint
