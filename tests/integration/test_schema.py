# SPDX-License-Identifier: Apache-2.0
"""`tidegate schema` agrees with the loader, and `tidegate check --print` with both."""

import glob
import json
import os
import re
import subprocess
import tempfile
import unittest

import jsonschema
import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LISTENER = {"address": "unix:///run/a.sock", "profile": "p"}
PROFILE = {"allow": ["@read"]}


def tidegate(*arguments):
    command = [os.environ["TIDEGATE"], *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def configuration(profile=None, listener=None, **sections):
    return {
        "listeners": [{**LISTENER, **(listener or {})}],
        "profiles": {"p": {**PROFILE, **(profile or {})}},
        **sections,
    }


def containers(**keys):
    return configuration(profile={"containers": keys})


def without(key, **more):
    whole = configuration(**more)
    del whole[key]
    return whole


# Each has one mistake that its shape shows.
WRONG = {
    "no listeners": without("listeners"),
    "no profiles": without("profiles"),
    "no listener": {"listeners": [], "profiles": {"p": PROFILE}},
    "no profile": {"listeners": [LISTENER], "profiles": {}},
    "no map": ["listeners"],
    "unknown section": configuration(limit={}),
    "unknown key of a listener": configuration(listener={"adress": "unix:///run/b.sock"}),
    "unknown key of a profile": configuration(profile={"allows": []}),
    "unknown key of containers": containers(privileged=True),
    "unknown key of limits": configuration(limits={"time": "1s"}),
    "unknown key in a list": containers(binds=[{"path": "/a", "readonly": True}]),
    "listener without an address": {"listeners": [{"profile": "p"}], "profiles": {"p": PROFILE}},
    "listener without a profile": {"listeners": [{"address": "unix:///run/a.sock"}], "profiles": {"p": PROFILE}},
    "profile without anything": {"listeners": [LISTENER], "profiles": {"p": {"deny": []}}},
    "client without a profile": {"listeners": [{"address": "unix:///a", "clients": [{"uid": 0}]}], "profiles": {"p": PROFILE}},
    "bind without a path": containers(binds=[{"read_only": True}]),
    "memory without max": containers(memory={}),
    "a value where a map belongs": containers(memory="4g"),
    "a value where a list belongs": configuration(profile={"deny": "ContainerExport"}),
    "a map where a list belongs": containers(binds={"path": "/a"}),
    "a list where a value belongs": configuration(listener={"mode": ["0660"]}),
    "nothing where a value belongs": configuration(workers=None),
    "no boolean": configuration(listener={"insecure": "true"}),
    "a number for a boolean": containers(require_digest=1),
    "no number": configuration(workers="many"),
    "a number out of range": configuration(workers=257),
    "a number below its range": configuration(limits={"head_fields": 9}),
    "a time without a unit": configuration(limits={"head_time": 10}),
    "a time in words": configuration(limits={"head_time": "10 seconds"}),
    "a size in another unit": configuration(limits={"body_bytes": "1kB"}),
    "an address of another kind": configuration(listener={"address": "http://localhost"}),
    "a mode without its zero": configuration(listener={"mode": "660"}),
    "a path that is relative": configuration(audit={"file": "audit.log"}),
    "mode": configuration(profile={"mode": "audit"}),
    "level": containers(level="strict"),
    "log level": configuration(log={"level": "verbose"}),
    "preset": configuration(profile={"preset": "trafik"}),
    "ulimit": containers(ulimits={"files": 1}),
    "permissions": containers(devices=[{"path": "/dev/fuse", "permissions": "rx"}]),
}

# What readers of YAML take for other things than text, and tidegate does not.
RIGHT = {
    "numbers for accounts": "listeners: [{address: unix:///run/a.sock, clients: [{uid: 0, gid: 0, profile: p}]}]",
    "a mode without quotes": "listeners: [{address: unix:///run/a.sock, mode: 0660, profile: p}]",
    "a number in quotes": 'listeners: [{address: unix:///run/a.sock, profile: p}]\nworkers: "2"',
    "a time that is off": "listeners: [{address: unix:///run/a.sock, profile: p}]\nlimits: {tunnel_idle_time: 0}",
}


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = tidegate("schema")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        schema = json.loads(done.stdout)
        jsonschema.Draft202012Validator.check_schema(schema)
        cls.validator = jsonschema.Draft202012Validator(schema)

    def assertFits(self, text):
        problems = [f"{error.json_path}: {error.message}" for error in self.validator.iter_errors(yaml.safe_load(text))]
        self.assertEqual(problems, [])

    def check(self, text, *options):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            return tidegate("check", *options, file.name)

    def test_a_condition_on_a_certificate_is_one_value_or_a_list_of_some(self):
        text = ("listeners: [{address: 'tcp://127.0.0.1:1', tls: {cert: /c, key: /k, client_ca: /a}, "
                "clients: [{certificate: {common_name: %s}, profile: p}]}]\nprofiles: {p: {allow: []}}\n")
        for value, is_right in (("a", True), ("[a, b]", True), ("[]", False), ("{a: b}", False), ("[[a]]", False)):
            with self.subTest(value):
                self.assertEqual(self.check(text % value, "--policy").returncode == 0, is_right)
                self.assertEqual(self.validator.is_valid(yaml.safe_load(text % value)), is_right)

    def test_every_deployed_configuration_fits(self):
        files = glob.glob(os.path.join(ROOT, "deploy", "examples", "*.yaml"))
        files += glob.glob(os.path.join(ROOT, "deploy", "**", "tidegate.yaml"), recursive=True)
        self.assertGreaterEqual(len(files), 6)
        for path in files:
            with self.subTest(file=os.path.relpath(path, ROOT)), open(path, encoding="utf-8") as file:
                self.assertFits(file.read())

    def test_every_whole_file_of_the_readmes_fits(self):
        seen = 0
        for name in ("README.md", "config/README.md"):
            with open(os.path.join(ROOT, name), encoding="utf-8") as file:
                blocks = re.findall(r"```yaml\n(.*?)```", file.read(), re.DOTALL)
            for block in blocks:
                if "listeners:" in block and "profiles:" in block:
                    self.assertFits(block)
                    seen += 1
        self.assertEqual(seen, 4)

    def test_every_preset_fits_and_so_does_what_it_comes_to(self):
        names = [line.split()[0] for line in tidegate("presets").stdout.splitlines()]
        self.assertGreater(len(names), 15)
        for name in names:
            with self.subTest(preset=name):
                text = tidegate("presets", "show", name).stdout
                self.assertFits(text)
                whole = self.check(text, "--print")
                self.assertEqual(whole.returncode, 0, whole.stderr)
                self.assertFits(whole.stdout)
                again = self.check(whole.stdout, "--print")
                self.assertEqual((again.returncode, again.stdout), (0, whole.stdout), again.stderr)

    def test_it_is_not_stricter_than_the_loader(self):
        for name, text in RIGHT.items():
            with self.subTest(name):
                text += "\nprofiles: {p: {allow: []}}\n"
                done = self.check(text)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertFits(text)

    def test_what_the_loader_refuses_for_its_shape_it_refuses_too(self):
        for name, whole in WRONG.items():
            with self.subTest(name):
                self.assertEqual(self.check(json.dumps(whole)).returncode, 78)
                self.assertFalse(self.validator.is_valid(whole))

    def test_the_base_of_the_wrong_ones_is_right(self):
        self.assertEqual(self.check(json.dumps(containers(level="baseline"))).returncode, 0)
        self.assertFits(json.dumps(containers(level="baseline")))

    def test_mistakes_are_told_by_print_as_without(self):
        text = json.dumps(containers(level="strict"))
        done = self.check(text, "--print")
        self.assertEqual((done.returncode, done.stdout), (78, ""))
        self.assertIn("profiles.p.containers.level", done.stderr)

    def test_print_needs_a_file(self):
        self.assertEqual(tidegate("check", "--env", "--print").returncode, 64)


if __name__ == "__main__":
    unittest.main()
