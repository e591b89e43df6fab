# SPDX-License-Identifier: Apache-2.0
"""The bill of materials names what is in the program, also where scanners cannot see it."""

import hashlib
import json
import os
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Sbom(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = subprocess.run(
            [os.path.join(ROOT, "deploy", "package", "sbom.py"), os.environ["TIDEGATE"]], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        cls.bill = json.loads(done.stdout)
        cls.components = {component["name"]: component for component in cls.bill["components"]}

    def test_it_is_of_this_program(self):
        self.assertEqual((self.bill["bomFormat"], self.bill["specVersion"]), ("CycloneDX", "1.6"))
        with open(os.environ["TIDEGATE"], "rb") as file:
            content = hashlib.sha256(file.read()).hexdigest()
        self.assertEqual(self.bill["metadata"]["component"]["hashes"], [{"alg": "SHA-256", "content": content}])

    def test_libraries_of_headers_have_a_version_and_a_package(self):
        for name, package in (("boost", "libboost1.81-dev"), ("nlohmann-json", "nlohmann-json3-dev"), ("cli11", "libcli11-dev")):
            self.assertIn(f"pkg:deb/debian/{package}@", self.components[name]["purl"])
            self.assertRegex(self.components[name]["version"], r"^\d+\.\d+")

    def test_loaded_libraries_are_those_of_this_machine(self):
        version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "libssl3"], capture_output=True, text=True, check=True).stdout
        self.assertTrue(self.components["libssl3"]["purl"].startswith(f"pkg:deb/debian/libssl3@{version.replace('+', '%2B')}?"))

    def test_every_component_can_be_referred_to_once(self):
        references = [component["bom-ref"] for component in self.bill["components"]]
        self.assertEqual(len(references), len(set(references)))
        self.assertEqual(self.bill["dependencies"], [{"ref": "tidegate", "dependsOn": references}])


if __name__ == "__main__":
    unittest.main()
