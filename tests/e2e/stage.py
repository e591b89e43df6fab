# SPDX-License-Identifier: Apache-2.0
"""One engine with a tidegate in front of it, for all tests of a module.

A test records a workflow twice, directly and through tidegate, and compares the two.
"""

import os
import shutil
import subprocess
import tempfile
import unittest

from tests.e2e.engine import DOCKERD, Engine
from tests.e2e.relay import Relay
from tests.e2e.transcript import Transcript
from tests.support.daemon import Daemon

EVERYTHING = {
    "allow": ["*", "Session", "Grpc"],
    "containers": {"level": "unconfined", "docker_socket": "allow"},
}


class Stage:
    """Starts with the first test of a module and ends with the last one; see stage()."""

    def __init__(self):
        # Short, since the path of a unix socket holds 107 bytes and dockerd adds to it.
        self.folder = tempfile.mkdtemp(prefix="tg-", dir="/tmp")
        self.engine = Engine(self.new_folder())
        self.gate = None

    def start(self):
        self.engine.start()
        self.engine.load_image()
        self.gate = self._plain_relay() if os.environ.get("TIDEGATE") == "relay" else self.tidegate("gate", EVERYTHING)

    def tidegate(self, name, profile, upstream=None, **sections):
        """A tidegate whose only profile, called `name`, is `profile`; `sections` replace those of its file."""
        folder = self.new_folder()
        gate = Daemon(folder, {
            "upstream": upstream or self.engine.host,
            "listeners": [{"address": f"unix://{folder}/in.sock", "mode": "0600", "profile": name}],
            "profiles": {name: profile},
            "audit": {"file": f"{folder}/audit.log"},
            **sections,
        })  # fmt: skip
        gate.host = gate.config["listeners"][0]["address"]
        gate.start()
        gate.await_ready()
        return gate

    def _plain_relay(self):
        """A check of the tests themselves: with a mere relay in tidegate's place they must pass."""
        gate = Relay(os.path.join(self.folder, "gate.sock"), self.engine.path)
        gate.host = f"unix://{gate.path}"
        return gate

    def recording_relay(self, folder):
        return Relay(os.path.join(folder, "relay.sock"), self.engine.path)

    def remove(self):
        try:
            if self.gate:
                self.gate.stop()
        finally:
            self.engine.remove()
            shutil.rmtree(self.folder, ignore_errors=True)

    def new_folder(self):
        return tempfile.mkdtemp(prefix="", dir=self.folder)


_stage = None


def stage(kind=Stage):
    """The stage of this module's tests."""
    global _stage
    if _stage is None:
        _check_machine()
        _stage = kind()
        unittest.addModuleCleanup(_remove_stage)
        _stage.start()
    return _stage


def _remove_stage():
    global _stage
    ended, _stage = _stage, None
    ended.remove()


def _check_machine():
    reason = None
    if not os.path.exists(DOCKERD):
        reason = f"no engine: {DOCKERD} is missing (package docker.io)"
    elif os.geteuid() != 0:
        reason = "an engine of one's own needs root"
    if reason and os.environ.get("CI") == "true":
        raise AssertionError(reason)
    if reason:
        raise unittest.SkipTest(reason)


class StageTest(unittest.TestCase):
    """A test with an engine, and tidegate in front of it."""

    maxDiff = None
    command = "docker"
    stage_kind = Stage

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage = stage(cls.stage_kind)
        cls.engine = cls.stage.engine

    def tearDown(self):
        """A test that failed half-way must not spoil the next one."""
        docker = ["/usr/bin/docker", "-H", self.engine.host]
        left = subprocess.run([*docker, "ps", "-aq"], capture_output=True, check=False, text=True).stdout.split()
        if left:
            subprocess.run([*docker, "rm", "-f", "-v", *left], capture_output=True, check=False)

    def transcript(self, host, kind=Transcript):
        folder = tempfile.mkdtemp(prefix="run-", dir=self.stage.folder)
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        return kind(host, folder, self.command)

    def through(self):
        return self.transcript(self.stage.gate.host)

    def direct(self):
        return self.transcript(self.engine.host)

    def assert_same(self, workflow):
        """Runs `workflow`, a function of a Transcript, directly and through tidegate."""
        direct, through = self.direct(), self.through()
        workflow(direct)
        workflow(through)
        self.assertGreater(len(direct.lines), 0, "the workflow records nothing")
        self.assertEqual(direct.text(), through.text())


class DebianClient(unittest.TestCase):
    """For the docker CLI 20.10 of Debian's docker.io."""

    command = "/usr/bin/docker"


class OtherClient(unittest.TestCase):
    """For a docker CLI that is installed beside Debian's: a newer one, usually."""

    command = shutil.which("docker") or "docker"

    def setUp(self):
        if os.path.realpath(self.command) == os.path.realpath(DebianClient.command):
            self.skipTest("no docker CLI beside Debian's is installed")
        super().setUp()
