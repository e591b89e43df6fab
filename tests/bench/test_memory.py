# SPDX-License-Identifier: Apache-2.0
"""How much memory the daemon holds as it is shipped: at rest, and for each connection that waits."""

import dataclasses
import tempfile
import unittest
from unittest import mock

from tests.bench import contestants
from tests.bench.processes import raise_descriptor_limit
from tests.bench.scenarios import memory
from tests.bench.stage import BUILD, QUICK, Programs, Stage

# What was measured, and three tenths of room for other versions of the libraries.
ROOM = 1.3
AT_REST = 5.2 * ROOM  # MiB
IDLE_CONNECTION = 6.9 * ROOM  # KiB
STREAM_OF_EVENTS = 9.8 * ROOM
HELD = 1000


class Memory(unittest.TestCase):
    def test_neither_rest_nor_waiting_takes_more_than_its_limit(self):
        self.assertGreater(raise_descriptor_limit(4 * HELD), 2 * HELD, "files that this user may open")
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.object(contestants, "HAPROXY", None),
            Stage(Programs(BUILD), folder, dataclasses.replace(QUICK, held=HELD)) as stage,
        ):
            at_rest, idle, streams = memory(stage, stage.tidegate)
        self.assertLess(at_rest, AT_REST)
        self.assertLess((idle - at_rest) * 1024 / HELD, IDLE_CONNECTION)
        self.assertLess((streams - at_rest) * 1024 / HELD, STREAM_OF_EVENTS)


if __name__ == "__main__":
    unittest.main()
