# SPDX-License-Identifier: Apache-2.0
"""The engine's answers keep their meaning; broken ones never look whole."""

import json
import time

from tests.support.daemon import DaemonTest
from tests.support.fake_engine import reply
from tests.support.http import Truncated, request


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def send_and_close(data):
    """An answer function that sends `data` and ends the connection."""

    def answer(connection, seen):
        connection.read_body(seen)
        connection.send(data)
        connection.close()

    return answer


def send_and_end(data):
    """An answer function that sends `data` and ends the connection in order: over TLS with close_notify."""

    def answer(connection, seen):
        connection.read_body(seen)
        connection.send(data)
        connection.half_close()
        connection.wait_closed()

    return answer


WITHOUT_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nlog lines"


class Responses(DaemonTest):
    def test_status_headers_and_body_come_back(self):
        answer = reply(201, b'{"Id":"x"}', "Api-Version: 1.47", "Docker-Experimental: false", "Ostype: linux",
                       "Server: Docker/27", "X-Docker-Container-Path-Stat: eyJ9")
        self.serve({"POST /containers/create": answer})
        got = self.ask(request("POST", "/containers/create", body=b"{}"))
        self.assertEqual((got.status, got.body), (201, b'{"Id":"x"}'))
        for name, value in (("Api-Version", "1.47"), ("Docker-Experimental", "false"), ("Ostype", "linux"),
                            ("X-Docker-Container-Path-Stat", "eyJ9"), ("Content-Type", "application/json")):
            self.assertEqual(got.header(name), value)

    def test_an_engine_error_is_passed_on_untouched(self):
        self.serve({"GET /containers/x/json": reply(404, b'{"message":"No such container: x"}')})
        got = self.ask(request("GET", "/containers/x/json"))
        self.assertEqual((got.status, got.body, got.reason), (404, b'{"message":"No such container: x"}', None))

    def test_the_answer_to_head_has_no_body(self):
        self.serve({"HEAD /_ping": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nApi-Version: 1.47\r\n\r\n"})
        client = self.client()
        client.send(request("HEAD", "/_ping"))
        got = client.response("HEAD")
        self.assertEqual((got.status, got.header("Content-Length"), got.header("Api-Version")), (200, "2", "1.47"))
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().body, b"{}")

    def test_a_refused_head_has_no_body(self):
        self.serve(deny=["SystemPingHead"])
        client = self.client()
        client.send(request("HEAD", "/_ping") + request("GET", "/info"))
        self.assertEqual(client.response("HEAD").status, 403)
        self.assertEqual(client.response().body, b"{}")

    def test_no_content_and_not_modified_have_no_body(self):
        self.serve({"POST /containers/x/start": reply(204), "POST /containers/x/stop": reply(304)})
        client = self.client()
        for action, status in (("start", 204), ("stop", 304), ("start", 204)):
            client.send(request("POST", f"/containers/x/{action}"))
            got = client.response()
            self.assertEqual(got.status, status)
            self.assertIsNone(got.header("Transfer-Encoding"))
        self.assertEqual(len(self.engine.connections), 1)

    def test_interim_answers_do_not_disturb_the_final_one(self):
        self.serve({"POST /images/load": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                    + reply(200, b"done")})
        client = self.client()
        client.send(request("POST", "/images/load", "Content-Type: application/x-tar", body=b"tar"))
        got = client.response()
        self.assertEqual((got.status, got.body), (200, b"done"))
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().body, b"{}")

    def test_a_long_answer_of_an_operation_that_may_last_comes_in_large_pieces(self):
        """Such answers begin with a small buffer: of a thousand streams of events nearly all are silent."""
        size = 4 << 20
        chunks = b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"
        self.serve({"GET /images/x/get": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks * 4 + b"0\r\n\r\n"})
        client = self.client()
        client.send(request("GET", "/images/x/get"))
        while client.read_line():
            pass
        pieces = []
        while piece := int(client.read_line(), 16):
            client.read_exactly(piece + 2)
            pieces.append(piece)
        self.assertEqual(sum(pieces), size)
        self.assertGreater(max(pieces), 32 << 10)
        self.assertLess(len(pieces), 2 * size // (64 << 10) + 10)

    def test_an_answer_without_length_lasts_until_the_engine_ends_it(self):
        """It comes in chunks, so that its end is no riddle, and the client's connection goes on."""
        self.serve({"GET /containers/x/logs": send_and_end(WITHOUT_LENGTH)})
        client = self.client()
        client.send(request("GET", "/containers/x/logs?stdout=1"))
        answer = client.response()
        self.assertEqual((answer.framing, answer.body), ("chunked", b"log lines"))
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().status, 200)

    def test_an_answer_without_length_lasts_until_the_end_for_http_1_0_too(self):
        self.serve({"GET /containers/x/logs": send_and_end(WITHOUT_LENGTH)})
        client = self.client()
        client.send(request("GET", "/containers/x/logs?stdout=1", version="HTTP/1.0"))
        answer = client.response()
        self.assertEqual((answer.framing, answer.body), ("eof", b"log lines"))

    def test_a_chunked_answer_to_http_1_0_is_sent_until_the_end(self):
        self.serve({"GET /info": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"})
        client = self.client()
        client.send(request("GET", "/info", version="HTTP/1.0"))
        got = client.response()
        self.assertIsNone(got.header("Transfer-Encoding"))
        self.assertEqual(got.body, b"abcde")

    def test_trailers_of_the_engine_are_dropped(self):
        self.serve({"GET /info": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-A: b\r\n\r\n"})
        client = self.client()
        client.send(request("GET", "/info") + request("GET", "/version"))
        self.assertEqual(client.response().body, b"abc")
        self.assertEqual(client.response().body, b"{}")

    def test_a_truncated_answer_never_looks_whole(self):
        cut = {
            "a length": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
            "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        }
        self.serve()
        for name, data in cut.items():
            with self.subTest(name):
                self.engine.answers["GET /info"] = send_and_close(data)
                client = self.client()
                client.send(request("GET", "/info"))
                with self.assertRaises(Truncated):
                    client.response()
        wait = self.daemon.await_audit(len(cut))
        self.assertTrue(all(record.get("reason") for record in wait), wait)

    def test_a_malformed_chunk_in_an_answer_breaks_the_connection(self):
        def answer(connection, _):
            connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            connection.await_go()
            connection.send(b"zz\r\n0\r\n\r\n")

        self.serve({"GET /info": answer})
        client = self.client()
        client.send(request("GET", "/info"))
        pieces = client.body_pieces(client.response_head())
        self.assertEqual(next(pieces), b"abc")
        self.engine.connections[0].go.set()
        with self.assertRaises(Truncated):
            next(pieces)

    def test_a_malformed_answer_is_a_502(self):
        self.serve()
        for data in (b"hello\r\n\r\n", b"HTTP/2 200 OK\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nA b\r\n\r\n",
                     b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                     b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                     b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n"):
            with self.subTest(data):
                self.engine.answers["GET /info"] = send_and_close(data)
                self.assertRefused(self.ask(request("GET", "/info")), 502, "upstream.malformed")

    def test_an_answer_that_two_parsers_read_differently_is_a_502(self):
        self.serve()
        for field in (b"Content-Length: 2\t", b"Transfer-Encoding: chunked\t"):
            with self.subTest(field):
                self.engine.answers["GET /info"] = send_and_close(b"HTTP/1.1 200 OK\r\n" + field + b"\r\n\r\n{}")
                self.assertRefused(self.ask(request("GET", "/info")), 502, "upstream.disagreement")

    def test_an_answer_with_a_head_without_end_is_a_502(self):
        self.serve({"GET /info": send_and_close(b"HTTP/1.1 200 OK\r\nA: " + b"x" * (1 << 20))})
        self.assertRefused(self.ask(request("GET", "/info")), 502, "upstream.malformed")

    def test_a_malformed_chunk_that_comes_with_its_head_is_a_502(self):
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        self.serve({"GET /info": send_and_close(head + b"xyz\r\n")})
        self.assertRefused(self.ask(request("GET", "/info")), 502, "upstream.malformed")
        self.assertEqual(self.daemon.await_audit()[0]["status"], 502)

    def test_interim_answers_without_end_meet_the_time_limit_of_a_head(self):
        def hint_on(connection, _):
            while True:
                connection.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
                time.sleep(0.01)

        self.serve({"GET /info": hint_on}, limits={"upstream_head_time": "300ms"})
        self.assertRefused(self.ask(request("GET", "/info")), 504, "upstream.timeout")

    def test_the_chunks_of_a_stream_stay_as_they_are(self):
        """Some clients take each chunk for one message: docker-api for Ruby, and many that run on Node."""
        messages = [b"x" * size for size in (1155, 20, 3, 5000, 60_000, 1, 507, 1155)]
        sent = b"".join(chunk(message) for message in messages)

        def stream(connection, _):
            for data in (HEAD + chunk(messages[0]), sent[: len(sent) - 700], sent[len(sent) - 700 :]):
                connection.send(data)
                connection.await_go()
                connection.go.clear()

        self.serve({"GET /events": stream, "GET /containers/x/logs": stream, "GET /containers/x/stats": stream})
        for target in ("/events", "/containers/x/logs?follow=1&stdout=1", "/containers/x/stats"):
            client = self.client()
            client.send(request("GET", target))
            client.response_head()
            with self.subTest(target):
                self.assertEqual(self.chunk_of(client), messages[0])
                self.engine.connections[-1].go.set()
                self.assertEqual([len(self.chunk_of(client)) for _ in messages[:-1]], [len(m) for m in messages[:-1]])
                self.engine.connections[-1].go.set()
                self.assertEqual(self.chunk_of(client), messages[-1])
                self.engine.connections[-1].go.set()
            client.close()

    def chunk_of(self, client):
        data = client.read_exactly(int(client.read_line(), 16))
        self.assertEqual(client.read_exactly(2), b"\r\n")
        return data

    def test_the_chunks_of_events_stay_as_they_are_where_they_are_rewritten(self):
        actions = ["start", "exec_start: " + "x" * 2000, "die"]
        events = [json.dumps({"Type": "container", "Action": action}).encode() + b"\n" for action in actions]
        self.serve({"GET /events": HEAD + b"".join(map(chunk, events))}, allow=["SystemEvents"])
        client = self.client()
        client.send(request("GET", "/events"))
        client.response_head()
        got = [json.loads(self.chunk_of(client))["Action"] for _ in events]
        self.assertEqual(got, ["start", "exec_start:", "die"])

    def test_a_client_of_http_1_0_gets_a_length_where_the_whole_body_is_known(self):
        self.serve({"GET /info": HEAD + chunk(b"{}") + chunk(b"abc") + b"0\r\n\r\n"})
        answer = self.ask(request("GET", "/info", version="HTTP/1.0"))
        self.assertEqual((answer.framing, answer.body), ("length", b"{}abc"))

    def test_no_answer_is_a_502(self):
        self.serve({"GET /info": send_and_close(b""), "POST /containers/create": send_and_close(b"HTTP/1.1 200")})
        self.assertRefused(self.ask(request("GET", "/info")), 502, "upstream.closed")
        self.assertEqual(self.ask(request("POST", "/containers/create", body=b"{}")).status, 502)

    def test_bytes_behind_an_answer_are_not_given_to_the_next_request(self):
        self.serve({"GET /info": reply(200, b"first") + reply(200, b"poison")})
        client = self.client()
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().body, b"first")
        client.send(request("GET", "/version"))
        self.assertEqual(client.response().body, b"{}")

    def test_a_no_content_with_a_body_does_not_poison_the_next_answer(self):
        self.serve({"POST /containers/x/start": b"HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\npoison"})
        client = self.client()
        client.send(request("POST", "/containers/x/start"))
        client.response()
        client.try_send(request("GET", "/info"))
        try:
            self.assertEqual(client.response().body, b"{}")
        except Truncated:
            pass  # closing the connection is as good
