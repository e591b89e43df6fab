// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "acl/constraint/spec.hpp"
#include "config/fields.hpp"

/// The keys of `profiles.<name>.containers`: the level, and the keys that widen or narrow it.
namespace config {

const Table<acl::ConstraintSpec>& constraint_keys();
const Table<acl::BindRule>& bind_keys();
const Table<acl::DeviceRule>& device_keys();
const Table<acl::BuildSpec>& build_keys();
const Table<acl::EnforceSpec>& enforce_keys();

/// For a constraint's name where a key belongs, as `privileged: true`: how to switch it off.
std::string advise_waiver(std::string_view key);

}  // namespace config
