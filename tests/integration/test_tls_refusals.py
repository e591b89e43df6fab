# SPDX-License-Identifier: Apache-2.0
"""Whoever cannot prove who he is reaches nothing: each reason has a name in the log and in the record."""

import os
import resource
import ssl
import subprocess

from tests.support.certificates import Authority, serial_of
from tests.support.daemon import is_sanitized, socket_address
from tests.support.http import Client, request
from tests.support.tls import TlsSocket, client_context
from tests.support.tls_test import TLS_1_2, TlsTest
from tests.support.wait import wait_until


class Certificates(TlsTest):
    def refuses(self, reason, pair, **tls):
        self.serve(listeners=[self.listener(**tls)])
        self.assertTurnedAway(pair=pair)
        return self.assertOneRefusal(reason)

    def test_no_certificate(self):
        self.serve()
        self.assertTurnedAway(context=client_context(self.authority))
        self.assertOneRefusal("tls.no_certificate")

    def test_another_authority(self):
        record = self.refuses("tls.untrusted", Authority(self.certificates, "Other CA").client("ops-1"))
        self.assertEqual(record["shown_common_name"], "ops-1")
        self.assertRegex(record["shown_serial"], r"^[0-9A-F]+$")
        self.assertNotIn("common_name", record, "nobody has verified it")

    def test_who_comes_behind_many_strangers_is_on_record_though_not_in_the_log(self):
        other = Authority(self.certificates, "Other CA")
        stranger, important = other.client("stranger"), other.client("important-host")
        self.serve()
        for pair in [stranger] * 12 + [important]:
            self.assertTurnedAway(pair=pair)
        shown = [record["shown_common_name"] for record in self.daemon.await_audit(13)]
        self.assertEqual(sorted(shown), ["important-host"] + ["stranger"] * 12)
        self.assertNotIn("important-host", self.daemon.log())

    def test_another_authority_of_the_same_name(self):
        self.refuses("tls.untrusted", Authority(self.certificates).client("ops-1"))

    def test_one_that_the_client_has_signed_itself(self):
        itself = Authority(self.certificates, "ops-1")
        context = client_context(self.authority)
        context.load_cert_chain(itself.cert, os.path.join(itself.folder, "ca-key.pem"))
        self.serve()
        self.assertTurnedAway(context=context)
        self.assertOneRefusal("tls.untrusted")

    def test_expired(self):
        self.refuses("tls.expired", self.authority.client("ops-old", begins=-10, ends=-1))
        self.assertIn("ops-old", self.daemon.log(), "the operator must know whom to call")

    def test_the_certificate_that_failed_is_on_record(self):
        record = self.refuses("tls.expired", self.authority.client("ops-old", begins=-10, ends=-1))
        failed = (record["failed_depth"], record["failed_subject"], record["failed_serial"])
        self.assertEqual(failed, (0, "CN=ops-old", record["shown_serial"]))

    def test_an_authority_that_has_expired_is_named_and_not_its_client(self):
        department = self.authority.intermediate("Old Department", begins=-10, ends=-1)
        pair = department.client("ops-1")
        record = self.refuses("tls.expired", department.with_chain(pair))
        self.assertEqual(record["shown_common_name"], "ops-1")
        self.assertEqual((record["failed_depth"], record["failed_subject"]), (1, "CN=Old Department"))
        self.assertEqual(record["failed_serial"], serial_of(department))
        self.assertIn("its authority at depth 1: 'CN=Old Department'", self.daemon.log())

    def test_not_yet_valid(self):
        self.refuses("tls.not_yet_valid", self.authority.client("ops-1", begins=1))

    def test_one_for_servers(self):
        self.refuses("tls.wrong_purpose", self.authority.server("ops-1"))

    def test_revoked(self):
        lost, kept = self.authority.client("ops-lost"), self.authority.client("ops-kept")
        self.authority.revoke(lost)
        crl = self.authority.revocation_list()
        self.serve(listeners=[self.listener(crl=[crl])])
        self.assertEqual(self.status(kept), 200)
        self.assertTurnedAway(pair=lost)
        reasons = [record.get("reason") for record in self.daemon.await_audit(2)]
        self.assertCountEqual(reasons, [None, "tls.revoked"])
        self.assertEqual(len(self.engine.requests), 1)
        self.daemon.await_log("tls.revoked: ")

    def test_a_revocation_list_that_has_expired(self):
        """Who is revoked since nobody knows, so nobody is served."""
        crl = self.authority.revocation_list(begins=-10, ends=-1)
        self.refuses("tls.list_unusable", self.client_pair, crl=[crl])

    def test_a_revocation_list_of_another_authority(self):
        other = Authority(self.certificates, "Other CA")
        both = os.path.join(self.certificates, "both.pem")
        with open(both, "wb") as file:
            for authority in (self.authority, other):
                with open(authority.cert, "rb") as cert:
                    file.write(cert.read())
        self.refuses("tls.list_unusable", self.client_pair, client_ca=both, crl=[other.revocation_list()])
        self.daemon.await_log(f"{both}: Test CA has no list in `crl`, so no client whose certificate it signed is served")

    def test_a_client_that_does_not_trust_tidegate(self):
        self.serve()
        context = client_context(Authority(self.certificates, "Other CA"), self.client_pair)
        with self.assertRaises(ssl.SSLError):
            self.client(context=context)
        self.assertOneRefusal("tls.refused_by_client")


class Versions(TlsTest):
    def handshake(self, groups):
        """Whether the openssl command, with these groups, has shaken hands."""
        host, port = socket_address(self.daemon.config["listeners"][0])
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"{host}:{port}", "-groups", groups, "-brief", "-cert",
             self.client_pair.cert, "-key", self.client_pair.key], stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )  # fmt: skip
        return done.returncode == 0

    def test_groups_that_cost_the_server_much(self):
        """One ClientHello with ffdhe8192, sent again and again, would be 200 ms of CPU each time."""
        self.serve()
        self.assertFalse(self.handshake("ffdhe8192:ffdhe6144:ffdhe4096:ffdhe3072:ffdhe2048"))
        self.assertOneRefusal("tls.failed")

    def test_the_usual_groups(self):
        self.serve()
        for group in ("X25519", "P-256", "P-384", "P-521"):
            self.assertTrue(self.handshake(group), group)

    def test_tls_1_2_where_1_3_is_the_least(self):
        self.serve()
        self.assertTurnedAway(context=client_context(self.authority, self.client_pair, TLS_1_2, TLS_1_2))
        self.assertOneRefusal("tls.version")

    def test_tls_1_1_nowhere(self):
        self.serve(listeners=[self.listener(min_version="1.2")])
        host, port = socket_address(self.daemon.config["listeners"][0])
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"{host}:{port}", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-cert",
             self.client_pair.cert, "-key", self.client_pair.key], stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )  # fmt: skip
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertOneRefusal("tls.version")


class Strangers(TlsTest):
    def raw_client(self):
        client = Client(socket_address(self.daemon.config["listeners"][0]))
        self.addCleanup(client.close)
        return client

    def test_plain_http(self):
        self.serve()
        client = self.raw_client()
        client.send(request("GET", "/info"))
        self.assertEqual(client.read_to_end(),
                         b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
        self.assertOneRefusal("tls.plaintext")

    def test_garbage(self):
        self.serve()
        client = self.raw_client()
        client.send(bytes(range(256)) * 16)
        client.wait_closed()
        self.assertOneRefusal("tls.plaintext")

    def test_garbage_in_a_record(self):
        self.serve()
        client = self.raw_client()
        client.send(b"\x16\x03\x01\x00\x80\x01" + b"\xff" * 127)
        client.wait_closed()
        self.assertOneRefusal("tls.failed")

    def test_a_client_that_leaves_in_the_handshake(self):
        self.serve()
        client = self.raw_client()
        client.send(b"\x16\x03\x01\x02\x00")
        client.close()
        self.assertOneRefusal("tls.failed")

    def test_a_handshake_that_stalls(self):
        for said in (b"", b"\x16", b"\x16\x03\x01\x02\x00\x01"):
            with self.subTest(said):
                self.serve(limits={"handshake_time": "200ms"})
                client = self.raw_client()
                client.send(said)
                client.wait_closed()
                self.assertOneRefusal("tls.timeout")
                os.unlink(self.path("audit.log"))

    def test_a_handshake_that_stalls_half_way(self):
        """The client has tidegate's certificate and never shows its own."""
        self.serve(limits={"handshake_time": "300ms"})
        client = self.raw_client()
        client.send(TlsSocket(client.socket, self.context(), "localhost").hello())
        self.assertGreater(len(client.wait_closed()), 500, "the certificate")
        self.assertOneRefusal("tls.timeout")

    def test_a_drain_does_not_wait_for_a_handshake(self):
        self.serve(limits={"handshake_time": "1h", "drain_time": "1h"})
        files = self.daemon.open_files()
        client = self.raw_client()
        client.send(b"\x16\x03")
        wait_until(lambda: self.daemon.open_files() > files, "the connection")
        self.daemon.signal()
        client.wait_closed()
        self.daemon.wait()

    def test_a_handshake_byte_by_byte_is_served(self):
        self.serve()
        self.assertEqual(self.status(piece=1), 200)

    def test_a_thousand_stalled_handshakes_hold_nobody_up(self):
        wanted = 1000
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(limits[0], 4096), limits[1]))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        self.serve(limits={"handshake_time": "1h", "handshakes": 2000, "handshakes_per_client": 2000})
        before = self.daemon.resident_bytes()
        stalled = []
        for _ in range(wanted):
            client = self.raw_client()
            client.send(b"\x16\x03")
            stalled.append(client)
        wait_until(lambda: self.daemon.open_files() > wanted, "a thousand connections")
        for _ in range(10):
            self.assertEqual(self.status(), 200)
        each = 1 << 20 if is_sanitized() else 96 << 10  # OpenSSL's buffers and a session's
        self.assertLess(self.daemon.resident_bytes() - before, wanted * each)
        for client in stalled:
            client.close()
        records = self.daemon.await_audit(wanted + 10)
        self.assertEqual(sum(record.get("reason") == "tls.failed" for record in records), wanted)
        self.assertEqual(len(self.engine.requests), 10)


class UnknownClients(TlsTest):
    def test_a_certificate_that_no_rule_names(self):
        self.serve(listeners=[self.listener([{"certificate": {"common_name": "ci-*"}, "profile": "p"}])])
        client = self.client()
        client.send(request("GET", "/info") + request("GET", "/info"))
        answer = client.response()
        message = self.assertRefused(answer, 403, "client.unknown")
        self.assertIn("ops-1", message)
        self.assertEqual(answer.header("Connection"), "close")
        self.assertEqual(client.wait_closed(), b"")
        record = self.daemon.await_audit()[0]
        self.assertEqual((record["decision"], record["reason"], record["common_name"]), ("deny", "client.unknown", "ops-1"))
        self.assertEqual(self.engine.total, 0)

    def test_an_address_that_no_rule_names_gets_no_handshake(self):
        rules = [{"address": "127.0.0.2", "certificate": {"common_name": "ops-*"}, "profile": "p"}]
        self.serve(listeners=[self.listener(rules)])
        with Client(socket_address(self.daemon.config["listeners"][0])).socket as sock:
            self.assertIn(self.reads(sock), (b"", None))
        record = self.daemon.await_audit()[0]
        self.assertEqual((record["decision"], record["reason"]), ("deny", "client.unknown"))
        self.assertEqual(record["address"], "127.0.0.1")
        self.assertTurnedAway()
        self.assertEqual(self.engine.total, 0)
        self.assertEqual(self.status(source="127.0.0.2"), 200)

    def reads(self, sock):
        try:
            return sock.recv(1)
        except ConnectionResetError:
            return None

    def stalled(self, source):
        """A handshake that stays under way. It counts before any later connection: they are accepted in order."""
        client = Client(socket_address(self.daemon.config["listeners"][0]), source=source)
        self.addCleanup(client.close)
        return client

    def test_handshakes_of_one_client_leave_room_for_others(self):
        self.serve(limits={"handshakes": 4, "handshakes_per_client": 2, "handshake_time": "1h"})
        ended, _ = self.stalled("127.0.0.1"), self.stalled("127.0.0.1")
        self.assertTurnedAway()
        self.await_reason("handshakes.too_many_from_client")
        self.assertIn("limits.handshakes_per_client", self.daemon.log())
        self.assertEqual(self.status(source="127.0.0.2"), 200)
        ended.close()
        self.await_reason("tls.failed")
        self.assertEqual(self.status(), 200, "there is room again")

    def test_handshakes_of_all_clients_are_bounded(self):
        self.serve(limits={"handshakes": 2, "handshakes_per_client": 1, "handshake_time": "1h"})
        served = self.client()
        for source in (None, "127.0.0.2", "127.0.0.3"):
            served.send(request("GET", "/info"))
            self.assertEqual(served.response().status, 200, "a connection after its handshake does not count")
            if source:
                self.stalled(source)
        self.assertTurnedAway(source="127.0.0.4")
        self.await_reason("handshakes.too_many")
        served.send(request("GET", "/info"))
        self.assertEqual(served.response().status, 200)
        self.assertEqual(len(self.engine.requests), 4)

    def await_reason(self, reason):
        wait_until(lambda: reason in (record.get("reason") for record in self.daemon.audit()), f"a record of {reason}")

    def test_too_many_connections_are_closed_without_a_word(self):
        self.serve(limits={"connections_per_client": 1})
        held = self.client()
        self.assertTurnedAway()
        self.assertEqual(self.daemon.await_audit()[0]["reason"], "connections.too_many_from_client")
        held.send(request("GET", "/info"))
        self.assertEqual(held.response().status, 200)
