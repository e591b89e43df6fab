// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "acl/request.hpp"
#include "proxy/engine_stub/engine.hpp"
#include "proxy/engine_stub/reply.hpp"

/// What the stand-in answers at once, an operation each, by the operation's name.
namespace proxy::engine_stub {

struct Ask {
  const acl::Request& request;
  const Json& body;  ///< null where there was none
};

Reply ping(Engine&, const Ask&);
Reply version(Engine&, const Ask&);
Reply info(Engine&, const Ask&);
Reply image_list(Engine&, const Ask&);
Reply image_inspect(Engine&, const Ask&);
Reply network_list(Engine&, const Ask&);
Reply network_inspect(Engine&, const Ask&);
Reply volume_list(Engine&, const Ask&);
Reply volume_inspect(Engine&, const Ask&);

Reply container_create(Engine&, const Ask&);
Reply container_list(Engine&, const Ask&);
Reply container_inspect(Engine&, const Ask&);
Reply container_start(Engine&, const Ask&);
Reply container_stop(Engine&, const Ask&);
Reply container_kill(Engine&, const Ask&);
Reply container_delete(Engine&, const Ask&);
Reply container_resize(Engine&, const Ask&);

Reply container_exec(Engine&, const Ask&);
Reply exec_inspect(Engine&, const Ask&);
Reply exec_resize(Engine&, const Ask&);

Reply no_such_container(std::string_view reference);
Reply no_such_exec(std::string_view id);
/// What the stand-in cannot do: 501 and why.
Reply not_here(std::string_view what);

}  // namespace proxy::engine_stub
