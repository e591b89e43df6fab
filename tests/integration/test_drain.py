# SPDX-License-Identifier: Apache-2.0
"""SIGTERM: nobody new, what runs may finish within drain_time, and then the process ends well."""

import os
import signal

from tests.support.daemon import DaemonTest
from tests.support.fake_engine import reply
from tests.support.http import request

UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
ATTACH = request("POST", "/containers/x/attach?stream=1", "Connection: Upgrade", "Upgrade: tcp")


def when_told(connection, _):
    connection.await_go()
    return reply(200, b"late")


def echo_tunnel(connection, _):
    connection.send(UPGRADED)
    while piece := connection.read_some():
        connection.send(piece)
    connection.close()


class Drain(DaemonTest):
    def test_an_idle_daemon_ends_at_once(self):
        self.serve(limits={"drain_time": "1h"})
        self.daemon.signal()
        self.daemon.wait()

    def test_sigint_does_the_same(self):
        self.serve(limits={"drain_time": "1h"})
        self.daemon.signal(signal.SIGINT)
        self.daemon.wait()

    def test_idle_connections_are_closed_at_once(self):
        self.serve(limits={"drain_time": "1h"})
        fresh, used = self.client(), self.client()
        used.send(request("GET", "/info"))
        self.assertEqual(used.response().status, 200)
        self.daemon.signal()
        self.assertEqual((fresh.wait_closed(), used.wait_closed()), (b"", b""))
        self.daemon.wait()

    def test_a_request_in_flight_finishes_and_closes(self):
        self.serve({"GET /info": when_told}, limits={"drain_time": "1h"})
        client, idle = self.client(), self.client()
        client.send(request("GET", "/info"))
        self.engine.await_request()
        self.daemon.signal()
        idle.wait_closed()  # the drain has begun
        self.engine.connections[0].go.set()
        answer = client.response()
        self.assertEqual((answer.status, answer.body, answer.header("Connection")), (200, b"late", "close"))
        self.assertEqual(client.read_to_end(), b"")
        self.daemon.wait()

    def test_a_request_in_flight_ends_at_drain_time(self):
        self.serve({"GET /info": when_told}, limits={"drain_time": "300ms"})
        client = self.client()
        client.send(request("GET", "/info"))
        self.engine.await_request()
        self.daemon.signal()
        client.wait_closed()
        self.daemon.wait()

    def test_a_tunnel_works_until_drain_time(self):
        self.serve({"POST /containers/x/attach": echo_tunnel}, limits={"drain_time": "1s"})
        client, idle = self.client(), self.client()
        client.send(ATTACH)
        client.response_head()
        self.daemon.signal()
        idle.wait_closed()
        client.send(b"still there")
        self.assertEqual(client.read_exactly(11), b"still there")
        client.wait_closed()
        self.daemon.wait()

    def test_a_second_sigterm_ends_all_at_once(self):
        self.serve({"POST /containers/x/attach": echo_tunnel, "GET /info": when_told}, limits={"drain_time": "1h"})
        tunnel, busy, idle = self.client(), self.client(), self.client()
        tunnel.send(ATTACH)
        tunnel.response_head()
        busy.send(request("GET", "/info"))
        self.engine.await_request(2)
        self.daemon.signal()
        idle.wait_closed()
        self.daemon.signal()
        tunnel.wait_closed()
        busy.wait_closed()
        self.daemon.wait()

    def test_the_sockets_are_gone_as_soon_as_the_drain_begins(self):
        self.serve({"POST /containers/x/attach": echo_tunnel}, limits={"drain_time": "1h"})
        tunnel, idle = self.client(), self.client()
        tunnel.send(ATTACH)
        tunnel.response_head()
        self.daemon.signal()
        idle.wait_closed()
        self.assertFalse(os.path.exists(self.path("in.sock")))
        with self.assertRaises((FileNotFoundError, ConnectionRefusedError)):
            self.client()
        tunnel.close()
        self.daemon.wait()

    def test_all_audit_records_are_written_before_the_end(self):
        self.serve({"POST /containers/x/attach": echo_tunnel}, limits={"drain_time": "300ms"})
        client = self.client()
        for _ in range(200):
            client.send(request("GET", "/info"))
            client.response()
        tunnel = self.client()
        tunnel.send(ATTACH)
        tunnel.response_head()
        self.daemon.signal()
        self.daemon.wait()
        self.assertEqual(len(self.daemon.audit()), 201)
