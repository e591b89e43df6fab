# SPDX-License-Identifier: Apache-2.0
"""What a profile asks of `docker run`: listed directories, a hardened way of running, or tidegate hardens it."""

import json
import os
import unittest

from tests.e2e.engine import IMAGE
from tests.e2e.profiles import ALLOW, BASELINE, Profile
from tests.e2e.stage import DebianClient, OtherClient, StageTest

RESTRICTED = {"allow": ALLOW, "containers": {"level": "restricted"}}
ENFORCED = {
    "allow": ALLOW,
    "containers": {
        "level": "restricted",
        "enforce": {
            "labels": {"team": "ci"}, "no_new_privileges": True, "drop_all_capabilities": True, "read_only_rootfs": True,
            "memory": "64MiB", "cpus": 0.5, "pids": 64, "user": "1000:1000", "log_driver": "local",
        },
    },
}  # fmt: skip

HARDENED = [
    "--user", "1000:1000", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
    "--memory", "64m", "--pids-limit", "64", "--cpus", "0.5",
]  # fmt: skip


class Binds(Profile):
    """Host directories: the listed one, and nothing beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = cls.stage.new_folder()
        with open(os.path.join(cls.shared, "file"), "w", encoding="ascii") as file:
            file.write("words\n")
        # The file below it as well: a link there is nobody's to make here.
        binds = [{"path": cls.shared, "below": "unresolved"}]
        cls.gate = cls.stage.tidegate("binds", {**BASELINE, "containers": {"level": "baseline", "binds": binds}})
        cls.addClassCleanup(cls.gate.stop)

    def test_a_listed_directory_is_mounted(self):
        def workflow(t):
            t.docker("run", "--rm", "-v", f"{self.shared}:/v", IMAGE, "cat", "/v/file")
            t.docker("run", "--rm", "-v", f"{self.shared}/file:/f:ro", IMAGE, "cat", "/f")
            t.docker("run", "--rm", "--mount", f"type=bind,src={self.shared},dst=/v,readonly", IMAGE, "touch", "/v/x", code=1)

        self.assert_same(workflow)

    def test_a_directory_beside_it_is_not(self):
        beside = f"{self.shared}-beside"
        os.mkdir(beside)
        self.direct().docker("run", "--rm", "-v", f"{beside}:/v", IMAGE, "true")
        refused = self.through().docker("run", "--rm", "-v", f"{beside}:/v", IMAGE, "true", code=125)
        self.assertIn("HostConfig.Binds[0]", refused.err.decode())


class DebianBinds(Binds, DebianClient, StageTest):
    pass


class OtherBinds(Binds, OtherClient, StageTest):
    pass


class Restricted(Profile):
    profile = RESTRICTED

    def test_a_hardened_run_passes(self):
        def workflow(t):
            t.docker("run", "--rm", *HARDENED, IMAGE, "sh", "-c", "id -u; grep -e NoNewPrivs -e CapEff /proc/self/status")
            t.docker("run", "--rm", *HARDENED, IMAGE, "touch", "/made", code=1)

        self.assert_same(workflow)

    def test_each_part_of_the_hardening_is_asked_for(self):
        parts = [
            (["--user", "1000:1000"], "Config.User"),
            (["--read-only"], "ReadonlyRootfs"),
            (["--cap-drop", "ALL"], "CapDrop"),
            (["--security-opt", "no-new-privileges"], "SecurityOpt"),
            (["--memory", "64m"], "Memory"),
            (["--pids-limit", "64"], "PidsLimit"),
            (["--cpus", "0.5"], "NanoCpus"),
        ]
        for part, field in parts:
            with self.subTest(part[0]):
                at = HARDENED.index(part[0])
                rest = HARDENED[:at] + HARDENED[at + len(part) :]
                refused = self.through().docker("run", "--rm", *rest, IMAGE, "true", code=125)
                self.assertIn(field.removeprefix("Config."), refused.err.decode())
        self.assertEqual(self.direct().docker("ps", "-aq").text(), "")


class DebianRestricted(Restricted, DebianClient, StageTest):
    pass


class OtherRestricted(Restricted, OtherClient, StageTest):
    pass


class Enforced(Profile):
    """An unaware client gets a hardened container instead of a refusal."""

    profile = ENFORCED

    def test_a_plain_run_is_hardened(self):
        t = self.through()
        t.docker("run", "-d", "--name", "plain", IMAGE, "sleep", "600")
        container = json.loads(self.direct().docker("inspect", "plain").out)[0]
        host = container["HostConfig"]
        self.assertEqual(container["Config"]["User"], "1000:1000")
        self.assertEqual(container["Config"]["Labels"], {"team": "ci"})
        self.assertEqual(host["SecurityOpt"], ["no-new-privileges"])
        self.assertEqual(host["CapDrop"], ["ALL"])
        self.assertIs(host["ReadonlyRootfs"], True)
        self.assertEqual((host["Memory"], host["NanoCpus"], host["PidsLimit"]), (64 << 20, 500_000_000, 64))
        self.assertEqual(host["LogConfig"]["Type"], "local")
        self.assertEqual(t.docker("exec", "plain", "id", "-u").text(), "1000")

    def test_the_record_says_what_was_added(self):
        self.through().docker("run", "--rm", IMAGE, "true")
        created = [each for each in self.gate.await_audit() if each["operation"] == "ContainerCreate"][-1]
        self.assertIn("ReadonlyRootfs", json.dumps(created.get("enforced")), created)

    def test_what_no_value_heals_is_refused(self):
        refused = self.through().docker("run", "--rm", "--privileged", IMAGE, "true", code=125)
        self.assertIn("HostConfig.Privileged", refused.err.decode())


class DebianEnforced(Enforced, DebianClient, StageTest):
    pass


class OtherEnforced(Enforced, OtherClient, StageTest):
    pass


if __name__ == "__main__":
    unittest.main()
