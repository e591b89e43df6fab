// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "proxy/client.hpp"
#include "proxy/engine_stub/answers.hpp"

/// What the stand-in answers at length, an operation each.
namespace proxy::engine_stub {

/// A request while it is answered.
struct Call {
  Engine& engine;
  Client& client;
  const acl::Request& request;
  const Json& body;  ///< null where there was none
  bool upgrades;     ///< the client asks for a 101
};

/// \returns whether the connection may serve another request.
using StreamAnswer = Task<bool> (*)(Call);

Task<bool> container_attach(Call);
Task<bool> container_logs(Call);
Task<bool> container_wait(Call);
Task<bool> exec_start(Call);
Task<bool> events(Call);

/// Sends an answer that is whole. \returns whether the connection may serve another request.
Task<bool> send_reply(Call, Reply);

}  // namespace proxy::engine_stub
