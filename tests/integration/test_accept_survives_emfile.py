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
        clients[0].send(request("GET", "/info"))
        self.assertRefused(clients[0].response(), 502, "upstream.unreachable")

    def cpu_ticks(self):
        with open(f"/proc/{self.daemon.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])
