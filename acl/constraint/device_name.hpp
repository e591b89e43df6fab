// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace acl::constraint {

/// Returns whether a text can name a GPU: "all", an index as "0", or a UUID as NVIDIA and AMD write
/// it, "GPU-3a23c669-1f69-c64e-cf85-44e9b07e7a2a" or "0xef2c1799a1f3e2ed". A path and a CDI device
/// are something else, whatever a driver would make of them.
bool is_gpu_name(std::string_view text);

/// Returns whether a text is a device's name in the Container Device Interface: "vendor.com/gpu=0".
bool is_cdi_name(std::string_view text);

}  // namespace acl::constraint
