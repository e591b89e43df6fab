# SPDX-License-Identifier: Apache-2.0
"""The bench works: each scenario gives a figure for everybody who takes part. How fast anything is, it does not say."""

import contextlib
import io
import os
import re
import tempfile
import unittest
from unittest import mock

from tests.bench import bench, contestants, table
from tests.bench.processes import Failure
from tests.bench.scenarios import PING, Row, Scenario, scenarios
from tests.bench.stage import BUILD, QUICK, Programs, Stage

FIGURE = re.compile(r"^-?[\d,]+(\.\d+)?$")


def run(*arguments):
    """The bench's table: cells by the row's title and the column's heading; and what stands below it."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()):
        bench.main(["--quick", "--build", BUILD, *arguments])
    drawn, _, remarks = out.getvalue().partition("\n\n")
    headings, _, *lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in drawn.splitlines()]
    return {cells[0]: dict(zip(headings, cells, strict=True)) for cells in lines}, remarks


class TheBench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not contestants.HAPROXY and os.environ.get("CI") == "true":
            raise AssertionError("haproxy is missing (package haproxy)")
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        with mock.patch.object(tempfile, "tempdir", folder):
            cls.rows, cls.remarks = run()
        cls.left = os.listdir(folder)

    def assert_figure(self, row, heading):
        self.assertRegex(row[heading], FIGURE, f"{heading} in {row}")

    def test_every_scenario_gives_a_figure_for_everybody(self):
        known = scenarios(bench.within_limits(QUICK))
        self.assertEqual(list(self.rows), [row.title for scenario in known for row in scenario.rows])
        others = ["HAProxy as Tecnativa ships it", "HAProxy tuned"] if contestants.HAPROXY else []
        for scenario in known:
            measured = ["tidegate"] + ["direct"] * scenario.direct + others * (not scenario.tidegate_only)
            for row in scenario.rows:
                self.assertTrue(self.rows[row.title]["wanted"])
                for heading in measured:
                    self.assert_figure(self.rows[row.title], heading)

    def test_figures_are_of_the_size_that_they_have_anywhere(self):
        for title, least, most in (
            ("ping, CPU µs per request", 1, 2000),
            ("image save, chunked, CPU s/GB", 0.01, 50),
            ("memory at rest, MiB", 1, 200),
        ):
            figure = float(self.rows[title]["tidegate"].replace(",", ""))
            self.assertTrue(least <= figure <= most, self.rows[title])

    def test_no_process_and_no_file_stays_behind(self):
        self.assertEqual(self.left, [])
        self.assertRaises(ChildProcessError, os.waitpid, -1, os.WNOHANG)

    def test_without_haproxy_the_table_says_how_to_get_the_rest(self):
        with mock.patch.object(contestants, "HAPROXY", None):
            rows, remarks = run("--only", "ping,latency")
        self.assertEqual(list(rows["ping, CPU µs per request"]), ["scenario", "direct", "tidegate", "wanted"])
        self.assertIn("apt-get install haproxy", remarks)

    def test_an_unknown_scenario_is_named(self):
        with self.assertRaisesRegex(SystemExit, "there is no scenario pong"):
            run("--only", "ping,pong")


class AWrongAnswer(unittest.TestCase):
    """Figures of a run in which something failed are worth nothing."""

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.enterClassContext(mock.patch.object(contestants, "HAPROXY", None))
        cls.stage = cls.enterClassContext(Stage(Programs(BUILD), cls.folder, QUICK))

    def assert_fails(self, sentence, *words):
        with self.assertRaisesRegex(Failure, sentence):
            self.stage.load(self.stage.tidegate, *words)

    def test_fails_the_bench_with_what_it_said(self):
        self.assert_fails("tidegate, requests --path /v1.50/secrets: .*403 Forbidden where 200 is expected: .*refused",
                          "requests", "--path", "/v1.50/secrets")  # fmt: skip

    def test_fails_the_bench_where_bytes_are_missing(self):
        self.assert_fails("2097152 bytes came where 3145728 are expected",
                          "download", "--path", "/v1.50/images/chunked-2/get", "--mebibytes", "3")  # fmt: skip
        self.assert_fails("1048576 bytes came where 2097152 are expected",
                          "stream", "--path", "/v1.50/containers/bulk-1/attach?stream=1", "--mebibytes", "2")  # fmt: skip

    def test_fails_the_bench_where_connections_are_not_answered(self):
        with self.assertRaisesRegex(Failure, "3 connections: .*404"), self.stage.held(self.stage.engine, 3, "/nothing"):
            self.fail("a connection without an answer was taken for one that is held")

    def test_of_nobody_is_a_failure_too(self):
        self.stage.engine.to["unix"] += "-elsewhere"
        self.addCleanup(self.stage.engine.to.update, unix=f"unix:{self.stage.engine.socket}")
        with self.assertRaisesRegex(Failure, "connect: No such file"):
            self.stage.load(self.stage.engine, "requests", "--path", PING)


class TheTable(unittest.TestCase):
    def render(self, row, rounds, names=("direct", "tidegate", "tecnativa", "tuned")):
        """The cells of a scenario's only row; `rounds` holds a figure for each name."""
        seen = [{("it", name): [figure] for name, figure in figures.items()} for figures in rounds]
        line = table.render([Scenario("it", [row], None)], seen, names).splitlines()[2]
        return [cell.strip() for cell in line.strip("|").split("|")]

    def test_ratios_are_taken_within_a_round_before_the_median(self):
        rounds = [{"tidegate": 1, "tecnativa": 4, "tuned": 1}, {"tidegate": 30, "tecnativa": 40, "tuned": 30},
                  {"tidegate": 2, "tecnativa": 2, "tuned": 1}]  # fmt: skip
        self.assertEqual(self.render(Row("t", "w"), rounds), ["t", "–", "2.00", "4.00", "1.00", "0.75", "1.00", "w"])

    def test_what_is_added_to_direct_is_compared_with_what_the_others_add(self):
        rounds = [{"direct": 10, "tidegate": 30, "tecnativa": 90, "tuned": 50}]
        self.assertEqual(self.render(Row("t", "w", "added"), rounds)[1:7], ["10.0", "20.0", "80.0", "40.0", "0.25", "0.50"])

    def test_shares_are_of_the_same_rounds_direct(self):
        rounds = [{"direct": 100_000, "tidegate": 50_000, "tecnativa": 25_000, "tuned": 40_000}]
        self.assertEqual(self.render(Row("t", "w", "share"), rounds)[1:7], ["100,000", "0.50", "0.25", "0.40", "2.00", "1.25"])

    def test_nothing_is_divided_by_what_drowns_in_noise(self):
        rounds = [{"direct": 10, "tidegate": 30, "tecnativa": 9, "tuned": 10}]
        self.assertEqual(self.render(Row("t", "w", "added"), rounds)[5:7], ["–", "–"])


if __name__ == "__main__":
    unittest.main()
