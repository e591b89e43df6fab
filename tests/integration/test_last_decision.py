# SPDX-License-Identifier: Apache-2.0
"""The decision on record is the last one: `allow` stands only on what the engine was sent."""

from tests.support.daemon import DaemonTest
from tests.support.fake_engine import QUESTIONS, reply
from tests.support.http import request

WAIT = request("POST", "/containers/x/wait")
LOAD = b"POST /images/load HTTP/1.1\r\nHost: x\r\n"
CREATE = b"POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


def until_closed(connection, _):
    """An engine that reads what comes and never answers."""
    connection.wait_closed()


class LastDecision(DaemonTest):
    def assertLast(self, decision, reason):
        record = self.daemon.await_audit()[-1]
        self.assertEqual((record["decision"], record.get("reason")), (decision, reason), record)
        return record

    def denies(self, data, reason, **config):
        """The engine hears nothing of it."""
        self.serve(**config)
        answer = self.ask(data)
        self.assertEqual(answer.reason, reason, repr(answer))
        self.assertEqual(self.assertLast("deny", reason)["status"], answer.status)
        self.assertEqual(self.engine.requests, [])

    def leaves_after(self, data):
        client = self.client()
        client.send(data)
        return client

    # -- it never reaches the engine

    def test_a_body_that_nobody_wants_is_too_large(self):
        self.denies(request("POST", "/containers/x/stop", body=b"{" * 3000), "body.too_large", limits={"body_bytes": 2000})

    def test_a_body_that_must_be_read_has_a_bad_chunk(self):
        self.denies(CREATE + CHUNKED + b"zz\r\n", "framing.chunk")

    def test_a_body_that_must_be_read_stops(self):
        self.denies(CREATE + b"Content-Length: 10\r\n\r\n{", "body.timeout", limits={"body_time": "200ms"})

    def test_the_beginning_of_an_archive_has_a_bad_chunk(self):
        self.denies(b"PUT /containers/x/archive?path=/ HTTP/1.1\r\nHost: x\r\n" + CHUNKED + b"zz\r\n", "framing.chunk")

    def test_the_client_leaves_before_its_body_is_whole(self):
        self.serve()
        self.leaves_after(CREATE + b"Content-Length: 10\r\n\r\n{").close()
        self.assertEqual(self.assertLast("deny", "client.left")["status"], 0, "nobody got an answer")
        self.assertEqual(self.engine.requests, [])

    def test_the_client_leaves_before_the_engine_has_told_what_must_be_known_first(self):
        self.serve({QUESTIONS[0].removesuffix(" HTTP/1.1"): until_closed})
        client = self.leaves_after(request("POST", "/networks/ab/connect", body=b'{"Container":"x"}'))
        self.engine.await_request()
        client.close()
        self.assertLast("deny", "client.left")
        self.assertEqual([seen.line for seen in self.engine.requests], [QUESTIONS[0]])

    def test_the_engine_is_not_there(self):
        self.engine.stop()
        self.denies(request("GET", "/info"), "upstream.unreachable")

    def test_a_shadow_profile_records_what_refused_it_in_the_end(self):
        self.engine.stop()
        self.serve(profiles={"p": {"allow": ["SystemPing"], "mode": "shadow"}})
        self.ask(request("GET", "/info"))
        self.assertNotIn("would_deny", self.assertLast("deny", "upstream.unreachable"))

    # -- the engine has it, or its beginning, and may act on that: dockerd unpacks an archive while it arrives

    def test_an_upload_has_a_bad_chunk(self):
        self.serve({"POST /images/load": until_closed})
        self.assertRefused(self.ask(LOAD + CHUNKED + b"3\r\nabc\r\nzz\r\n"), 400, "framing.chunk")
        self.assertLast("allow", "framing.chunk")

    def test_an_upload_stalls(self):
        self.serve({"POST /images/load": until_closed}, limits={"stall_time": "300ms"})
        self.assertRefused(self.ask(LOAD + b"Content-Length: 10\r\n\r\nabc"), 408, "client.stalled")
        self.assertLast("allow", "client.stalled")

    def test_the_client_leaves_an_upload(self):
        self.serve({"POST /images/load": until_closed})
        client = self.leaves_after(LOAD + b"Content-Length: 10\r\n\r\nabc")
        self.engine.await_request()
        client.close()
        self.assertLast("allow", "client.left")

    def test_the_client_leaves_while_the_engine_works(self):
        self.serve({"POST /containers/x/start": until_closed})
        client = self.leaves_after(request("POST", "/containers/x/start"))
        self.engine.await_request()
        client.close()
        self.assertLast("allow", "client.left")

    def test_the_engine_does_not_answer(self):
        self.serve({"GET /info": until_closed}, limits={"upstream_head_time": "200ms"})
        self.assertRefused(self.ask(request("GET", "/info")), 504, "upstream.timeout")
        self.assertLast("allow", "upstream.timeout")

    def test_the_engine_closes_without_an_answer(self):
        self.serve({"POST /containers/x/start": lambda connection, _: connection.close()})
        self.assertRefused(self.ask(request("POST", "/containers/x/start")), 502, "upstream.closed")
        self.assertLast("allow", "upstream.closed")

    def test_the_engines_answer_is_malformed(self):
        self.serve({"POST /containers/x/start": b"nonsense\r\n\r\n"})
        self.assertRefused(self.ask(request("POST", "/containers/x/start")), 502, "upstream.malformed")
        self.assertLast("allow", "upstream.malformed")

    def test_the_engines_answer_cannot_be_looked_into(self):
        self.serve({"GET /events": reply(200, b"x", content_type="text/plain")}, allow=["SystemEvents"])
        self.assertRefused(self.ask(request("GET", "/events")), 502, "answer.form")
        self.assertLast("allow", "answer.form")

    def test_tidegate_shuts_down_while_the_engine_works(self):
        self.serve({"POST /containers/x/wait": until_closed}, limits={"drain_time": "200ms"})
        self.leaves_after(WAIT)
        self.engine.await_request()
        self.daemon.stop()
        self.assertLast("allow", "draining")
