// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "config/address.hpp"

namespace proxy {

namespace net = boost::asio;
using boost::system::error_code;
using net::awaitable;

/// Unix and TCP sockets alike.
using Socket = net::generic::stream_protocol::socket;
using Endpoint = net::generic::stream_protocol::endpoint;

/// Errors of I/O are values here: `auto [error, n] = co_await socket.async_read_some(b,
/// as_result);`
inline constexpr auto as_result = net::as_tuple(net::use_awaitable);

Endpoint endpoint_of(const config::Address&);

/// Small writes go out at once: attach, exec and events are interactive. No effect on unix sockets.
void set_no_delay(Socket&);

/// The peer has closed its socket altogether, not only its sending side. Known at once on unix
/// sockets; on TCP only after a reset.
bool hung_up(Socket&);

/// Something has arrived, or the peer has gone: an idle connection to the engine in this state is
/// no longer fit for a request.
bool readable(Socket&);

/// Closes so that the peer sees a broken connection and not an end: an answer that only the
/// connection's end delimits would look whole otherwise.
void break_off(Socket&);

}  // namespace proxy
