# SPDX-License-Identifier: Apache-2.0
"""What it costs to have a head read by two readers, and how little where it has come before.

The program head_cost reads heads as a worker does; callgrind counts what happens in HeadReader.
"""

import os
import re
import subprocess
import tempfile
import unittest

from tests.support.tools import tool

# Instructions a head. "anew": llhttp alone has 1,200 of a request's and 1,900 of the answer's.
LIMITS = {
    ("request", "again"): 400,
    ("answer", "again"): 550,  # without a Date to find
    ("dockerd", "again"): 950,  # twelve fields
    ("both", "anew"): 8_000,  # a ping and its answer
    ("dockerd", "anew"): 11_000,
}

FEW, MANY = 200, 1_200
TIME = 120
PROGRAM = os.path.join(os.path.dirname(os.environ["TIDEGATE"]), "tests", "bench", "head_cost")


def total(what, how, times):
    with tempfile.TemporaryDirectory(prefix="tidegate-") as folder:
        counts = os.path.join(folder, "counts")
        subprocess.run(
            [tool("valgrind", "valgrind"), "--tool=callgrind", "--collect-atstart=no",
             "--toggle-collect=proxy::http::HeadReader::read_*", f"--callgrind-out-file={counts}",
             PROGRAM, what, how, str(times)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=TIME, check=True)
        with open(counts, encoding="utf-8", errors="replace") as file:
            return int(re.search(r"^(?:summary|totals): (\d+)", file.read(), re.M).group(1))


def cost(what, how):
    return (total(what, how, MANY) - total(what, how, FEW)) // (MANY - FEW)


def complaint(what, how, counted, limit):
    if counted > limit:
        return f"{what} {how}: {counted:,} instructions, at most {limit:,} are good"
    return f"{what} {how}: {counted:,} instructions of {limit:,}: was it read at all?" if counted < limit // 3 else ""


class HeadCost(unittest.TestCase):
    def test_no_head_costs_more_than_its_limit(self):
        for (what, how), limit in LIMITS.items():
            with self.subTest(what, how=how):
                self.assertEqual("", complaint(what, how, cost(what, how), limit))

    def test_a_head_that_costs_too_much_is_named(self):
        self.assertIn("both anew: 9,000", complaint("both", "anew", 9_000, 8_000))
        self.assertEqual("", complaint("both", "anew", 8_000, 8_000))
        self.assertIn("read at all", complaint("both", "anew", 100, 8_000))


if __name__ == "__main__":
    unittest.main()
