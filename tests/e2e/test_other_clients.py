# SPDX-License-Identifier: Apache-2.0
"""Clients with habits of their own, whose suites once failed behind tidegate: what they do is the same as without it."""

import os
import shutil
import tempfile
import unittest

from tests.e2e import test_dockerode
from tests.e2e.engine import IMAGE
from tests.e2e.stage import StageTest

FOLDER = os.path.dirname(__file__)


class RubyDockerApi(StageTest):
    """It parses each piece of a stream as one message."""

    def test_workflow(self):
        script = os.path.join(FOLDER, "docker_api_workflow.rb")
        self.assert_same(lambda t: t.run("/usr/bin/ruby", script, IMAGE, env={"DOCKER_URL": t.host}))


class NodeDockerApi(StageTest):
    """It sends a body with each GET."""

    def test_workflow(self):
        modules = tempfile.mkdtemp(prefix="tidegate-node-docker-api-")
        self.addCleanup(shutil.rmtree, modules, ignore_errors=True)
        test_dockerode.install(modules, "node-docker-api@1.1.22")
        script = os.path.join(FOLDER, "node_docker_api_workflow.js")
        self.assert_same(lambda t: t.run("node", script, IMAGE, env={"NODE_PATH": f"{modules}/node_modules"}))


class Skopeo(StageTest):
    """It asks for API 1.22, which is older than what tidegate judges."""

    def test_copies_an_image_from_the_engine_and_back(self):
        def workflow(t):
            skopeo = ("/usr/bin/skopeo", "--insecure-policy")
            t.run(*skopeo, "copy", "-q", "--src-daemon-host", t.host, f"docker-daemon:{IMAGE}", f"dir:{t.path('image')}")
            t.run(*skopeo, "copy", "-q", "--dest-daemon-host", t.host, f"dir:{t.path('image')}", "docker-daemon:skopeo:1")
            t.docker("images", "--format", "{{.Repository}}:{{.Tag}} {{.Size}}", "skopeo")
            t.docker("rmi", "skopeo:1", quiet=True)

        self.assert_same(workflow)


if __name__ == "__main__":
    unittest.main()
