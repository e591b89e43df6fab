# SPDX-License-Identifier: Apache-2.0
"""README's first screen, as it is written, starts a tidegate that allows a list and refuses a container."""

import os
import re

from tests.e2e import sidecar, test_sidecar
from tests.e2e.engine import IMAGE
from tests.support import pages
from tests.support.daemon import free_port
from tests.support.wait import wait_until

SOCKET = "/var/run/docker.sock"
GROUP = '    group_add: ["${DOCKER_GID}"]'
ROOT_WITHOUT_RIGHTS = '    user: "0:0"\n    cap_drop: [ALL]\n    read_only: true'


class FirstScreen(test_sidecar.SidecarTest):
    def setUp(self):
        super().setUp()
        self.environment = {"DOCKER_HOST": self.engine.host, "PATH": "/usr/bin:/bin"}
        self.shell(f"docker tag {sidecar.TIDEGATE} tidegate")

    def shell(self, line, code=0, **environment):
        return sidecar.run("/bin/bash", "-c", line, env={**self.environment, **environment}, code=code)

    def on_this_engine(self, shown):
        """What README shows, with the socket of this test's engine on the host's side."""
        shown = shown.replace(f"{SOCKET}:", f"{self.engine.path}:")
        return shown.replace(f"stat -c %g {SOCKET}", f"stat -c %g {self.engine.path}")

    def test_its_commands_build_start_allow_and_refuse(self):
        port = free_port()
        self.addCleanup(self.shell, "docker rm -f tidegate && docker network rm first-screen")
        # The default bridge may have the addresses of another test's engine.
        self.shell("docker network create first-screen")
        text = self.on_this_engine("\n".join(pages.command_lines("README.md"))).replace(":2375:", f":{port}:")
        build, start, allowed, refused = text.replace("127.0.0.1:2375", f"127.0.0.1:{port}").splitlines()[:4]
        self.assertEqual(build, "docker build -t tidegate -f deploy/Dockerfile .")
        self.shell(start.replace("docker run -d", "docker run -d --network first-screen"))
        wait_until(lambda: self.shell(allowed, code=None).returncode == 0, allowed, sidecar.PATIENCE)
        self.assertIn("tidegate", self.shell(allowed).text)
        self.assert_refused(self.shell(refused, code=None), "`POST=1` would allow it")

    def test_its_compose_file_starts_one_as_a_member_of_the_sockets_group(self):
        self.assert_serves(self.compose_file(), "65532")

    def test_its_compose_file_starts_one_as_root_without_roots_rights(self):
        file = self.compose_file()
        self.assertIn(GROUP, file)
        for line in ROOT_WITHOUT_RIGHTS.splitlines():
            self.assertIn(f"`{line.strip()}`", pages.text("README.md"))
        self.assert_serves(re.sub(re.escape(GROUP) + ".*", ROOT_WITHOUT_RIGHTS, file), "0", capabilities="0" * 16)

    def compose_file(self):
        return next(block for block in pages.blocks("README.md", "yaml") if block.startswith("services:"))

    def assert_serves(self, file, user, capabilities="[0-9a-f]{16}"):
        path = os.path.join(self.stage.new_folder(), "compose.yaml")
        with open(path, "w", encoding="utf-8") as out:
            out.write(self.on_this_engine(file))
        compose = f"docker-compose -p readme -f {path}"
        group = str(os.stat(self.engine.path).st_gid)
        self.addCleanup(self.shell, f"{compose} down -t 0", DOCKER_GID=group)
        self.shell(f"{compose} up -d", DOCKER_GID=group)
        container = self.shell(f"{compose} ps -q tidegate", DOCKER_GID=group).text.strip()
        address = self.shell(f"docker inspect -f '{{{{.NetworkSettings.Networks.readme_default.IPAddress}}}}' {container}")
        client = f"docker -H tcp://{address.text.strip()}:2375"
        wait_until(lambda: self.shell(f"{client} ps", code=None).returncode == 0, f"{client} ps", sidecar.PATIENCE)
        self.assert_refused(self.shell(f"{client} run {IMAGE} true", code=None), "`POST=1` would allow it")
        self.assert_runs_as(container, user, capabilities)

    def assert_runs_as(self, container, user, capabilities):
        process = self.shell(f"docker inspect -f '{{{{.State.Pid}}}}' {container}").text.strip()
        with open(f"/proc/{process}/status", encoding="ascii") as status:
            told = status.read()
        self.assertRegex(told, rf"\nUid:\t{user}\t{user}\t{user}\t{user}\n")
        self.assertRegex(told, rf"\nCapEff:\t{capabilities}\n")


if __name__ == "__main__":
    import unittest

    unittest.main()
