// SPDX-License-Identifier: Apache-2.0
#include "acl/object/ids.hpp"

#include <cstddef>

#include "acl/text/ascii.hpp"

namespace acl {
namespace {

constexpr std::size_t shown_of_engine_id = 12, whole_engine_id = 64, whole_swarm_id = 25;

}  // namespace

bool is_engine_id(std::string_view text) {
  return text.size() == whole_engine_id && may_begin_engine_id(text);
}

bool looks_like_engine_id(std::string_view text) {
  return text.size() >= shown_of_engine_id && may_begin_engine_id(text);
}

bool is_swarm_id(std::string_view text) {
  return text.size() == whole_swarm_id && may_begin_swarm_id(text);
}

bool may_begin_engine_id(std::string_view text) {
  return text.size() <= whole_engine_id && has_only(text, "0123456789abcdef");
}

bool may_begin_swarm_id(std::string_view text) {
  return text.size() <= whole_swarm_id && has_only(text, "0123456789abcdefghijklmnopqrstuvwxyz");
}

}  // namespace acl
