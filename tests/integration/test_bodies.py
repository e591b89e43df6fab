# SPDX-License-Identifier: Apache-2.0
"""Request and answer bodies arrive whole, unchanged and in bounded memory."""

import hashlib
import threading

from tests.support.daemon import DaemonTest
from tests.support.fake_engine import reply
from tests.support.http import chunked, request
from tests.support.wait import wait_until

MIB = 1 << 20
PIECE = bytes(range(256)) * 256  # 64 KiB
LOAD = b"POST /images/load HTTP/1.1\r\nHost: docker\r\nContent-Type: application/x-tar\r\n"


def digest(connection, seen):
    """Answers with the digest of the body."""
    total = hashlib.sha256()
    for piece in connection.body_pieces(seen):
        total.update(piece)
    return reply(200, total.hexdigest().encode())


def chunked_form(target, kind, chunks, method="POST"):
    head = (f"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
            "Transfer-Encoding: chunked\r\n\r\n")
    return head.encode() + chunks + b"0\r\n\r\n"


class RequestBodies(DaemonTest):
    def test_a_json_body_arrives_whole_with_its_length(self):
        self.serve()
        body = b'{"Image":"alpine","Cmd":["true"]}'
        self.assertEqual(self.ask(request("POST", "/containers/create", body=body)).status, 200)
        seen = self.engine.requests[0]
        self.assertEqual((seen.body, seen.header("Content-Length")), (body, str(len(body))))
        self.assertEqual(seen.header("Content-Type"), "application/json")

    def test_a_chunked_json_body_arrives_with_a_length(self):
        self.serve()
        head = b"POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        answer = self.ask(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(b'{"Image":"a"}', 4))
        self.assertEqual(answer.status, 200)
        seen = self.engine.requests[0]
        self.assertEqual(seen.body, b'{"Image":"a"}')
        self.assertIsNone(seen.header("Transfer-Encoding"))

    def test_a_json_body_is_held_until_it_is_whole(self):
        """The engine acts on the closing brace, whatever follows it."""
        self.serve()
        client = self.client()
        client.send_in_pieces(b"POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                              b"Content-Length: 100\r\n\r\n{\"Image\":\"a\"}", 1000)
        client.half_close()
        client.wait_closed()
        self.daemon.await_audit()
        self.assertEqual(self.engine.total, 0)

    def test_a_large_upload_with_a_length_is_streamed(self):
        self.serve({"POST /images/load": digest})
        self.upload(b"Content-Length: %d\r\n\r\n" % (1024 * len(PIECE)), lambda piece: piece, b"")
        self.assertEqual(self.engine.requests[0].header("Content-Length"), str(1024 * len(PIECE)))

    def test_a_large_chunked_upload_is_streamed(self):
        self.serve({"POST /images/load": digest})
        self.upload(b"Transfer-Encoding: chunked\r\n\r\n", lambda piece: b"%x\r\n%s\r\n" % (len(piece), piece), b"0\r\n\r\n")
        self.assertEqual(self.engine.requests[0].header("Transfer-Encoding"), "chunked")

    def upload(self, head, frame, end):
        client = self.client()
        client.send(LOAD + head)
        total = hashlib.sha256()
        for _ in range(1024):
            client.send(frame(PIECE))
            total.update(PIECE)
        client.send(end)
        self.assertEqual(client.response().body, total.hexdigest().encode())

    def test_an_engine_that_reads_slowly_holds_the_client_back(self):
        def stall(connection, seen):
            connection.await_go()
            return digest(connection, seen)

        self.serve({"POST /images/load": stall})
        client = self.client(patience=0.5)
        before = self.daemon.resident_bytes()
        size = 512 * MIB
        client.send(LOAD + b"Content-Length: %d\r\n\r\n" % size)
        sent = 0
        with self.assertRaises(TimeoutError):
            while sent < size:
                sent += client.socket.send(PIECE)
        self.assertLess(sent, 8 * MIB, "sent although nobody reads")
        self.assertLess(self.daemon.resident_bytes() - before, 32 * MIB)
        client.close()
        self.engine.connections[0].go.set()
        self.engine.connections[0].await_end()

    def test_a_client_is_told_to_continue(self):
        for target, kind in (("/containers/create", "application/json"), ("/images/load", "application/x-tar")):
            with self.subTest(target):
                self.serve() if not hasattr(self, "daemon") else None
                client = self.client()
                client.send(f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
                            "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n".encode())
                self.assertEqual(client.response_head().status, 100)
                client.send(b"{}")
                answer = client.response()
                self.assertEqual((answer.status, answer.interim), (200, []))
                self.assertEqual(self.engine.requests[-1].body, b"{}")
                self.assertIsNone(self.engine.requests[-1].header("Expect"))

    def test_a_refused_client_is_not_told_to_continue(self):
        self.serve(deny=["ContainerCreate"])
        client = self.client()
        client.send(b"POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        answer = client.response()
        self.assertRefused(answer, 403, "operation.denied")
        self.assertEqual(answer.interim, [])

    def test_an_http_1_0_client_gets_no_100(self):
        self.serve()
        client = self.client()
        client.send(b"POST /images/load HTTP/1.0\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}")
        self.assertEqual(client.response().interim, [])

    def test_an_answer_before_the_upload_has_ended_reaches_the_client(self):
        def refuse_early(connection, _):
            connection.send(reply(400, b'{"message":"no such tag"}', "Connection: close"))
            connection.wait_closed()

        self.serve({"POST /images/load": refuse_early})
        client = self.client()
        client.send(LOAD + b"Content-Length: %d\r\n\r\n" % (64 * MIB) + PIECE)
        answer = client.response()
        self.assertEqual((answer.status, answer.body), (400, b'{"message":"no such tag"}'))
        client.try_send(PIECE)
        client.close()
        self.engine.connections[0].await_end()

    def test_an_engine_that_answers_and_closes_while_the_client_uploads(self):
        def refuse_and_close(connection, _):
            connection.read_some()
            connection.send(reply(404, b'{"message":"no such container"}', "Connection: close"))
            connection.close()

        self.serve({"PUT /containers/x/archive": refuse_and_close})
        client = self.client()
        client.send(request("PUT", "/containers/x/archive?path=/", "Transfer-Encoding: chunked"))
        sender = threading.Thread(target=lambda: [client.try_send(b"10000\r\n" + PIECE + b"\r\n") for _ in range(64)])
        sender.start()
        answer = client.response()
        self.assertEqual((answer.status, answer.body), (404, b'{"message":"no such container"}'))
        client.wait_closed()
        sender.join()

    def test_a_body_is_dropped_where_the_operation_has_none(self):
        self.serve()
        client = self.client()
        client.send(request("POST", "/containers/x/stop", body=b'{"HostConfig":{"Privileged":true}}'))
        self.assertEqual(client.response().status, 200)
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().status, 200)
        stop = self.engine.requests[0]
        self.assertEqual((stop.body, stop.header("Content-Length") or "0"), (b"", "0"))
        self.assertIsNone(stop.header("Transfer-Encoding"))
        self.assertNotIn(b"Privileged", bytes(self.engine.connections[0].received))

    def test_form_bodies_are_refused(self):
        self.serve()
        for kind in ("application/x-www-form-urlencoded", "APPLICATION/X-WWW-Form-Urlencoded; =",
                     "multipart/form-data; boundary=x", "multipart/mixed; boundary=x"):
            for target in ("/images/create?fromImage=a", "/build", "/containers/x/kill", "/containers/create"):
                with self.subTest(f"{kind} on {target}"):
                    answer = self.ask(request("POST", target, f"Content-Type: {kind}", body=b"fromSrc=http://evil/x"))
                    self.assertRefused(answer, 415, "body.form")
        self.assertEqual(self.engine.total, 0)

    def test_an_empty_form_is_no_form(self):
        """As `curl -X POST -d ''` and `wget --post-data=""` send it."""
        self.serve()
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            self.assertEqual(self.ask(request("POST", "/containers/x/stop", f"Content-Type: {kind}", body=b"")).status, 200)
            for target in ("/containers/x/stop", "/images/create?fromImage=a", "/build", "/commit?container=x"):
                self.assertEqual(self.ask(chunked_form(target, kind, b"")).status, 200)
                self.assertEqual(self.engine.requests[-1].body, b"")

    def test_the_empty_body_of_a_get_is_dropped(self):
        """docker-modem 0.3 announces a chunked body with every GET."""
        self.serve()
        client = self.client()
        head = b"GET /containers/json HTTP/1.1\r\nHost: x\r\n"
        for body in (b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                     b"Content-Length: 2\r\n\r\n{}", b"Content-Length: 3\r\n\r\n{ }"):
            client.send(head + body)
            self.assertEqual(client.response().status, 200)
        for seen in self.engine.requests:
            self.assertEqual((seen.body, seen.header("Transfer-Encoding"), seen.header("Content-Length")), (b"", None, None))

    def test_what_comes_behind_the_empty_body_of_a_get_is_a_request_of_its_own(self):
        self.serve()
        client = self.client()
        client.send(b"GET /info HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
                    request("POST", "/containers/create", body=b'{"HostConfig":{"Privileged":true}}'))
        self.assertEqual(client.response().status, 200)
        self.assertRefused(client.response(), 403, "constraint.privileged")
        self.assertEqual([seen.line for seen in self.engine.requests], ["GET /info HTTP/1.1"])

    def test_two_content_types_cannot_hide_a_form(self):
        self.serve()
        answer = self.ask(request("POST", "/build", "Content-Type: application/x-tar",
                                  "Content-Type: application/x-www-form-urlencoded", body=b"remote=http://evil/x"))
        if answer.status == 200:
            self.assertEqual(self.engine.requests[0].header("Content-Type"), "application/x-tar")
        else:
            self.assertEqual(self.engine.total, 0)


class FormsOfEachProfile(DaemonTest):
    def test_a_form_in_chunks_is_refused_once_anything_of_it_comes(self):
        profiles = {"drop": {"allow": ["*"]}, "keep": {"allow": ["*"], "containers": {"client_habits": "keep"}},
                    "shadow": {"allow": ["*"], "mode": "shadow"}}
        self.serve(profiles=profiles, listeners=[
            {"address": f"unix://{self.path(name)}", "mode": "0600", "profile": name} for name in profiles])
        for name in profiles:
            for method, target in (("POST", "/containers/x/stop"), ("POST", "/images/create?fromImage=a"),
                                   ("POST", "/build"), ("POST", "/containers/create"), ("POST", "/exec/x/start"),
                                   ("PUT", "/containers/x/archive?path=/"), ("GET", "/info")):
                with self.subTest(f"{method} {target} of {name}"):
                    form = chunked_form(target, "multipart/mixed; boundary=x", b"2\r\n{}\r\n", method)
                    self.assertRefused(self.ask(form, address=self.path(name)), 415, "body.form")
        self.assertEqual(self.engine.total, 0)


class AnswerBodies(DaemonTest):
    def test_a_large_answer_with_a_length_arrives_unchanged(self):
        def export(connection, _):
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\nContent-Length: %d\r\n\r\n" % (1024 * len(PIECE)))
            for _ in range(1024):
                connection.send(PIECE)

        self.download(export, "length")

    def test_a_large_chunked_answer_arrives_unchanged(self):
        def export(connection, _):
            connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(1024):
                connection.send(b"%x\r\n%s\r\n" % (len(PIECE), PIECE))
            connection.send(b"0\r\n\r\n")

        self.download(export, "chunked")

    def download(self, export, framing):
        self.serve({"GET /containers/x/export": export})
        client = self.client()
        client.send(request("GET", "/containers/x/export") + request("GET", "/info"))
        answer = client.response_head()
        total = hashlib.sha256()
        for piece in client.body_pieces(answer):
            total.update(piece)
        self.assertEqual(answer.framing, framing)
        self.assertEqual(total.digest(), hashlib.sha256(PIECE * 1024).digest())
        self.assertEqual(client.response().status, 200, "the connection goes on")

    def test_a_client_that_reads_slowly_holds_the_engine_back(self):
        def flood(connection, _):
            connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.flooded = connection.send_until_stalled(b"10000\r\n" + PIECE + b"\r\n", 512 * MIB)

        self.serve({"GET /containers/x/export": flood})
        before = self.daemon.resident_bytes()
        client = self.client()
        client.send(request("GET", "/containers/x/export"))
        connection = self.engine.await_connection()
        wait_until(lambda: hasattr(connection, "flooded"), "back-pressure at the engine")
        self.assertLess(connection.flooded, 8 * MIB, "sent although nobody reads")
        self.assertLess(self.daemon.resident_bytes() - before, 32 * MIB)
        client.close()
        connection.await_end()

    def test_tiny_chunks_reach_a_client_that_reads_slowly_unchanged(self):
        """A write of hundreds of pieces is interrupted in the middle, and goes on where it was."""
        tiny = [bytes([number % 251]) * (number % 37 + 1) for number in range(1 << 15)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in tiny)

        def export(connection, _):
            connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks * 8 + b"0\r\n\r\n")

        self.serve({"GET /containers/x/export": export})
        client = self.client(receive_buffer=4096)
        client.send(request("GET", "/containers/x/export"))
        got = b"".join(client.body_pieces(client.response_head()))
        self.assertEqual(hashlib.sha256(got).digest(), hashlib.sha256(b"".join(tiny) * 8).digest())

    def test_each_event_arrives_at_once(self):
        def events(connection, _):
            connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for number in range(10):
                connection.send(b"8\r\nevent %d\n\r\n" % number)
                connection.go.wait(10)  # the next only when the test has seen this one
                connection.go.clear()
            connection.send(b"0\r\n\r\n")

        self.serve({"GET /events": events})
        client = self.client()
        client.send(request("GET", "/events"))
        pieces = client.body_pieces(client.response_head())
        for number in range(10):
            got = b""
            while not got.endswith(b"\n"):
                got += next(pieces)
            self.assertEqual(got, b"event %d\n" % number)
            self.engine.connections[0].go.set()
