# SPDX-License-Identifier: Apache-2.0
"""One connection carries many requests, pipelined or not, and the answers keep their order."""

from tests.support.daemon import DaemonTest
from tests.support.fake_engine import reply
from tests.support.http import chunked, request


def echo(connection, seen):
    """Answers with the target and the body that arrived."""
    return reply(200, seen.target.encode() + b" " + connection.read_body(seen))


ECHO = {key: echo for key in ("GET /info", "POST /containers/create", "POST /images/load", "GET /containers/json")}


class KeepAlive(DaemonTest):
    def test_requests_follow_each_other_on_one_connection_each_side(self):
        self.serve(ECHO)
        client = self.client()
        for number in range(50):
            client.send(request("GET", f"/containers/json?limit={number}"))
            self.assertEqual(client.response().body, f"/containers/json?limit={number} ".encode())
        self.assertEqual(len(self.engine.connections), 1)

    def test_pipelined_requests_are_answered_in_order(self):
        self.serve(ECHO)
        client = self.client()
        client.send(b"".join(request("GET", f"/containers/json?limit={n}") for n in range(100)))
        for number in range(100):
            self.assertEqual(client.response().body, f"/containers/json?limit={number} ".encode())

    def test_pipelined_bodies_of_all_kinds_stay_apart(self):
        self.serve(ECHO)
        json, tar = b'{"Image":"a"}', b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n"
        head = b"POST /images/load HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        sent = [
            (request("POST", "/containers/create", body=json), b"/containers/create " + json),
            (head + chunked(tar, 5), b"/images/load " + tar),
            (request("GET", "/info"), b"/info "),
            (request("POST", "/images/load", "Content-Type: application/x-tar", body=tar), b"/images/load " + tar),
            (head.replace(b"/images/load", b"/containers/create").replace(b"Host", b"Content-Type: application/json\r\nHost")
             + chunked(json, 3), b"/containers/create " + json),
            (request("POST", "/images/load", "Content-Type: application/x-tar", body=b""), b"/images/load "),
        ]
        for size in (1 << 20, 7):
            with self.subTest(pieces=size):
                client = self.client()
                client.send_in_pieces(b"".join(data for data, _ in sent), size)
                self.assertEqual([client.response().body for _ in sent], [body for _, body in sent])
        self.assertNotIn("/version", [r.target for r in self.engine.requests])

    def test_a_refusal_between_two_requests_keeps_the_connection(self):
        self.serve(ECHO, deny=["ContainerCreate"])
        client = self.client()
        client.send(request("GET", "/info") + request("POST", "/containers/create", body=b"{}") + request("GET", "/info"))
        self.assertEqual(client.response().status, 200)
        self.assertRefused(client.response(), 403, "operation.denied")
        self.assertEqual(client.response().body, b"/info ")
        self.assertEqual([r.target for r in self.engine.requests], ["/info", "/info"])

    def test_connection_close_is_kept(self):
        self.serve(ECHO)
        client = self.client()
        client.send(request("GET", "/info", "Connection: close"))
        self.assertEqual(client.response().header("Connection"), "close")
        self.assertEqual(client.read_to_end(), b"")

    def test_http_1_0_closes_unless_it_asks_to_stay(self):
        self.serve(ECHO)
        client = self.client()
        client.send(request("GET", "/info", version="HTTP/1.0"))
        self.assertEqual(client.response().status, 200)
        self.assertEqual(client.read_to_end(), b"")

    def test_one_clients_answers_never_reach_another(self):
        self.serve(ECHO)
        clients = [self.client() for _ in range(20)]
        for turn in range(5):
            for number, client in enumerate(clients):
                client.send(request("GET", f"/containers/json?limit={number}&size={turn}"))
            for number, client in enumerate(clients):
                self.assertEqual(client.response().body, f"/containers/json?limit={number}&size={turn} ".encode())
        self.assertEqual(len(self.engine.connections), len(clients))

    def test_an_engine_that_closes_between_requests_is_not_noticed(self):
        def answer_and_close(connection, _):
            connection.send(reply(200, b"{}"))
            connection.close()

        self.serve({"GET /info": answer_and_close})
        client = self.client()
        for number in range(5):
            client.send(request("GET", "/info"))
            self.assertEqual(client.response().status, 200)
            self.engine.await_connection(number + 1)

    def test_an_engine_that_says_close_is_left_alone(self):
        self.serve({"GET /info": reply(200, b"{}", "Connection: close")})
        client = self.client()
        for _ in range(3):
            client.send(request("GET", "/info"))
            self.assertEqual(client.response().status, 200)
        self.assertEqual([len(c.requests) for c in self.engine.connections], [1, 1, 1])
