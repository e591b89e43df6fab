// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "acl/result.hpp"

namespace config {

inline constexpr std::size_t KiB = 1024;
inline constexpr std::size_t MiB = 1024 * KiB;
inline constexpr std::size_t GiB = 1024 * MiB;

/// Reads "500ms", "10s", "5m", "1h", "7d" or "0": one whole number and one unit.
/// \returns the time, or a sentence that says what is wrong and what would be right
acl::Result<std::chrono::milliseconds, std::string> parse_duration(std::string_view text);

/// Reads a number of bytes: "65536", "64KiB", "1MiB", "2GiB", or "64k", "1m", "2g" for the same
/// powers of 1024, as in `docker run --memory`.
/// \returns the bytes, or a sentence that says what is wrong and what would be right
acl::Result<std::size_t, std::string> parse_size(std::string_view text);

/// Reads a whole number in decimal digits.
acl::Result<std::size_t, std::string> parse_count(std::string_view text);

std::string format_count(std::size_t);

/// Reads a number of CPUs, "2" or "0.5", with at most nine decimal places.
/// \returns 10^-9 CPUs, or a sentence that says what is wrong and what would be right
acl::Result<std::int64_t, std::string> parse_cpus(std::string_view text);

/// Writes a number of CPUs that parse_cpus reads back.
std::string format_cpus(std::int64_t nano_cpus);

/// Writes a time in the largest unit that divides it; parse_duration reads it back.
std::string format_duration(std::chrono::milliseconds);

/// Writes a size in the largest unit that divides it; parse_size reads it back.
std::string format_size(std::size_t bytes);

}  // namespace config
