# SPDX-License-Identifier: Apache-2.0
"""Sockets that the service manager has opened (sd_listen_fds) are used as they are, and left behind."""

import fcntl
import os
import socket
import stat

from tests.support.daemon import Daemon, DaemonTest, free_port
from tests.support.http import Client, request

FIRST = 3  # where passed descriptors begin


def passing(*sockets, pid=None):
    """What a service manager does between fork and exec."""

    def prepare():
        high = [fcntl.fcntl(sock.fileno(), fcntl.F_DUPFD, 100) for sock in sockets]
        for place, descriptor in enumerate(high, FIRST):
            os.dup2(descriptor, place)
            os.close(descriptor)
        os.environ["LISTEN_FDS"] = str(len(sockets))
        os.environ["LISTEN_PID"] = str(pid or os.getpid())

    return prepare


class ActivatedDaemon(Daemon):
    closes_descriptors = False


class SocketActivation(DaemonTest):
    def setUp(self):
        super().setUp()
        self.unix = self.bound(socket.AF_UNIX, self.path("in.sock"))
        os.chmod(self.path("in.sock"), 0o620)
        self.tcp = self.bound(socket.AF_INET, ("127.0.0.1", 0))
        self.port = self.tcp.getsockname()[1]

    def bound(self, family, address):
        sock = socket.socket(family)
        self.addCleanup(sock.close)
        sock.bind(address)
        sock.listen(64)
        return sock

    def listeners(self, *addresses):
        return [{"address": address, "profile": "p", "insecure": True} if address.startswith("tcp") else
                {"address": address, "profile": "p", "mode": "0600"} for address in addresses]  # fmt: skip

    def start(self, *addresses, sockets, pid=None):
        self.daemon = ActivatedDaemon(self.folder, self.config(listeners=self.listeners(*addresses)), passing(*sockets, pid=pid))
        self.daemon.start()
        self.addCleanup(self.daemon.stop)

    def serve_both(self, sockets):
        self.start(f"unix://{self.path('in.sock')}", f"tcp://127.0.0.1:{self.port}", sockets=sockets)
        self.daemon.await_log("listening on", 2)

    def assertServes(self, address):
        self.assertEqual(self.ask(request("GET", "/info"), address=address).status, 200)

    def test_each_goes_to_the_listener_with_its_address(self):
        for sockets in ((self.unix, self.tcp), (self.tcp, self.unix)):
            with self.subTest([sock.family.name for sock in sockets]):
                self.serve_both(sockets)
                self.assertServes(self.path("in.sock"))
                self.assertServes(("127.0.0.1", self.port))
                listeners = [record["listener"] for record in self.daemon.await_audit(2)]
                self.assertCountEqual(listeners, [f"unix://{self.path('in.sock')}", f"tcp://127.0.0.1:{self.port}"])
                self.daemon.stop()
                os.unlink(self.path("audit.log"))

    def test_a_listener_without_one_opens_its_own(self):
        port = free_port()
        self.start(f"unix://{self.path('in.sock')}", f"tcp://127.0.0.1:{port}", sockets=[self.unix])
        self.daemon.await_log("listening on", 2)
        self.assertServes(self.path("in.sock"))
        self.assertServes(("127.0.0.1", port))

    def test_mode_and_path_are_left_as_they_are(self):
        self.serve_both([self.unix, self.tcp])
        before = os.stat(self.path("in.sock"))
        self.assertEqual(stat.S_IMODE(before.st_mode), 0o620)
        self.daemon.stop()
        self.assertEqual(os.stat(self.path("in.sock")).st_ino, before.st_ino)

    def test_a_client_that_comes_between_two_runs_waits_and_is_served(self):
        self.serve_both([self.unix, self.tcp])
        self.daemon.stop()
        waiting = [Client(self.path("in.sock")), Client(("127.0.0.1", self.port))]
        for client in waiting:
            self.addCleanup(client.close)
            client.send(request("GET", "/info"))
        self.serve_both([self.unix, self.tcp])
        self.assertEqual([client.response().status for client in waiting], [200, 200])

    def test_one_that_no_listener_wants_stops_the_start(self):
        self.start(f"unix://{self.path('in.sock')}", sockets=[self.unix, self.tcp])
        self.assertNotEqual(self.daemon.process.wait(10), 0)
        self.assertIn(f"descriptor {FIRST + 1} of socket activation is tcp://127.0.0.1:{self.port}", self.daemon.log())
        self.assertTrue(os.path.exists(self.path("in.sock")))

    def test_a_socket_that_does_not_listen_stops_the_start(self):
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.start(f"tcp://127.0.0.1:{sock.getsockname()[1]}", sockets=[sock])
            self.assertNotEqual(self.daemon.process.wait(10), 0)
            self.assertIn(f"descriptor {FIRST} ", self.daemon.log())

    def test_those_of_another_process_are_ignored(self):
        port = free_port()
        self.start(f"tcp://127.0.0.1:{port}", sockets=[self.unix, self.tcp], pid=os.getpid())
        self.daemon.await_log("listening on")
        self.assertServes(("127.0.0.1", port))

    def test_a_reload_keeps_them(self):
        self.serve_both([self.unix, self.tcp])
        self.daemon.config["profiles"]["p"]["allow"] = ["SystemVersion"]
        self.daemon.write()
        self.daemon.await_log("reload (a file has changed): in force")
        for address in (self.path("in.sock"), ("127.0.0.1", self.port)):
            self.assertEqual(self.ask(request("GET", "/version"), address=address).status, 200)
            self.assertEqual(self.ask(request("GET", "/info"), address=address).status, 403)
