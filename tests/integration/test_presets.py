# SPDX-License-Identifier: Apache-2.0
"""`tidegate presets` lists profiles for well-known clients, and prints configurations to start from."""

import os
import subprocess
import tempfile
import unittest

USAGE = 64


def tidegate(*arguments):
    return subprocess.run([os.environ["TIDEGATE"], *arguments], capture_output=True, timeout=100, check=False, text=True)


class Presets(unittest.TestCase):
    def names(self):
        listed = tidegate("presets")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        return [line.split()[0] for line in listed.stdout.splitlines()]

    def test_are_listed_with_a_line_each(self):
        self.assertIn("traefik", self.names())
        self.assertEqual(len(self.names()), 21)

    def test_shown_are_configurations_that_check_takes(self):
        for name in self.names():
            with self.subTest(name), tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                shown = tidegate("presets", "show", name)
                self.assertEqual(shown.returncode, 0, shown.stderr)
                file.write(shown.stdout)
                file.flush()
                checked = tidegate("check", "--policy", file.name)  # there may be no engine here
                self.assertEqual((checked.returncode, checked.stderr), (0, ""))

    def test_of_an_unknown_name_are_answered_with_the_nearest(self):
        shown = tidegate("presets", "show", "traefk")
        self.assertEqual((shown.returncode, shown.stdout), (USAGE, ""))
        self.assertIn("did you mean 'traefik'?", shown.stderr)


if __name__ == "__main__":
    unittest.main()
