# SPDX-License-Identifier: Apache-2.0
"""A connection over TLS begins, is resumed and ends as TLS has it."""

import hashlib
import socket
import threading

from tests.support.certificates import serial_of
from tests.support.daemon import free_port, socket_address
from tests.support.fake_engine import reply
from tests.support.http import Client, Truncated, request
from tests.support.tls_test import TLS_1_2, TlsTest
from tests.support.wait import PATIENCE, wait_until

UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
ATTACH = request("POST", "/containers/x/attach?stream=1", "Connection: Upgrade", "Upgrade: tcp")
DATA = bytes(range(256)) * 4096  # 1 MiB


class Connections(TlsTest):
    def test_the_record_says_whose_certificate_it_was(self):
        self.serve()
        self.assertEqual(self.status(), 200)
        record = self.daemon.await_audit()[0]
        self.assertEqual((record["common_name"], record["address"]), ("ops-1", "127.0.0.1"))
        self.assertEqual(set(record["sans"]), {"one.corp", "192.0.2.1", "spiffe://corp/ops/1"})
        self.assertEqual(record["serial"].lower(), serial_of(self.client_pair).lower())

    def test_a_client_may_choose_its_version_where_1_2_is_the_least(self):
        self.serve(listeners=[self.listener(min_version="1.2")])
        self.assertEqual(self.client().socket.tls.version(), "TLSv1.3")
        self.version = TLS_1_2
        self.assertEqual(self.client().socket.tls.version(), "TLSv1.2")
        self.assertEqual(self.status(), 200)

    def test_a_request_in_records_of_one_byte(self):
        self.serve()
        client = self.client()
        client.send_in_pieces(request("POST", "/containers/create", body=b'{"Image":"a"}') + request("GET", "/info"))
        self.assertEqual([client.response().status for _ in range(2)], [200, 200])
        self.assertEqual(self.engine.requests[0].body, b'{"Image":"a"}')

    def test_many_requests_in_one_record(self):
        self.serve()
        client = self.client()
        client.send(request("GET", "/info") * 100)
        self.assertEqual([client.response().status for _ in range(100)], [200] * 100)

    def test_a_client_that_reads_slowly_gets_all_of_it(self):
        self.serve({"GET /containers/x/export": lambda connection, _: reply(200, DATA * 8)})
        client = self.client(receive_buffer=4096)
        client.send(request("GET", "/containers/x/export"))
        answer = client.response_head()
        total = hashlib.sha256()
        for piece in client.body_pieces(answer):
            total.update(piece)
        self.assertEqual(total.digest(), hashlib.sha256(DATA * 8).digest())

    def test_many_clients_at_once(self):
        self.serve()
        statuses = []
        clients = [threading.Thread(target=lambda: statuses.extend(self.status() for _ in range(10))) for _ in range(8)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        self.assertEqual(statuses, [200] * 80)


class Handshakes(TlsTest):
    """One that is under way counts as 64 KiB of what one client may hold."""

    def test_that_never_end_are_so_many_and_no_more(self):
        self.serve(limits={"held_bytes": "1MiB", "body_bytes": "64KiB"})  # 512 KiB for one client
        served = self.client()
        silent = [self.begin() for _ in range(12)]
        wait_until(lambda: self.refused() == 4, "four to be turned away")
        ended = [client for client in silent if self.has_ended(client)]
        self.assertEqual(len(ended), 4)
        served.send(request("GET", "/info"))
        self.assertEqual(served.response().status, 200, "who is connected already")
        self.assertTurnedAway()
        self.assertEqual(self.status(source="127.0.0.2"), 200, "another client")
        self.daemon.await_log("is not served: limit.memory: ")
        for client in silent:
            client.close()
        wait_until(self.served_anew, "a new connection to be served")

    def begin(self):
        client = Client(socket_address(self.daemon.config["listeners"][0]))
        self.addCleanup(client.close)
        client.try_send(b"\x16\x03\x01\x02\x00\x01")
        return client

    def refused(self):
        return [record.get("reason") for record in self.daemon.audit()].count("limit.memory")

    def has_ended(self, client):
        client.socket.settimeout(0.2)
        try:
            return client.socket.recv(1) == b""
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False

    def served_anew(self):
        try:
            return self.status() == 200
        except (OSError, Truncated):
            return False


class Ends(TlsTest):
    def test_an_answer_until_the_end_ends_with_close_notify(self):
        """Without it the end could be anybody's who can cut a connection."""

        def log(connection, _):
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nlines")
            connection.close()

        self.serve({"GET /containers/x/logs": log})
        client = self.client()
        client.send(request("GET", "/containers/x/logs?stdout=1", version="HTTP/1.0"))
        answer = client.response()
        self.assertEqual((answer.framing, answer.body), ("eof", b"lines"))

    def test_a_broken_answer_until_the_end_has_no_close_notify(self):
        def cut(connection, _):
            connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nlines\r\n")
            connection.close()

        self.serve({"GET /containers/x/logs": cut})
        client = self.client()
        client.send(request("GET", "/containers/x/logs?stdout=1", version="HTTP/1.0"))
        with self.assertRaises((ConnectionResetError, Truncated)):
            client.response()

    def test_the_end_after_connection_close_is_a_clean_one(self):
        self.serve()
        client = self.client()
        client.send(request("GET", "/info", "Connection: close"))
        self.assertEqual(client.response().status, 200)
        self.assertEqual(client.read_to_end(), b"")

    def test_a_refusal_that_closes_arrives_whole(self):
        self.serve()
        client = self.client()
        client.send(b"GET /info HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n" + b"x" * 100_000)
        self.assertRefused(client.response(), 400, "head.field_name")
        self.assertEqual(client.read_to_end(), b"")

    def test_the_end_reaches_a_client_that_reads_late(self):
        """Where the client reads nothing, close_notify may find no room: it must follow once there is."""

        def flood(connection, _):
            connection.send(UPGRADED)
            connection.send(b"x" * connection.engine.size)
            connection.half_close()
            connection.go.set()
            connection.wait_closed()

        self.serve({"POST /containers/x/attach": flood})
        for size in range(1000, 400_000, 9_500):
            self.engine.size = size
            client = self.client(receive_buffer=4096)
            client.send(ATTACH)
            client.response_head()
            self.engine.connections[-1].await_go()
            with self.subTest(size):
                self.assertEqual(len(client.read_to_end()), size)
            client.close()

    def test_a_tunnel_that_the_client_cuts_is_cut_at_the_engine(self):
        self.serve({"POST /containers/x/attach": lambda c, _: (c.send(UPGRADED), c.wait_closed(), None)[2]})
        for cut in (lambda client: client.socket.shutdown(socket.SHUT_RDWR), lambda client: client.close(), self.reset):
            client = self.client()
            client.send(ATTACH)
            client.response_head()
            client.send(b"input")
            cut(client)
            self.engine.connections[-1].await_end()

    def test_a_tunnel_that_the_client_resets_ends_on_both_sides(self):
        def flood(connection, _):
            connection.send(UPGRADED)
            while True:
                connection.send(DATA)

        self.serve({"POST /containers/x/attach": flood})
        client = self.client()
        client.send(ATTACH)
        client.response_head()
        self.reset(client)
        self.engine.connections[0].await_end()
        self.assertNotIn("no_close_notify", self.daemon.await_audit()[0])

    def test_a_client_that_only_closes_its_socket_for_writing_still_gets_its_output(self):
        """go-dockerclient attaches so: it ends its input by a FIN, without close_notify."""

        def answer(connection, _):
            connection.send(UPGRADED)
            connection.send(connection.read_to_end() + DATA)
            connection.close()

        self.serve({"POST /containers/x/attach": answer})
        for announced in (True, False):
            client = self.client()
            client.send(ATTACH)
            client.response_head()
            client.send(b"input")
            if announced:
                client.half_close()
            else:
                client.socket.socket.shutdown(socket.SHUT_WR)
            with self.subTest(announced=announced):
                self.assertEqual(client.read_to_end(), b"input" + DATA)
            client.close()
        records = self.daemon.await_audit(2)
        self.assertEqual([record.get("no_close_notify") for record in records], [None, True])
        self.assertEqual([record.get("reason") for record in records], [None, None])

    def test_a_client_may_close_its_socket_for_writing_before_the_engine_opens_the_stream(self):
        def answer(connection, seen):
            connection.read_body(seen)
            connection.socket.settimeout(0.6)  # tidegate looks at the client after 0.1 s
            try:
                connection.early = connection.read_some()
            except TimeoutError:
                connection.early = None
            connection.socket.settimeout(PATIENCE)
            connection.send(UPGRADED)
            connection.send(connection.read_to_end() + DATA)
            connection.close()

        self.serve({"POST /containers/x/attach": answer, "POST /exec/x/start": answer})
        for asked in (ATTACH, request("POST", "/exec/x/start", "Connection: Upgrade", "Upgrade: tcp", body=b"{}")):
            client = self.client()
            client.send(asked + b"input")
            client.socket.socket.shutdown(socket.SHUT_WR)
            with self.subTest(asked[:20]):
                self.assertEqual(client.response_head().status, 101)
                self.assertEqual(client.read_to_end(), b"input" + DATA)
                self.assertIsNone(self.engine.connections[-1].early, "the stream is the engine's to open")
            client.close()
        records = self.daemon.await_audit(2)
        self.assertEqual([(r.get("reason"), r.get("no_close_notify")) for r in records], [(None, True)] * 2)

    def test_a_permitted_end_without_close_notify_is_not_for_the_next_request(self):
        self.serve({"POST /containers/x/attach": reply(404, b"{}"), "POST /images/load": lambda c, _: c.wait_closed()})
        client = self.client()
        client.send(ATTACH)
        self.assertEqual(client.response().status, 404)
        client.send(b"POST /images/load HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nbegun")
        self.engine.await_request(2)
        client.socket.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(self.daemon.await_audit(2)[1]["reason"], "client.left")

    def test_a_client_that_closes_without_close_notify_is_no_half_close_elsewhere(self):
        """Here it means that the connection was cut: the upload may be short."""
        self.serve({"POST /images/load": lambda connection, _: connection.wait_closed()})
        client = self.client()
        client.send(b"POST /images/load HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nbegun")
        self.engine.await_request()
        client.socket.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(self.daemon.await_audit()[0]["reason"], "client.left")

    def reset(self, client):
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()

    def test_a_tunnel_whose_client_ends_and_then_cuts_is_cut_at_the_engine(self):
        """close_notify means: no more input. The end of the connection means that nobody reads."""

        def answer(connection, _):
            connection.send(UPGRADED)
            connection.rest = connection.read_to_end()
            while True:
                connection.send(DATA)

        self.serve({"POST /containers/x/attach": answer})
        client = self.client()
        client.send(ATTACH)
        client.response_head()
        client.send(b"input")
        client.half_close()
        client.read_exactly(1000)
        self.assertEqual(self.engine.connections[0].rest, b"input")
        client.close()
        self.engine.connections[0].await_end()


class Sessions(TlsTest):
    """A resumed session skips the certificates, so it must be worth no more than they were."""

    def ticket(self, address, context):
        client = self.client(address, context=context)
        client.send(request("GET", "/info"))
        client.response()  # tickets come before it
        return client.socket.tls.session

    def resumes(self, address, context, session):
        client = self.client(address, context=context, session=session)
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().status, 200)
        return client.socket.tls.session_reused

    def test_a_resumed_session_is_the_same_client(self):
        self.serve()
        address, context = socket_address(self.daemon.config["listeners"][0]), self.context()
        self.assertTrue(self.resumes(address, context, self.ticket(address, context)))
        records = self.daemon.await_audit(2)
        self.assertEqual([record["common_name"] for record in records], ["ops-1", "ops-1"])

    def test_a_session_of_one_listener_is_none_on_another(self):
        for version in (self.version, TLS_1_2):
            self.version = version
            with self.subTest(version):
                self.serve(listeners=[self.listener(), self.listener()])
                one, other = (socket_address(listener) for listener in self.daemon.config["listeners"])
                context = self.context()
                session = self.ticket(one, context)
                self.assertTrue(self.resumes(one, context, session))
                self.assertFalse(self.resumes(other, context, session))
                self.daemon.stop()

    def test_a_session_does_not_outlive_tidegate(self):
        port = free_port()
        self.serve(listeners=[self.listener(address=f"tcp://127.0.0.1:{port}")])
        context = self.context()
        session = self.ticket(("127.0.0.1", port), context)
        self.daemon.stop()
        self.serve(listeners=[self.listener(address=f"tcp://127.0.0.1:{port}")])
        self.assertFalse(self.resumes(("127.0.0.1", port), context, session))
