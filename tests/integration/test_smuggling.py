# SPDX-License-Identifier: Apache-2.0
"""Whatever parsers read differently is refused, and not one byte of it reaches the engine.

Each row is sent whole, byte by byte, and in two halves: how the bytes arrive must change nothing.
"""

from tests.support.daemon import DaemonTest
from tests.support.fake_engine import reply
from tests.support.http import Truncated, chunked

GET = b"GET /_ping HTTP/1.1\r\nHost: x\r\n"
JSON = b"POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = JSON + b"Transfer-Encoding: chunked\r\n\r\n"
END = b"\r\n\r\n"
HIDDEN = b"GET /containers/json HTTP/1.1\r\nHost: x\r\n\r\n"

LINE_ENDS = [
    ("a CR before the empty line (CVE-2025-23167)", GET + b"\r\rX" + HIDDEN, 400, "head.line_end"),
    ("a bare CR ends a field (CVE-2023-30589)", GET + b"Dummy:\rContent-Length: 5" + END, 400, "head.line_end"),
    ("a bare CR in a value", GET + b"Dummy: a\rb" + END, 400, "head.line_end"),
    ("the request line ends in LF", b"GET /_ping HTTP/1.1\nHost: x" + END, 400, "head.line_end"),
    ("a field ends in LF", GET + b"A: b\nC: d" + END, 400, "head.line_end"),
    ("the head ends in LF LF", GET + b"A: b\n\n" + HIDDEN, 400, "head.line_end"),
    ("all lines end in LF", b"GET /_ping HTTP/1.1\nHost: x\n\n", 400, "head.line_end"),
    ("the request line ends in CR", b"GET /_ping HTTP/1.1\rHost: x" + END, 400, "head.line_end"),
    ("an empty line before the request", b"\r\n" + GET + b"\r\n", 400, "head.request_line"),
    ("a folded value", GET + b"A: b\r\n c" + END, 400, "head.folded"),
    ("a value folded with a tab", GET + b"A: b\r\n\tc" + END, 400, "head.folded"),
    ("a folded Transfer-Encoding (CVE-2024-27982)", JSON + b"Transfer-Encoding:\r\n chunked" + END + chunked(b"{}"), 400, "head.folded"),
    ("a folded Content-Length", JSON + b"Content-Length:\r\n 2" + END + b"{}", 400, "head.folded"),
    ("a Content-Length folded into a field", JSON + b"A: b\r\n Content-Length: 2" + END + b"{}", 400, "head.folded"),
    ("a fold on the first field", b"GET /_ping HTTP/1.1\r\n Host: x" + END, 400, "head.folded"),
]

REQUEST_LINES = [
    ("two spaces behind the method", b"GET  /_ping HTTP/1.1\r\nHost: x" + END, 400, "head.request_line"),
    ("two spaces behind the target", b"GET /_ping  HTTP/1.1\r\nHost: x" + END, 400, "head.request_line"),
    ("a leading space", b" GET /_ping HTTP/1.1\r\nHost: x" + END, 400, "head.request_line"),
    ("a trailing space", b"GET /_ping HTTP/1.1 \r\nHost: x" + END, 400, None),
    ("tabs for spaces", b"GET\t/_ping\tHTTP/1.1\r\nHost: x" + END, 400, "head.request_line"),
    ("a space in the target", b"GET /_ping /x HTTP/1.1\r\nHost: x" + END, 400, "head.request_line"),
    ("a tab in the target", b"GET /_pi\tng HTTP/1.1\r\nHost: x" + END, 400, "target.bad_byte"),
    ("a form feed in the target", b"GET /_pi\x0cng HTTP/1.1\r\nHost: x" + END, 400, "target.bad_byte"),
    ("a NUL in the target", b"GET /_pi\0ng HTTP/1.1\r\nHost: x" + END, 400, "target.bad_byte"),
    ("a byte above ASCII in the target", b"GET /_pi\xffng HTTP/1.1\r\nHost: x" + END, 400, "target.bad_byte"),
    ("a fragment", b"GET /_ping#x HTTP/1.1\r\nHost: x" + END, 400, None),
    ("no version (HTTP/0.9)", b"GET /_ping" + END, 400, "head.request_line"),
    ("another protocol", b"GET /_ping RTSP/1.0\r\nHost: x" + END, 400, "head.version"),
    ("HTTP/0.9 by name", b"GET /_ping HTTP/0.9\r\nHost: x" + END, 400, "head.version"),
    ("HTTP/1.2", b"GET /_ping HTTP/1.2\r\nHost: x" + END, 400, "head.version"),
    ("HTTP/1.9", b"GET /_ping HTTP/1.9\r\nHost: x" + END, 400, "head.version"),
    ("HTTP/1.10", b"GET /_ping HTTP/1.10\r\nHost: x" + END, 400, "head.version"),
    ("HTTP/3.0", b"GET /_ping HTTP/3.0\r\nHost: x" + END, 400, "head.version"),
    ("a version in lower case", b"GET /_ping http/1.1\r\nHost: x" + END, 400, "head.version"),
    ("no method", b" /_ping HTTP/1.1\r\nHost: x" + END, 400, "head.request_line"),
    ("a method that is no token", b"G(T /_ping HTTP/1.1\r\nHost: x" + END, 400, "head.request_line"),
    ("absolute form", b"GET http://x/_ping HTTP/1.1\r\nHost: x" + END, 400, "target.form"),
    ("absolute form with user and port", b"GET HTTP://u:p@evil:1/_ping HTTP/1.1\r\nHost: x" + END, 400, "target.form"),
    ("a scheme of nobody", b"GET foo:/_ping HTTP/1.1\r\nHost: x" + END, 400, None),
    ("a relative target", b"GET containers/json HTTP/1.1\r\nHost: x" + END, 400, None),
    ("asterisk form", b"OPTIONS * HTTP/1.1\r\nHost: x" + END, 400, "target.form"),
    ("authority form", b"CONNECT x:80 HTTP/1.1\r\nHost: x" + END, 400, "target.form"),
]

FIELDS = [
    ("a space in a name", GET + b"A B: c" + END, 400, "head.field_name"),
    ("a space before the colon", JSON + b"Content-Length : 2" + END + b"{}", 400, "head.field_name"),
    ("a tab before the colon", JSON + b"Transfer-Encoding\t: chunked" + END, 400, "head.field_name"),
    ("an empty name", GET + b": b" + END, 400, "head.field_name"),
    ("no colon", GET + b"Dummy" + END, 400, "head.field_name"),
    ("a name that is no token", GET + b"A(b): c" + END, 400, "head.field_name"),
    ("a NUL in a name", GET + b"Content-Length\0: 5" + END, 400, "head.field_name"),
    ("a byte above ASCII in a name", GET + b"A\xffb: c" + END, 400, "head.field_name"),
    ("a NUL in a value", GET + b"A: b\0c" + END, 400, "head.field_value"),
    ("a control character in a value", GET + b"A: b\x01c" + END, 400, "head.field_value"),
    ("a DEL in a value", GET + b"A: b\x7fc" + END, 400, "head.field_value"),
    ("a byte above ASCII in a value", GET + b"A: b\xe9c" + END, 400, "head.field_value"),
    ("a tab behind a length, which only some take for a blank", JSON + b"Content-Length: 2\t" + END + b"{}", 400, "head.disagreement"),
    ("a tab behind an encoding", JSON + b"Transfer-Encoding: chunked\t" + END + chunked(b"{}"), 400, "head.disagreement"),
    ("a tab behind a wish to close", GET + b"Connection: close\t" + END, 400, "head.disagreement"),
    ("no Host", b"GET /_ping HTTP/1.1\r\nA: b" + END, 400, "head.host"),
    ("two Hosts", GET + b"Host: y" + END, 400, "head.host"),
    ("two equal Hosts", GET + b"host: x" + END, 400, "head.host"),
]

LENGTHS = [
    (f"Content-Length: {value!r}", JSON + b"Content-Length: " + value + END + b"{}" + HIDDEN, 400, "framing.length")
    for value in (b"", b"+2", b"-2", b"0x2", b"2, 2", b"2,3", b"2 2", b"2;", b"two", b"2.0", b"1e0",
                  b"18446744073709551618", b"99999999999999999999999", b'"2"')
] + [
    ("Content-Length twice, equal", JSON + b"Content-Length: 2\r\nContent-Length: 2" + END + b"{}", 400, "framing.length"),
    ("Content-Length twice", JSON + b"Content-Length: 2\r\nContent-Length: 40" + END + b"{}" + HIDDEN, 400, "framing.length"),
    ("Content-Length twice, the case differs", JSON + b"Content-Length: 0\r\ncontent-length: 2" + END + b"{}", 400, "framing.length"),
    ("a body on a GET", GET + b"Content-Length: %d" % len(HIDDEN) + END + HIDDEN, 400, "body.unexpected"),
    ("a chunked body on a GET", GET + b"Transfer-Encoding: chunked" + END + chunked(HIDDEN), 400, "body.unexpected"),
    ("a body on a HEAD", GET.replace(b"GET", b"HEAD") + b"Content-Length: 2" + END + b"{}", 400, "body.unexpected"),
]

ENCODINGS = [
    (f"Transfer-Encoding: {value!r}", JSON + b"Transfer-Encoding: " + value + END + chunked(b"{}"), 400, "framing.encoding")
    for value in (b"gzip, chunked", b"chunked, gzip", b"chunked, chunked", b"chunkedx", b"xchunked", b"identity",
                  b"identity, chunked", b"gzip", b'"chunked"', b"", b"chunked;q=1", b"chunked,", b",chunked", b"\x0bchunked")
    if value != b"\x0bchunked"
] + [
    ("a vertical tab before chunked", JSON + b"Transfer-Encoding: \x0bchunked" + END + chunked(b"{}"), 400, "head.field_value"),
    ("Transfer-Encoding twice", JSON + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked" + END + chunked(b"{}"), 400, "framing.encoding"),
    ("Transfer-Encoding and then another", JSON + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity" + END + chunked(b"{}"), 400, "framing.encoding"),
    ("Transfer-Encoding on HTTP/1.0", JSON.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked" + END + chunked(b"{}"), 400, "framing.encoding"),
    ("Content-Length and Transfer-Encoding", JSON + b"Content-Length: 2\r\nTransfer-Encoding: chunked" + END + chunked(b"{}"), 400, "framing.both"),
    ("Transfer-Encoding and Content-Length", JSON + b"Transfer-Encoding: chunked\r\nContent-Length: 2" + END + chunked(b"{}"), 400, "framing.both"),
    ("a Content-Length of nonsense beside chunked", JSON + b"Content-Length: abc\r\nTransfer-Encoding: chunked" + END + chunked(b"{}"), 400, None),
    ("two Content-Lengths beside chunked", JSON + b"Content-Length: 1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked" + END + chunked(b"{}"), 400, None),
]

# Bodies that are held whole: the engine is not spoken to before the last byte has been understood.
CHUNKS = [
    ("a chunk size ended by CR X", CHUNKED + b"2\rX{}\r\n0\r\n\r\n", 400, "framing.chunk"),
    ("a chunk size ended by LF", CHUNKED + b"2\n{}\r\n0\r\n\r\n", 400, "framing.chunk"),
    ("a chunk ended by CR X", CHUNKED + b"2\r\n{}\rX0\r\n\r\n", 400, "framing.chunk"),
    ("a chunk ended by LF", CHUNKED + b"2\r\n{}\n0\r\n\r\n", 400, "framing.chunk"),
    ("a chunk longer than its size", CHUNKED + b"1\r\n{}\r\n0\r\n\r\n", 400, "framing.chunk"),
    ("an extension ended by LF (CVE-2025-22871)", CHUNKED + b"2;a\n{}\r\n0\r\n\r\n", 400, "framing.chunk"),
    ("an extension with a CR inside", CHUNKED + b"2;a\rb\r\n{}\r\n0\r\n\r\n", 400, "framing.chunk"),
    ("a chunk size with a sign", CHUNKED + b"+2\r\n{}\r\n0\r\n\r\n", 400, "framing.chunk"),
    ("a negative chunk size", CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n", 400, "framing.chunk"),
    ("a chunk size with 0x", CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n", 400, "framing.chunk"),
    ("a space before the chunk size", CHUNKED + b" 2\r\n{}\r\n0\r\n\r\n", 400, "framing.chunk"),
    ("a chunk size that overflows", CHUNKED + b"10000000000000002\r\n{}\r\n0\r\n\r\n", 400, "framing.chunk"),
    ("no chunk size", CHUNKED + b"\r\n{}\r\n0\r\n\r\n", 400, "framing.chunk"),
    ("the last chunk ended by LF", CHUNKED + b"2\r\n{}\r\n0\n\r\n\r\n", 400, "framing.chunk"),
    ("a trailer with a space before the colon", CHUNKED + b"2\r\n{}\r\n0\r\nA : b\r\n\r\n", 400, "framing.chunk"),
    ("Transfer-Encoding as a trailer", CHUNKED + b"2\r\n{}\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "framing.chunk"),
    ("a trailer ended by LF", CHUNKED + b"2\r\n{}\r\n0\r\nA: b\n\r\n\r\n", 400, "framing.chunk"),
]

PROTOCOLS = [
    ("the HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "head.http2"),
    ("HTTP/2.0 in a request line", b"GET /_ping HTTP/2.0\r\nHost: x" + END, 400, None),
    ("gRPC", GET + b"Content-Type: application/grpc" + END, 400, "content.grpc"),
    ("gRPC with a suffix, in capitals", GET + b"Content-Type: APPLICATION/GRPC+proto" + END, 400, "content.grpc"),
    ("gRPC on a create", b"POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/grpc\r\nContent-Length: 2" + END + b"{}", 400, "content.grpc"),
    ("an unknown expectation", GET + b"Expect: 200-ok" + END, 417, "expectation.unknown"),
]

REFUSED = LINE_ENDS + REQUEST_LINES + FIELDS + LENGTHS + ENCODINGS + CHUNKS + PROTOCOLS

TOO_LARGE = [
    ("a head without an end", GET + b"A: " + b"x" * (1 << 20), 431, "head.too_large"),
    ("a name without an end", GET + b"x" * (1 << 20), 431, "head.too_large"),
    ("a thousand fields", GET + b"A: b\r\n" * 1000 + b"\r\n", 431, "head.too_many_fields"),
    ("a target without an end", b"GET /" + b"x" * (1 << 20), None, None),
    ("a target of 64 KiB", b"GET /_ping?x=" + b"x" * 65000 + b" HTTP/1.1\r\nHost: x" + END, None, None),
    ("a chunk extension of 1 MiB", CHUNKED + b"2;" + b"x" * (1 << 20) + b"\r\n{}\r\n0\r\n\r\n", None, None),
    ("trailers of 1 MiB", CHUNKED + b"2\r\n{}\r\n0\r\nA: " + b"x" * (1 << 20) + END, None, None),
]


class Smuggling(DaemonTest):
    def refuses(self, rows, send):
        self.serve()
        for name, data, status, reason in rows:
            self.assertIsNone(self.daemon.process.poll(), "tidegate has died")
            with self.subTest(name):
                client = self.client()
                send(client, data)
                try:
                    answer = client.response("HEAD" if data.startswith(b"HEAD") else "GET")
                except Truncated as error:
                    self.fail(f"no answer: {error}")
                self.assertLess(answer.status, 500, repr(answer))
                self.assertGreaterEqual(answer.status, 400, repr(answer))
                if status:
                    self.assertEqual(answer.status, status, repr(answer))
                if reason:
                    self.assertEqual(answer.reason, reason, repr(answer))
                self.assertTrue(answer.reason, repr(answer))
                self.assertEqual(answer.header("Connection"), "close")
                self.assertEqual(client.wait_closed(), b"", "bytes after the refusal")
                self.assertEqual(self.engine.total, 0, "bytes at the engine")
                client.close()
        self.assertEqual(self.engine.connections, [])
        self.assertEqual(len(self.daemon.await_audit(len(rows))), len(rows))

    def test_refused_when_sent_whole(self):
        self.refuses(REFUSED, lambda client, data: client.try_send(data))

    def test_refused_when_sent_byte_by_byte(self):
        self.refuses(REFUSED, lambda client, data: client.send_in_pieces(data))

    def test_refused_when_sent_in_two_halves(self):
        self.refuses(REFUSED, lambda client, data: client.send_in_pieces(data, len(data) // 2 + 1))

    def test_refused_when_too_large(self):
        self.refuses(TOO_LARGE, lambda client, data: client.try_send(data))

    def test_nothing_is_served_after_connection_close(self):
        self.serve()
        client = self.client()
        client.send(GET + b"Connection: close\r\n\r\n" + HIDDEN)
        answer = client.response()
        self.assertEqual((answer.status, answer.header("Connection")), (200, "close"))
        self.assertEqual(client.wait_closed(), b"")
        self.assertEqual([r.target for r in self.engine.requests], ["/_ping"])

    def test_trailers_are_dropped_whatever_they_say(self):
        self.serve()
        client = self.client()
        trailers = b"0\r\nContent-Length: 500\r\nHost: y\r\nX-Meta-a: b\r\n\r\n"
        client.send(CHUNKED + b"2\r\n{}\r\n" + trailers)
        self.assertEqual(client.response("POST").status, 200)
        client.send(GET + b"\r\n")
        self.assertEqual(client.response().status, 200)
        create, ping = self.engine.requests
        self.assertEqual((create.header("Content-Length"), create.body), ("2", b"{}"))
        self.assertNotIn(b"X-Meta-a", create.head)
        self.assertEqual(ping.target, "/_ping")

    def test_trailers_of_a_streamed_body_are_dropped(self):
        self.serve()
        head = b"POST /images/load HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        self.ask(head + b"3\r\nabc\r\n0\r\nContent-Length: 500\r\nX-Meta-a: b\r\n\r\n")
        self.assertEqual(self.engine.requests[0].body, b"abc")
        self.assertNotIn(b"Content-Length", bytes(self.engine.connections[0].received))
        self.assertNotIn(b"X-Meta-a", bytes(self.engine.connections[0].received))

    def test_chunk_extensions_never_reach_the_engine(self):
        self.serve()
        head = b"POST /images/load HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = self.ask(head + b'3;evil="a"\r\nabc\r\n0;more\r\n\r\n')
        self.assertEqual(answer.status, 200)
        self.assertEqual(self.engine.requests[0].body, b"abc")
        self.assertNotIn(b";", bytes(self.engine.connections[0].received).split(END, 1)[1])

    def test_a_broken_chunk_in_a_streamed_body_never_looks_like_an_end(self):
        self.serve({"POST /images/load": lambda conn, request: conn.read_body(request) and reply(200)})
        head = b"POST /images/load HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        for bad in (b"\rX0\r\n\r\n", b"\n0\r\n\r\n", b"\r\nzz\r\n0\r\n\r\n", b"\r\n0;\n\r\n"):
            with self.subTest(bad):
                seen = len(self.engine.connections)
                client = self.client()
                client.send(head + b"3\r\nabc" + bad + HIDDEN)
                client.wait_closed()
                for connection in self.engine.connections[seen:]:
                    connection.await_end()
                    self.assertFalse(bytes(connection.received).endswith(b"0\r\n\r\n"))
                    self.assertNotIn(b"/containers/json", bytes(connection.received))
                    self.assertLessEqual(len(connection.requests), 1)

    def test_names_listed_in_connection_keep_their_meaning(self):
        self.serve()
        client = self.client()
        client.send(JSON + b"Connection: Content-Length, Transfer-Encoding\r\nContent-Length: 2" + END + b"{}")
        self.assertEqual(client.response("POST").status, 200)
        client.send(GET + b"\r\n")
        self.assertEqual(client.response().status, 200)
        self.assertEqual(self.engine.requests[0].body, b"{}")

    def test_the_engine_gets_plain_numbers_for_odd_ones(self):
        self.serve()
        client = self.client()
        client.try_send(JSON + b"Content-Length: 002" + END + b"{}")
        if client.response("POST").status == 200:
            self.assertEqual(self.engine.requests[0].header("Content-Length"), "2")
        else:
            self.assertEqual(self.engine.total, 0)
