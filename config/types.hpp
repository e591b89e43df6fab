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

/// The kinds of values in the file. Each accepts one spelling only and shows it in its message.
namespace config {

/// true or false; YAML 1.1's yes, no, on and off are refused.
Type<bool> boolean();
/// A whole number. T is std::size_t, or std::int64_t where the Engine API has signed numbers.
template <class T = std::size_t>
Type<T> count(std::size_t least, std::size_t most);
/// A number of bytes, as "64KiB".
template <class T = std::size_t>
Type<T> size(std::size_t least, std::size_t most);
/// The same; 0 lets tidegate choose.
Type<std::size_t> size_or_automatic(std::size_t least, std::size_t most);
/// A number of CPUs, "1.5", stored in 10^-9 CPUs.
Type<std::int64_t> cpus(std::int64_t least, std::int64_t most);
/// A time above zero, as "10s".
Type<std::chrono::milliseconds> duration(std::chrono::milliseconds most);
/// The same; 0 means no limit.
Type<std::chrono::milliseconds> duration_or_off(std::chrono::milliseconds most);
/// Any non-empty text.
Type<std::string> text();
Type<std::string> one_of(std::initializer_list<std::string_view> words);
/// An address to listen on.
Type<Address> address();
/// The engine's address, which may be tcp with a host name.
Type<Address> upstream();
/// A host name or a literal address, without a port.
Type<std::string> host_name();
/// A name under which clients reach a listener: "gate.corp", or "*.corp" for all below it.
Type<std::string> own_host();
/// The origin of a web page: "https://portal.corp".
Type<std::string> origin();
/// Permissions in octal with a leading zero: "0660".
Type<unsigned> file_mode();
/// An absolute path of a file, or a credential; see path_of().
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

/// A user or group number, written as a number or as a name that this machine knows.
Type<std::uint32_t> number_of(AccountKind);
/// The same, kept as written.
Type<std::string> one_of(AccountKind);

}  // namespace config
