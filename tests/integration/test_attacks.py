# SPDX-License-Identifier: Apache-2.0
"""Attacks against profiles as people write them, and their nearest harmless neighbours, judged by what
reached the engine.

A line of tests/corpus/attacks.jsonl has a name, the name of a profile in attacks.yaml, the bytes that the
client sends (as latin-1 text), and either the reason for which they are refused or `passes`. No answer
at all, where tidegate only closes the connection, is the reason "closed".
"""

import json
import os
import unittest

import yaml

from tests.support.daemon import DaemonTest
from tests.support.fake_engine import PRIVATE_CGROUPS, QUESTIONS
from tests.support.http import Truncated

FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), "corpus")


def cases():
    with open(os.path.join(FOLDER, "attacks.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def profiles():
    with open(os.path.join(FOLDER, "attacks.yaml"), encoding="utf-8") as file:
        return yaml.safe_load(file)["profiles"]


class Attacks(DaemonTest):
    def serve_profiles(self):
        """One tidegate with a listener for each profile."""
        self.serve(
            PRIVATE_CGROUPS,
            version=1,
            listeners=[{"address": f"unix://{self.path(name)}.sock", "mode": "0600", "profile": name}
                       for name in profiles()],
            profiles=profiles(),
        )

    def answer_to(self, case):
        """The reason of the refusal, "closed", or the status; and what has arrived at the engine."""
        before = len(self.engine.requests)
        client = self.client(self.path(case["profile"] + ".sock"))
        client.try_send(case["sent"].encode("latin-1"))
        try:
            answer = client.response(case["sent"].split(" ")[0])
            said = answer.reason or answer.status
        except Truncated:
            said = "closed"
        client.close()
        return said, [
            arrived.line for arrived in self.engine.requests[before:] if arrived.line not in QUESTIONS]

    def test_what_is_hostile_never_reaches_the_engine_and_what_is_not_does(self):
        self.serve_profiles()
        for case in cases():
            with self.subTest(case["name"], profile=case["profile"]):
                said, arrived = self.answer_to(case)
                if "refused" in case:
                    self.assertEqual((said, arrived), (case["refused"], []))
                else:
                    self.assertEqual((said, len(arrived)), (200, 1), arrived)


if __name__ == "__main__":
    unittest.main()
