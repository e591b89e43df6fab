// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "acl/ip_network.hpp"
#include "config/fields.hpp"

/// Kinds of values that only constraints use.
namespace config {

/// An absolute path in canonical spelling.
Type<std::string> host_path();
/// The same; a component may be `*`.
Type<std::string> bind_path();
/// Permissions for a device: letters of "rwm", each at most once.
Type<std::string> device_permissions();
/// A GPU: "all", an index or a UUID.
Type<std::string> gpu_name();
/// A device's name in the Container Device Interface: "vendor.com/gpu=0".
Type<std::string> cdi_name();
/// A capability by the kernel's name, with or without CAP_. One that Linux does not have is warned
/// about.
Type<std::string> capability();
/// The name of a log driver or of a runtime. One that engines do not come with may be the
/// operator's own, so it is only warned about.
Type<std::string> log_driver();
Type<std::string> runtime();
/// A literal IPv4 or IPv6 address, without brackets.
Type<std::string> ip_address();
/// A network of at least 8 bits, as "10.20.0.0/16".
Type<acl::IpNetwork> subnet();
/// Maxima by ulimit name, as in `docker run --ulimit`.
Type<std::map<std::string, std::int64_t>> ulimits();
/// Labels and their values.
Type<std::map<std::string, std::string>> labels();

}  // namespace config
