# SPDX-License-Identifier: Apache-2.0
"""dockerode, the Node.js library, works through tidegate: hijacked streams over 101, and over 200."""

import os
import shutil
import subprocess
import tempfile
import unittest

from tests.e2e.engine import IMAGE
from tests.e2e.stage import StageTest

PACKAGE = "dockerode@4.0.8"
SCRIPT = os.path.join(os.path.dirname(__file__), "dockerode_workflow.js")


class Dockerode(StageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.modules = tempfile.mkdtemp(prefix="tidegate-dockerode-")
        cls.addClassCleanup(shutil.rmtree, cls.modules, ignore_errors=True)
        install(cls.modules)

    def test_workflow(self):
        def workflow(t):
            modules = os.path.join(self.modules, "node_modules")
            t.run("node", SCRIPT, IMAGE, env={"NODE_PATH": modules})

        self.assert_same(workflow)


def install(folder, package=PACKAGE):
    """Its optional parts are for ssh and want a compiler; install scripts are not needed."""
    subprocess.run(
        ["npm", "install", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error", package],
        cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=300,
    )  # fmt: skip


if __name__ == "__main__":
    unittest.main()
