// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "acl/constraint/spec.hpp"
#include "acl/ip_network.hpp"
#include "acl/policy.hpp"
#include "config/fields.hpp"

/// The kinds of values that profiles and their constraints have.
namespace config {

Type<acl::Mode> profile_mode();
Type<acl::Level> level();
Type<acl::UnknownFields> unknown_fields();
Type<acl::Habits> habits();
/// "allow" is true, "refuse" false.
Type<bool> permission();
/// Bytes of memory, as "512MiB"; at least what the engine takes.
Type<std::int64_t> memory();
/// Bytes of a tmpfs; at least a page.
Type<std::int64_t> tmpfs_size();
/// "any" is true, "listed" false.
Type<bool> build_images();
/// 10^-9 CPUs, written as CPUs: "1.5".
Type<std::int64_t> cpus();
Type<std::int64_t> pids();
/// An absolute path in its one spelling.
Type<std::string> host_path();
/// The same, where a component may be `*`.
Type<std::string> bind_path();
/// What a rule of `binds` opens below its path.
Type<acl::Below> below();
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
