# SPDX-License-Identifier: Apache-2.0
"""`tidegate version` says what the program was built from, and the program says nothing of where that was."""

import json
import os
import re
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def version(*options):
    done = subprocess.run([os.environ["TIDEGATE"], "version", *options], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def project_version():
    with open(os.path.join(ROOT, "CMakeLists.txt"), encoding="utf-8") as file:
        return re.search(r"^project\(tidegate VERSION (\S+)", file.read(), re.M)[1]


def is_release():
    cache = os.path.join(os.path.dirname(os.environ["TIDEGATE"]), "CMakeCache.txt")
    if not os.path.exists(cache):
        return False
    with open(cache, encoding="utf-8") as file:
        text = file.read()
    return bool(re.search(r"^CMAKE_BUILD_TYPE:\w+=Release$", text, re.M) and re.search(r"^TIDEGATE_SANITIZE:\w+=$", text, re.M))


class Version(unittest.TestCase):
    def test_the_version_is_that_of_the_project(self):
        self.assertEqual(version(), (0, f"tidegate {project_version()}\n"))

    def test_json_names_version_commit_and_compiler(self):
        facts = json.loads(version("--json")[1])
        self.assertEqual(facts["version"], project_version())
        self.assertRegex(facts["commit"], r"^([0-9a-f]{40}(\+changes)?|unknown)$")
        self.assertRegex(facts["compiler"], r"^Clang \d+\.\d+\.\d+$")

    def test_json_names_each_library_with_its_version_also_those_of_headers(self):
        linked = {}
        for library in json.loads(version("--json")[1])["libraries"]:
            self.assertRegex(library["version"], r"^\d+(\.\d+)+", library)
            linked[library["name"]] = library["linked"]
        for name in ("boost", "cli11", "nlohmann-json"):
            self.assertEqual(linked[name], "headers", linked)
        self.assertIn(linked["llhttp"], ("static", "shared"))
        shared = subprocess.run(["ldd", os.environ["TIDEGATE"]], capture_output=True, text=True, check=True).stdout
        for name, file in (("fmt", "libfmt"), ("openssl", "libssl"), ("spdlog", "libspdlog"), ("yaml-cpp", "libyaml-cpp")):
            self.assertEqual(linked[name] == "shared", f"{file}.so" in shared, name)

    def test_json_names_the_openssl_that_is_loaded(self):
        said = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout
        library = re.search(r"\(Library: OpenSSL (\S+)", said) or re.match(r"OpenSSL (\S+)", said)
        self.assertEqual(json.loads(version("--json")[1])["loaded"]["openssl"], library[1])

    def test_the_program_holds_no_path_of_its_build(self):
        if not is_release():
            self.skipTest("only the release build leaves them out")
        with open(os.environ["TIDEGATE"], "rb") as file:
            program = file.read()
        self.assertNotIn(ROOT.encode(), program)


if __name__ == "__main__":
    unittest.main()
