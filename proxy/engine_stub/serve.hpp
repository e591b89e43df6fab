// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "config/address.hpp"
#include "proxy/engine_stub/engine.hpp"

namespace proxy::engine_stub {

/// Serves the stand-in engine until SIGTERM or SIGINT, on this thread.
/// \param listen a unix socket that only this user may connect to.
/// \returns why it could not begin.
std::optional<std::string> serve(const config::Address& listen, const Options&);

}  // namespace proxy::engine_stub
