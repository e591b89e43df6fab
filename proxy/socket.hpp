// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <string>

#include "config/address.hpp"
#include "proxy/task.hpp"

namespace proxy {

namespace net = boost::asio;
using boost::system::error_code;

/// A Unix or TCP socket.
using Socket = net::generic::stream_protocol::socket;
using Endpoint = net::generic::stream_protocol::endpoint;

Endpoint endpoint_of(const config::Address&);

/// Says why a tcp address cannot be listened on, and what to do.
std::string said_of_bind(const config::Address&, const error_code&);

/// Prepares a TCP socket for interactive streams such as attach, exec and events. Small writes are
/// sent at once. A silent peer is probed every 15 s, as dockerd does: otherwise one that vanished
/// would be served for ever, and NATs would forget a quiet stream. A listening socket passes this
/// on to the connections that it accepts.
void set_tcp_options(int socket);

/// Whether the peer has closed its socket altogether, not only its sending side. Known at once on
/// Unix sockets; on TCP only after a reset.
bool hung_up(Socket&);

/// Whether the peer has closed at least its sending side. Bytes it sent before may still be unread.
bool sending_ended(Socket&);

/// The number of bytes in the kernel that the peer has not taken. Changes while it reads.
int unsent(Socket&);

/// Whether bytes have arrived or the peer has left. An idle connection to the engine in this state
/// can no longer carry a request.
bool readable(Socket&);

/// Resets the connection, so that an answer which only the connection's end delimits does not look
/// complete.
void break_off(Socket&);

}  // namespace proxy
