# SPDX-License-Identifier: Apache-2.0
"""A monitoring client sees everything and changes nothing, and its attempts never reach the engine."""

import json
import os
import subprocess
import unittest

from tests.e2e.engine import IMAGE
from tests.e2e.stage import DebianClient, OtherClient, StageTest
from tests.support.wait import wait_until

MONITOR = {"allow": ["@read"], "deny": ["ContainerArchive", "ContainerArchiveInfo", "ContainerExport", "ImageGet", "ImageGetAll"]}

# What the docker command is told to do, the operation that tidegate refuses, and what of it the engine
# must never hear.
REFUSED = [
    (["run", "--rm", IMAGE, "true"], "ContainerCreate", "POST /containers/create"),
    (["exec", "seen", "true"], "ContainerExec", "POST /containers/"),
    (["rm", "-f", "seen"], "ContainerDelete", "DELETE /containers/seen"),
    (["kill", "seen"], "ContainerKill", "POST /containers/"),
    (["volume", "create", "vol"], "VolumeCreate", "POST /volumes/create"),
    (["tag", IMAGE, "x:y"], "ImageTag", "POST /images/"),
    (["swarm", "init"], "SwarmInit", "POST /swarm/init"),
]


class MonitorProfile:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = cls.stage.new_folder()
        cls.relay = cls.stage.recording_relay(cls.folder)
        cls.addClassCleanup(cls.relay.stop)
        cls.gate = cls.stage.tidegate("monitor", MONITOR, f"unix://{cls.relay.path}")
        cls.addClassCleanup(cls.gate.stop)

    def setUp(self):
        super().setUp()
        self.t = self.transcript(self.gate.host)
        self.direct().docker("run", "-d", "--name", "seen", IMAGE, "sleep", "600", quiet=True)

    def test_sees(self):
        t = self.t
        self.assertEqual(t.docker("ps", "--format", "{{.Names}}").text(), "seen")
        self.assertEqual(json.loads(t.docker("inspect", "seen").out)[0]["Config"]["Image"], IMAGE)
        self.assertEqual(t.docker("stats", "--no-stream", "--format", "{{.Name}}", "seen").text(), "seen")
        self.assertIn("sleep 600", t.docker("top", "seen").text())
        t.docker("logs", "seen")
        t.docker("images", "-q")
        t.docker("info")
        self.assertIn("start", t.docker("events", "--since", "10m", "--until", "0s", "--format", "{{.Action}}").text())

    def test_events_arrive_as_they_happen(self):
        watcher = self.t.start(self.command, "events", "--filter", "container=seen", "--format", "{{.Action}}", stdout=subprocess.PIPE)
        os.set_blocking(watcher.stdout.fileno(), False)
        # Nothing tells when the engine has the subscription, so events go on until one is seen.
        wait_until(lambda: self.pause() or b"pause" in (watcher.stdout.read() or b""), "an event", 60)
        watcher.terminate()
        watcher.communicate()

    def pause(self):
        for command in ("pause", "unpause"):
            self.direct().docker(command, "seen")

    def test_changes_nothing(self):
        before = len(self.relay.requests())
        for command, operation, never in REFUSED:
            with self.subTest(operation):
                said = self.t.docker(*command, code=None)
                self.assertNotEqual(said.code, 0)
                self.assert_names(said, operation)
                for request in self.relay.requests()[before:]:
                    self.assertFalse(request.startswith(never), f"{request} reached the engine")
        self.assert_only_reads(before)
        self.assertEqual(self.direct().docker("inspect", "--format", "{{.State.Running}}", "seen").text(), "true")

    def test_copies_nothing(self):
        before = len(self.relay.requests())
        with open(self.t.path("file"), "w", encoding="ascii") as file:
            file.write("words")
        out = self.t.docker("cp", "seen:/etc/passwd", self.t.path("x"), code=1)
        self.assert_names(out, "ContainerArchive")
        # Before it sends a file, the client asks with HEAD, whose answer has no body to hold a message.
        self.t.docker("cp", self.t.path("file"), "seen:/tmp", code=1)
        self.assertFalse(os.path.exists(self.t.path("x")))
        self.assert_only_reads(before)
        wait_until(lambda: "ContainerArchiveInfo" in self.refused() or "PutContainerArchive" in self.refused(), "the audit record")

    def refused(self):
        return [each["operation"] for each in self.gate.audit() if each["decision"] == "deny"]

    def assert_names(self, said, operation):
        self.assertIn(f"tidegate: {operation} refused for profile 'monitor'", said.err.decode())

    def assert_only_reads(self, before):
        others = [each for each in self.relay.requests()[before:] if not each.startswith(("GET ", "HEAD "))]
        self.assertEqual(others, [])
        self.assertFalse([each for each in self.relay.requests()[before:] if each.endswith("/archive")])


class DebianMonitor(MonitorProfile, DebianClient, StageTest):
    pass


class OtherMonitor(MonitorProfile, OtherClient, StageTest):
    pass


if __name__ == "__main__":
    unittest.main()
