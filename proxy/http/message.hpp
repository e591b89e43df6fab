// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "proxy/http/head.hpp"

/// A message in any version of HTTP: a head, and pieces of a body.
namespace proxy::http {

/// Payload of a body that arrived in one read; views into the buffer of its connection.
struct Piece {
  std::span<const std::string_view> data;
  std::size_t size = 0;
  bool last = false;
};

}  // namespace proxy::http
