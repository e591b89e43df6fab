// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "proxy/engine_stub/json.hpp"

namespace proxy::engine_stub {

/// The value of a client's `filters`: {"label":["a=b"]}, or {"label":{"a=b":true}} as older clients
/// write it.
struct Filters {
  /// \param facts has the names that can be asked for
  Filters(std::string_view text, const Json& facts);

  /// Why they cannot be applied.
  std::optional<Reply> problem;
  Json wanted = Json::object();  ///< a list of texts each
  bool let_through(const Json& facts) const;
};

}  // namespace proxy::engine_stub
