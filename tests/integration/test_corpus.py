# SPDX-License-Identifier: Apache-2.0
"""Attacks and everyday requests against the policies of tests/corpus, judged by what reached the
engine.

A line of cases.jsonl has a name, the policy that it is meant for, `refused` (and the reason: a
refusal for another proves nothing) or `passes`, the request's method and target, and perhaps a `body`
(JSON), a body as `text` (its bytes in latin-1 where they fit, else in UTF-8) and `headers`.
"""

import json
import os
import unittest
import urllib.parse

from tests.corpus.serve import configuration
from tests.support.daemon import Daemon, DaemonTest
from tests.support.fake_engine import PRIVATE_CGROUPS, QUESTIONS
from tests.support.http import request

FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), "corpus")


def cases():
    with open(os.path.join(FOLDER, "cases.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def body_of(case):
    if "body" in case:
        return json.dumps(case["body"]).encode()
    text = case.get("text")
    if text is None:
        return None
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()


def meaning(line):
    """A method and a target, whatever way it is escaped."""
    method, target = line.split(" ")
    parts = urllib.parse.urlsplit(target)
    return method, urllib.parse.unquote(parts.path), urllib.parse.parse_qsl(parts.query, True)


class PolicyDaemon(Daemon):
    """Serves one of the policies instead of a configuration of the test's own."""

    policy = None

    def text(self):
        upstream = self.config["upstream"].removeprefix("unix://")
        listen = self.config["listeners"][0]["address"].removeprefix("unix://")
        return configuration(upstream, listen, self.policy)


class CorpusTest(DaemonTest):
    def serve_policy(self, policy):
        self.daemon = PolicyDaemon(self.folder, self.config())
        self.daemon.policy = policy
        self.engine.answers.update(PRIVATE_CGROUPS)
        self.daemon.start()
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready()

    def run_policy(self, policy):
        self.serve_policy(policy)
        mine = [case for case in cases() if case["policy"] == policy]
        self.assertTrue(mine)
        for case in mine:
            with self.subTest(case["name"], request=case["request"]):
                getattr(self, case["expect"])(case)

    def send(self, case):
        method, target = case["request"].split(" ")
        before = len(self.engine.requests)
        body = body_of(case)
        answer = self.ask(request(method, target, *case.get("headers", ()), body=body), method)
        return answer, self.engine.requests[before:]

    def refused(self, case):
        answer, arrived = self.send(case)
        self.assertEqual([r.line for r in arrived if r.line not in QUESTIONS], [], "what was to be refused reached the engine")
        self.assertRefused(answer, answer.status, case["reason"])
        self.assertIn(answer.status, range(400, 500))

    def passes(self, case):
        answer, arrived = self.send(case)
        self.assertEqual(answer.status, 200, answer.body)
        told = [meaning(f"{r.method} {r.target}") for r in arrived]
        self.assertEqual(told, [meaning(case["request"])])
        if "body" in case:
            self.assertEqual(json.loads(arrived[0].body), case["body"])
        elif "text" in case:
            self.assertEqual(arrived[0].body, body_of(case))

    def test_the_acl_only_policy_holds(self):
        self.run_policy("acl-only")

    def test_the_baseline_policy_holds(self):
        self.run_policy("baseline")

    def test_the_restricted_policy_holds(self):
        self.run_policy("restricted")


if __name__ == "__main__":
    unittest.main()
