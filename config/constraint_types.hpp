// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "acl/ip_network.hpp"
#include "config/fields.hpp"

/// The kinds of values that only constraints have.
namespace config {

/// An absolute path in its one spelling.
Type<std::string> host_path();
/// The same, where a component may be `*`.
Type<std::string> bind_path();
/// What a device may be opened for: letters of "rwm", each once.
Type<std::string> device_permissions();
/// A capability by the kernel's name, with or without CAP_.
Type<std::string> capability();
/// A literal IPv4 or IPv6 address, without brackets.
Type<std::string> ip_address();
/// A network of at least 8 bits, as "10.20.0.0/16".
Type<acl::IpNetwork> subnet();
/// Maxima by the names that `docker run --ulimit` has for them.
Type<std::map<std::string, std::int64_t>> ulimits();
/// Labels and their values.
Type<std::map<std::string, std::string>> labels();

}  // namespace config
