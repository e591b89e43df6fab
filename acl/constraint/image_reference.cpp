// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/image_reference.hpp"

#include <algorithm>

namespace acl::constraint {
namespace {

bool is_upper_case(char c) {
  return c >= 'A' && c <= 'Z';
}

}  // namespace

std::string_view take_tag(std::string_view& name) {
  const auto colon = name.rfind(':');
  const auto slash = name.rfind('/');
  if (colon == name.npos || (slash != name.npos && colon < slash)) return {};
  const auto tag = name.substr(colon + 1);
  name = name.substr(0, colon);
  return tag;
}

// Follows distribution/reference: a first component is a registry if it looks like a host. Older
// engines take one with capitals for a folder on the hub, where no name has capitals.
std::string with_registry(std::string_view name) {
  constexpr std::string_view hub = "docker.io";
  if (name.starts_with("**")) return std::string(name);
  const auto slash = name.find('/');
  const auto first = name.substr(0, slash);
  const bool is_host =
      slash != name.npos && (first.find_first_of(".:*") != first.npos || first == "localhost" ||
                             std::ranges::any_of(first, is_upper_case));
  if (is_host && first == "index.docker.io") {
    return std::string(hub) + std::string(name.substr(slash));
  }
  if (is_host && first != hub) return std::string(name);
  const auto rest = is_host ? name.substr(slash + 1) : name;
  const bool official = rest.find('/') == rest.npos && !rest.starts_with("**");
  return std::string(hub) + (official ? "/library/" : "/") + std::string(rest);
}

ImageReference complete(std::string_view reference) {
  ImageReference out;
  const auto at = reference.find('@');
  auto name = reference.substr(0, at);
  out.tag = take_tag(name);
  if (at != reference.npos) out.digest = reference.substr(at + 1);
  if (out.tag.empty() && out.digest.empty()) out.tag = "latest";
  out.repository = with_registry(name);
  return out;
}

bool may_be_an_id(std::string_view reference) {
  return reference.starts_with("sha256:") ||
         reference.find_first_not_of("0123456789abcdefABCDEF") == reference.npos;
}

}  // namespace acl::constraint
