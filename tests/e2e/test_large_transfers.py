# SPDX-License-Identifier: Apache-2.0
"""Half a gigabyte goes through save, load, export and import without a changed byte."""

import hashlib
import os
import random
import subprocess
import unittest

from tests.e2e.engine import IMAGE
from tests.e2e.stage import StageTest

SIZE = 512 << 20
PIECE = 4 << 20


def write_noise(file, size):
    """Bytes that do not repeat and cost little: one random piece, numbered."""
    piece = bytearray(random.Random(5).randbytes(PIECE))
    for number in range(size // PIECE):
        piece[:8] = number.to_bytes(8, "big")
        file.write(piece)


class LargeTransfers(StageTest):
    command = "/usr/bin/docker"

    def setUp(self):
        self.t = self.through()
        self.d = self.direct()
        with open(self.d.path("noise"), "wb") as file:
            write_noise(file, SIZE)
        self.d.docker("create", "--name", "big", IMAGE, "true", quiet=True)

    def digest(self, t, *arguments):
        """The SHA-256 and the size of what a command prints."""
        with t.start(t.command, *arguments, stdout=subprocess.PIPE) as process:
            digest, size = hashlib.sha256(), 0
            while data := process.stdout.read(1 << 20):
                digest.update(data)
                size += len(data)
        self.assertEqual(process.returncode, 0)
        self.assertGreaterEqual(size, SIZE)
        return digest.hexdigest()

    def feed(self, t, path, *arguments):
        with open(path, "rb") as file:
            done = subprocess.run([t.command, *arguments], stdin=file, env=t.environment(), capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_half_a_gigabyte(self):
        # In: copied through tidegate, exported directly.
        self.t.docker("cp", self.d.path("noise"), "big:/noise", quiet=True)
        os.remove(self.d.path("noise"))
        exported = self.digest(self.d, "export", "big")
        self.assertEqual(self.digest(self.t, "export", "big"), exported)

        self.t.docker("export", "-o", self.t.path("tar"), "big", quiet=True)
        self.d.docker("rm", "big")
        self.feed(self.t, self.t.path("tar"), "import", "-", "big:1")
        os.remove(self.t.path("tar"))
        saved = self.digest(self.d, "save", "big:1")
        self.t.docker("save", "-o", self.t.path("tar"), "big:1", quiet=True)
        with open(self.t.path("tar"), "rb") as file:
            self.assertEqual(hashlib.file_digest(file, "sha256").hexdigest(), saved)

        before = self.d.docker("inspect", "--format", "{{.Id}} {{.RootFS.Layers}}", "big:1").out
        self.d.docker("rmi", "big:1", quiet=True)
        self.feed(self.t, self.t.path("tar"), "load")
        self.assertEqual(self.d.docker("inspect", "--format", "{{.Id}} {{.RootFS.Layers}}", "big:1").out, before)
        self.d.docker("rmi", "big:1", quiet=True)


if __name__ == "__main__":
    unittest.main()
