// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "acl/operation.hpp"

/// Bodies that have one list, map or text as long as a body may be: what an attacker would send.
namespace linear {

/// One place in an operation's body that may hold many elements, and one kind of element for it.
struct Case {
  acl::Operation operation;
  std::string where;    ///< "HostConfig.Mounts[].Type"
  std::string before;   ///< the body up to the elements
  std::string element;  ///< `#` stands for its number, so that keys differ
  std::string between;  ///< "," or, within one long text, ""
  std::string after;
};

/// Every list and map of every body, with elements of several kinds; every text, with long option
/// strings; and every struct, with fields that no engine knows.
std::vector<Case> all_cases();

/// How many JSON values an element is: a body has a limit of these, too.
std::size_t values_of(const Case&);

/// The body with so many elements, fewer where it would grow beyond `most_bytes`.
std::string body_of(const Case&, std::size_t elements, std::size_t most_bytes);

}  // namespace linear
