# SPDX-License-Identifier: Apache-2.0
"""deploy/quickstart.sh starts a tidegate that allows a read, refuses a change and leaves nothing behind."""

import os
import signal
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCRIPT = os.path.join(ROOT, "deploy", "quickstart.sh")


class Quickstart(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="tidegate-quick-")
        self.addCleanup(self.place.cleanup)
        # No engine answers there, so the stand-in is used unless the host has one at its usual place.
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": self.place.name, "DOCKER_HOST": "unix:///nowhere"}

    def start(self, *arguments):
        return subprocess.Popen(
            [SCRIPT, "--no-install", *arguments], env=self.environment, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def test_once(self):
        process = self.start("--once")
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, out + err)
        self.assertRegex(out, r"allowed: \[.*200\n")
        self.assertRegex(out, r"refused: .*ContainerCreate.*403\n")
        self.assertEqual(os.listdir(self.place.name), [])

    def test_runs_until_interrupted(self):
        process = self.start(os.path.join(self.place.name, "own.sock"))
        line = ""
        while "Ctrl-C" not in line:
            line = process.stdout.readline()
            self.assertNotEqual(line, "", process.poll())
        os.killpg(process.pid, signal.SIGINT)  # as the terminal does
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(os.listdir(self.place.name), [])

    def test_help_and_mistakes(self):
        said = subprocess.run([SCRIPT, "--help"], capture_output=True, text=True, check=True)
        self.assertIn("usage: deploy/quickstart.sh", said.stdout)
        wrong = subprocess.run([SCRIPT, "--such"], capture_output=True, text=True, check=False)
        self.assertEqual(wrong.returncode, 2)


if __name__ == "__main__":
    unittest.main()
