# SPDX-License-Identifier: Apache-2.0
"""docker-compose 1.29 brings a project up and down through tidegate as without it."""

import unittest

from tests.e2e.engine import IMAGE
from tests.e2e.stage import StageTest

PROJECT = f"""
version: "3.7"
services:
  web:
    image: {IMAGE}
    command: sh -c "mkdir /tmp/w; echo served > /tmp/w/i; httpd -f -h /tmp/w"
    volumes: ["kept:/kept"]
    networks: [inner]
  ask:
    build: .
    depends_on: [web]
    networks: [inner]
volumes: {{kept: {{}}}}
networks: {{inner: {{}}}}
"""
DOCKERFILE = f"FROM {IMAGE}\nCMD until wget -q -O - http://web/i 2>/dev/null; do sleep 0.1; done\n"


class Compose(StageTest):
    def test_up_and_down(self):
        def workflow(t):
            for name, content in (("docker-compose.yml", PROJECT), ("Dockerfile", DOCKERFILE)):
                with open(t.path(name), "w", encoding="ascii") as file:
                    file.write(content)

            def compose(*arguments, **options):
                return t.run("/usr/bin/docker-compose", "--no-ansi", "-p", "proj", *arguments, **options)

            compose("config", "--services")
            compose("build", quiet=True)
            compose("up", "-d", quiet=True)
            t.docker("wait", "proj_ask_1")
            compose("ps", "-q")
            compose("logs", "--no-color", "ask")
            compose("exec", "-T", "web", "sh", "-c", "cat /tmp/w/i; exit 3", code=3)
            compose("run", "--rm", "-T", "web", "sh", "-c", "ls -d /kept; exit 4", code=4, quiet=True)
            compose("restart", "-t", "0", "web", quiet=True)
            compose("stop", "-t", "0", quiet=True)
            compose("down", "-v", "-t", "0", "--rmi", "local", quiet=True)
            t.docker("ps", "-aq", "--filter", "label=com.docker.compose.project=proj")
            t.docker("volume", "ls", "-q", "--filter", "label=com.docker.compose.project=proj")

        self.assert_same(workflow)


if __name__ == "__main__":
    unittest.main()
