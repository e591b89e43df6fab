# SPDX-License-Identifier: Apache-2.0
"""Out of file descriptors, tidegate waits and goes on; it neither dies nor spins nor stays deaf."""

import os
import resource
import unittest

from tests.support.daemon import DaemonTest
from tests.support.http import request
from tests.support.wait import wait_until

FILES = 64


def few_files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))


def checks_vptrs():
    """UBSan opens a pipe to look at a vptr, and takes the failure for a broken object."""
    with open(os.environ["TIDEGATE"], "rb") as binary:
        return b"__ubsan_handle_dynamic_type_cache_miss" in binary.read()


@unittest.skipIf(checks_vptrs(), "UBSan itself needs descriptors")
class AcceptSurvivesEmfile(DaemonTest):
    def test_service_comes_back_when_descriptors_do(self):
        self.serve(preexec=few_files)
        held = [self.client() for _ in range(2 * FILES)]
        wait_until(lambda: self.daemon.open_files() >= FILES, "all descriptors to be taken")
        self.assertIsNone(self.daemon.process.poll())
        before = self.cpu_ticks()
        last = held[-1]
        last.send(request("GET", "/info"))
        last.socket.settimeout(0.5)
        with self.assertRaises(TimeoutError):
            last.socket.recv(1)
        self.assertLess(self.cpu_ticks() - before, 25, "it spins: more than a quarter second of work in half a second")
        last.socket.settimeout(10)
        for client in held[:-1]:
            client.close()
        self.assertEqual(last.response().status, 200)
        self.assertEqual(self.ask(request("GET", "/info")).status, 200)

    def test_no_descriptor_for_the_engine_is_told_to_the_client(self):
        self.serve(preexec=few_files)
        clients = [self.client() for _ in range(FILES)]
        wait_until(lambda: self.daemon.open_files() >= FILES, "all descriptors to be taken")
        for client in clients[:2]:
            client.send(request("GET", "/info"))
            message = self.assertRefused(client.response(), 503, "limit.descriptors")
            self.assertIn("nofile", message)
        self.assertEqual(self.daemon.await_audit()[-1]["reason"], "limit.descriptors")
        for client in clients[2:]:
            client.close()
        wait_until(lambda: self.ask_again(clients[0]) and "file descriptors are free again" in self.daemon.log(), "the log's word")
        self.assertEqual(self.daemon.log().count("no file descriptor is left"), 1)

    def ask_again(self, client):
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().status, 200)
        return self.ask(request("GET", "/info")).status == 200

    def test_too_few_for_the_connections_that_are_allowed_is_said_at_the_start(self):
        self.serve(preexec=few_files, limits={"connections": 1000})
        self.assertIn(f"this process may open {FILES} files, but `limits.connections: 1000` can need 2", self.daemon.log())
        for remedy in ("LimitNOFILE=", "ulimits.nofile", "ulimit -n"):
            self.assertIn(remedy, self.daemon.log())

    def cpu_ticks(self):
        with open(f"/proc/{self.daemon.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])
