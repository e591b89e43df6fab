# SPDX-License-Identifier: Apache-2.0
"""Every configuration that comes with tidegate passes its check on any machine, and says the same as the READMEs."""

import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CERTIFICATES = "/var/lib/tidegate/certs"
KEYS = {"cert": "cert.pem", "key": "key.pem", "client_ca": "ca.pem", "crl": "crl.pem"}


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def shipped():
    """Paths of the files in deploy/ that are configurations of tidegate."""
    files = glob.glob(os.path.join(ROOT, "deploy", "**", "*.yaml"), recursive=True)
    return sorted(os.path.relpath(file, ROOT) for file in files if re.search(r"^listeners:", read(file), re.M))


def check(file, text=None):
    command = [os.environ["TIDEGATE"], "check", "--policy", file]
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, check=False)
    return done.returncode, done.stdout, done.stderr


class DeployedConfigurations(unittest.TestCase):
    def test_each_passes_on_a_machine_that_is_not_its_own(self):
        self.assertGreaterEqual(len(shipped()), 8)
        for file in shipped():
            with self.subTest(file=file):
                status, said, warned = check(file)
                self.assertEqual((status, warned), (0, ""))
                self.assertIn(f"{file}: no mistakes: ", said)

    def test_each_passes_from_standard_input_too(self):
        for file in shipped():
            with self.subTest(file=file):
                status, said, warned = check("-", read(file))
                self.assertEqual((status, warned), (0, ""), said)

    def test_each_tls_listener_checks_revocation_and_has_its_files_where_readme_says(self):
        sections = [document for file in shipped() for document in [yaml.safe_load(read(file))]]
        example = re.search(r"```yaml\n(listeners:\n  - address: tcp://.*?)```", read("README.md"), re.S).group(1)
        sections.append(yaml.safe_load(example))
        found = [each["tls"] for section in sections for each in section["listeners"] if "tls" in each]
        self.assertGreaterEqual(len(found), 3)
        for tls in found:
            for key, name in KEYS.items():
                self.assertIn(f"{CERTIFICATES}/server/{name}", tls[key])
        self.assertIn(f"tidegate certs init --dir {CERTIFICATES} ", read("README.md"))

    def test_a_stop_leaves_the_drain_its_time(self):
        """Docker kills 10 s after `docker stop` unless the compose file says otherwise; systemd after TimeoutStopSec."""
        schema = json.loads(subprocess.run([os.environ["TIDEGATE"], "schema"], capture_output=True, check=True).stdout)
        told = schema["properties"]["limits"]["properties"]["drain_time"]["description"]
        drain = seconds(told.rpartition("default ")[2])
        self.assertLess(drain, 10 - 1, "cut connections have a second to end, and records another")
        for file, project in compose_files():
            with self.subTest(file=file):
                self.assertGreater(seconds(project["services"]["tidegate"]["stop_grace_period"]), drain + 2)
        with open(os.path.join(ROOT, "deploy", "systemd", "tidegate.service"), encoding="utf-8") as unit:
            self.assertGreater(int(re.search(r"^TimeoutStopSec=(\d+)$", unit.read(), re.M)[1]), drain + 2)


class ComposeFiles(unittest.TestCase):
    def test_the_image_alone_says_what_healthy_is(self):
        for file, project in compose_files():
            with self.subTest(file=file):
                self.assertNotIn("healthcheck", project["services"]["tidegate"])

    def test_what_runs_tidegate_is_confined_and_does_not_fill_the_disk(self):
        for file, project in compose_files():
            for name, service in project["services"].items():
                if "TIDEGATE_IMAGE" not in service["image"]:
                    continue
                with self.subTest(file=file, service=name):
                    self.assertEqual((service["read_only"], service["cap_drop"]), (True, ["ALL"]))
                    self.assertEqual(service["security_opt"], ["no-new-privileges:true"])
                    self.assertEqual(set(service["logging"]["options"]), {"max-size", "max-file"})

    def test_clients_end_at_once_and_start_when_tidegate_is_healthy(self):
        for file, project in compose_files():
            for name, service in project["services"].items():
                if "TIDEGATE_IMAGE" in service["image"]:
                    continue
                with self.subTest(file=file, service=name):
                    self.assertTrue(service["init"])
                    self.assertEqual(service["depends_on"], {"tidegate": {"condition": "service_healthy"}})

    def test_of_the_home_server_tells_programs_apart_by_their_own_networks(self):
        project = yaml.safe_load(read("deploy/compose/homelab/compose.yaml"))
        rules = yaml.safe_load(read("deploy/compose/homelab/config/tidegate.yaml"))["listeners"][0]["clients"]
        subnets = {name: network["ipam"]["config"][0]["subnet"] for name, network in project["networks"].items()}
        self.assertEqual({f"{rule['profile']}-gate": rule["address"] for rule in rules}, subnets)
        for name, network in project["networks"].items():
            members = [service for service, each in project["services"].items() if name in each["networks"]]
            self.assertEqual((sorted(members), network["internal"]), (sorted(["tidegate", name.removesuffix("-gate")]), True))


class Image(unittest.TestCase):
    def test_has_the_version_of_the_program(self):
        version = re.search(r"^project\(tidegate VERSION (\S+) ", read("CMakeLists.txt"), re.M)[1]
        self.assertIn(f"\nARG VERSION={version}\n", read("deploy/Dockerfile"))

    def test_keys_and_settings_of_the_examples_are_not_committed(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["git", "init", "-q", folder], check=True)
            shutil.copy(os.path.join(ROOT, ".gitignore"), folder)
            for path in ("remote-admin/certs/ca/ca-key.pem", "monitor/.env"):
                command = ["git", "-C", folder, "check-ignore", "-q", f"deploy/compose/{path}"]
                self.assertEqual(subprocess.run(command, check=False).returncode, 0, path)


def compose_files():
    """Each compose file of deploy/ by its path, as its services and networks."""
    for path in sorted(glob.glob(os.path.join(ROOT, "deploy", "compose", "*", "compose.yaml"))):
        file = os.path.relpath(path, ROOT)
        yield file, yaml.safe_load(read(file))


def seconds(text):
    return int(re.fullmatch(r"(\d+)s", text)[1])


if __name__ == "__main__":
    unittest.main()
