# SPDX-License-Identifier: Apache-2.0
"""systemd hears when tidegate serves, reloads and stops, as sd_notify(3) describes, so that it knows what has failed."""

import os
import re
import signal
import socket
import unittest
from unittest import mock

from tests.support.daemon import DaemonTest
from tests.support.wait import PATIENCE


class ServiceManager(DaemonTest):
    def started_by(self, address, **config):
        """Starts tidegate with NOTIFY_SOCKET at that address; a name in \\0 is abstract."""
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.settimeout(PATIENCE)
        self.manager.bind(address)
        with mock.patch.dict(os.environ, {"NOTIFY_SOCKET": address.replace("\0", "@")}):
            self.serve(**config)

    def heard(self):
        """The next states, as a dict."""
        return dict(line.split("=", 1) for line in self.manager.recv(4096).decode().split("\n"))

    def test_it_is_ready_when_clients_are_served(self):
        self.started_by(self.path("notify.sock"))
        self.assertEqual(self.heard(), {"READY": "1", "STATUS": "Serving clients."})
        self.assertEqual(self.ask(b"GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n").status, 200)

    def test_an_abstract_socket_is_told_too(self):
        self.started_by(f"\0tidegate-test-{os.getpid()}")
        self.assertEqual(self.heard()["READY"], "1")

    def test_a_reload_begins_and_ends(self):
        self.started_by(self.path("notify.sock"))
        self.heard()
        self.daemon.signal(signal.SIGHUP)
        begun = self.heard()
        self.assertEqual(begun["RELOADING"], "1")
        self.assertTrue(re.fullmatch(r"\d+", begun["MONOTONIC_USEC"]), begun)
        self.assertEqual(self.heard(), {"READY": "1", "STATUS": "Serving clients."})

    def test_a_reload_that_fails_is_told_as_the_status(self):
        self.started_by(self.path("notify.sock"))
        self.heard()
        self.daemon.write("lisen: []\n")
        self.daemon.signal(signal.SIGHUP)
        self.assertEqual(self.heard()["RELOADING"], "1")
        ended = self.heard()
        self.assertEqual(ended["READY"], "1")
        self.assertIn("as before", ended["STATUS"])

    def test_the_end_asks_for_as_much_time_as_it_takes(self):
        self.started_by(self.path("notify.sock"), limits={"drain_time": "40s"})
        self.heard()
        self.daemon.stop()
        ending = self.heard()
        self.assertEqual(ending["STOPPING"], "1")
        self.assertGreater(int(ending["EXTEND_TIMEOUT_USEC"]), 40_000_000)

    def test_a_manager_that_is_gone_stops_nobody(self):
        with mock.patch.dict(os.environ, {"NOTIFY_SOCKET": self.path("gone.sock")}):
            self.serve()
        self.daemon.await_log("cannot be told READY=1: No such file or directory")
        self.assertEqual(self.ask(b"GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n").status, 200)


if __name__ == "__main__":
    unittest.main()
