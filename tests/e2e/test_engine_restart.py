# SPDX-License-Identifier: Apache-2.0
"""The engine goes away and comes back under traffic: clients are told why, and then served again."""

import json
import subprocess
import threading
import unittest

from tests.e2e.engine import IMAGE
from tests.e2e.stage import StageTest
from tests.support.http import Client
from tests.support.wait import wait_until

REQUEST = b"GET /v1.41/containers/json HTTP/1.1\r\nHost: docker\r\n\r\n"


class Traffic(threading.Thread):
    """Asks again and again, on a new connection each time, and counts the answers."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path = path
        self.over = threading.Event()
        self.answers = []

    def run(self):
        while not self.over.wait(0.01):
            client = Client(self.path)
            try:
                client.send(REQUEST)
                answer = client.response()
                self.answers.append((answer.status, bytes(answer.body)))
            except (AssertionError, OSError) as error:
                self.answers.append((0, repr(error).encode()))
            finally:
                client.close()

    def await_status(self, statuses):
        start = len(self.answers)
        wait_until(lambda: any(status in statuses for status, _ in self.answers[start:]), f"an answer of {statuses}", 60)


class EngineRestart(StageTest):
    command = "/usr/bin/docker"

    def test_under_traffic(self):
        gate = self.stage.gate
        t = self.through()
        box = t.start(self.command, "run", "-i", "--rm", IMAGE, "cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        box.stdin.write(b"first\n")
        box.stdin.flush()
        self.assertEqual(box.stdout.readline(), b"first\n")
        watcher = t.start(self.command, "events", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        crowd = [Traffic(gate.host.removeprefix("unix://")) for _ in range(4)]
        for each in crowd:
            each.start()
        crowd[0].await_status({200})

        self.engine.stop()
        crowd[0].await_status({502, 503})
        refused = t.docker("ps", code=1)
        self.assertIn(b"tidegate: ", refused.err)
        box.communicate(timeout=60)  # the streams end with the engine
        self.assertNotEqual(watcher.wait(60), None)

        self.engine.start()
        crowd[0].await_status({200})
        for each in crowd:
            each.over.set()
        for each in crowd:
            each.join(60)
        self.assertEqual(t.docker("run", "--rm", IMAGE, "echo", "again").out, b"again\n")
        self.assertIsNone(gate.process.poll(), "tidegate itself must not have ended")
        for each in crowd:
            self.assert_explained(each.answers)

    def assert_explained(self, answers):
        for status, body in answers:
            self.assertIn(status, (200, 502, 503, 0), body)
            if status in (502, 503):
                self.assertRegex(json.loads(body)["message"], "^tidegate: .+engine")
        cut = [body for status, body in answers if status == 0]
        # An answer that was on its way when the engine ended may be cut; that is once a client at most.
        self.assertLessEqual(len(cut), 1, cut)


if __name__ == "__main__":
    unittest.main()
