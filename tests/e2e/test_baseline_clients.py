# SPDX-License-Identifier: Apache-2.0
"""Ordinary work goes on unchanged at the level `baseline`, where tidegate looks into every body."""

import unittest

from tests.e2e import test_cli, test_compose, test_docker_py, test_dockerode
from tests.e2e.profiles import Profile
from tests.e2e.stage import DebianClient, OtherClient, StageTest


class Baseline(Profile):
    """Whole workflows: what they do is the same, and tidegate refuses nothing."""

    test_fifty_containers_at_a_time = None  # takes minutes and says nothing of bodies

    def setUp(self):
        super().setUp()
        self.before = len(self.gate.audit())

    def tearDown(self):
        super().tearDown()
        refused = [each for each in self.gate.audit()[self.before :] if each["decision"] == "deny"]
        self.assertEqual(refused, [])


class DebianCliAtBaseline(Baseline, test_cli.CliWorkflows, DebianClient, StageTest):
    pass


class OtherCliAtBaseline(Baseline, test_cli.CliWorkflows, OtherClient, StageTest):
    pass


class ComposeAtBaseline(Baseline, test_compose.Compose):
    pass


class DockerPyAtBaseline(Baseline, test_docker_py.DockerPy):
    pass


class DockerodeAtBaseline(Baseline, test_dockerode.Dockerode):
    pass


if __name__ == "__main__":
    unittest.main()
