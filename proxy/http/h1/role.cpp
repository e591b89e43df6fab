// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>

#include "proxy/http/h1/connection.hpp"
#include "proxy/http/head_reader.hpp"

namespace proxy::http::h1 {

using acl::Reason;

namespace {

/// Returns whether a head begins as that of ImageBuild. This need not be exact, since only the
/// bound of the head depends on it.
bool begins_a_build(std::string_view begun) {
  constexpr std::string_view method = "POST ", build = "/build";
  constexpr std::size_t longest = 16;  // as "/v1.999/build?"
  if (!begun.starts_with(method)) return false;
  auto path = begun.substr(method.size(), longest);
  path = path.substr(0, path.find_first_of("? "));
  if (!path.ends_with(build)) return false;
  const auto version = path.substr(0, path.size() - build.size());
  return version.empty() || (version.starts_with("/v") && version.rfind('/') == 0);
}

/// Clients send the credentials of all registries that they know with each build.
std::size_t most_bytes(std::string_view begun, const config::Limits& limits) {
  const bool more = begun.size() >= limits.head_bytes && begins_a_build(begun);
  return limits.head_bytes + (more ? limits.registry_config_bytes : 0);
}

}  // namespace

std::optional<Reason> ClientRole::hopeless(std::string_view begun, std::size_t seen,
                                           const config::Limits& limits) const {
  if (const auto reason = http::hopeless(begun, seen)) return reason;
  constexpr std::size_t around_target = 32;  // room for the method and the version
  const bool first_line = begun.find('\n') == begun.npos;
  if (first_line && begun.size() > limits.target_bytes + around_target)
    return Reason::target_too_long;
  const bool too_large = begun.size() >= most_bytes(begun, limits);
  return too_large ? std::optional(Reason::head_too_large) : std::nullopt;
}

std::optional<Reason> ClientRole::read(std::string_view bytes, const config::Limits& limits,
                                       RequestHead& head) const {
  const HeadLimits bounds{most_bytes(bytes, limits), limits.head_fields, limits.target_bytes};
  if (const auto reason = heads.read_request(bytes, bounds, head)) return reason;
  if (bytes.size() <= limits.head_bytes) return std::nullopt;
  const auto config = head.value_of(Known::x_registry_config).size();
  const auto others = bytes.size() - std::min(config, limits.registry_config_bytes);
  return others > limits.head_bytes ? std::optional(Reason::head_too_large) : std::nullopt;
}

std::optional<Reason> EngineRole::hopeless(std::string_view begun, std::size_t /*seen*/,
                                           const config::Limits& limits) const {
  const bool too_large = begun.size() >= std::min(limits.head_bytes, BufferPool::block_size);
  return too_large ? std::optional(Reason::upstream_malformed) : std::nullopt;
}

std::optional<Reason> EngineRole::read(std::string_view bytes, const config::Limits& limits,
                                       ResponseHead& head) const {
  const HeadLimits bounds{limits.head_bytes, limits.head_fields, limits.head_bytes};
  return heads.read_answer(bytes, bounds, answers_head, head);
}

}  // namespace proxy::http::h1
