# SPDX-License-Identifier: Apache-2.0
"""A test with a TLS listener in tidegate, and certificates for both sides."""

import shutil
import ssl
import tempfile

from tests.support.certificates import Authority
from tests.support.daemon import DaemonTest, free_port, socket_address
from tests.support.http import Truncated, request
from tests.support.tls import TlsClient, client_context

TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


class TlsTest(DaemonTest):
    version = TLS_1_3  # the only version that clients use

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.certificates = tempfile.mkdtemp(prefix="tidegate-ca-")
        cls.addClassCleanup(shutil.rmtree, cls.certificates, ignore_errors=True)
        cls.authority = Authority(cls.certificates)
        cls.server_pair = cls.authority.server()
        cls.client_pair = cls.authority.client("ops-1", sans=("DNS:one.corp", "IP:192.0.2.1", "URI:spiffe://corp/ops/1"))

    def listener(self, clients=None, address=None, **tls):
        """An entry of `listeners`. `clients` are its rules; without rules every client gets profile p."""
        files = {"cert": self.server_pair.cert, "key": self.server_pair.key, "client_ca": self.authority.cert}
        if self.version == TLS_1_2:
            files["min_version"] = "1.2"
        who = {"clients": clients} if clients else {"profile": "p"}
        return {"address": address or f"tcp://127.0.0.1:{free_port()}", "tls": {**files, **tls}, **who}

    def config(self, **sections):
        return super().config(**{"listeners": [self.listener()], **sections})

    def context(self, pair=None):
        return client_context(self.authority, pair or self.client_pair, self.version, self.version)

    def client(self, address=None, pair=None, context=None, **options):
        """A client after its handshake, with the pair of the class unless another is given."""
        address = address or socket_address(self.daemon.config["listeners"][0])
        client = TlsClient(address, context or self.context(pair), **options)
        self.addCleanup(client.close)
        return client

    def status(self, pair=None, method="GET", target="/info", **options):
        """Sends a request on a new connection and returns its status."""
        client = self.client(pair=pair, **options)
        client.send(request(method, target, body=b"{}" if method == "POST" else None))
        answer = client.response()
        client.close()
        return answer.status

    def assertTurnedAway(self, **options):
        """Checks that the handshake is refused. With TLS 1.3 a client learns this only after its own last message."""
        try:
            client = self.client(**options)
            client.send(request("GET", "/info"))
            answer = client.response()
        except (OSError, Truncated):
            return
        self.fail(f"served: {answer}")

    def assertOneRefusal(self, reason):
        """Checks that a failed handshake left one record and a line in the log, and nothing at the engine."""
        self.daemon.await_audit()
        self.daemon.stop()
        records = self.daemon.audit()
        self.assertEqual(len(records), 1, records)
        record = records[0]
        self.assertEqual((record["operation"], record["decision"], record["reason"]), ("unknown", "deny", reason))
        self.assertTrue(record["address"].startswith("127.0.0."), record)
        self.assertEqual(record["listener"], self.daemon.config["listeners"][0]["address"])
        self.assertIn(f"is not served: {reason}: ", self.daemon.log())
        self.assertEqual(self.engine.total, 0)
        return record
