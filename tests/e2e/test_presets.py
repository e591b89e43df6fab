# SPDX-License-Identifier: Apache-2.0
"""Real clients work behind the presets that are named after them, and can do nothing beyond."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
import urllib.request

from tests.e2e.engine import IMAGE
from tests.e2e.profiles import Profile
from tests.e2e.stage import StageTest
from tests.e2e.test_compose import DOCKERFILE, PROJECT
from tests.support.daemon import free_port
from tests.support.wait import wait_until

START = 60.0  # seconds for Prometheus to start and to look around once
TESTCONTAINERS = "testcontainers@10.13.2"
TESTCONTAINERS_SCRIPT = os.path.join(os.path.dirname(__file__), "testcontainers_workflow.js")


class DockerCompose(Profile, StageTest):
    profile = {"preset": "docker-compose"}

    def test_up_and_down(self):
        t = self.through()
        for name, content in (("docker-compose.yml", PROJECT), ("Dockerfile", DOCKERFILE)):
            with open(t.path(name), "w", encoding="ascii") as file:
                file.write(content)

        def compose(*arguments, **options):
            return t.run("/usr/bin/docker-compose", "--no-ansi", "-p", "proj", *arguments, **options)

        compose("up", "-d", "--build")
        compose("exec", "-T", "web", "true")
        compose("logs", "--no-color")
        compose("up", "-d", "--force-recreate")
        compose("down", "-v", "-t", "0", "--rmi", "local")
        self.assertEqual(self.direct().docker("ps", "-aq").text(), "")

    def test_nothing_beyond(self):
        self.direct().docker("run", "-d", "--name", "web", IMAGE, "sleep", "600")
        t = self.through()
        for command in (["export", "web"], ["commit", "web"], ["container", "prune", "-f"], ["swarm", "init"]):
            self.assertIn("tidegate: ", t.docker(*command, code=1).err.decode())
        refused = t.docker("run", "--rm", "--privileged", IMAGE, "true", code=125)
        self.assertIn("HostConfig.Privileged is true", refused.err.decode())


class Prometheus(Profile, StageTest):
    profile = {"preset": "prometheus"}

    def start_prometheus(self):
        folder = self.stage.new_folder()
        settings = {"scrape_configs": [{"job_name": "containers", "docker_sd_configs": [{"host": self.gate.host}]}]}
        with open(os.path.join(folder, "prometheus.yml"), "w", encoding="ascii") as file:
            json.dump(settings, file)
        address = f"127.0.0.1:{free_port()}"
        command = [
            "/usr/bin/prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address={address}", "--log.level=warn",
        ]  # fmt: skip
        with open(os.path.join(folder, "log"), "wb") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        return address

    def names_found(self, address):
        """The containers among its targets; none while it is not up."""
        try:
            with urllib.request.urlopen(f"http://{address}/api/v1/targets?state=any", timeout=START) as answer:
                targets = json.load(answer)["data"]
        except OSError:
            return []
        found = targets["activeTargets"] + targets["droppedTargets"]
        return [target["discoveredLabels"].get("__meta_docker_container_name") for target in found]

    def test_finds_containers(self):
        self.direct().docker("run", "-d", "--name", "seen", "--expose", "80", IMAGE, "sleep", "600")
        address = self.start_prometheus()
        wait_until(lambda: "/seen" in self.names_found(address), "Prometheus to find the container", START)
        asked = {record["operation"] for record in self.gate.audit()}
        self.assertLessEqual({"ContainerList", "NetworkList"}, asked)

    def test_nothing_beyond(self):
        self.assertIn("ContainerInspect refused", self.through().docker("start", "-a", "seen", code=1).err.decode())


class Testcontainers(Profile, StageTest):
    profile = {"preset": "testcontainers"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.modules = tempfile.mkdtemp(prefix="tidegate-testcontainers-")
        cls.addClassCleanup(shutil.rmtree, cls.modules, ignore_errors=True)
        subprocess.run(
            ["npm", "install", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error", TESTCONTAINERS],
            cwd=cls.modules, check=True, stdout=subprocess.DEVNULL, timeout=300,
        )  # fmt: skip

    def test_a_test_with_a_container(self):
        environment = {"NODE_PATH": os.path.join(self.modules, "node_modules"), "TESTCONTAINERS_RYUK_DISABLED": "true"}
        said = self.through().run("node", TESTCONTAINERS_SCRIPT, IMAGE, env=environment).text()
        self.assertEqual(said, "exec 0 hello\ncopied\nstopped")
        self.assertEqual(self.direct().docker("ps", "-aq").text(), "")


if __name__ == "__main__":
    unittest.main()
