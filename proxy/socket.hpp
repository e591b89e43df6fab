// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>

#include "config/address.hpp"
#include "proxy/task.hpp"

namespace proxy {

namespace net = boost::asio;
using boost::system::error_code;

/// Unix and TCP sockets alike.
using Socket = net::generic::stream_protocol::socket;
using Endpoint = net::generic::stream_protocol::endpoint;

Endpoint endpoint_of(const config::Address&);

/// Small writes go out at once: attach, exec and events are interactive. No effect on unix sockets.
void set_no_delay(Socket&);

/// The peer has closed its socket altogether, not only its sending side. Known at once on unix
/// sockets; on TCP only after a reset.
bool hung_up(Socket&);

/// The peer has closed its sending side at least; what it sent before may still be unread.
bool sending_ended(Socket&);

/// Something has arrived, or the peer has gone: an idle connection to the engine in this state is
/// no longer fit for a request.
bool readable(Socket&);

/// Closes so that the peer sees a broken connection and not an end: an answer that only the
/// connection's end delimits would look whole otherwise.
void break_off(Socket&);

}  // namespace proxy
