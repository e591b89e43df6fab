// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// Forms of the ids that engines give to objects, and that clients name them by.
namespace acl {

/// A full id of an engine: 64 hex digits.
bool is_engine_id(std::string_view text);
/// An id of an engine as `docker ps` shows it: 12 to 64 hex digits.
bool looks_like_engine_id(std::string_view text);
/// A full id of a swarm: 25 digits of base 36.
bool is_swarm_id(std::string_view text);

// "" is the beginning of every id.
bool may_begin_engine_id(std::string_view text);
bool may_begin_swarm_id(std::string_view text);

}  // namespace acl
