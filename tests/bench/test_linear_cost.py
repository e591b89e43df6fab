# SPDX-License-Identifier: Apache-2.0
"""No body costs more than its length: who sends one picks what is in it.

The program linear_cost decides about bodies in which one list, map or text is as long as can be, for every
list, map and text that the engine reads. What the longer one of two such bodies costs more than the shorter
one, counted by callgrind, is what an element costs.
"""

import concurrent.futures
import os
import re
import subprocess
import tempfile
import unittest

from tests.support.tools import tool

MOST = 60  # instructions a byte
SHORTEST = 20  # bytes a value: a body of a MiB has 50,000 values at most, so that shorter ones make it no dearer
TIME = 300
PROGRAM = os.path.join(os.path.dirname(os.environ["TIDEGATE"]), "tests", "bench", "linear_cost")


def counted(level, elements, modulo):
    """{body: (instructions, bytes, values an element)} of every `modulo`th body with so many elements."""
    with tempfile.TemporaryDirectory(prefix="tidegate-") as folder:
        counts = os.path.join(folder, "counts")
        said = subprocess.run(
            [tool("valgrind", "valgrind"), "--tool=callgrind", "--collect-atstart=no", "--combine-dumps=yes",
             f"--callgrind-out-file={counts}", PROGRAM, level, str(elements), str(modulo), "0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=TIME, check=True).stdout
        with open(counts, encoding="utf-8", errors="replace") as file:
            totals = [int(total) for total in re.findall(r"^totals: (\d+)", file.read(), re.M)]
    rows = [line.split("\t") for line in said.splitlines()]
    return {row[3]: (total, int(row[1]), int(row[0])) for row, total in zip(rows, totals)}


def complaints(few, many, more):
    """A sentence for each body whose elements cost too much; `more`: how many elements it has more."""
    sentences = []
    for body, (instructions, size, values) in many.items():
        added = instructions - few[body][0]
        most = MOST * max(size - few[body][1], SHORTEST * values * more)
        if added > most:
            sentences.append(f"{body}: {added:,} instructions for {more:,} elements, at most {most:,} are good")
    return sentences


class LinearCost(unittest.TestCase):
    def expect_linear(self, level, few, many, modulo):
        with concurrent.futures.ThreadPoolExecutor() as both:
            counts = list(both.map(counted, [level] * 2, (few, many), [modulo] * 2))
        self.assertGreater(len(counts[0]), 10)
        said = complaints(*counts, many - few)
        self.assertEqual([], said, "\n".join(said[:40]))

    def test_no_list_map_or_text_costs_more_than_its_length_at_baseline(self):
        self.expect_linear("baseline", 500, 2_000, 1)

    def test_nor_where_nothing_is_refused(self):
        self.expect_linear("unconfined", 500, 2_000, 7)

    def test_nor_as_long_as_a_body_can_be(self):
        self.expect_linear("baseline", 10_000, 50_000, 61)

    def test_a_body_that_costs_too_much_is_named(self):
        few, many = {"X Y": (1_000, 100, 1)}, {"X Y": (2_000_000, 20_000, 1)}
        self.assertIn("X Y: 1,999,000 instructions for 1,000 elements", complaints(few, many, 1_000)[0])
        self.assertEqual([], complaints(few, {"X Y": (100_000, 20_000, 1)}, 1_000))


if __name__ == "__main__":
    unittest.main()
