# SPDX-License-Identifier: Apache-2.0
"""Every limit of the configuration holds: one test for each, named after it."""

import contextlib
import pathlib
import re
import socket

from tests.support.certificates import Authority
from tests.support.daemon import DaemonTest, free_port
from tests.support.fake_engine import reply
from tests.support.http import Client, Truncated, request
from tests.support.wait import wait_until
from tests.integration.test_lookups import OWN, VERSION, create, in_chunks, network

UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
ATTACH = request("POST", "/containers/x/attach?stream=1", "Connection: Upgrade", "Upgrade: tcp")
JSON = b"POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
LOAD = b"POST /images/load HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-tar\r\n"
SETTINGS = pathlib.Path(__file__).parents[2] / "config" / "limits.inc"


def stall(connection, _):
    """Reads, and never answers."""
    connection.wait_closed()


def hold_tunnel(connection, _):
    connection.send(UPGRADED)
    connection.wait_closed()


class Limits(DaemonTest):
    def test_there_is_a_test_for_each(self):
        text = SETTINGS.read_text(encoding="utf-8")
        names = re.findall(r"^LIMIT\(\w+, (\w+)", text, re.M)
        self.assertGreater(len(names), 10)
        missing = [name for name in names if not hasattr(self, f"test_{name}")]
        self.assertEqual(missing, [])

    # -- sizes

    def test_connections(self):
        self.too_many({"connections": 4}, 503, "connections.too_many")

    def test_connections_per_client(self):
        self.too_many({"connections_per_client": 4}, 429, "connections.too_many_from_client")

    def too_many(self, limits, status, reason):
        self.serve(limits=limits)
        # tidegate's start was watched through a connection that may still count for a moment.
        held = [wait_until(self.served, "a place") for _ in range(4)]
        client = self.client()
        client.try_send(request("GET", "/info"))
        self.assertRefused(client.response(), status, reason)
        client.wait_closed()
        held.pop().close()
        wait_until(self.served, "a place after one has left")

    def served(self):
        """A new connection that is served, or None."""
        client = self.client()
        if client.try_send(request("GET", "/info")) and client.response().status == 200:
            return client
        client.close()
        return None

    def test_handshakes(self):
        self.too_many_handshakes({"handshakes": 1}, "handshakes.too_many")

    def test_handshakes_per_client(self):
        self.too_many_handshakes({"handshakes_per_client": 1}, "handshakes.too_many_from_client")

    def too_many_handshakes(self, limits, reason):
        self.serve(listeners=[self.tls_listener()], limits={"handshake_time": "1h", **limits})
        self.client()  # is accepted first, and says nothing
        self.client().wait_closed()
        self.assertEqual(self.daemon.await_audit()[0]["reason"], reason)

    def test_head_bytes(self):
        self.serve(limits={"head_bytes": 2000})
        self.assertEqual(self.ask(request("GET", "/info", "A: " + "x" * 1800)).status, 200)
        self.refused_and_closed(request("GET", "/info", "A: " + "x" * 2000), 431, "head.too_large")

    def test_registry_config_bytes(self):
        self.serve(limits={"head_bytes": 2000, "registry_config_bytes": 5000})

        def build(credentials, *fields, target="/v1.41/build?t=a", name="X-Registry-Config"):
            return request("POST", target, f"{name}: {'x' * credentials}", *fields, body=b"tar")

        for target in ("/v1.41/build?t=a", "/build"):
            self.assertEqual(self.ask(build(5000, target=target)).status, 200)
            self.assertEqual(self.engine.requests[-1].header("X-Registry-Config"), "x" * 5000)
        for head in (build(7000), build(5000, "A: " + "y" * 1900), build(2000, name="X-Registry-Auth"),
                     build(2000, target="/v1.41/images/create?fromImage=a"), build(2000, target="/a/build")):
            self.refused_and_closed(head, 431, "head.too_large")

    def test_the_credentials_of_a_build_are_held_memory(self):
        self.serve(limits={"held_bytes": "4MiB", "registry_config_bytes": "4MiB"})
        answer = self.ask(request("POST", "/build", "X-Registry-Config: " + "x" * 1_600_000, body=b"tar"))
        self.assertRefused(answer, 503, "limit.memory")
        short = request("POST", "/build", "X-Registry-Config: " + "x" * 60_000, body=b"tar")
        wait_until(lambda: self.ask(short).status == 200, "an end of the refused client's connection")

    def test_head_fields(self):
        self.serve(limits={"head_fields": 10})
        self.assertEqual(self.ask(request("GET", "/info", *["A: b"] * 9)).status, 200)
        self.refused_and_closed(request("GET", "/info", *["A: b"] * 10), 431, "head.too_many_fields")

    def test_target_bytes(self):
        self.serve(limits={"target_bytes": 300})
        self.assertEqual(self.ask(request("GET", "/info?" + "x" * 294)).status, 200)
        self.refused_and_closed(request("GET", "/info?" + "x" * 295), 414, "target.too_long")

    def test_query_parameters(self):
        self.serve(limits={"query_parameters": 3})
        self.assertEqual(self.ask(request("GET", "/info?a=1&b=1&c=1")).status, 200)
        self.assertRefused(self.ask(request("GET", "/info?a=1&b=1&c=1&d=1")), 400, "query.too_many")

    def test_list_parameters(self):
        self.serve(limits={"list_parameters": 3, "query_parameters": 1})
        names = "&".join(f"names=i{n}" for n in range(3))
        self.assertEqual(self.ask(request("GET", f"/images/get?{names}&x=1")).status, 200)
        self.assertRefused(self.ask(request("GET", f"/images/get?{names}&names=i4")), 400, "query.too_many")

    def test_config_bytes(self):
        self.serve(allow=["*", "ConfigCreate", "SecretCreate"], limits={"body_bytes": 2000, "config_bytes": 3000})
        body = b'{"Name":"c","Data":"eA=="}'
        for target, most in (("/configs/create", 3000), ("/secrets/create", 2000)):
            self.assertEqual(self.ask(request("POST", target, body=body.rjust(most))).status, 200)
            self.refused_and_closed(request("POST", target, body=body.rjust(most + 1)), 413, "body.too_large")

    def test_body_bytes(self):
        self.serve(limits={"body_bytes": 2000})
        self.assertEqual(self.ask(request("POST", "/containers/create", body=b" " * 1998 + b"{}")).status, 200)
        seen = self.engine.total
        self.refused_and_closed(request("POST", "/containers/create", body=b" " * 1999 + b"{}"), 413, "body.too_large")
        chunks = b"".join(b"64\r\n" + b" " * 100 + b"\r\n" for _ in range(21))
        self.refused_and_closed(JSON + b"Transfer-Encoding: chunked\r\n\r\n" + chunks, 413, "body.too_large")
        self.assertEqual(self.engine.total, seen, "bytes at the engine")
        opaque = request("POST", "/images/load", "Content-Type: application/x-tar", body=b"x" * 100_000)
        self.assertEqual(self.ask(opaque).status, 200, "a body that is not held may be larger")

    def test_held_bytes(self):
        """Bodies that are still on their way: one client gets half, and another has the rest."""
        unix, tcp = self.config()["listeners"][0], free_port()
        self.serve(listeners=[unix, {"address": f"tcp://127.0.0.1:{tcp}", "insecure": True, "profile": "p"}],
                   limits={"held_bytes": "8MiB"})
        body = request("POST", "/containers/create", body=b" " * ((1 << 20) - 2) + b"{}")
        # Each is charged for 0.77 MiB at least, and 1.1 at most.
        held, refused = self.hold_until_refused(body[:700_000], 7)
        self.assertGreaterEqual(len(held), 3)
        message = self.assertRefused(refused, 503, "limit.memory")
        for part in ("more than 4.0 MiB", "more than 8.0 MiB", "`limits.held_bytes`", "try again"):
            self.assertIn(part, message)
        self.assertIn(("deny", "limit.memory"), [(each["decision"], each.get("reason")) for each in self.daemon.await_audit()])
        self.assertEqual(self.ask(body, address=("127.0.0.1", tcp)).status, 200, "another client")
        for client in held:
            client.close()
        wait_until(lambda: self.ask(body).status == 200, "the same client, once it holds less")

    def test_held_bytes_at_their_least_let_a_chunked_body_pass(self):
        """Twice what holds nearly all of it would be more than one client may hold."""
        self.serve(limits={"held_bytes": "4MiB", "body_bytes": "1MiB"})
        body = b" " * ((1 << 20) - 2) + b"{}"
        client = self.client()
        client.send_in_pieces(JSON + b"Transfer-Encoding: chunked\r\n\r\n", 1000)
        client.send_in_pieces(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), 2000)
        answer = client.response()
        self.assertEqual(answer.status, 200, repr(answer))

    def test_held_bytes_of_large_bodies_that_are_sent_on(self):
        self.serve(limits={"held_bytes": "4MiB", "body_bytes": "1MiB"})
        body = b'{"Image":"a","Labels":{"a":"' + b"b" * ((1 << 20) - 100) + b'"}}'
        chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        for data in (request("POST", "/containers/create", body=body), JSON + b"Transfer-Encoding: chunked\r\n\r\n" + chunks):
            answer = self.ask(data)
            self.assertEqual(answer.status, 200, repr(answer))

    def hold_until_refused(self, data, most):
        """Sends `data`, whose request is not over then, on one connection after the other.

        Returns those that wait, and the answer of the first that was refused.
        """
        held = []
        for _ in range(most):
            client = self.client(patience=0.3)
            client.try_send(data)
            try:
                return held, client.response()
            except TimeoutError:
                held.append(client)
        self.fail(f"none of {most} was refused")

    def test_held_bytes_of_heads_that_never_end(self):
        self.serve(limits={"held_bytes": "1MiB", "body_bytes": "64KiB"})
        held, refused = self.hold_until_refused(b"GET /info HTTP/1.1\r\nHost: x\r\nA: " + b"x" * 60_000, 20)
        self.assertGreaterEqual(len(held), 5)
        self.assertRefused(refused, 503, "limit.memory")

    def test_held_bytes_of_long_targets_while_the_engine_works(self):
        self.serve({"POST /containers/x/wait": stall}, limits={"held_bytes": "1MiB", "body_bytes": "64KiB"})
        held, refused = self.hold_until_refused(request("POST", "/containers/x/wait?condition=" + "x" * 30_000), 20)
        self.assertGreaterEqual(len(held), 5)
        self.assertRefused(refused, 503, "limit.memory")
        self.assertEqual(len(self.engine.requests), len(held))

    def refused_and_closed(self, data, status, reason):
        client = self.client()
        client.try_send(data)
        self.assertRefused(client.response(), status, reason)
        client.wait_closed()

    # -- questions to the engine, and what it says

    def test_lookups(self):
        self.serve(limits={"lookups": 1})
        answer = self.ask(create("c0ffee", NetworkingConfig={"EndpointsConfig": {"beef": {}}}))
        self.assertRefused(answer, 403, "object.too_many")
        self.assertEqual(self.engine.requests, [], "not one is put")

    def test_lookup_bytes(self):
        fat = network(OWN, "front", "bridge", Labels={"a": "x" * 2000})
        self.serve({"GET /version": VERSION, "GET /networks/fa": fat}, limits={"lookup_bytes": "1KiB"})
        self.assertRefused(self.ask(create("fa")), 502, "object.unavailable")

    def test_record_bytes(self):
        fat = b'{"Action":"exec_create: hunter2","x":"' + b"y" * 4000 + b'"}\n'
        self.serve({"GET /events": in_chunks(fat, pieces=500)}, allow=["SystemEvents"], limits={"record_bytes": "1KiB"})
        client = self.client()
        # It is a 502 if the record is too large before any of it has been sent on.
        client.send(request("GET", "/events", "Connection: close"))
        self.assertNotIn(b"hunter2", client.read_to_end())
        self.assertEqual(self.daemon.await_audit()[-1]["reason"], "answer.too_large")

    # -- times

    def test_lookup_time(self):
        self.serve({"GET /version": VERSION, "GET /networks/ab": stall}, limits={"lookup_time": "200ms"})
        self.assertRefused(self.ask(create("ab")), 502, "object.unavailable")
        self.engine.connections[0].await_end()

    def tls_listener(self):
        authority = Authority(self.folder)
        pair = authority.server()
        tls = {"cert": pair.cert, "key": pair.key, "client_ca": authority.cert}
        return {"address": f"tcp://127.0.0.1:{free_port()}", "tls": tls, "profile": "p"}

    def test_handshake_time(self):
        self.serve(listeners=[self.tls_listener()], limits={"handshake_time": "300ms"})
        client = self.client()
        client.send(b"\x16\x03\x01")
        client.wait_closed()
        reasons = [record["reason"] for record in self.daemon.await_audit()]
        self.assertIn("tls.timeout", reasons)

    def test_head_time(self):
        self.serve(limits={"head_time": "300ms"})
        client = self.client()
        client.send(b"GET /info HTTP/1.1\r\nHost: ")
        self.assertRefused(client.response(), 408, "head.timeout")
        self.assertEqual(client.wait_closed(), b"")

    def test_head_time_is_in_all_and_not_per_byte(self):
        self.serve(limits={"head_time": "300ms"})
        client = self.client(patience=0.05)
        client.send(b"GET /info HTTP/1.1\r\nHost: ")
        answered = False
        for _ in range(200):
            with contextlib.suppress(TimeoutError):
                if client.socket.recv(1, socket.MSG_PEEK):
                    answered = True
                    break
            client.try_send(b"x")
        self.assertTrue(answered, "a client that drips is never told off")
        self.assertRefused(client.response(), 408, "head.timeout")

    def test_body_time(self):
        self.serve(limits={"body_time": "300ms"})
        client = self.client()
        client.send(JSON + b"Content-Length: 10\r\n\r\n{")
        self.assertRefused(client.response(), 408, "body.timeout")
        self.assertEqual(client.wait_closed(), b"")
        self.assertEqual(self.engine.total, 0)

    def test_stall_time(self):
        def read(connection, seen):
            connection.read_body(seen)
            return reply(200)

        self.serve({"POST /images/load": read}, limits={"stall_time": "300ms"})
        client = self.client()
        client.send(LOAD + b"Content-Length: 100\r\n\r\nabc")
        client.wait_closed()
        self.engine.connections[0].await_end()

    def test_stall_time_of_a_reader_that_does_not_read(self):
        def flood(connection, _):
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
            while True:
                connection.send(b"x" * 65536)

        self.serve({"GET /containers/x/export": flood}, limits={"stall_time": "500ms"})
        client = self.client()
        client.send(request("GET", "/containers/x/export"))
        connection = self.engine.await_connection()
        connection.await_end()
        with self.assertRaises(Truncated):
            client.response()

    def test_idle_time(self):
        self.serve(limits={"idle_time": "300ms"})
        client = self.client()
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().status, 200)
        self.assertEqual(client.wait_closed(), b"", "an idle connection ends without a word")
        self.engine.connections[0].await_end()

    def test_idle_time_of_a_connection_without_a_request(self):
        self.serve(limits={"idle_time": "300ms", "head_time": "300ms"})
        self.client().wait_closed()

    def test_upstream_connect_time(self):
        """A tcp engine whose queue of connections is full lets a connect wait for ever."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", free_port()))
            listener.listen(0)
            waiting = [self.fill(listener.getsockname()) for _ in range(4)]
            self.serve(limits={"upstream_connect_time": "300ms"}, upstream="tcp://127.0.0.1:%d" % listener.getsockname()[1])
            answer = self.ask(request("GET", "/info"))
            self.assertIn((answer.status, answer.reason), ((504, "upstream.timeout"), (502, "upstream.unreachable")))
            for sock in waiting:
                sock.close()

    def fill(self, address):
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex(address)
        return sock

    def test_upstream_connect_time_on_a_unix_socket(self):
        self.engine.stop()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.engine.path)
            listener.listen(0)
            held = Client(self.engine.path)
            self.serve(limits={"upstream_connect_time": "300ms"})
            answer = self.ask(request("GET", "/info"))
            self.assertIn((answer.status, answer.reason), ((504, "upstream.timeout"), (502, "upstream.unreachable")))
            held.close()

    def test_upstream_head_time(self):
        self.serve({"GET /info": stall}, limits={"upstream_head_time": "300ms"})
        self.assertRefused(self.ask(request("GET", "/info")), 504, "upstream.timeout")
        self.engine.connections[0].await_end()

    def test_upstream_head_time_spares_lasting_operations(self):
        def wait(connection, _):
            connection.await_go()
            return reply(200, b'{"StatusCode":0}')

        limits = {"upstream_head_time": "100ms", "idle_time": "100ms", "stall_time": "100ms"}
        self.serve({"POST /containers/x/wait": wait, "GET /info": stall}, limits=limits)
        client = self.client()
        client.send(request("POST", "/containers/x/wait"))
        self.engine.await_request()
        # Two that may not last have timed out since: so could the wait have.
        for _ in range(2):
            self.assertRefused(self.ask(request("GET", "/info")), 504, "upstream.timeout")
        self.engine.connections[0].go.set()
        self.assertEqual(client.response().body, b'{"StatusCode":0}')

    def test_upstream_spares(self):
        self.serve(workers=1, limits={"upstream_spares": 1})
        clients = [self.client(), self.client()]
        for client in clients:
            client.send(request("GET", "/info"))
            client.response()
        for client in clients:
            client.close()
        wait_until(lambda: any(c.ended for c in self.engine.connections), "the end of the older one")
        self.assertFalse(all(c.ended for c in self.engine.connections))

    def test_upstream_spare_time(self):
        self.serve(limits={"upstream_spares": 1, "upstream_spare_time": "100ms"})
        self.ask(request("GET", "/info"))
        self.engine.connections[0].await_end()

    def test_tunnel_idle_time(self):
        self.serve({"POST /containers/x/attach": hold_tunnel}, limits={"tunnel_idle_time": "300ms"})
        client = self.client()
        client.send(ATTACH)
        self.assertEqual(client.response_head().status, 101)
        client.wait_closed()
        self.engine.connections[0].await_end()

    def test_tunnel_idle_time_is_off_by_default(self):
        self.serve({"POST /containers/x/attach": hold_tunnel, "GET /info": stall},
                   limits={"stall_time": "100ms", "idle_time": "1s", "upstream_head_time": "1s"})
        client = self.client()
        client.send(ATTACH)
        self.assertEqual(client.response_head().status, 101)
        self.assertRefused(self.ask(request("GET", "/info")), 504, "upstream.timeout")
        client.socket.settimeout(0.05)
        with self.assertRaises(TimeoutError):
            client.socket.recv(1)

    def test_tunnel_linger_time(self):
        """The engine has ended the stream, and the client does not: it may not stay for ever."""

        def answer(connection, _):
            connection.send(UPGRADED)
            connection.half_close()
            connection.wait_closed()

        self.serve({"POST /containers/x/attach": answer}, limits={"tunnel_linger_time": "300ms"})
        client = self.client()
        client.send(ATTACH)
        client.response_head()
        self.assertEqual(client.read_to_end(), b"")
        self.engine.connections[0].await_end()
        wait_until(lambda: not client.try_send(b"x"), "the end of the tunnel")

    def test_drain_time(self):
        self.serve({"GET /events": stall}, limits={"drain_time": "300ms"})
        client = self.client()
        client.send(request("GET", "/events"))
        self.engine.await_request()
        self.daemon.signal()
        client.wait_closed()
        self.daemon.wait()
