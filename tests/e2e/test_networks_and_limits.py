# SPDX-License-Identifier: Apache-2.0
"""Names, subnets and limits: each request takes effect on the bare engine, and ends at tidegate.

What the engine's own answers show is the witness; beside each request the nearest harmless one passes.
"""

import json
import os
import subprocess
import unittest

from tests.e2e.engine import IMAGE
from tests.e2e.test_escapes import PROFILE, EscapeTest
from tests.support.http import request

MiB = 1 << 20
LIMITS = {"Memory": 64 * MiB, "NanoCpus": 10**9, "PidsLimit": 50}


class ProfileTest(EscapeTest):
    """As there, with what `containers` and `allow` have here."""

    containers = {}
    allow = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        profile = {"allow": [*PROFILE["allow"], *cls.allow], "containers": {"level": "baseline", **cls.containers}}
        cls.gate = cls.stage.tidegate("tested", profile, f"unix://{cls.relay.path}")
        cls.addClassCleanup(cls.gate.stop)

    def tearDown(self):
        for name in ("escape", "victim"):
            self.remove(name)
        super().tearDown()

    def post(self, target, **body):
        return request("POST", f"/v1.41{target}", body=json.dumps(body).encode())

    def create(self, name="escape", **host_config):
        body = {"Image": IMAGE, "Cmd": ["sleep", "600"], "HostConfig": {"NetworkMode": "none", **host_config}}
        return self.post(f"/containers/create?name={name}", **body)

    def made(self, data, status=201):
        answer = self.direct(data)
        self.assertEqual(answer.status, status, answer)
        return json.loads(answer.body) if answer.body else None

    def host_config(self, name="escape"):
        return self.get(f"/containers/{name}/json")["HostConfig"]


class Limits(ProfileTest):
    containers = {"enforce": {"memory": "64MiB", "cpus": 1, "pids": 50}}

    def test_a_container_gets_no_more_by_another_field(self):
        for fields, constraint in (
            ({"CpuQuota": -1}, "cpus"),
            ({"CpuQuota": 200000, "CpuPeriod": 100000}, "cpus"),
            ({"Memory": 64 * MiB, "MemorySwap": -1}, "memory"),
            ({"ShmSize": 65 * MiB}, "memory"),
            ({"KernelMemory": 65 * MiB}, "memory"),
        ):
            with self.subTest(fields):
                bad = self.create(**fields)
                self.made(bad)
                self.assertEqual({key: self.host_config()[key] for key in fields}, fields)
                self.remove()
                self.assert_stopped(bad, f"constraint.resources.{constraint}")
        self.assert_passes(self.create(CpuQuota=100000, CpuPeriod=100000, ShmSize=64 * MiB))

    def test_a_container_gets_what_is_enforced(self):
        self.assert_passes(self.create(Memory=8 << 30, MemorySwap=8 << 30, PidsLimit=-1))
        stored = self.host_config()
        self.assertEqual({key: stored[key] for key in LIMITS}, LIMITS)
        self.assertEqual(stored["MemorySwap"], 128 * MiB)

    def test_an_update_lifts_no_limit(self):
        for fields, constraint in (
            ({"PidsLimit": 0}, "pids"),
            ({"PidsLimit": -1}, "pids"),
            ({"CpuQuota": -1}, "cpus"),
            ({"MemorySwap": -1}, "memory"),
        ):
            with self.subTest(fields):
                self.made(self.create(**LIMITS))
                before = self.host_config()
                bad = self.post("/containers/escape/update", **fields)
                self.made(bad, 200)
                self.assertNotEqual(self.host_config(), before)
                self.remove()
                self.made(self.create(**LIMITS))
                self.assert_stopped(bad, f"constraint.resources.{constraint}")
                self.assertEqual(self.host_config(), before)
                self.remove()

    def test_an_update_is_lowered_to_what_is_enforced(self):
        self.made(self.create(**LIMITS))
        more = {"Memory": 512 * MiB, "MemorySwap": 1024 * MiB, "PidsLimit": 5000}
        self.assert_passes(self.post("/containers/escape/update", **more), 200)
        stored = self.host_config()
        self.assertEqual({key: stored[key] for key in LIMITS}, LIMITS)
        self.made(self.post("/containers/escape/update", **more), 200)
        self.assertEqual(self.host_config()["Memory"], 512 * MiB)

    def test_an_update_of_something_else_adds_no_limit(self):
        self.made(self.create())
        before = self.host_config()
        self.assert_passes(self.post("/containers/escape/update", RestartPolicy={"Name": "always"}), 200)
        self.assertEqual({**self.host_config(), "RestartPolicy": None}, {**before, "RestartPolicy": None})


class Names(ProfileTest):
    def setUp(self):
        super().setUp()
        self.id = self.made(self.create("victim"))["Id"]

    def whose(self, reference):
        return self.get(f"/containers/{reference}/json")["Id"]

    def test_a_container_does_not_take_over_another_s_short_id(self):
        short = self.id[:12]
        for name in (short, "/" + short):
            bad = self.create(name)
            taken = self.made(bad)["Id"]
            self.assertEqual(self.whose(short), taken)
            self.remove(taken)
            self.assert_stopped(bad, "constraint.names")
        self.assertEqual(self.whose(short), self.id)
        self.assert_passes(self.create("escape"))

    def test_nor_by_a_new_name(self):
        short, other = self.id[:12], self.made(self.create())["Id"]
        bad = request("POST", f"/v1.41/containers/{other}/rename?name={short}")
        self.made(bad, 204)
        self.assertEqual(self.whose(short), other)
        self.made(request("POST", f"/v1.41/containers/{other}/rename?name=escape"), 204)
        self.assert_stopped(bad, "constraint.names")
        self.assert_passes(request("POST", f"/v1.41/containers/{other}/rename?name=renamed"), 204)
        self.remove(other)

    def test_an_image_does_not_take_over_another_s_short_id(self):
        image = self.get(f"/images/{IMAGE}/json")["Id"]
        short = image.removeprefix("sha256:")[:12]
        other = self.made(request("POST", "/v1.41/commit?container=victim"))["Id"]
        bad = request("POST", f"/v1.41/images/{other}/tag?repo={short}")
        self.made(bad)
        self.assertEqual(self.get(f"/images/{short}/json")["Id"], other)
        self.made(request("DELETE", f"/images/{short}:latest?force=1"), 200)
        self.assert_stopped(bad, "constraint.names")


class Subnets(ProfileTest):
    """A network of the host is made for the time of these tests, before tidegate starts."""

    containers = {"subnets": ["192.0.2.0/24"]}

    @classmethod
    def setUpClass(cls):
        cls.interface = f"tgd{os.getpid()}"
        made = subprocess.run(["ip", "link", "add", cls.interface, "type", "bridge"], check=False)
        cls.addClassCleanup(subprocess.run, ["ip", "link", "del", cls.interface], check=False, stderr=subprocess.DEVNULL)
        if made.returncode != 0:
            raise unittest.SkipTest("this machine takes no more interfaces")
        super().setUpClass()

    @classmethod
    def folder_in(cls, place):
        """The first step that knows the engine."""
        network = cls.engine.addresses.of_the_host
        subprocess.run(["ip", "addr", "replace", network.replace(".0/", ".1/"), "dev", cls.interface], check=True)
        subprocess.run(["ip", "link", "set", cls.interface, "up"], check=True)
        return super().folder_in(place)

    def network(self, subnet, **more):
        return self.post("/networks/create", Name="escape", IPAM={"Config": [{"Subnet": subnet, **more}]})

    def leave(self):
        self.direct(request("DELETE", "/networks/escape"))

    def route_to(self, address):
        return subprocess.run(["ip", "route", "get", address], capture_output=True, check=False, text=True).stdout

    def test_the_host_s_own_traffic_is_not_taken_to_a_container(self):
        self.addCleanup(self.leave)
        for subnet, address in (("198.51.100.0/24", "198.51.100.9"), ("169.254.169.0/24", "169.254.169.254")):
            bad = self.network(subnet)
            made = self.made(bad)["Id"]
            self.assertIn(f"dev br-{made[:12]}", self.route_to(address))
            self.leave()
            self.assertNotIn("dev br-", self.route_to(address))
            self.assert_stopped(bad, "constraint.subnets")
            self.assertNotIn("dev br-", self.route_to(address))
        self.assert_passes(self.network(self.engine.addresses.spare))

    def test_a_gateway_lies_in_its_subnet(self):
        self.addCleanup(self.leave)
        spare = self.engine.addresses.spare
        self.assert_stopped(self.network(spare, Gateway="8.8.8.8"), "constraint.subnets")
        self.assert_passes(self.network(spare, Gateway=spare.replace(".0/24", ".7")))
        self.assertEqual(self.get("/networks/escape")["IPAM"]["Config"][0]["Gateway"], spare.replace(".0/24", ".7"))

    def test_a_network_of_the_host_is_nobody_else_s(self):
        bad = self.network(self.engine.addresses.of_the_host)
        self.assert_stopped(bad, "constraint.subnets")


if __name__ == "__main__":
    unittest.main()
