# SPDX-License-Identifier: Apache-2.0
"""The workflows of GitHub run what tests/run.sh has, and a release has the version of CMakeLists.txt."""

import os
import re
import subprocess
import unittest

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def workflow(name):
    return yaml.safe_load(read(".github", "workflows", name))


def commands(jobs):
    return [step["run"] for job in jobs.values() for step in job.get("steps", []) if "run" in step]


class Workflows(unittest.TestCase):
    def test_every_part_of_the_tests_is_run(self):
        parts = workflow("ci.yaml")["jobs"]["tests"]["strategy"]["matrix"]["part"]
        by_default = re.search(r"^  \(\(\$\{#parts\[@\]\}\)\) \|\| parts=\((.*)\)$", read("tests", "run.sh"), re.M)[1]
        self.assertEqual(sorted(parts), sorted(by_default.split()))

    def test_files_that_commands_name_are_there(self):
        named = set()
        for name in ("ci.yaml", "release.yaml"):
            for command in commands(workflow(name)["jobs"]):
                named.update(re.findall(r"(?<![\w/])(?:deploy|tests)/[\w./-]+", command))
        self.assertIn("deploy/package/sbom.py", named)
        for file in named:
            self.assertTrue(os.path.exists(os.path.join(ROOT, file)), file)

    def test_a_tag_that_is_not_the_version_makes_no_release(self):
        (check,) = [command for command in commands(workflow("release.yaml")["jobs"]) if "GITHUB_REF_NAME#v" in command]
        version = re.search(r"^project\(tidegate VERSION (\S+)", read("CMakeLists.txt"), re.M)[1]
        for tag, status in ((f"v{version}", 0), ("v99.0.0", 1)):
            done = subprocess.run(["bash", "-c", check], cwd=ROOT, env={**os.environ, "GITHUB_REF_NAME": tag}, check=False)
            self.assertEqual(done.returncode, status, tag)


if __name__ == "__main__":
    unittest.main()
