# SPDX-License-Identifier: Apache-2.0
"""A test of `tidegate explain`, which must leave nothing behind."""

import glob
import json
import os
import shutil
import subprocess
import tempfile
import unittest

ALLOWED, REFUSED, INCONCLUSIVE, USAGE, CONFIG = 0, 1, 3, 64, 78


class ExplainTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tidegate-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.config = self.write("config", json.dumps({
            "upstream": "unix:///run/engine.sock",
            "listeners": [{"address": "unix:///run/a.sock", "profile": "monitor"},
                          {"address": "unix:///run/b.sock", "profile": "ci"}],
            "profiles": {"monitor": {"allow": ["@read"], "deny": ["@read-sensitive"]},
                         "ci": {"allow": ["*"], "containers": {"enforce": {"no_new_privileges": True}}}},
        }))  # fmt: skip

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run_explain(self, *arguments, stdin=b"", config=None, environment=()):
        """`environment` is added to this process's. Without a file, "--env" is among the arguments."""
        file = () if "--env" in arguments else ("--config", config or self.config)
        command = [os.environ["TIDEGATE"], "explain", *file, *arguments]
        variables = {**os.environ, "TMPDIR": self.folder, **dict(environment)}
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=100, check=False, env=variables)
        self.assertEqual(glob.glob(os.path.join(self.folder, "tidegate-*")), [], "something is left behind")
        return done

    def explain(self, *arguments, status, **options):
        """What is said on standard output."""
        done = self.run_explain(*arguments, **options)
        self.assertEqual(done.returncode, status, (done.args, done.stdout, done.stderr))
        return done.stdout.decode()

    def complaint(self, *arguments, status=USAGE, **options):
        """What is said on standard error; nothing else may be said."""
        done = self.run_explain(*arguments, **options)
        self.assertEqual((done.returncode, done.stdout), (status, b""), (done.args, done.stderr))
        return done.stderr.decode()

    def assertLine(self, text, what, said):
        lines = [line[len(what) :].strip() for line in text.splitlines() if line.startswith(what)]
        self.assertIn(said, lines, text)
