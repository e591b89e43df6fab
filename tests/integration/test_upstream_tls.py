# SPDX-License-Identifier: Apache-2.0
"""An engine behind TLS: it must be the right one, and what holds for a unix socket holds for it."""

import contextlib
import shutil
import signal
import socket
import ssl
import tempfile
import threading

from tests.integration import test_bodies, test_hijack, test_keep_alive, test_peer_goes_away, test_responses
from tests.support.certificates import Authority
from tests.support.daemon import DaemonTest
from tests.support.http import Truncated, request
from tests.support.tls import server_context
from tests.support.tls_engine import TcpEngine


class TlsEngineTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.certificates = tempfile.mkdtemp(prefix="tidegate-ca-")
        cls.addClassCleanup(shutil.rmtree, cls.certificates, ignore_errors=True)
        cls.authority = Authority(cls.certificates)
        cls.server_pair = cls.authority.server()
        cls.client_pair = cls.authority.client("tidegate")

    def setUp(self):
        super().setUp()
        self.plain = self.engine  # stopped by its own clean-up
        self.engine = self.engine_with(self.server_pair)

    def engine_with(self, pair, host="127.0.0.1"):
        engine = TcpEngine(host, server_context(self.authority, pair))
        engine.start()
        self.addCleanup(engine.stop)
        return engine

    def _stop_engine(self):
        self.plain.stop()
        super()._stop_engine()

    def config(self, **sections):
        host, port = self.engine.address
        upstream = {"upstream": f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"}
        if self.engine.context:
            upstream["upstream_tls"] = self.upstream_tls()
        return super().config(**{**upstream, **sections})

    def upstream_tls(self, **more):
        return {"ca": self.authority.cert, "cert": self.client_pair.cert, "key": self.client_pair.key, **more}


def serve_each(listener, answer):
    """Reads the beginning of what each connection brings, calls `answer` and closes, until the listener is closed."""

    def serve():
        with contextlib.suppress(OSError):
            while True:
                with listener.accept()[0] as sock, contextlib.suppress(OSError):
                    sock.recv(5)
                    answer(sock)

    threading.Thread(target=serve, daemon=True).start()


class KeepAliveToTlsEngine(TlsEngineTest, test_keep_alive.KeepAlive):
    pass


class HijackToTlsEngine(TlsEngineTest, test_hijack.Hijack):
    pass


class RequestBodiesToTlsEngine(TlsEngineTest, test_bodies.RequestBodies):
    pass


class ResponsesOfTlsEngine(TlsEngineTest, test_responses.Responses):
    def test_an_answer_without_length_that_is_cut_looks_broken(self):
        """Without close_notify anybody on the way may have ended it. On a unix socket only chunks can tell the client."""
        self.serve({"GET /containers/x/logs": test_responses.send_and_close(test_responses.WITHOUT_LENGTH)})
        client = self.client()
        client.send(request("GET", "/containers/x/logs?stdout=1"))
        with self.assertRaises((ConnectionResetError, Truncated)):
            client.response()
        self.assertEqual(self.daemon.await_audit()[0]["reason"], "upstream.closed")


class TlsEngineGoesAway(TlsEngineTest, test_peer_goes_away.EngineGoesAway):
    pass


class ClientOfTlsEngineGoesAway(TlsEngineTest, test_peer_goes_away.ClientGoesAway):
    pass


class HijackToTls12Engine(TlsEngineTest, test_hijack.Hijack):
    def engine_with(self, pair, host="127.0.0.1"):
        engine = super().engine_with(pair, host)
        engine.context.maximum_version = ssl.TLSVersion.TLSv1_2
        return engine


class EngineIdentity(TlsEngineTest):
    def refuses(self, pair=None, **upstream_tls):
        if pair:
            self.engine = self.engine_with(pair)
        self.serve(upstream_tls=self.upstream_tls(**upstream_tls))
        self.daemon.await_log("upstream.tls: ")  # before any client asks
        message = self.assertRefused(self.ask(request("POST", "/containers/create", body=b"{}")), 502, "upstream.tls")
        self.assertEqual(self.engine.requests, [])
        record = self.daemon.await_audit()[0]
        self.assertEqual((record["decision"], record["reason"], record["status"]), ("deny", "upstream.tls", 502))
        self.assertIn(record["cause"], message)
        self.assertEqual(self.daemon.log().count("upstream.tls: "), 1)
        return message

    def test_the_right_engine_sees_who_tidegate_is(self):
        self.serve()
        self.assertEqual(self.ask(request("GET", "/info")).status, 200)
        shown = self.engine.connections[0].socket.tls.getpeercert()
        self.assertEqual(shown["subject"], ((("commonName", "tidegate"),),))

    def test_another_authority(self):
        self.refuses(Authority(self.certificates, "Other CA").server())

    def test_another_name(self):
        self.refuses(self.authority.server("other", sans=("DNS:other.corp", "IP:192.0.2.1")))

    def test_a_name_that_only_the_common_name_has(self):
        self.refuses(self.authority.server("127.0.0.1", sans=()))

    def test_expired(self):
        self.refuses(self.authority.server(begins=-10, ends=-1))

    def test_one_for_clients(self):
        self.refuses(self.authority.client("localhost", sans=("DNS:localhost", "IP:127.0.0.1")))

    def test_an_engine_that_does_not_accept_tidegate(self):
        stranger = Authority(self.certificates, "Other CA").client("tidegate")
        self.refuses(cert=stranger.cert, key=stranger.key)

    def test_readiness_says_that_the_engine_does_not_accept_tidegate(self):
        stranger = Authority(self.certificates, "Other CA").client("tidegate")
        admin = self.path("admin.sock")
        upstream_tls = self.upstream_tls(cert=stranger.cert, key=stranger.key)
        self.serve(upstream_tls=upstream_tls, admin={"address": f"unix://{admin}"})
        self.daemon.await_log("metrics and health on")
        ready = self.ask(request("GET", "/readyz/engine"), address=admin)
        self.assertEqual(ready.status, 503)
        self.assertRegex(ready.body, rb"tcp://127\.0\.0\.1:\d+: it does not accept tidegate's certificate: ")

    def test_an_engine_that_wants_a_certificate_and_gets_none(self):
        self.serve(upstream_tls={"ca": self.authority.cert})
        self.assertRefused(self.ask(request("GET", "/info")), 502, "upstream.tls")
        self.assertEqual(self.engine.requests, [])

    def test_an_engine_without_tls(self):
        """A plain dockerd answers a handshake with 400."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.serve(upstream="tcp://127.0.0.1:%d" % listener.getsockname()[1])

            serve_each(listener, lambda sock: sock.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"))
            self.refuses_engine("no_tls", "it answers without TLS")

    def test_an_engine_with_tls_1_1_only(self):
        """Its answer to an offer of 1.2 and 1.3 is an alert: 2 is fatal, 70 protocol_version."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.serve(upstream="tcp://127.0.0.1:%d" % listener.getsockname()[1])

            serve_each(listener, lambda sock: sock.sendall(b"\x15\x03\x02\x00\x02" + bytes([2, 70])))
            self.refuses_engine("tls_version", "it has neither TLS 1.2 nor 1.3")

    def refuses_engine(self, cause, said):
        message = self.assertRefused(self.ask(request("GET", "/info")), 502, "upstream.tls")
        self.assertIn(said, message)
        self.assertEqual(self.daemon.await_audit()[0]["cause"], cause)
        self.daemon.await_log(said)

    def test_a_certificate_that_a_reload_brings_is_tried_at_once(self):
        mine, others = self.client_pair, Authority(self.certificates, "Other CA").client("tidegate")
        shutil.copy(mine.cert, self.path("cert.pem"))
        shutil.copy(mine.key, self.path("key.pem"))
        self.serve(upstream_tls=self.upstream_tls(cert=self.path("cert.pem"), key=self.path("key.pem")))
        shutil.copy(others.cert, self.path("cert.pem"))
        shutil.copy(others.key, self.path("key.pem"))
        self.daemon.signal(signal.SIGHUP)
        self.daemon.await_log("it does not accept tidegate's certificate: ")
        self.assertEqual(self.engine.requests, [])

    def test_a_server_name_of_its_own(self):
        self.engine = self.engine_with(self.authority.server("engine", sans=("DNS:engine.corp",)))
        names = []
        self.engine.context.sni_callback = lambda tls, name, _: names.append(name)
        self.serve(upstream_tls=self.upstream_tls(server_name="engine.corp"))
        self.assertEqual(self.ask(request("GET", "/info")).status, 200)
        self.assertEqual(set(names), {"engine.corp"})

    def test_a_server_name_that_the_certificate_lacks(self):
        self.refuses(server_name="engine.corp")

    def test_an_engine_that_is_put_right_is_used_at_once(self):
        self.engine = self.engine_with(self.authority.server(begins=-10, ends=-1))
        self.serve()
        client = self.client()
        client.send(request("GET", "/info"))
        self.assertRefused(client.response(), 502, "upstream.tls")
        self.engine.context = server_context(self.authority, self.server_pair)
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().status, 200)


class EngineHandshake(TlsEngineTest):
    def test_one_that_stalls_is_a_504(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.serve(upstream="tcp://127.0.0.1:%d" % listener.getsockname()[1], limits={"upstream_connect_time": "300ms"})
            message = self.assertRefused(self.ask(request("GET", "/info")), 504, "upstream.timeout")
            self.assertIn("does not complete the TLS handshake within 300 ms", message)
            self.assertEqual(self.daemon.await_audit()[0]["cause"], "tls_silent")
            self.daemon.await_log("does not complete the TLS handshake within 300 ms")

    def test_one_that_is_cut_is_a_502(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.serve(upstream="tcp://127.0.0.1:%d" % listener.getsockname()[1])
            serve_each(listener, lambda sock: None)
            self.assertRefused(self.ask(request("GET", "/info")), 502, "upstream.tls")


class EngineByName(TlsEngineTest):
    """Containers know each other by name, and a name is looked up for each connection."""

    name = socket.gethostname()

    def setUp(self):
        super().setUp()
        try:
            found = socket.getaddrinfo(self.name, 0, type=socket.SOCK_STREAM)
        except socket.gaierror:
            self.skipTest(f"this machine does not know its own name, {self.name}")
        host = found[0][4][0]
        self.engine = self.engine_with(self.authority.server(self.name, sans=(f"DNS:{self.name}",)), host)

    def test_over_tls_the_certificate_is_for_the_name(self):
        self.serve(upstream=f"tcp://{self.name}:{self.engine.address[1]}")
        self.assertEqual(self.ask(request("GET", "/info")).status, 200)

    def test_plain(self):
        self.engine.context = None
        self.serve(upstream=f"tcp://{self.name}:{self.engine.address[1]}")
        self.assertEqual(self.ask(request("GET", "/info")).status, 200)

    def test_a_name_that_nobody_knows_is_a_502(self):
        self.serve(upstream="tcp://no-such-engine.invalid:2376", limits={"upstream_connect_time": "5s"})
        answer = self.ask(request("GET", "/info"))
        self.assertIn((answer.status, answer.reason), ((502, "upstream.unreachable"), (504, "upstream.timeout")))
