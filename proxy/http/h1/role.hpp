// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "acl/reason.hpp"
#include "config/settings.hpp"
#include "proxy/http/h1/client_input.hpp"
#include "proxy/http/h1/engine_input.hpp"
#include "proxy/http/head_reader.hpp"

/// In what the two peers differ, for whoever reads from them.
namespace proxy::http::h1 {

struct ClientRole {
  using Head = RequestHead;
  template <class Stream>
  using Input = ClientInput<Stream>;
  static constexpr acl::Reason bad_body = acl::Reason::framing_chunk;
  HeadReader& heads;

  /// Whether bytes that are no whole head yet can still become one. \returns why they cannot.
  std::optional<acl::Reason> hopeless(std::string_view begun, const config::Limits&) const;
  /// Checks a whole head and reads it. \returns why it is refused.
  std::optional<acl::Reason> read(std::string_view bytes, const config::Limits&, Head&) const;
};

struct EngineRole {
  using Head = ResponseHead;
  template <class Stream>
  using Input = EngineInput<Stream>;
  static constexpr acl::Reason bad_body = acl::Reason::upstream_malformed;
  HeadReader& heads;

  std::optional<acl::Reason> hopeless(std::string_view begun, const config::Limits&) const;
  std::optional<acl::Reason> read(std::string_view bytes, const config::Limits&, Head&) const;

  bool answers_head = false;  ///< the request was a HEAD: whatever the answer says, no body follows
};

}  // namespace proxy::http::h1
