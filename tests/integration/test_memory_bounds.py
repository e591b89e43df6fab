# SPDX-License-Identifier: Apache-2.0
"""Memory is bounded for all clients together: a crowd of one client's connections neither kills
tidegate in 128 MiB nor keeps another client from being served (guarantee 7 in .github/SECURITY.md)."""

import contextlib
import json
import re
import shutil
import socket
import tempfile
import threading
import unittest

from tests.bench.processes import raise_descriptor_limit
from tests.support.daemon import Daemon, free_port, is_sanitized
from tests.support.http import Client, request
from tests.support.memory_group import MemoryGroup
from tests.support.quiet_engine import UPGRADED, QuietEngine
from tests.support.wait import wait_until

MIB = 1 << 20
MEMORY = 128 * MIB
CROWD = 4096
MANY = 256  # of what costs a lot of time, and took more than all memory when it was kept
PATIENCE = 60.0

SILENT = "POST /v1.41/containers/create"
CREATE = "POST /v1.42/containers/create"
EXEC = "POST /exec/x/start"
LARGE_CREATE = json.dumps({"Image": "alpine", "Env": ["A=b"] * 21_000}).encode()  # 147 KB; as a document 22 times that


def create(body, version="1.42"):
    return request("POST", f"/v{version}/containers/create", body=body)


@unittest.skipIf(is_sanitized(), "a sanitizer's memory says nothing of what users see")
class MemoryBounds(unittest.TestCase):
    def setUp(self):
        self.assertGreater(raise_descriptor_limit(3 * CROWD), 2 * CROWD + 200, "files that this user may open")
        self.folder = tempfile.mkdtemp(prefix="tidegate-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.engine = QuietEngine(f"{self.folder}/engine.sock", {SILENT: None, EXEC: UPGRADED + b"x" * 1000})
        self.engine.start()
        self.addCleanup(self.engine.stop)
        self.group = MemoryGroup.make(MEMORY)
        if self.group:
            self.addCleanup(self.group.remove)
        self.serve()
        self.crowd = []
        self.addCleanup(self.disperse)
        self.begin_to_serve_another()

    def serve(self):
        self.tcp = free_port()
        limits = {"drain_time": "1s", "upstream_spares": 0}
        if not self.group:  # as it would be by itself in a group of that size
            limits["held_bytes"] = MEMORY // 3
        config = {
            "upstream": f"unix://{self.folder}/engine.sock",
            "listeners": [{"address": f"unix://{self.folder}/in.sock", "mode": "0600", "profile": "p"},
                          {"address": f"tcp://127.0.0.1:{self.tcp}", "insecure": True, "profile": "p"}],
            "profiles": {"p": {"allow": ["*"], "deny": ["ContainerUpdate"], "containers": {"level": "unconfined"}}},
            "limits": limits,
            "workers": 4,
            "audit": {"file": f"{self.folder}/audit.log"},
            "admin": {"address": f"unix://{self.folder}/admin.sock"},
        }
        self.daemon = Daemon(self.folder, config, self.group and self.group.enter)
        self.daemon.start()
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready()
        if self.group:
            self.daemon.await_log(f"may hold {MEMORY // 3 // MIB} MiB")

    # -- the other client

    def begin_to_serve_another(self):
        self.another_done, self.another_failed = 0, None
        self.another_ends = threading.Event()
        thread = threading.Thread(target=self.ask_on)

        def end():
            self.another_ends.set()
            thread.join()

        self.addCleanup(end)
        thread.start()

    def ask_on(self):
        """A client of its own, as it comes from an address: with bodies that count."""
        body = create(json.dumps({"Image": "alpine", "Env": ["A=" + "b" * 100] * 400}).encode())
        try:
            while not self.another_ends.is_set():
                client = Client(("127.0.0.1", self.tcp), patience=PATIENCE)
                for data in (request("GET", "/containers/json"), body, create(b'{"Image":"alpine"}')):
                    client.send(data)
                    answer = client.response()
                    if answer.status != 200:
                        raise AssertionError(repr(answer))
                client.close()
                self.another_done += 1
        except BaseException as error:  # pylint: disable=broad-exception-caught
            self.another_failed = error

    # -- the crowd

    def join_crowd(self):
        client = Client(f"{self.folder}/in.sock", patience=PATIENCE)
        self.crowd.append(client)
        return client

    def disperse(self):
        for client in self.crowd:
            client.close()

    def held(self):
        client = Client(f"{self.folder}/admin.sock")
        client.send(request("GET", "/metrics"))
        page = client.response().body.decode()
        client.close()
        return int(re.search(r"^tidegate_held_bytes (\d+)$", page, re.M).group(1))

    def peak(self):
        with open(f"/proc/{self.daemon.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) * 1024

    def check_all_is_well(self):
        """While all of the crowd is still there."""
        wait_until(lambda: self.crowd_holds_nothing(), "the crowd to hold nothing", PATIENCE)
        served = self.another_done
        wait_until(lambda: self.another_failed or self.another_done > served + 2, "another client", PATIENCE)
        self.assertIsNone(self.another_failed)
        self.assertIsNone(self.daemon.process.poll(), "tidegate has ended")
        self.assertLess(self.peak(), MEMORY)

    def crowd_holds_nothing(self):
        """But for what the other client holds at this moment: one body, and one buffer."""
        return self.held() < 256 * 1024

    # -- what it does

    def test_bodies_of_idle_connections(self):
        body = create(b'{"Image":"alpine","Labels":{"a":"' + b"x" * (MIB - 40) + b'"}}')
        small = create(b'{"Image":"alpine"}')
        for i in range(CROWD):
            client = self.join_crowd()
            client.send(body if i < MANY else small)
            self.assertEqual(client.response().status, 200)
        self.check_all_is_well()

    def test_refused_bodies_of_idle_connections(self):
        body = request("POST", "/containers/x/update", body=b" " * MIB)
        for _ in range(CROWD):
            client = self.join_crowd()
            client.send(body)
            self.assertEqual(client.response().reason, "operation.denied")
        self.check_all_is_well()

    def test_creates_while_the_engine_is_silent(self):
        for i in range(CROWD):
            self.join_crowd().send(create(LARGE_CREATE if i < MANY // 4 else b'{"Image":"alpine"}', "1.41"))
        wait_until(lambda: self.engine.seen[SILENT] == CROWD, "all creates at the engine", PATIENCE)
        self.check_all_is_well()

    def test_exec_streams(self):
        start = request("POST", "/exec/x/start", "Connection: Upgrade", "Upgrade: tcp",
                        body=b" " * 100_000 + b'{"Detach":false,"Tty":true}')
        small = request("POST", "/exec/x/start", "Connection: Upgrade", "Upgrade: tcp", body=b'{"Tty":true}')
        for i in range(CROWD):
            client = self.join_crowd()
            client.send(start if i < MANY else small)
            self.assertEqual(client.response_head().status, 101)
            client.read_exactly(1000)
        self.check_all_is_well()

    def test_bodies_that_never_end(self):
        """Not all of them can be held: who is one too many is told so, and loses its connection only."""
        begun = request("POST", "/v1.42/containers/create", body=b" " * (MIB - 1))[:-1000]
        refused = 0
        for _ in range(MANY):
            client = self.join_crowd()
            client.try_send(begun)
            client.socket.setblocking(False)
        for client in self.crowd:
            with contextlib.suppress(BlockingIOError, ConnectionResetError):
                refused += b"limit.memory" in client.socket.recv(4096, socket.MSG_PEEK)
        self.assertGreater(refused, MANY // 2)
        self.assertLess(self.held(), MEMORY // 3)
        self.disperse()
        self.check_all_is_well()


if __name__ == "__main__":
    unittest.main()
