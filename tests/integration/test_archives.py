# SPDX-License-Identifier: Apache-2.0
"""An archive's first bytes are looked at before any of it is sent on, however it arrives."""

import gzip
import os
import unittest

from tests.support.daemon import DaemonTest
from tests.support.http import chunked, request

TARGET = "/v1.41/containers/web/archive?path=/"
TAR = ("Content-Type: application/x-tar",)
CHUNKED = (*TAR, "Transfer-Encoding: chunked")


class ArchivesTest(DaemonTest):
    def setUp(self):
        super().setUp()
        self.serve()

    def upload(self, data, *headers):
        return self.ask(request("PUT", TARGET, *headers) + data)

    def test_an_archive_arrives_whole_with_a_length(self):
        for size in (0, 1, 5, 6, 7, 1 << 20):
            data = b"n" + os.urandom(size - 1) if size else b""
            answer = self.ask(request("PUT", TARGET, *TAR, body=data))
            self.assertEqual(answer.status, 200)
            self.assertEqual(self.engine.requests[-1].body, data)

    def test_an_archive_arrives_whole_in_chunks_of_any_size(self):
        for size in (1, 3, 1000):
            data = b"name" + os.urandom(5000)
            self.assertEqual(self.upload(chunked(data, size), *CHUNKED).status, 200)
            self.assertEqual(self.engine.requests[-1].body, data)

    def test_a_compressed_archive_is_refused_before_the_engine_sees_a_byte(self):
        data = gzip.compress(b"x" * 1000)
        answer = self.ask(request("PUT", TARGET, *TAR, body=data))
        self.assertRefused(answer, 403, "constraint.archive")
        self.assertRefused(self.upload(chunked(data, 1), *CHUNKED), 403, "constraint.archive")
        self.assertEqual(self.engine.total, 0)

    def test_a_client_that_asks_for_an_invitation_gets_it(self):
        client = self.client()
        client.send(request("PUT", TARGET, *TAR, "Content-Length: 8", "Expect: 100-continue"))
        self.assertEqual(client.response_head().status, 100)
        client.send(b"tar-file")
        self.assertEqual(client.response().status, 200)
        self.assertEqual(self.engine.requests[-1].body, b"tar-file")

    def test_a_connection_lives_on_after_an_archive(self):
        client = self.client()
        for data in (b"first archive", b"second one"):
            client.send(request("PUT", TARGET, *TAR, body=data))
            self.assertEqual(client.response().status, 200)
            self.assertEqual(self.engine.requests[-1].body, data)
        client.send(request("GET", "/_ping"))
        self.assertEqual(client.response().status, 200)


if __name__ == "__main__":
    unittest.main()
