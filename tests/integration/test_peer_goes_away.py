# SPDX-License-Identifier: Apache-2.0
"""A client that goes away frees the engine at once; an engine that goes away is told to the client."""

import os
import socket
import threading

from tests.support.daemon import DaemonTest, free_port
from tests.support.fake_engine import reply
from tests.support.http import Truncated, request
from tests.support.wait import wait_until

UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
ATTACH = request("POST", "/containers/x/attach?stream=1", "Connection: Upgrade", "Upgrade: tcp")
LOAD = b"POST /images/load HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-tar\r\nContent-Length: 1000000\r\n\r\n"


def hold(opening=b""):
    """Sends `opening` and then waits for the other side to leave."""

    def answer(connection, _):
        connection.send(opening)
        connection.wait_closed()

    return answer


class Crowd(DaemonTest):
    """Many clients that send ahead of what is read."""

    def crowd_that_sends_ahead(self):
        crowd = []

        def all_wait():
            """Some may be turned away while the connection that watched tidegate's start still counts."""
            if [r.method for r in self.engine.requests].count("POST") == 20:
                return True
            try:
                crowd.append(self.client())
            except OSError:  # turned away before its TLS handshake
                return False
            crowd[-1].try_send(request("POST", "/containers/x/wait") + b"x" * 4000)
            return False

        wait_until(all_wait, "20 that wait")
        return crowd

    def served(self):
        try:
            return self.ask(request("GET", "/info")).status == 200
        except (OSError, Truncated):
            return False


class ClientGoesAway(Crowd):
    def leaves(self, data, answers):
        self.serve(answers)
        client = self.client()
        client.send(data)
        self.engine.await_request()
        sockets = self.daemon.open_sockets()
        client.close()
        self.engine.connections[0].await_end()
        wait_until(lambda: self.daemon.open_sockets() <= sockets - 2, "both sockets to be closed")
        self.assertEqual(len(self.daemon.await_audit()), 1)

    def test_during_wait(self):
        self.leaves(request("POST", "/containers/x/wait"), {"POST /containers/x/wait": hold()})

    def test_during_wait_with_a_head_already_sent(self):
        opening = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        self.leaves(request("POST", "/containers/x/wait"), {"POST /containers/x/wait": hold(opening)})

    def test_during_events(self):
        opening = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"
        self.leaves(request("GET", "/events"), {"GET /events": hold(opening)})

    def test_during_an_upload(self):
        self.leaves(LOAD + b"x" * 1000, {"POST /images/load": hold()})

    def test_during_a_tunnel(self):
        self.leaves(ATTACH, {"POST /containers/x/attach": hold(UPGRADED)})

    def test_with_a_pipelined_request_in_hand(self):
        self.leaves(request("GET", "/events") + request("GET", "/info"), {"GET /events": hold()})

    def test_having_sent_more_ahead_than_is_read(self):
        """The engine never answers, so what is held for the clients goes because they have left, or never."""
        self.serve({"POST /containers/x/wait": hold()}, limits={"connections_per_client": 20})
        crowd = self.crowd_that_sends_ahead()
        for client in crowd:
            client.close()
        wait_until(self.served, "another client to be served")
        for connection in self.engine.connections:
            connection.await_end()
        # More than 20 if one of the crowd was accepted only when others had left.
        wait_until(lambda: len(self.reasons_of_waits()) >= 20, "records of all")
        self.assertEqual(set(self.reasons_of_waits()), {"client.left"})

    def reasons_of_waits(self):
        return [record.get("reason") for record in self.daemon.audit() if record["operation"] == "ContainerWait"]

    def test_having_sent_ahead_and_half_closed_it_still_gets_its_answers(self):
        self.serve({"GET /info": lambda connection, _: connection.await_go() or reply(200, b"late")})
        client = self.client()
        client.send(request("GET", "/info") + request("GET", "/version") * 200)
        client.half_close()
        self.engine.await_request()
        self.engine.connections[0].go.set()
        self.assertEqual(client.response().body, b"late")
        self.assertEqual([client.response().status for _ in range(200)], [200] * 200)

    def test_before_its_head_is_whole(self):
        self.serve()
        client = self.client()
        files = self.daemon.open_files
        client.send_in_pieces(b"GET /info HTTP/1.1\r\n", 100)
        before = files()
        client.close()
        wait_until(lambda: files() < before, "the socket to be closed")
        self.assertEqual(self.engine.total, 0)

    def test_half_closed_after_a_request_still_gets_its_answer(self):
        self.serve({"GET /info": lambda connection, _: connection.await_go() or reply(200, b"late")})
        client = self.client()
        client.send(request("GET", "/info", "Connection: close"))
        client.half_close()
        self.engine.await_request()
        self.engine.connections[0].go.set()
        self.assertEqual(client.response().body, b"late")


def read_nothing(opening=b""):
    def answer(connection, _):
        connection.send(opening)
        connection.await_go()

    return answer


class EngineDoesNotRead(DaemonTest):
    LARGE = b'{"Labels":{"x":"%s"}}' % (b"x" * 900_000)

    def leaves(self, client):
        """The engine learns nothing of it, so only the sockets in tidegate tell."""
        sockets = self.daemon.open_sockets()
        client.close()
        wait_until(lambda: self.daemon.open_sockets() <= sockets - 2, "both sockets to be closed")

    def send_until_full(self, client, piece):
        """Returns how many bytes were sent."""
        client.socket.settimeout(0.3)
        sent = 0
        try:
            while True:
                sent += client.socket.send(piece[sent % len(piece) :])
        except TimeoutError:
            return sent

    def await_looks(self):
        """Until tidegate has looked at all clients: each that leaves is noticed at its first look."""
        for _ in range(8):
            seen = len(self.engine.requests)
            client = self.client()
            client.send(request("POST", "/containers/create", body=self.LARGE))
            self.engine.await_request(seen + 1)
            self.leaves(client)

    def let_engine_go(self):
        for connection in self.engine.connections:
            connection.go.set()


class ClientLeaves(EngineDoesNotRead):
    def test_a_large_body_that_the_engine_does_not_read(self):
        self.serve({"POST /containers/create": read_nothing()}, limits={"held_bytes": "4MiB"})
        for count in (1, 2, 3):  # there is no room for three
            client = self.client()
            client.send(request("POST", "/containers/create", body=self.LARGE))
            self.engine.await_request(count)
            self.leaves(client)
        records = self.daemon.await_audit(3)
        self.assertEqual([record.get("reason") for record in records], ["client.left"] * 3)
        self.let_engine_go()

    def test_an_upload_whose_end_the_engine_reads_later_arrives_whole(self):
        """By then tidegate has looked whether its client is still there, and the client has sent ahead."""

        def read_late(connection, seen):
            connection.await_go()
            connection.read_body(seen)
            return reply(200, b"{}")

        self.serve({"POST /images/load": read_late, "POST /containers/create": read_nothing()})
        uploads = [(self.client(), os.urandom(size)) for size in range(150_000, 500_000, 25_000)]
        for client, data in uploads:
            head = f"POST /images/load HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{len(data):x}\r\n"
            message = head.encode() + data + b"\r\n0\r\n\r\n" + request("GET", "/info")
            threading.Thread(target=client.send, args=(message,), daemon=True).start()
        self.engine.await_request(len(uploads))
        self.await_looks()
        self.let_engine_go()
        for client, _ in uploads:
            self.assertEqual([client.response().status, client.response().status], [200, 200])
        arrived = {seen.body for seen in self.engine.requests if seen.method == "POST"}
        self.assertLessEqual({data for _, data in uploads}, arrived)

    def test_an_upload_whose_head_was_sent_ahead_arrives_whole(self):
        """When tidegate comes to it, it has long been reading on behind the head."""

        def take(connection, seen):
            connection.read_body(seen)
            return reply(200, b"{}")

        self.serve({"GET /info": read_nothing(), "POST /images/load": take, "POST /containers/create": read_nothing()})
        client, data = self.client(), os.urandom(1_000_000)
        client.send(request("GET", "/info"))
        self.engine.await_request()
        waiting = self.engine.connections[0]
        self.await_looks()
        client.send(LOAD)
        self.await_looks()
        waiting.send(reply(200, b"late"))
        self.let_engine_go()
        self.assertEqual(client.response().body, b"late")
        wait_until(lambda: self.engine.requests[-1].target == "/images/load", "the upload's head")
        client.send_in_pieces(data, 100_000)
        self.assertEqual(client.response().status, 200)
        self.assertTrue(self.engine.requests[-1].body == data, "the body is not what was sent")

    def test_a_half_close_behind_a_large_body_still_gets_its_answer(self):
        def read_late(connection, seen):
            connection.await_go()
            connection.read_body(seen)
            return reply(201, b'{"Id":"x"}')

        self.serve({"POST /containers/create": read_late})
        client = self.client()
        client.send(request("POST", "/containers/create", body=self.LARGE))
        client.half_close()
        self.engine.await_request()
        self.let_engine_go()
        self.assertEqual(client.response().status, 201)
        self.assertEqual(len(self.engine.requests[0].body), len(self.LARGE))

    def test_streams_whose_input_the_engine_does_not_read(self):
        answers = {"POST /containers/x/attach": read_nothing(UPGRADED)}
        self.serve(answers, limits={"connections_per_client": 2})
        for _ in range(3):
            client = wait_until(self.opened, "a connection to be admitted")
            self.send_until_full(client, b"x" * 65536)
            self.leaves(client)
        self.assertEqual([record.get("reason") for record in self.daemon.await_audit(3)], [None] * 3)
        self.let_engine_go()

    def opened(self):
        client = self.client()
        client.try_send(ATTACH)
        try:
            return client.response_head().status == 101 and client
        except (OSError, Truncated):
            return None

    def test_a_stream_whose_engine_reads_its_input_later(self):
        def read_late(connection, _):
            connection.send(UPGRADED)
            connection.await_go()
            connection.wait_closed()

        self.serve({"POST /containers/x/attach": read_late})
        client = self.client()
        client.send(ATTACH)
        client.response_head()
        sent = self.send_until_full(client, b"x" * 65536)
        connection = self.engine.connections[0]
        head = connection.total
        connection.go.set()
        client.close()
        connection.await_end()
        self.assertEqual(connection.total - head, sent)


class ClientResetsOverTcp(EngineDoesNotRead):
    def test_a_stream_whose_input_the_engine_does_not_read(self):
        listener = {"address": f"tcp://127.0.0.1:{free_port()}", "insecure": True, "profile": "p"}
        self.serve({"POST /containers/x/attach": read_nothing(UPGRADED)}, listeners=[listener])
        client = self.client()
        client.send(ATTACH)
        client.response_head()
        self.send_until_full(client, b"x" * 65536)
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.leaves(client)
        self.let_engine_go()


class ClientLeavesAnUpload(EngineDoesNotRead):
    def test_that_the_engine_does_not_read(self):
        self.serve({"POST /images/load": read_nothing()})
        for framing in ("Content-Length: 10000000", "Transfer-Encoding: chunked"):
            client = self.client()
            client.send(f"POST /images/load HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n".encode())
            self.send_until_full(client, b"ffff\r\n" + b"x" * 0xffff + b"\r\n")
            self.leaves(client)
        self.assertEqual([record.get("reason") for record in self.daemon.await_audit(2)], ["client.left"] * 2)
        self.let_engine_go()


class ClientLeavesAStream(DaemonTest):
    """That is how these end: neither a refusal nor the engine's fault."""

    STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"

    def test_and_the_record_has_no_reason(self):
        targets = ("/events", "/containers/x/logs?follow=1&stdout=1", "/containers/x/stats")
        self.serve({f"GET {target.split('?')[0]}": hold(self.STREAM) for target in targets})
        for target in targets:
            client = self.client()
            client.send(request("GET", target))
            client.response_head()
            client.close()
        records = self.daemon.await_audit(len(targets))
        self.assertEqual([(r["decision"], r["status"], r.get("reason")) for r in records], [("allow", 200, None)] * 3)

    def test_while_the_engine_sends(self):
        def flood(connection, _):
            connection.send(self.STREAM)
            while True:
                connection.send(b"2\r\n{}\r\n" * 1000)

        self.serve({"GET /events": flood})
        client = self.client()
        client.send(request("GET", "/events"))
        client.read_exactly(10_000)
        client.close()
        self.assertNotIn("reason", self.daemon.await_audit()[0])

    def test_the_engines_failure_is_on_record(self):
        def fail(connection, _):
            connection.send(self.STREAM)
            connection.close()

        self.serve({"GET /events": fail})
        client = self.client()
        client.send(request("GET", "/events"))
        client.wait_closed()
        self.assertEqual(self.daemon.await_audit()[0]["reason"], "upstream.closed")


class ClientGoesAwayOverTcp(Crowd):
    def test_having_sent_more_ahead_than_is_read(self):
        """The end of what a client sends is all that TCP tells. The engine hears of it and ends the wait."""

        def wait_while_somebody_listens(connection, _):
            connection.wait_closed()
            connection.close()

        listener = {"address": f"tcp://127.0.0.1:{free_port()}", "insecure": True, "profile": "p"}
        answers = {"POST /containers/x/wait": wait_while_somebody_listens}
        self.serve(answers, limits={"connections_per_client": 20}, listeners=[listener])
        for client in self.crowd_that_sends_ahead():
            client.close()
        wait_until(self.served, "another client to be served")


class EngineGoesAway(DaemonTest):
    def test_before_its_answer(self):
        self.serve({"POST /containers/x/wait": hold()})
        client = self.client()
        client.send(request("POST", "/containers/x/wait"))
        self.engine.await_request()
        self.engine.stop()
        self.assertRefused(client.response(), 502, "upstream.closed")

    def test_during_its_answer(self):
        self.serve({"GET /events": hold(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")})
        client = self.client()
        client.send(request("GET", "/events"))
        pieces = client.body_pieces(client.response_head())
        self.assertEqual(next(pieces), b"{}")
        self.engine.stop()
        with self.assertRaises(Truncated):
            next(pieces)

    def test_during_an_upload(self):
        self.serve({"POST /images/load": hold()})
        client = self.client()
        client.send(LOAD + b"x" * 1000)
        self.engine.await_request()
        self.engine.stop()
        self.assertEqual(client.response().status, 502)

    def test_during_a_tunnel(self):
        self.serve({"POST /containers/x/attach": hold(UPGRADED)}, limits={"tunnel_linger_time": "300ms"})
        client = self.client()
        client.send(ATTACH)
        client.response_head()
        self.engine.stop()
        self.assertEqual(client.wait_closed(), b"")

    def test_and_is_not_there(self):
        self.engine.stop()
        self.serve()
        client = self.client()
        client.send(request("GET", "/info") + request("POST", "/containers/create", body=b"{}"))
        message = self.assertRefused(client.response(), 502, "upstream.unreachable")
        self.assertIn("engine", message)
        self.assertRefused(client.response(), 502, "upstream.unreachable")

    def test_and_comes_back_on_the_same_client_connection(self):
        self.serve()
        client = self.client()
        for _ in range(3):
            client.send(request("GET", "/info"))
            self.assertEqual(client.response().status, 200)
            self.engine.stop()
            client.send(request("GET", "/info"))
            self.assertRefused(client.response(), 502, "upstream.unreachable")
            self.engine.start()
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().status, 200)

    def test_and_comes_back_under_traffic(self):
        self.serve()
        over, seen, failures = threading.Event(), [], []

        def traffic():
            try:
                while not over.is_set():
                    seen.append(self.ask(request("GET", "/info")).status)
            except (AssertionError, OSError) as error:
                failures.append(error)

        clients = [threading.Thread(target=traffic) for _ in range(4)]
        for client in clients:
            client.start()
        for _ in range(3):
            wait_until(lambda: 200 in seen, "service")
            self.engine.stop()
            wait_until(lambda: 502 in seen, "a refusal with a reason")
            seen.clear()
            self.engine.start()
            wait_until(lambda: 200 in seen, "service again")
        over.set()
        for client in clients:
            client.join()
        self.assertEqual(failures, [])
        self.assertLessEqual(set(seen), {200, 502, 503})

    def test_a_write_is_never_sent_twice(self):
        def vanish(connection, seen):
            connection.read_body(seen)
            connection.close()

        self.serve({"POST /containers/create": vanish})
        client = self.client()
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().status, 200)
        client.send(request("POST", "/containers/create", body=b"{}"))
        self.assertRefused(client.response(), 502, "upstream.closed")
        self.assertEqual([r.method for r in self.engine.requests], ["GET", "POST"])
