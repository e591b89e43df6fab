# SPDX-License-Identifier: Apache-2.0
"""The dashboard and the alerts in deploy/ ask for nothing that tidegate does not count."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from tests.support.daemon import DaemonTest
from tests.support.http import Client, request
from tests.support.tools import tool

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DASHBOARD = os.path.join(ROOT, "deploy", "grafana", "dashboard.json")
ALERTS = os.path.join(ROOT, "deploy", "prometheus", "alerts.yaml")
CASES = os.path.join(ROOT, "tests", "integration", "alerts.yaml")

# What /metrics has, with the labels of each.
METRICS = {
    "tidegate_requests_total": {"operation", "profile", "decision"},
    "tidegate_refusals_total": {"reason"},
    "tidegate_own_seconds": {"le"},
    "tidegate_upstream_seconds": {"le"},
    "tidegate_streams_open": set(),
    "tidegate_connections_open": set(),
    "tidegate_held_bytes": set(),
    "tidegate_bytes_total": {"direction"},
    "tidegate_upstream_up": set(),
    "tidegate_certificate_expiry_timestamp_seconds": {"file", "subject"},
    "tidegate_audit_failed": set(),
    "tidegate_audit_lost_total": set(),
    "tidegate_log_lost_total": set(),
    "tidegate_reloads_total": {"result"},
    "tidegate_build_info": {"version"},
}
SCRAPED = {"instance", "job"}  # Prometheus adds them

NAME = re.compile(r"\btidegate_\w+")
MATCHERS = re.compile(r"\b(tidegate_\w+)\{([^}]*)\}")
LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
GROUPING = re.compile(r"\b(?:by|without)\s*\(([^)]*)\)")


def text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def family(name):
    """The metric that a series belongs to."""
    return re.sub(r"_(bucket|sum|count)$", "", name)


def expressions(node):
    """All that Grafana sends to Prometheus: `expr`, and `query` of the variables."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("expr", "query") and isinstance(value, str):
                yield value
            else:
                yield from expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value)


def unknown(expression):
    """Metrics and labels in a PromQL expression that tidegate does not have."""
    metrics = {family(name) for name in NAME.findall(expression)}
    found = metrics - METRICS.keys()
    for name, matchers in MATCHERS.findall(expression):
        has = METRICS.get(family(name), set()) | SCRAPED
        found |= {f"{name}{{{label}}}" for label in LABEL.findall(matchers) if label not in has}
    has = SCRAPED.union(*(METRICS.get(name, set()) for name in metrics))
    for labels in GROUPING.findall(expression):
        found |= {label.strip() for label in labels.split(",")} - has
    return found


class DashboardAndAlerts(unittest.TestCase):
    def test_each_metric_and_label_is_one_of_tidegate(self):
        asked = list(expressions(json.loads(text(DASHBOARD)))) + [text(ALERTS)]
        self.assertGreater(len(asked), 10)
        for expression in asked:
            self.assertEqual(unknown(expression), set(), expression)

    def test_an_unknown_metric_or_label_is_noticed(self):
        self.assertEqual(unknown("rate(tidegate_requests[5m])"), {"tidegate_requests"})
        self.assertEqual(unknown('tidegate_upstream_up{file="x"}'), {"tidegate_upstream_up{file}"})
        self.assertEqual(unknown("sum by (le, reason) (tidegate_own_seconds_bucket)"), {"reason"})

    def test_each_metric_is_shown(self):
        shown = {family(name) for each in expressions(json.loads(text(DASHBOARD))) for name in NAME.findall(each)}
        self.assertEqual(shown, METRICS.keys())

    def test_panels_do_not_overlap(self):
        taken = set()
        for panel in json.loads(text(DASHBOARD))["panels"]:
            at = panel["gridPos"]
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            self.assertFalse(cells & taken, panel["title"])
            self.assertLessEqual(at["x"] + at["w"], 24, panel["title"])
            taken |= cells

    def test_expressions_are_promql(self):
        """As rules: promtool knows no dashboards. Grafana's variables become what they may stand for."""
        promtool = tool("promtool", "prometheus")
        asked = [each for each in expressions(json.loads(text(DASHBOARD))) if "(" in each and "label_values" not in each]
        rules = [{"record": f"r{i}", "expr": re.sub(r"\$__\w+", "5m", each)} for i, each in enumerate(asked)]
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
            file.flush()
            done = subprocess.run([promtool, "check", "rules", file.name], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_alerts_fire_when_they_should(self):
        promtool = tool("promtool", "prometheus")
        folder = tempfile.mkdtemp(prefix="tidegate-alerts-")
        self.addCleanup(shutil.rmtree, folder)
        cases = os.path.join(folder, "cases.yaml")
        with open(cases, "w", encoding="utf-8") as file:
            file.write(text(CASES).replace("[ALERTS]", f"[{ALERTS}]"))
        done = subprocess.run([promtool, "test", "rules", cases], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class RunningTidegate(DaemonTest):
    def test_counts_all_of_it(self):
        admin = self.path("admin.sock")
        self.serve(admin={"address": f"unix://{admin}"}, deny=["ContainerList"])
        self.ask(request("GET", "/_ping"))
        self.ask(request("GET", "/containers/json"))
        client = Client(admin)
        client.send(request("GET", "/metrics"))
        said = client.response().body.decode()
        client.close()
        self.assertLessEqual(METRICS.keys(), set(re.findall(r"^# TYPE (\S+) \w+$", said, re.M)))
        for name, labels in re.findall(r"^(tidegate_\w+)\{(.*)\} ", said, re.M):
            if family(name) in METRICS:
                self.assertEqual(set(re.findall(r'(\w+)="', labels)), METRICS[family(name)], name)


if __name__ == "__main__":
    unittest.main()
