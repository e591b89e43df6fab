# SPDX-License-Identifier: Apache-2.0
"""An engine may answer before it has read the request. What it reads later must not be the next request."""

import select

from tests.support.daemon import DaemonTest
from tests.support.fake_engine import reply
from tests.support.http import chunked, request
from tests.support.wait import wait_until

UPLOAD = b"PUT /containers/x/archive?path=/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
LAST = b"0\r\n\r\n"
SIZE = 260_000  # more than a socket takes, by less than tidegate reads at a time


def hung_up(sock):
    poll = select.poll()
    poll.register(sock, 0)
    return any(event & select.POLLHUP for _, event in poll.poll(0))


def answer_unread(connection, _):
    """Reads only when tidegate has closed the connection."""
    connection.await_go()
    connection.send(reply(200, b"early"))
    wait_until(lambda: hung_up(connection.socket), "tidegate's end of the connection")
    connection.wait_closed()


class EarlyAnswers(DaemonTest):
    def served_on_another_connection(self, client):
        self.assertEqual(client.response().body, b"early")
        self.engine.connections[0].await_end()
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().body, b"{}")
        self.assertEqual([len(each.requests) for each in self.engine.connections], [1, 1])

    def test_to_an_upload_that_the_engine_has_not_read_end_its_connection(self):
        self.serve({"PUT /containers/x/archive": answer_unread})
        client = self.client()
        client.send(UPLOAD + chunked(b"x" * 1000)[: -len(LAST)])
        self.engine.await_request()
        client.send_in_pieces(chunked(b"x" * SIZE, SIZE), 65536)
        engine = self.engine.connections[0]
        while client.has_unread():  # a socket takes less of small pieces
            engine.socket.recv(4096)
        engine.go.set()
        self.served_on_another_connection(client)

    def test_to_a_held_body_that_the_engine_has_not_read_end_its_connection(self):
        self.serve({"POST /containers/create": answer_unread}, limits={"stall_time": "200ms"})
        client = self.client()
        client.send(request("POST", "/containers/create", body=b'{"Labels":{"x":"%s"}}' % (b"x" * 900_000)))
        self.engine.await_request()
        self.engine.connections[0].go.set()
        self.served_on_another_connection(client)
