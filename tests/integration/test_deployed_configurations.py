# SPDX-License-Identifier: Apache-2.0
"""Every configuration in deploy/ is one that tidegate takes."""

import glob
import os
import subprocess
import unittest

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


if __name__ == "__main__":
    unittest.main()
