// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "config/address.hpp"
#include "config/fields.hpp"

/// The kinds of values that the file has, each strict: one spelling, and a message that shows it.
namespace config {

/// true or false, and none of YAML 1.1's yes, no, on and off.
Type<bool> boolean();
Type<std::size_t> count(std::size_t least, std::size_t most);
/// Bytes, as "64KiB".
Type<std::size_t> size(std::size_t least, std::size_t most);
/// The same, where 0 leaves it to tidegate.
Type<std::size_t> size_or_automatic(std::size_t least, std::size_t most);
/// A time above zero, as "10s".
Type<std::chrono::milliseconds> duration(std::chrono::milliseconds most);
/// The same, where 0 means that there is no limit.
Type<std::chrono::milliseconds> duration_or_off(std::chrono::milliseconds most);
/// Any text but the empty one.
Type<std::string> text();
Type<std::string> one_of(std::initializer_list<std::string_view> words);
/// Where something listens.
Type<Address> address();
/// Where the engine is: an address, or tcp with a host name.
Type<Address> upstream();
/// A host name or a literal address, without a port.
Type<std::string> host_name();
/// Permissions in octal with a leading zero, as "0660".
Type<unsigned> file_mode();
/// An absolute path of a file.
Type<std::string> file_path();
/// The same, or "-" for standard output.
Type<std::string> output_path();

}  // namespace config
