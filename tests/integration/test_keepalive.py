# SPDX-License-Identifier: Apache-2.0
"""TCP connections with a silent peer are probed every 15 s, on the clients' side and on the engine's."""

import socket

from tests.support.daemon import DaemonTest, free_port
from tests.support.http import request
from tests.support.wait import wait_until

ESTABLISHED = "01"
KEEPALIVE_TIMER = "02"
TICKS = 100  # of the kernel's figures, in a second


class Keepalive(DaemonTest):
    def timers(self, *, local=None, remote=None):
        """What the kernel waits for on tidegate's connections with this port: (kind, seconds)."""
        with open("/proc/net/tcp", encoding="ascii") as table:
            rows = [line.split() for line in table.readlines()[1:]]
        found = []
        for row in rows:
            ports = [int(address.split(":")[1], 16) for address in row[1:3]]
            if row[3] == ESTABLISHED and (ports[0] == local or ports[1] == remote):
                kind, ticks = row[5].split(":")
                found.append((kind, int(ticks, 16) / TICKS))
        return found

    def assertProbed(self, **port):
        wait_until(lambda: [kind for kind, _ in self.timers(**port)] == [KEEPALIVE_TIMER], f"a keepalive timer: {port}")
        self.assertLessEqual(self.timers(**port)[0][1], 15.1)

    def test_a_clients_connection(self):
        port = free_port()
        self.serve(listeners=[{"address": f"tcp://127.0.0.1:{port}", "insecure": True, "profile": "p"}])
        client = self.client()
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().status, 200)
        wait_until(lambda: len(self.timers(local=port)) == 1, "the other connections' ends")
        self.assertProbed(local=port)

    def test_the_engines_connection(self):
        engine = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(engine.close)
        port = engine.getsockname()[1]
        self.serve(upstream=f"tcp://127.0.0.1:{port}")
        client = self.client()
        client.send(request("GET", "/events"))
        while not (asked := engine.accept()[0]).recv(1):  # at its start tidegate looks whether the engine is there
            asked.close()
        self.addCleanup(asked.close)
        self.assertProbed(remote=port)
