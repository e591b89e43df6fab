// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/system/result.hpp>
#include <string>

namespace tls {

/// What is wrong, as a sentence for the operator: names the file, and what would be right.
struct Problem {
  std::string message;
};

/// A value, or the Problem that took its place. Never call value(): ask first. Not for strings,
/// which could be either.
template <class T>
using Result = boost::system::result<T, Problem>;

}  // namespace tls
