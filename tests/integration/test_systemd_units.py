# SPDX-License-Identifier: Apache-2.0
"""The units in deploy/systemd/ are what systemd understands, and leave the service little to do harm with."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

from tests.support.tools import tool

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNITS = os.path.join(ROOT, "deploy", "systemd")
EXPOSURE = 2.0  # of 10, as systemd-analyze counts; what is left is network, uids of clients and the group docker


def text(name):
    with open(os.path.join(UNITS, name), encoding="utf-8") as file:
        return file.read()


class SystemdUnits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.analyze = tool("systemd-analyze", "systemd")

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tidegate-units-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def install(self, service):
        """Copies both units, with the binary under test in ExecStart: `verify` wants it to exist."""
        shutil.copy(os.path.join(UNITS, "tidegate.socket"), self.folder)
        with open(self.path("tidegate.service"), "w", encoding="utf-8") as file:
            file.write(service.replace("/usr/bin/tidegate", os.environ["TIDEGATE"]))

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_analyze(self, *arguments):
        return subprocess.run([self.analyze, *arguments], capture_output=True, text=True, check=False)

    def test_verify_finds_nothing(self):
        self.install(text("tidegate.service"))
        done = self.run_analyze("verify", "--man=no", self.path("tidegate.service"), self.path("tidegate.socket"))
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_verify_finds_a_misspelt_setting(self):
        self.install(text("tidegate.service").replace("ProtectHome=", "ProtectHom="))
        done = self.run_analyze("verify", "--man=no", self.path("tidegate.service"))
        self.assertIn("'ProtectHom'", done.stderr)

    def test_the_service_is_confined(self):
        self.install(text("tidegate.service"))
        done = self.run_analyze(
            "security", "--offline=true", f"--threshold={EXPOSURE * 10:.0f}", "--no-pager",
            self.path("tidegate.service"),
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout[-400:] + done.stderr)

    def install_renewal(self):
        shutil.copy(os.path.join(UNITS, "tidegate-certs.timer"), self.folder)
        with open(self.path("tidegate-certs.service"), "w", encoding="utf-8") as file:
            file.write(text("tidegate-certs.service").replace("/usr/bin/tidegate", os.environ["TIDEGATE"]))
        return self.path("tidegate-certs.service"), self.path("tidegate-certs.timer")

    def test_verify_finds_nothing_in_the_renewal(self):
        done = self.run_analyze("verify", "--man=no", *self.install_renewal())
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_the_renewal_is_confined(self):
        service, _ = self.install_renewal()
        done = self.run_analyze("security", "--offline=true", f"--threshold={EXPOSURE * 10:.0f}", "--no-pager", service)
        self.assertEqual(done.returncode, 0, done.stdout[-400:] + done.stderr)

    def test_the_renewal_runs_daily_where_the_examples_have_their_certificates(self):
        self.assertIn("\nOnCalendar=daily\n", text("tidegate-certs.timer"))
        command = re.search(r"^ExecStart=/usr/bin/tidegate (.*) --dir (\S+)$", text("tidegate-certs.service"), re.M)
        verb, folder = command.groups()
        self.assertIn(f"\nReadWritePaths={folder}\n", text("tidegate-certs.service"))
        with open(os.path.join(ROOT, "deploy", "examples", "remote-admin.yaml"), encoding="utf-8") as file:
            self.assertIn(f"crl: [{folder}/server/crl.pem]", file.read())
        there = self.path("certs")
        for words in (["certs", "init", "--host", "x.test"], verb.split()):
            done = subprocess.run([os.environ["TIDEGATE"], *words, "--dir", there], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("list", done.stdout)

    def test_a_reload_looks_at_the_file_before_the_service_does(self):
        commands = re.findall(r"^ExecReload=(.*)$", text("tidegate.service"), re.M)
        program, *words, file = commands[0].split()
        self.assertEqual((program, words), ("/usr/bin/tidegate", ["check"]))
        self.assertIn(f"--config {file}\n", text("tidegate.service"))
        self.assertEqual(commands[1:], ["/bin/kill -HUP $MAINPID"])
        with open(self.path("tidegate.yaml"), "w", encoding="utf-8") as broken:
            broken.write("lisen: []\n")
        done = subprocess.run([os.environ["TIDEGATE"], *words, broken.name], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 78, done.stderr)

    def test_a_host_without_an_engine_gets_the_groups_that_the_service_has(self):
        os.makedirs(self.path("etc"))
        done = subprocess.run(
            [tool("systemd-sysusers", "systemd"), f"--root={self.folder}", os.path.join(UNITS, "tidegate.sysusers")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path("etc/group"), encoding="utf-8") as file:
            groups = {line.split(":")[0] for line in file}
        wanted = re.findall(r"^(?:Group|SupplementaryGroups|SocketGroup)=(.*)$", text("tidegate.service") + text("tidegate.socket"), re.M)
        self.assertEqual(len(wanted), 3)
        self.assertLessEqual(set(wanted), groups)

    def test_no_socket_is_left_where_nobody_listens(self):
        self.assertIn("\nRemoveOnStop=yes\n", text("tidegate.socket"))

    def test_each_socket_is_a_listener_of_the_configuration(self):
        sockets = re.findall(r"^ListenStream=(.*)$", text("tidegate.socket"), re.M)
        listeners = re.findall(r"^  - address: unix://(\S+)", text("tidegate.yaml"), re.M)
        self.assertGreater(len(sockets), 0)
        self.assertEqual(sockets, listeners)


if __name__ == "__main__":
    unittest.main()
