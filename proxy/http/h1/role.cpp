// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/h1/connection.hpp"
#include "proxy/http/head_reader.hpp"

namespace proxy::http::h1 {

using acl::Reason;

std::optional<Reason> ClientRole::hopeless(std::string_view begun,
                                           const config::Limits& limits) const {
  if (const auto reason = http::hopeless(begun)) return reason;
  constexpr std::size_t around_target = 32;  // room for the method and the version
  const bool first_line = begun.find('\n') == begun.npos;
  if (first_line && begun.size() > limits.target_bytes + around_target)
    return Reason::target_too_long;
  return begun.size() >= limits.head_bytes ? std::optional(Reason::head_too_large) : std::nullopt;
}

std::optional<Reason> ClientRole::read(std::string_view bytes, const config::Limits& limits,
                                       RequestHead& head) const {
  return heads.read_request(bytes, {limits.head_bytes, limits.head_fields, limits.target_bytes},
                            head);
}

std::optional<Reason> EngineRole::hopeless(std::string_view begun,
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
