# SPDX-License-Identifier: Apache-2.0
"""What has ended ends: a connection is served no longer than its client's certificate holds, and a stream by choice."""

import os
import shutil
import socket

from tests.integration.test_reload_certificates import ATTACH, CHANGED, echo
from tests.support.certificates import Authority
from tests.support.http import request
from tests.support.tls_test import TlsTest
from tests.support.wait import PATIENCE, wait_until

EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"
HEAD = request("POST", "/exec/x/start", "Content-Type: application/json", "Content-Length: 2", "Expect: 100-continue")
GO_ON = "streams that go on although their clients' certificates have ended: "
GO_ON_WITHOUT_PROFILE = "streams that go on although their clients have another profile now, or none: "
AHEAD = b"x" * 4096  # sent before its time: tidegate does not read on, and so does not see at once that a client has gone
LIFE = 8  # seconds of a certificate that expires during a test
OPS, CI = ({"certificate": {"common_name": name}, "profile": "p"} for name in ("ops-*", "ci-*"))


def watch(connection, _):
    connection.send(EVENTS)
    connection.wait_closed()


class EndedTest(TlsTest):
    def setUp(self):
        super().setUp()
        # Its own authority, since tests revoke and replace.
        self.authority = Authority(self.folder)
        self.server_pair, self.client_pair = self.authority.server(), self.authority.client("ops-1")
        self.crl = self.authority.revocation_list(self.path("crl.pem"))

    def serve_with_list(self, answers=None, clients=None, reload_every="10m", **tls):
        self.serve(answers, listeners=[self.listener(clients, crl=[self.crl], **tls)], reload_every=reload_every)

    def revoke(self):
        self.authority.revoke(self.client_pair)
        self.renew_list()

    def renew_list(self):
        self.authority.revocation_list(self.crl)
        self.daemon.await_log(CHANGED)

    def asks(self, client):
        client.send(request("GET", "/info"))
        return client.response()


class Connections(EndedTest):
    def assertEnds(self, client, reason):
        seen = self.engine.total
        self.assertRefused(self.asks(client), 403, reason)
        self.assertEqual(client.wait_closed(), b"")
        self.assertEqual(self.engine.total, seen)
        record = self.daemon.await_audit(2)[1]
        self.assertEqual((record["target"], record["reason"]), ("/info", reason))

    def test_of_a_revoked_client_is_closed_at_its_next_request(self):
        self.serve_with_list()
        client = self.client()
        self.assertEqual(self.asks(client).status, 200)
        self.revoke()
        self.assertEnds(client, "tls.revoked")

    def test_of_a_client_that_is_revoked_between_head_and_body_is_closed(self):
        self.serve_with_list()
        client = self.client()
        client.send(HEAD)
        self.assertEqual(client.response_head().status, 100)
        self.revoke()
        client.send(b"{}")
        self.assertRefused(client.response(), 403, "tls.revoked")
        self.assertEqual(client.wait_closed(), b"")
        self.assertEqual(self.engine.total, 0)

    def test_of_an_authority_that_is_no_longer_trusted_is_closed_at_its_next_request(self):
        self.serve()
        client = self.client()
        self.assertEqual(self.asks(client).status, 200)
        shutil.copy2(Authority(self.folder, "Other CA").cert, self.authority.cert + ".new")
        os.rename(self.authority.cert + ".new", self.authority.cert)
        self.daemon.await_log(CHANGED)
        self.assertEnds(client, "tls.untrusted")

    def test_of_a_client_whose_certificate_has_expired_is_closed_at_its_next_request(self):
        self.client_pair = self.authority.client("ops-1", ends=LIFE / 86400)
        self.serve()
        client = self.client()
        answers = []

        def refused():
            answers.append(self.asks(client))
            return answers[-1].status != 200

        wait_until(refused, "the certificate's end", patience=30)
        self.assertEqual(answers[0].status, 200)
        self.assertRefused(answers[-1], 403, "tls.expired")
        self.assertEqual(client.wait_closed(), b"")

    def test_goes_on_when_the_list_is_renewed(self):
        self.serve_with_list()
        client = self.client()
        self.assertEqual(self.asks(client).status, 200)
        self.renew_list()
        self.assertEqual([self.asks(client).status for _ in range(2)], [200, 200])

    def test_goes_on_where_the_client_has_brought_its_intermediate_authority(self):
        department = self.authority.intermediate("Department")
        self.client_pair = department.with_chain(department.client("ops-1"))
        self.serve()
        client = self.client()
        self.assertEqual(self.asks(client).status, 200)
        os.utime(self.server_pair.cert)
        self.daemon.config["log"] = {"level": "debug"}
        self.daemon.write()
        self.daemon.await_log(CHANGED)
        self.assertEqual(self.asks(client).status, 200)


class Streams(EndedTest):
    def open_streams(self, clients=None, patience=PATIENCE, **options):
        self.serve_with_list({"POST /containers/x/attach": echo, "GET /events": watch}, clients, **options)
        tunnel, events = (self.client(patience=patience) for _ in range(2))
        tunnel.send(ATTACH)
        tunnel.response_head()
        events.send(request("GET", "/events"))
        events.response_head()
        events.read_exactly(len(b"2\r\n{}\r\n"))
        return tunnel, events

    def test_of_a_revoked_client_go_on_and_the_log_says_how_many(self):
        tunnel, _ = self.open_streams()
        self.revoke()
        self.daemon.await_log(GO_ON + "2")
        tunnel.send(b"still there")
        self.assertEqual(tunnel.read_exactly(11), b"still there")

    def test_of_a_revoked_client_end_where_the_listener_closes_them(self):
        streams = self.open_streams(on_revocation="close")
        self.revoke()
        self.assertEnded(streams, "tls.revoked")

    def test_of_other_clients_go_on_where_the_listener_closes_them(self):
        tunnel, _ = self.open_streams(on_revocation="close")
        self.renew_list()
        tunnel.send(b"still there")
        self.assertEqual(tunnel.read_exactly(11), b"still there")
        self.assertNotIn(GO_ON, self.daemon.log())

    def reload_rules(self, *rules):
        """Replaces the rules of the listener; profile `other` allows what `p` does."""
        self.daemon.config["profiles"]["other"] = self.daemon.config["profiles"]["p"]
        self.daemon.config["listeners"][0]["clients"] = list(rules)
        self.daemon.write()
        self.daemon.await_log(CHANGED)

    def assertEnded(self, streams, reason):
        for stream in streams:
            self.assertEqual(self.rest_of(stream), b"")
        self.assertEqual([record["reason"] for record in self.daemon.await_audit(2)], [reason] * 2)
        for connection in self.engine.connections:
            connection.await_end()

    def test_of_a_client_that_no_rule_matches_any_more_go_on_and_the_log_says_how_many(self):
        tunnel, _ = self.open_streams([OPS])
        self.reload_rules(CI)
        self.daemon.await_log(GO_ON_WITHOUT_PROFILE + "2")
        tunnel.send(b"still there")
        self.assertEqual(tunnel.read_exactly(11), b"still there")

    def test_of_a_client_that_no_rule_matches_any_more_end_where_the_listener_closes_them(self):
        streams = self.open_streams([OPS], on_revocation="close")
        self.reload_rules(CI)
        self.assertEnded(streams, "client.unknown")

    def test_of_a_client_with_another_profile_end_where_the_listener_closes_them(self):
        streams = self.open_streams([OPS], on_revocation="close")
        self.reload_rules({**OPS, "profile": "other"})
        self.assertEnded(streams, "client.profile_changed")

    def test_of_a_client_that_gets_another_profile_between_head_and_body_do_not_open(self):
        self.serve_with_list(clients=[OPS], on_revocation="close")
        client = self.client()
        client.send(HEAD)
        self.assertEqual(client.response_head().status, 100)
        self.reload_rules({**OPS, "profile": "other"})
        client.send(b"{}")
        self.assertRefused(client.response(), 403, "client.profile_changed")
        self.assertEqual(self.engine.total, 0)

    def test_of_a_client_that_another_rule_gives_the_same_profile_go_on(self):
        tunnel, _ = self.open_streams([OPS], on_revocation="close")
        self.reload_rules(CI, {"profile": "p"})
        tunnel.send(b"still there")
        self.assertEqual(tunnel.read_exactly(11), b"still there")
        self.assertNotIn(GO_ON_WITHOUT_PROFILE, self.daemon.log())

    def test_without_length_that_are_cut_have_the_reason_on_record(self):
        def without_length(connection, _):
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}")
            connection.wait_closed()

        self.serve_with_list({"GET /events": without_length}, on_revocation="close")
        client = self.client()
        client.send(request("GET", "/events", version="HTTP/1.0") + AHEAD)
        client.response_head()
        self.assertEqual(client.read_exactly(2), b"{}")
        self.revoke()
        self.rest_of(client)
        self.assertEqual(self.daemon.await_audit()[0]["reason"], "tls.revoked")

    def test_that_are_cut_before_the_engine_is_reached_are_not_its_fault(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            engine = {"ca": self.authority.cert, "server_name": "localhost"}
            self.serve(listeners=[self.listener(crl=[self.crl], on_revocation="close")], upstream_tls=engine,
                       upstream=f"tcp://127.0.0.1:{silent.getsockname()[1]}",
                       limits={"upstream_connect_time": "5m"})  # fmt: skip
            probe, _ = silent.accept()  # that of the start
            self.addCleanup(probe.close)
            client = self.client()
            client.send(request("GET", "/events") + AHEAD)
            connection, _ = silent.accept()
            connection.settimeout(PATIENCE)
            self.revoke()
            while connection.recv(1 << 16):  # its hello
                pass
            connection.close()
            self.rest_of(client)
            self.assertEqual(self.daemon.await_audit()[0]["reason"], "tls.revoked")
            self.assertNotIn("upstream.tls", self.daemon.log())

    def test_of_a_client_whose_certificate_expires_end_where_the_listener_closes_them(self):
        streams = self.open_streams_until_expiry("close")
        self.assertEnded(streams, "tls.expired")

    def test_of_a_client_whose_certificate_expires_go_on_otherwise(self):
        tunnel, _ = self.open_streams_until_expiry("finish")
        other = self.client(patience=LIFE + PATIENCE)
        wait_until(lambda: self.asks(other).status != 200, "the certificate's end", LIFE + PATIENCE)
        tunnel.send(b"still there")
        self.assertEqual(tunnel.read_exactly(11), b"still there")

    def open_streams_until_expiry(self, on_revocation):
        self.client_pair = self.authority.client("ops-1", ends=LIFE / 86400)
        return self.open_streams(reload_every="100ms", patience=LIFE + PATIENCE, on_revocation=on_revocation)

    def rest_of(self, stream):
        try:
            return stream.wait_closed()
        except OSError:
            return b""


class MaxConnectionTime(TlsTest):
    def test_an_idle_connection_is_closed_after_it(self):
        self.serve(listeners=[{**self.listener(), "max_connection_time": "200ms"}])
        self.assertEqual(self.client().wait_closed(), b"")

    def test_a_running_request_ends_first(self):
        def slowly(connection, _):
            connection.await_go()
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        self.serve({"GET /info": slowly}, listeners=[{**self.listener(), "max_connection_time": "200ms"}])
        busy = self.client()
        busy.send(request("GET", "/info"))
        self.engine.await_request()
        self.client().wait_closed()  # it began later
        self.engine.connections[0].go.set()
        self.assertEqual(busy.response().body, b"{}")
        self.assertEqual(busy.wait_closed(), b"")
