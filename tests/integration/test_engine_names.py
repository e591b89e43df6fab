# SPDX-License-Identifier: Apache-2.0
"""An engine that the configuration names: the name is resolved for each connection, and nobody waits for ever."""

import os
import socket
import subprocess
import unittest
from unittest import mock

from tests.support.daemon import Daemon, DaemonTest
from tests.support.http import request
from tests.support.tls_engine import TcpEngine
from tests.support.wait import PATIENCE


class Names(DaemonTest):
    def test_serve_many_at_once(self):
        self.engine.stop()
        self.engine = TcpEngine()
        self.engine.start()
        self.serve(upstream=f"tcp://localhost:{self.engine.address[1]}")
        clients = [self.client() for _ in range(40)]
        for client in clients:
            client.send(request("GET", "/info"))
        self.assertEqual([client.response().status for client in clients], [200] * 40)


def may_mount():
    return subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


@unittest.skipUnless(os.geteuid() == 0 and may_mount(), "only root may replace /etc/resolv.conf for a process")
class SilentNameserver(DaemonTest):
    """A question takes minutes, since that is how long the C library asks on."""

    ADDRESS = "127.53.53.53"

    def serve(self, **limits):
        self.nameserver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(self.nameserver.close)
        self.nameserver.bind((self.ADDRESS, 53))
        with open(self.path("resolv.conf"), "w", encoding="ascii") as file:
            file.write(f"nameserver {self.ADDRESS}\noptions timeout:30 attempts:5\n")
        mount = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
        with mock.patch.object(Daemon, "under", ("unshare", "-m", "sh", "-c", mount, self.path("resolv.conf"))):
            super().serve(upstream="tcp://engine.test:2375", workers=1, limits=limits)

    def asks(self):
        client = self.client()
        client.send(request("GET", "/info"))
        return client

    def await_question(self):
        self.nameserver.settimeout(PATIENCE)
        self.assertIn(b"engine", self.nameserver.recv(512))

    def threads(self):
        return len(os.listdir(f"/proc/{self.daemon.process.pid}/task"))

    def test_lets_a_request_end_when_connecting_takes_too_long(self):
        self.serve(upstream_connect_time="300ms")
        self.await_question()  # of the look at the engine at the start
        before = self.threads()
        for client in [self.asks() for _ in range(5)]:
            message = self.assertRefused(client.response(), 504, "upstream.timeout")
            self.assertIn("tcp://engine.test:2375: the name was not resolved within 300 ms", message)
        self.assertEqual(self.threads(), before, "all requests wait for the same answer")

    def test_lets_a_client_leave(self):
        self.serve(upstream_connect_time="1h")
        client = self.asks()
        self.await_question()
        client.close()
        self.assertEqual(self.daemon.await_audit()[0]["reason"], "client.left")

    def test_does_not_keep_the_process_from_ending(self):
        self.serve(upstream_connect_time="1h", drain_time="300ms")
        client = self.asks()
        self.await_question()
        self.daemon.signal()
        self.assertRefused(client.response(), 503, "draining")
        self.daemon.wait()
        self.assertEqual(self.daemon.audit()[0]["reason"], "draining")


if __name__ == "__main__":
    unittest.main()
