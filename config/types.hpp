// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "config/address.hpp"
#include "config/fields.hpp"

/// The kinds of values that the file has, each strict: one spelling, and a message that shows it.
namespace config {

/// true or false, and none of YAML 1.1's yes, no, on and off.
Type<bool> boolean();
/// A whole number. T is std::size_t, or std::int64_t where the Engine API has signed numbers.
template <class T = std::size_t>
Type<T> count(std::size_t least, std::size_t most);
/// Bytes, as "64KiB".
template <class T = std::size_t>
Type<T> size(std::size_t least, std::size_t most);
/// The same, where 0 leaves it to tidegate.
Type<std::size_t> size_or_automatic(std::size_t least, std::size_t most);
/// 10^-9 CPUs, written as CPUs: "1.5".
Type<std::int64_t> cpus(std::int64_t least, std::int64_t most);
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
/// A name that clients reach a listener by, "gate.corp", or "*.corp" for all under it.
Type<std::string> own_host();
/// A web page's origin, as "https://portal.corp".
Type<std::string> origin();
/// Permissions in octal with a leading zero, as "0660".
Type<unsigned> file_mode();
/// An absolute path of a file.
Type<std::string> file_path();
/// The same, or "-" for standard output.
Type<std::string> output_path();
/// Users or groups.
struct AccountKind {
  const char* name;
  Accounts::Lookup Accounts::* lookup;
};
inline constexpr AccountKind users{"user", &Accounts::uid_of};
inline constexpr AccountKind groups{"group", &Accounts::gid_of};

/// The number of one, written as it or as a name that this machine knows.
Type<std::uint32_t> number_of(AccountKind);
/// A number or a name that this machine knows, as it is written.
Type<std::string> one_of(AccountKind);

}  // namespace config
