# SPDX-License-Identifier: Apache-2.0
"""A profile in shadow mode refuses nothing that can be sent on, and records what it would refuse."""

import signal

from tests.support.daemon import DaemonTest
from tests.support.http import request

PRIVILEGED = b'{ "image": "alpine", "Sneaky": 1, "HostConfig": {"Privileged": true} }'


def profile(mode):
    return {"allow": ["@container", "@volume"], "deny": ["ContainerExport"], "mode": mode}


class Shadow(DaemonTest):
    def setUp(self):
        super().setUp()
        self.trial, self.real = self.path("trial.sock"), self.path("real.sock")
        self.serve(
            listeners=[{"address": f"unix://{self.trial}", "mode": "0600", "profile": "trial"},
                       {"address": f"unix://{self.real}", "mode": "0600", "clients": [{"profile": "real"}]}],
            profiles={"trial": profile("shadow"), "real": profile("enforce"), "unused": profile("shadow")},
        )  # fmt: skip

    def record(self):
        """The last record; each test asks one question at a time."""
        return self.daemon.await_audit()[-1]

    def passes(self, data):
        """\\returns the request that the engine has seen, and its record"""
        answer = self.ask(data, address=self.trial)
        self.assertEqual(answer.status, 200, repr(answer))
        record = self.record()
        self.assertEqual((record["profile"], record["decision"], record["status"]), ("trial", "allow", 200))
        return self.engine.requests[-1], record

    def test_an_operation_that_is_not_allowed_reaches_the_engine(self):
        seen, record = self.passes(request("GET", "/containers/x/export"))
        self.assertEqual(seen.target, "/containers/x/export")
        self.assertIs(record["would_deny"], True)
        self.assertEqual((record["rule"], record["reason"]), ("deny ContainerExport", "operation.denied"))
        self.assertIn("ContainerExport refused for profile 'trial'", record["message"])

    def test_a_body_against_the_constraints_arrives_as_it_was_understood(self):
        seen, record = self.passes(request("POST", "/containers/create", body=PRIVILEGED))
        self.assertEqual(seen.body, b'{"Image":"alpine","HostConfig":{"Privileged":true}}')
        self.assertEqual((record["reason"], record["dropped_fields"]), ("body.unknown_field", ["Sneaky"]))
        self.assertIn("Sneaky: the Engine API has no such field", record["message"])

    def test_a_body_of_an_operation_that_is_not_allowed_arrives_so_too(self):
        seen, record = self.passes(request("POST", "/networks/create", body=b'{ "name" : "n" }'))
        self.assertEqual((seen.body, record["reason"]), (b'{"Name":"n"}', "operation.denied"))

    def test_a_password_of_a_volume_is_neither_on_record_nor_told(self):
        for body in (b'{"Name":"v","DriverOpts":{"type":"cifs","o":"username=a,password=hunter2","device":"//nas/a"}}',
                     b'{"Name":"v","Labels":{"com.docker.swarm.task":"hunter2"}}'):
            answer = self.ask(request("POST", "/volumes/create", body=body), address=self.real)
            self.assertNotIn(b"hunter2", bytes(answer.body))
            self.ask(request("POST", "/volumes/create", body=body), address=self.trial)
            self.assertEqual(self.engine.requests[-1].body.count(b"hunter2"), 1)
        found = [each["violations"] for each in self.daemon.await_audit(4)]
        self.assertEqual({violation["value"] for each in found for violation in each}, {"set"})
        self.assertEqual([found.count(each) for each in found], [2] * 4, "the same of both profiles")
        with open(self.path("audit.log"), encoding="utf-8") as file:
            self.assertNotIn("hunter2", file.read() + self.daemon.log())

    def test_a_stream_of_an_operation_that_is_not_allowed_arrives_whole(self):
        data = request("POST", "/images/load", "Content-Type: application/x-tar", body=b"x" * 100_000)
        seen, record = self.passes(data)
        self.assertEqual((len(seen.body), record["would_deny"]), (100_000, True))

    def test_what_is_allowed_is_recorded_as_ever(self):
        _, record = self.passes(request("GET", "/containers/json"))
        self.assertEqual(record["rule"], "allow @container")
        self.assertFalse({"would_deny", "reason", "message"} & set(record), record)

    def test_a_long_sentence_is_cut_and_stays_printable(self):
        names = [f"Sneaky\\u001b{i}" for i in range(30)]
        body = "{" + ",".join(f'"{name}":1' for name in names) + "}"
        _, record = self.passes(request("POST", "/containers/create", body=body.encode()))
        self.assertEqual(len(record["message"]), 512)
        self.assertTrue(record["message"].isprintable() and record["message"].endswith("..."), record["message"])

    def test_what_is_not_understood_is_refused(self):
        for data, status, reason in (
            (request("GET", "/nonsense"), 404, "operation.unknown"),
            (request("POST", "/containers/create", body=b'{"Image":1}'), 400, "body.wrong_type"),
            (request("POST", "/networks/create", body=b'{"Name":'), 400, "body.not_json"),
            (request("GET", "/info", "A : b"), 400, "head.field_name"),
        ):
            with self.subTest(reason=reason):
                before = len(self.daemon.audit())
                self.assertRefused(self.ask(data, address=self.trial), status, reason)
                record = self.daemon.await_audit(before + 1)[-1]
                self.assertEqual((record["decision"], record["reason"]), ("deny", reason))
                self.assertNotIn("would_deny", record)
        self.assertEqual(self.engine.requests, [])

    def test_what_fails_on_the_way_is_recorded_with_that_reason(self):
        self.engine.answers["GET /info"] = lambda connection, _: connection.close()
        answer = self.ask(request("GET", "/info"), address=self.trial)
        self.assertRefused(answer, 502, "upstream.closed")
        record = self.record()
        self.assertEqual((record["would_deny"], record["reason"]), (True, "upstream.closed"))
        self.assertIn("SystemInfo refused", record["message"])

    def test_another_profile_still_refuses(self):
        for data, reason in (
            (request("GET", "/containers/x/export"), "operation.denied"),
            (request("POST", "/containers/create", body=PRIVILEGED), "body.unknown_field"),
        ):
            before = len(self.daemon.audit())
            self.assertRefused(self.ask(data, address=self.real), 403, reason)
            record = self.daemon.await_audit(before + 1)[-1]
            self.assertEqual((record["profile"], record["decision"]), ("real", "deny"))
            self.assertFalse({"would_deny", "message"} & set(record), record)
        self.assertEqual(self.engine.requests, [])

    def test_the_log_warns_of_each_that_a_listener_uses(self):
        warning = "profile '{}' is in shadow mode: nothing is refused"
        self.daemon.await_log(warning.format("trial"))
        self.assertNotIn(warning.format("real"), self.daemon.log())
        self.assertNotIn(warning.format("unused"), self.daemon.log())

    def test_a_reload_begins_and_ends_it(self):
        info = request("GET", "/info")
        self.passes(info)
        self.daemon.config["profiles"]["trial"]["mode"] = "enforce"
        self.daemon.config["profiles"]["real"]["mode"] = "shadow"
        self.daemon.write()
        self.daemon.signal(signal.SIGHUP)
        self.daemon.await_log("profile 'real' is in shadow mode: nothing is refused")
        self.daemon.await_log("in force for the next request")
        self.assertEqual(self.ask(info, address=self.real).status, 200)
        self.assertRefused(self.ask(info, address=self.trial), 403, "operation.denied")
