# SPDX-License-Identifier: Apache-2.0
"""A service reaches the host's network by its id on the bare engine, and ends at tidegate."""

import subprocess
import unittest

from tests.e2e.engine import IMAGE
from tests.e2e.test_networks_and_limits import ProfileTest
from tests.support.http import request


class ServiceNetworks(ProfileTest):
    allow = ("@service",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        docker = ["/usr/bin/docker", "-H", cls.engine.host]
        subprocess.run([*docker, "swarm", "init", "--advertise-addr", "127.0.0.1"], check=True, capture_output=True)
        cls.addClassCleanup(subprocess.run, [*docker, "swarm", "leave", "--force"], check=False, capture_output=True)
        subprocess.run([*docker, "network", "create", "-d", "overlay", "my_net"], check=True, capture_output=True)

    def service(self, target):
        task = {"ContainerSpec": {"Image": IMAGE, "Command": ["sleep", "600"]}, "Networks": [{"Target": target}]}
        return self.post("/services/create", Name="escape", TaskTemplate=task)

    def leave(self):
        self.direct(request("DELETE", "/services/escape"))

    def test_the_host_s_network_is_not_reached_by_its_id(self):
        self.addCleanup(self.leave)
        swarm_id = self.get("/networks/host?scope=swarm")["Id"]
        local_id = self.get("/networks/host?scope=local")["Id"]
        for target in (swarm_id, swarm_id[:6], local_id):
            bad = self.service(target)
            self.made(bad)
            networks = self.get("/services/escape")["Spec"]["TaskTemplate"]["Networks"]
            self.assertEqual([each["Target"] for each in networks], [swarm_id])
            self.leave()
            self.assert_stopped(bad, "constraint.namespaces.network")
        self.assert_passes(self.service("my_net"))


if __name__ == "__main__":
    unittest.main()
