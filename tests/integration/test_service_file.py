# SPDX-License-Identifier: Apache-2.0
"""`tidegate serve` without options goes by /etc/tidegate/tidegate.yaml, where a package has installed it."""

import os
import shutil
import subprocess
import unittest

from tests.support.daemon import Daemon, DaemonTest

MOUNT = 'mount --bind "$0" /etc && exec "$@"'


class WithoutOptions(Daemon):
    """A daemon that is started as `tidegate serve`, on a machine whose /etc is a folder of the test."""

    def command(self):
        return ["unshare", "-m", "sh", "-c", MOUNT, os.path.dirname(self.folder), os.environ["TIDEGATE"], "serve"]

    def start(self):
        self.write()
        with open(self._stderr, "ab") as stderr:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr)


def may_mount():
    return subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


@unittest.skipUnless(os.geteuid() == 0 and may_mount(), "only root may replace /etc for a process")
class ServiceFile(DaemonTest):
    def setUp(self):
        super().setUp()
        os.makedirs(self.path("etc/tidegate"))
        for name in ("passwd", "group", "nsswitch.conf"):
            if os.path.exists(f"/etc/{name}"):
                shutil.copy(f"/etc/{name}", self.path("etc"))
        self.daemon = WithoutOptions(self.path("etc/tidegate"), self.config(deny=["SystemInfo"]))

    def start(self):
        self.daemon.start()
        self.addCleanup(self.daemon.stop)

    def test_is_served(self):
        self.start()
        self.daemon.await_ready()
        answer = self.ask(b"GET /info HTTP/1.1\r\nHost: d\r\n\r\n")
        self.assertRefused(answer, 403, "operation.denied")

    def said(self, **environment):
        done = subprocess.run(
            self.daemon.command(), capture_output=True, text=True, check=False, timeout=60, env={**os.environ, **environment}
        )
        return done.returncode, done.stderr

    def test_beside_variables_that_make_a_policy_nothing_is_started(self):
        self.daemon.write()
        status, said = self.said(CONTAINERS="1")
        self.assertEqual(status, 78, said)
        self.assertIn("/etc/tidegate/tidegate.yaml: environment variables make a policy, too", said)
        self.assertIn("--config or --env", said)

    def test_with_a_mistake_is_not_replaced_by_the_policy_without_a_file(self):
        self.daemon.write("lisen: []\n")
        status, said = self.said()
        self.assertEqual(status, 78, said)
        self.assertIn("/etc/tidegate/tidegate.yaml:1: ", said)


if __name__ == "__main__":
    unittest.main()
