# SPDX-License-Identifier: Apache-2.0
"""The end of a tcp connection costs the client no byte of its last answer, and nothing follows half of one."""

from tests.support.daemon import DaemonTest, free_port
from tests.support.fake_engine import reply
from tests.support.http import request
from tests.support.tls_test import TlsTest

SIZE = 4 << 20  # more than the sockets between tidegate and a slow client hold
NARROW = 4096  # the slow client's buffer
NEXT = request("POST", "/containers/create", body=b"{" + b" " * (256 << 10) + b"}")  # more than tidegate reads ahead


def when_told(connection, _):
    connection.await_go()
    return reply(200, bytes(SIZE))


def on_tcp(**more):
    return {"address": f"tcp://127.0.0.1:{free_port()}", "insecure": True, "profile": "p", **more}


class Pipelining:
    """A client that sends its next request before it has read the answer to the first."""

    def pipelining_client(self):
        client = self.client(receive_buffer=NARROW)
        client.send(request("GET", "/info"))
        self.engine.await_request()
        client.send(NEXT)
        return client

    def assertAnsweredOnce(self, client):
        self.engine.connections[0].go.set()
        self.assertEqual(len(client.response().body), SIZE)
        self.assertEqual(client.read_to_end(), b"")
        client.close()
        self.assertEqual(len(self.engine.requests), 1)


class Drain(Pipelining, DaemonTest):
    def test_leaves_the_last_answer_whole_for_a_client_that_has_sent_its_next_request(self):
        self.serve({"GET /info": when_told}, listeners=[on_tcp()], limits={"drain_time": "1m"})
        client, idle = self.pipelining_client(), self.client()
        self.daemon.signal()
        idle.wait_closed()  # the drain has begun
        self.assertAnsweredOnce(client)
        self.daemon.wait()


class MaxConnectionTime(Pipelining, TlsTest):
    def test_leaves_the_last_answer_whole_for_a_client_that_has_sent_its_next_request(self):
        self.serve({"GET /info": when_told}, listeners=[{**self.listener(), "max_connection_time": "200ms"}])
        client = self.pipelining_client()
        self.client().wait_closed()  # it began later
        self.assertAnsweredOnce(client)


class HalfAnswers(DaemonTest):
    def test_nothing_follows_half_of_an_interim_answer(self):
        hint = b"HTTP/1.1 103 Early Hints\r\nLink: " + b"x" * 60_000 + b"\r\n\r\n"

        def hint_on(connection, _):
            connection.send_until_stalled(hint, 64 << 20)
            connection.wait_closed()

        self.serve({"GET /info": hint_on}, listeners=[on_tcp()], limits={"upstream_head_time": "1s"})
        client = self.client(receive_buffer=NARROW)
        client.send(request("GET", "/info"))
        self.engine.await_connection().await_end()
        said = client.wait_closed()
        last = said.rpartition(b"HTTP/1.1 ")[2][:200]
        self.assertTrue(last.startswith(b"103 "), last)
        self.assertFalse(said.endswith(b"\r\n\r\n"), "the last one is whole: the test proves nothing")
        self.assertEqual(self.daemon.await_audit()[0]["reason"], "client.stalled")


class FullBuffers(DaemonTest):
    def test_a_client_whose_head_finds_no_memory_is_not_reset_while_it_sends_the_rest(self):
        self.serve(listeners=[on_tcp()], limits={"held_bytes": "4MiB", "registry_config_bytes": "4MiB"})
        client = self.client()
        client.send(b"POST /build HTTP/1.1\r\nHost: x\r\nX-Registry-Config: " + b"x" * (2 << 20))
        self.assertRefused(client.response(), 503, "limit.memory")
        for _ in range(4):
            client.send(b"x" * (128 << 10))
        client.half_close()
        self.assertEqual(client.read_to_end(), b"")
