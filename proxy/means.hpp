// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/settings.hpp"
#include "proxy/buffer.hpp"
#include "proxy/deadline.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/splice.hpp"

namespace proxy {

/// What code that moves bytes needs: the session's time limit, and the pools of its worker.
struct Means {
  Deadline& deadline;
  const config::Limits& limits;
  BufferPool& buffers;
  PipePool& pipes;
  http::HeadReader& heads;
};

}  // namespace proxy
