// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tls/authority_state.hpp"

/// The change from one authority to another while clients of both are served. Private to the room.
///
///     begin    ca/next/ca-key.pem, the lists, whom listeners and clients trust, ca/next/ca.pem
///     finish   ca/past, the server's certificate, whom they trust, the lists, ca/ca.pem, the rest
///
/// An interrupted begin or finish is done again from its first step.
namespace tls {

/// Completes a takeover that was interrupted after ca/ca.pem, and removes what an interrupted begin
/// has left in ca/next.
Trouble settle_rollover(const std::string& folder);

/// Reads the authority that takes over, if there is one, and makes both trusted.
Trouble join_next(Authority::State&);

/// The authority for a server's certificate: clients that still have the old ca.pem know only the
/// old one, as long as it is valid.
const Authority::State& of_server(const Authority::State&);

}  // namespace tls
