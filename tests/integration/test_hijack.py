# SPDX-License-Identifier: Apache-2.0
"""Attach, exec and the like become raw streams, but only once the engine has said so."""

import base64
import hashlib
import threading

from tests.support.daemon import DaemonTest, free_port
from tests.support.fake_engine import reply
from tests.support.http import request
from tests.support.wait import wait_until

MIB = 1 << 20
DATA = bytes(range(256)) * (MIB // 256)
UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
RAW_STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
ATTACH = "/containers/x/attach?stream=1&stdin=1&stdout=1"
NOT_FOUND = b'{"message":"No such exec instance: x"}'


def attach(upgrade=True):
    return request("POST", ATTACH, *(["Connection: Upgrade", "Upgrade: tcp"] if upgrade else []))


def exec_start(upgrade=True, body=b'{"Detach":false,"Tty":false}'):
    return request("POST", "/exec/x/start", *(["Connection: Upgrade", "Upgrade: tcp"] if upgrade else []), body=body)


def echo(opening):
    """Hijacks and echoes until the client ends, then says how many bytes came, and ends."""

    def answer(connection, seen):
        connection.read_body(seen)
        connection.send(opening)
        size = 0
        while piece := connection.read_some():
            size += len(piece)
            connection.send(piece)
        connection.send(b"[%d]" % size)
        connection.close()

    return answer


class Hijack(DaemonTest):
    def test_a_stream_runs_both_ways_after_101_and_after_200(self):
        self.serve()
        for opening, upgrade in ((UPGRADED, True), (RAW_STREAM, False)):
            for asked in (attach(upgrade), exec_start(upgrade)):
                with self.subTest(opening[:12], request=asked[:20]):
                    for key in ("POST /containers/x/attach", "POST /exec/x/start"):
                        self.engine.answers[key] = echo(opening)
                    client = self.client()
                    client.send(asked)
                    head = client.response_head()
                    self.assertEqual(head.status, int(opening[9:12]))
                    self.assertEqual(head.header("Content-Type"), "application/vnd.docker.raw-stream")
                    self.assertIsNone(head.header("Transfer-Encoding"))
                    self.assertIsNone(head.header("Content-Length"))
                    for line in (b"one\n", b"GET /info HTTP/1.1\r\n\r\n", b"\0\xff"):
                        client.send(line)
                        self.assertEqual(client.read_exactly(len(line)), line)
                    client.half_close()
                    self.assertEqual(client.read_to_end(), b"[28]")

    def test_the_upgrade_reaches_the_engine(self):
        self.serve({"POST /containers/x/attach": echo(UPGRADED)})
        client = self.client()
        client.send(attach())
        head = client.response_head()
        self.assertEqual((head.header("Connection"), head.header("Upgrade")), ("Upgrade", "tcp"))
        seen = self.engine.requests[0]
        self.assertEqual((seen.header("Connection"), seen.header("Upgrade")), ("Upgrade", "tcp"))

    def test_the_clients_end_is_passed_on_and_the_rest_of_the_output_arrives(self):
        """`echo x | docker run -i …`: the client ends its side first and then reads."""

        def answer(connection, seen):
            connection.read_body(seen)
            connection.send(UPGRADED)
            got = connection.read_to_end()
            connection.send(hashlib.sha256(got).hexdigest().encode() + DATA)
            connection.close()

        self.serve({"POST /containers/x/attach": answer})
        client = self.client()
        client.send(attach())
        client.response_head()
        client.send(DATA)
        client.half_close()
        self.assertEqual(client.read_to_end(), hashlib.sha256(DATA).hexdigest().encode() + DATA)

    def test_the_engines_end_is_passed_on_and_the_clients_rest_arrives(self):
        def answer(connection, seen):
            connection.send(UPGRADED + DATA)
            connection.half_close()
            connection.rest = connection.read_to_end()

        self.serve({"POST /containers/x/attach": answer})
        client = self.client()
        client.send(attach())
        client.response_head()
        self.assertEqual(client.read_to_end(), DATA)
        client.send(DATA)
        client.half_close()
        rest = wait_until(lambda: getattr(self.engine.connections[0], "rest", None), "the client's rest")
        self.assertEqual(rest, DATA)

    def test_both_directions_at_once(self):
        def answer(connection, _):
            connection.send(UPGRADED)
            sender = threading.Thread(target=lambda: [connection.send(DATA) for _ in range(16)])
            sender.start()
            connection.read_exactly(16 * MIB)
            sender.join()
            connection.close()

        self.serve({"POST /containers/x/attach": answer})
        client = self.client()
        client.send(attach())
        client.response_head()
        sender = threading.Thread(target=lambda: [client.send(DATA) for _ in range(16)])
        sender.start()
        self.assertEqual(client.read_to_end(), DATA * 16)
        sender.join()

    def test_bytes_glued_behind_the_head_arrive_first(self):
        self.serve({"POST /containers/x/attach": echo(UPGRADED + b"hello "), "POST /exec/x/start": echo(RAW_STREAM + b"hello ")})
        for head in (attach(), exec_start(upgrade=False)):
            client = self.client()
            client.send(head + b"early ")
            client.response_head()
            client.send(b"late")
            client.half_close()
            self.assertEqual(client.read_to_end(), b"hello early late[10]")

    def test_bytes_before_the_engines_word_are_no_request_and_wait(self):
        def answer(connection, _):
            connection.await_go()
            return echo(UPGRADED)(connection, connection.requests[-1])

        self.serve({"POST /containers/x/attach": answer})
        client = self.client()
        client.send(attach() + request("GET", "/info"))
        connection = self.engine.await_connection()
        self.engine.await_request()
        self.assertNotIn(b"/info", bytes(connection.received))
        connection.go.set()
        self.assertEqual(client.response_head().status, 101)
        self.assertEqual(client.read_exactly(len(request("GET", "/info"))), request("GET", "/info"))

    def test_a_refused_exec_start_stays_http(self):
        self.serve({"POST /exec/x/start": reply(404, NOT_FOUND)}, deny=["ContainerCreate"])
        client = self.client()
        client.send(exec_start())
        answer = client.response()
        self.assertEqual((answer.status, answer.body), (404, NOT_FOUND))
        client.send(request("POST", "/containers/create", body=b"{}") + request("GET", "/info"))
        self.assertRefused(client.response(), 403, "operation.denied")
        self.assertEqual(client.response().body, b"{}")
        self.assertNotIn("/containers/create", [r.target for r in self.engine.requests])

    def test_a_request_glued_behind_a_refused_exec_start_is_checked(self):
        self.serve({"POST /exec/x/start": reply(404, NOT_FOUND)}, deny=["ContainerCreate"])
        client = self.client()
        client.send(exec_start() + request("POST", "/containers/create", body=b"{}"))
        self.assertEqual(client.response().status, 404)
        self.assertRefused(client.response(), 403, "operation.denied")
        self.assertNotIn(b"/containers/create", bytes(self.engine.connections[0].received))

    def test_a_detached_exec_start_stays_http(self):
        self.serve({"POST /exec/x/start": reply(200, b"")})
        client = self.client()
        client.send(exec_start(upgrade=False, body=b'{"Detach":true}') + request("GET", "/info"))
        self.assertEqual(client.response().status, 200)
        self.assertEqual(client.response().body, b"{}")

    def test_a_raw_stream_of_another_operation_is_no_tunnel(self):
        """logs of 20.10 come as raw-stream too: what the client sends then is the next request."""
        self.serve({"GET /containers/x/logs": RAW_STREAM.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nlog\r\n0\r\n\r\n")},
                   deny=["ContainerCreate"])
        client = self.client()
        client.send(request("GET", "/containers/x/logs?stdout=1") + request("POST", "/containers/create", body=b"{}"))
        self.assertEqual(client.response().body, b"log")
        self.assertRefused(client.response(), 403, "operation.denied")

    def test_an_upgrade_on_an_ordinary_operation_opens_no_tunnel(self):
        self.serve(deny=["ContainerCreate"])
        self.engine.answers["GET /info"] = reply(200, b"{}")
        client = self.client()
        client.try_send(request("GET", "/info", "Connection: Upgrade", "Upgrade: tcp"))
        answer = client.response()
        if answer.status == 200:
            self.assertIsNone(self.engine.requests[0].header("Upgrade"))
            client.send(request("POST", "/containers/create", body=b"{}"))
            self.assertRefused(client.response(), 403, "operation.denied")
        else:
            self.assertRefused(answer, 400, "upgrade.unknown")
            self.assertEqual(self.engine.total, 0)

    def test_an_offer_of_http_2_is_ignored(self):
        """java.net.http and curl --http2 make it with every request."""
        offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA")
        self.serve({"POST /containers/x/attach": echo(RAW_STREAM)}, deny=["ContainerStart"])
        client = self.client()
        client.send(request("GET", "/info", *offer) + request("POST", "/containers/create", *offer, body=b"{}"))
        self.assertEqual([client.response().status for _ in range(2)], [200, 200])
        client.send(request("POST", "/containers/x/start", *offer))
        self.assertRefused(client.response(), 403, "operation.denied")
        client.send(request("POST", ATTACH, *offer))
        self.assertEqual(client.response_head().status, 200)
        client.send(b"input")
        client.half_close()
        self.assertEqual(client.read_to_end(), b"input[5]")
        for seen in self.engine.requests:
            self.assertEqual([seen.header(name) for name in ("Connection", "Upgrade", "HTTP2-Settings")], [None] * 3)

    def test_of_several_protocols_the_one_of_the_operation_is_asked_for(self):
        self.serve({"POST /containers/x/attach": echo(UPGRADED)})
        for offer, asked in (("h2c, tcp", "tcp"), ("TCP,h2c", "tcp"), ("h2c, websocket", None)):
            client = self.client()
            client.send(request("GET", "/info", "Connection: Upgrade", f"Upgrade: {offer}"))
            self.assertEqual(client.response().status, 200)
            client.send(request("POST", ATTACH, "Connection: Upgrade", f"Upgrade: {offer}"))
            self.assertEqual(client.response_head().status, 101 if asked else 502)
            client.close()
            self.assertEqual([seen.header("Upgrade") for seen in self.engine.requests[-2:]], [None, asked])
        self.assertRefused(self.ask(request("POST", ATTACH, "Connection: Upgrade", "Upgrade: websocket, x")),
                           400, "upgrade.unknown")

    def test_protocols_in_several_lines_are_one_list(self):
        self.serve({"POST /containers/x/attach": echo(UPGRADED)})
        client = self.client()
        client.send(request("POST", ATTACH, "Connection: Upgrade", "Upgrade: h2c", "Upgrade: tcp"))
        self.assertEqual(client.response_head().status, 101)
        self.assertEqual(self.engine.requests[-1].header("Upgrade"), "tcp")
        answer = self.ask(request("POST", ATTACH, "Connection: Upgrade", "Upgrade: x", "Upgrade: websocket"))
        self.assertRefused(answer, 400, "upgrade.unknown")

    def test_an_engine_that_switches_to_http_2_unasked_is_a_502(self):
        self.serve({"GET /info": SessionAndGrpc.OPENING})
        answer = self.ask(request("GET", "/info", "Connection: Upgrade", "Upgrade: h2c"))
        self.assertRefused(answer, 502, "upstream.malformed")

    def test_an_engine_that_switches_protocols_unasked_is_a_502(self):
        self.serve({"GET /info": UPGRADED})
        self.assertRefused(self.ask(request("GET", "/info")), 502, "upstream.malformed")

    def test_a_tunnel_ends_when_the_client_is_gone(self):
        self.serve({"POST /containers/x/attach": lambda c, _: (c.send(UPGRADED), c.wait_closed(), None)[2]})
        client = self.client()
        client.send(attach())
        client.response_head()
        client.close()
        self.engine.connections[0].await_end()

    def test_a_tunnel_ends_when_both_sides_have_ended(self):
        """dockerd behind TLS only ends its side of an attach, and waits for ours to close."""

        def answer(connection, _):
            connection.send(UPGRADED)
            connection.read_to_end()
            connection.half_close()
            connection.wait_closed()

        self.serve({"POST /containers/x/attach": answer}, limits={"tunnel_linger_time": "365d"})
        client = self.client()
        client.send(attach())
        client.response_head()
        client.half_close()
        self.assertEqual(client.read_to_end(), b"")
        self.engine.connections[0].await_end()

    def test_websocket_attach(self):
        key = base64.b64encode(b"0123456789abcdef").decode()
        opening = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
        self.serve({"GET /containers/x/attach/ws": echo(opening)})
        client = self.client()
        client.send(request("GET", "/containers/x/attach/ws?stream=1&stdin=1", "Connection: Upgrade", "Upgrade: websocket",
                            f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: x"))
        head = client.response_head()
        self.assertEqual((head.status, head.header("Sec-WebSocket-Accept")), (101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
        self.assertEqual(head.header("Upgrade"), "websocket")
        seen = self.engine.requests[0]
        self.assertEqual((seen.header("Upgrade"), seen.header("Sec-WebSocket-Key")), ("websocket", key))
        self.assertEqual(seen.header("Sec-WebSocket-Version"), "13")
        client.send(b"\x81\x02hi")
        self.assertEqual(client.read_exactly(4), b"\x81\x02hi")
        client.half_close()
        self.assertEqual(client.read_to_end(), b"[4]")

    def test_a_refused_websocket_stays_http(self):
        self.serve({"GET /containers/x/attach/ws": reply(404, b"{}")})
        client = self.client()
        client.send(request("GET", "/containers/x/attach/ws?stream=1", "Connection: Upgrade", "Upgrade: websocket",
                            "Sec-WebSocket-Key: eA==", "Sec-WebSocket-Version: 13"))
        self.assertEqual(client.response().status, 404)
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().status, 200)


class HijackOverTcp(DaemonTest):
    """Where nothing tells of a client that has closed altogether."""

    def serve(self, answers=None, **config):
        tcp = {"address": f"tcp://127.0.0.1:{free_port()}", "insecure": True, "profile": "p"}
        super().serve(answers, listeners=[tcp], **config)

    test_a_tunnel_ends_when_both_sides_have_ended = Hijack.test_a_tunnel_ends_when_both_sides_have_ended


class SessionAndGrpc(DaemonTest):
    UPGRADE = ("Connection: Upgrade", "Upgrade: h2c")
    OPENING = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"

    def test_refused_unless_allowed_by_name(self):
        self.serve(allow=["*"])
        for target, name in (("/session", "Session"), ("/grpc", "Grpc")):
            message = self.assertRefused(self.ask(request("POST", target, *self.UPGRADE)), 403, "operation.denied")
            self.assertIn(name, message)
        self.assertEqual(self.engine.total, 0)

    def test_tunnelled_where_allowed_by_name(self):
        self.serve({"POST /session": echo(self.OPENING), "POST /grpc": echo(self.OPENING)}, allow=["Session", "Grpc"])
        for target in ("/session", "/grpc"):
            with self.subTest(target):
                client = self.client()
                client.send(request("POST", target, *self.UPGRADE))
                self.assertEqual(client.response_head().status, 101)
                client.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                self.assertEqual(client.read_exactly(24), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                client.half_close()
                self.assertEqual(client.read_to_end(), b"[24]")
                self.assertEqual(self.engine.requests[-1].header("Upgrade"), "h2c")
