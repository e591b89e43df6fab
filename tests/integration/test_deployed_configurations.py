# SPDX-License-Identifier: Apache-2.0
"""Every configuration in deploy/ is one that tidegate takes."""

import glob
import json
import os
import re
import subprocess
import unittest

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# deploy/examples/ name groups that a machine need not have: tests/unit/config reads them.
# remote-admin names certificates that are made first: tests/e2e/test_sidecar.py does.
ELSEWHERE = ("examples", "remote-admin")


class DeployedConfigurations(unittest.TestCase):
    def test_check_finds_nothing(self):
        files = glob.glob(os.path.join(ROOT, "deploy", "**", "tidegate.yaml"), recursive=True)
        files = [file for file in files if not any(f"/{name}/" in file for name in ELSEWHERE)]
        self.assertGreaterEqual(len(files), 3)
        for file in files:
            with self.subTest(file=os.path.relpath(file, ROOT)):
                done = subprocess.run(
                    [os.environ["TIDEGATE"], "check", file], capture_output=True, text=True, check=False
                )
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_stop_leaves_the_drain_its_time(self):
        """Docker kills 10 s after `docker stop` unless the compose file says otherwise; systemd after TimeoutStopSec."""
        schema = json.loads(subprocess.run([os.environ["TIDEGATE"], "schema"], capture_output=True, check=True).stdout)
        told = schema["properties"]["limits"]["properties"]["drain_time"]["description"]
        drain = seconds(told.rpartition("default ")[2])
        self.assertLess(drain, 10 - 1, "cut connections have a second to end, and records another")
        for file in glob.glob(os.path.join(ROOT, "deploy", "compose", "*", "compose.yaml")):
            with self.subTest(file=os.path.relpath(file, ROOT)), open(file, encoding="utf-8") as text:
                tidegate = yaml.safe_load(text)["services"]["tidegate"]
                self.assertGreater(seconds(tidegate["stop_grace_period"]), drain + 2)
        with open(os.path.join(ROOT, "deploy", "systemd", "tidegate.service"), encoding="utf-8") as unit:
            self.assertGreater(int(re.search(r"^TimeoutStopSec=(\d+)$", unit.read(), re.M)[1]), drain + 2)


def seconds(text):
    return int(re.fullmatch(r"(\d+)s", text)[1])


if __name__ == "__main__":
    unittest.main()
