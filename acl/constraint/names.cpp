// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/names.hpp"

#include <algorithm>

#include "acl/constraint/checks.hpp"
#include "acl/constraint/image_reference.hpp"
#include "acl/object/ids.hpp"
#include "acl/text/shown.hpp"

namespace acl::constraint {
namespace {

constexpr std::string_view name_wanted =
    "a name that is not an id: neither 12 to 64 digits 0-9a-f nor 25 digits 0-9a-z";

}  // namespace

bool is_network_name(std::string_view name) {
  return !name.empty() && std::ranges::none_of(name, [](unsigned char c) {
    return c <= ' ' || c == 0x7f || c == ':' || c == '/';
  });
}

void check_container_name(Context& context) {
  auto name = context.request.parameter("name");
  if (name.starts_with('/')) name.remove_prefix(1);  // as the engine does
  if (!looks_like_engine_id(name)) return;
  context.refuse(Constraint::names, "name", Quoted{name}, name_wanted);
}

/// Local networks have the engine's ids, all others swarm's.
void check_new_network_name(Context& context, json::Value value) {
  const std::string_view name = value.text();
  const bool is_id = context.restricted() ? looks_like_engine_id(name) : is_engine_id(name);
  if (is_id || is_swarm_id(name)) context.refuse(Constraint::names, value, name_wanted);
}

void check_new_swarm_name(Context& context, json::Value name) {
  if (is_swarm_id(name.text())) context.refuse(Constraint::names, name, name_wanted);
}

void check_new_image_name(Context& context, std::string_view path, std::string_view reference) {
  constexpr std::string_view official = "docker.io/library/";
  const auto [repository, tag, digest] = complete(reference);
  if (!repository.starts_with(official) || tag != "latest") return;
  if (!looks_like_engine_id(std::string_view(repository).substr(official.size()))) return;
  context.refuse(Constraint::names, path, Quoted{without_userinfo(reference)}, name_wanted);
}

}  // namespace acl::constraint
