# SPDX-License-Identifier: Apache-2.0
"""A web page is no client: what a browser says of it is refused, and so are names that a page can have."""

import json
import os
import subprocess

from tests.support.daemon import DaemonTest, free_port, socket_address
from tests.support.docker import docker_clients
from tests.support.http import request
from tests.support.tls_test import TlsTest
from tests.support.wait import wait_until

EVIL = "Origin: http://evil.example"
WEBSOCKET = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


def attach(*headers, host="docker"):
    return request("GET", "/containers/x/attach/ws?stream=1&stdin=1", *WEBSOCKET, *headers, host=host)


def create(*headers, host="docker"):
    return request("POST", "/containers/create", *headers, body=b'{"Image":"a"}', host=host)


def tunnel(connection, seen):
    connection.send(UPGRADED)
    connection.close()


class WebPages(DaemonTest):
    def serve_tcp(self, profile=None, admin=None, **keys):
        """One listener on tcp, of which `keys` are said, and one on a unix socket."""
        self.tcp = {"address": f"tcp://127.0.0.1:{free_port()}", "insecure": True, "profile": "p", **keys}
        self.unix = {"address": f"unix://{self.path('in.sock')}", "mode": "0600", "profile": "p"}
        more = {"admin": admin} if admin else {}
        self.serve({"GET /containers/x/attach/ws": tunnel}, listeners=[self.tcp, self.unix],
                   profiles={"p": profile or {"allow": ["*"]}}, **more)  # fmt: skip

    def records(self, count):
        """All of them, which must be so many."""
        self.daemon.stop()
        records = self.daemon.audit()
        self.assertEqual(len(records), count, records)
        return records

    def status(self, data, listener=None, method="GET"):
        return self.ask(data, method, socket_address(listener or self.tcp)).status

    def assertNoClient(self, data, reason="browser.origin", listener=None, method="GET"):
        return self.assertRefused(self.ask(data, method, socket_address(listener or self.tcp)), 403, reason)

    def test_of_somebody_else_reaches_nothing(self):
        self.serve_tcp()
        for listener in (self.tcp, self.unix):
            asked = (attach(EVIL, host="127.0.0.1:2375"), create(EVIL), create("Origin: null"), create("origin:"),
                     create("Sec-Fetch-Site: cross-site"), create("sec-fetch-site: none"), create(EVIL, EVIL),
                     request("POST", "/containers/x/kill", EVIL, "Content-Type: text/plain", body=b""),
                     request("OPTIONS", "/containers/json", EVIL, "Access-Control-Request-Method: DELETE"))  # fmt: skip
            for data in asked:
                with self.subTest(data=data, listener=listener["address"]):
                    self.assertNoClient(data, listener=listener)
        records = self.records(18)
        for record in records:
            self.assertEqual((record["decision"], record["reason"], record["status"]), ("deny", "browser.origin", 403))
        asked = {(record["operation"], record["target"]) for record in records}
        self.assertIn(("ContainerAttachWebsocket", "/containers/x/attach/ws"), asked)
        self.assertEqual(self.engine.total, 0)

    def test_leads_nowhere_under_a_name_of_its_own(self):
        self.serve_tcp(hosts=["gate.corp", "*.ci.corp"])
        for host in ("evil.example", "evil.example:2375", "127.0.0.1.evil.example", "localhost.evil.example.", "user@localhost"):
            with self.subTest(host):
                self.assertIn("Host is '" + host.replace("user@", "***@"), self.assertNoClient(create(host=host), "browser.host"))
        self.assertNoClient(attach(host="evil.example"), "browser.host")
        self.assertEqual(self.engine.total, 0)
        passing = ("127.0.0.1:2375", "[::1]:2375", "localhost", "LOCALHOST.:1", "socket-proxy:2375", "nas.local",
                   "tidegate.ci.svc", "host.docker.internal", "Gate.Corp:2375", "a.ci.corp", "")  # fmt: skip
        for host in passing:
            with self.subTest(host):
                self.assertEqual(self.status(create(host=host)), 200)
        self.assertEqual(self.status(b"GET /_ping HTTP/1.0\r\n\r\n"), 200)
        self.assertEqual(self.status(create(host="evil.example"), self.unix), 200, "no browser connects to a unix socket")
        reasons = [record.get("reason") for record in self.records(6 + len(passing) + 2)]
        self.assertCountEqual(reasons, ["browser.host"] * 6 + [None] * (len(passing) + 2))

    def test_that_is_listed_is_served(self):
        self.serve_tcp(origins=["https://Portal.corp", "http://10.0.0.5:9000"])
        for origin in ("https://portal.corp", "https://portal.corp:443", "http://10.0.0.5:9000"):
            self.assertEqual(self.status(create(f"Origin: {origin}", "Sec-Fetch-Site: cross-site")), 200)
        client = self.client()
        client.send(attach("Origin: https://portal.corp"))
        self.assertEqual(client.response_head().status, 101)
        self.assertEqual(self.engine.requests[-1].header("Origin"), "https://portal.corp")
        for headers in (("Origin: http://portal.corp",), ("Origin: https://portal.corp",) * 2, ("Sec-Fetch-Site: cross-site",),
                        ("Origin: https://portal.corp", "Origin: http://evil.example")):  # fmt: skip
            self.assertNoClient(create(*headers))
        self.assertNoClient(create("Origin: https://portal.corp"), listener=self.unix)
        self.assertNoClient(create("Origin: https://portal.corp", host="evil.example"), "browser.host")

    def test_of_a_program_is_served_on_its_socket(self):
        """Portainer hands its users' headers on, Host included."""
        self.serve_tcp()
        for headers in (("Sec-Fetch-Site: same-origin",), ("Origin: https://portainer.corp", "Sec-Fetch-Site: same-origin")):
            self.assertEqual(self.status(create(*headers, host="portainer.corp"), self.unix), 200)
            self.assertNoClient(create(*headers))

    def test_ends_its_connection_with_the_refusal(self):
        self.serve_tcp()
        client = self.client()
        client.send(create(EVIL) + request("GET", "/info"))
        self.assertRefused(client.response(), 403, "browser.origin")
        self.assertEqual(client.wait_closed(), b"")
        self.records(1)
        self.assertEqual(self.engine.total, 0)

    def test_is_refused_in_shadow_mode_too(self):
        self.serve_tcp(profile={"allow": [], "mode": "shadow"})
        self.assertEqual(self.status(request("GET", "/info")), 200)
        self.assertNoClient(request("GET", "/info", EVIL))
        self.assertNoClient(request("GET", "/info", host="evil.example"), "browser.host")
        records = self.records(3)
        self.assertCountEqual([record["decision"] for record in records], ["allow", "deny", "deny"])
        self.assertEqual(len(self.engine.requests), 1)

    def test_gets_no_figures(self):
        admin = {"address": f"tcp://127.0.0.1:{free_port()}", "hosts": ["gate.corp"], "origins": ["https://portal.corp"]}
        self.serve_tcp(admin=admin)
        self.daemon.await_log("metrics and health on")
        for path in ("/metrics", "/healthz", "/readyz", "/nothing"):
            self.assertNoClient(request("GET", path, EVIL), listener=admin)
            self.assertNoClient(request("GET", path, "Sec-Fetch-Site: cross-site"), listener=admin)
            self.assertNoClient(request("GET", path, host="evil.example"), "browser.host", admin)
        self.daemon.await_log("refused: browser.host: Host is 'evil.example'")
        for headers, host in (((), "127.0.0.1:9180"), ((), "prometheus"), ((), "gate.corp"), (("Origin: https://portal.corp",), "x")):
            self.assertEqual(self.status(request("GET", "/metrics", *headers, host=host), admin), 200)
        done = subprocess.run([os.environ["TIDEGATE"], "health", "--address", admin["address"]], capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done)

    def test_may_be_listed_while_tidegate_runs(self):
        admin = {"address": f"tcp://127.0.0.1:{free_port()}"}
        self.serve_tcp(admin=admin)
        kept = self.client()
        kept.send(request("GET", "/info"))
        self.assertEqual(kept.response().status, 200)
        for listener in (self.tcp, admin):
            self.assertNoClient(request("GET", "/metrics", host="gate.corp"), "browser.host", listener)
            listener["hosts"] = ["gate.corp"]
        self.daemon.write()
        self.daemon.await_log("in force for the next request")
        kept.send(request("GET", "/info", host="gate.corp"))
        self.assertEqual(kept.response().status, 200)
        wait_until(lambda: self.status(request("GET", "/metrics", host="gate.corp"), admin) == 200, "the admin listener's new name")

    def test_explain_says_what_the_daemon_does(self):
        self.serve_tcp(hosts=["gate.corp"], origins=["https://portal.corp"])
        cases = (("evil.example", None), ("gate.corp:2375", None), ("localhost", None), ("docker", "https://portal.corp"),
                 ("docker", "http://evil.example"), ("evil.example", "https://portal.corp"))  # fmt: skip
        for listener in (self.tcp, self.unix):
            for host, origin in cases:
                with self.subTest(host=host, origin=origin, listener=listener["address"]):
                    headers = [f"Origin: {origin}"] if origin else []
                    answer = self.ask(request("GET", "/info", *headers, host=host), address=socket_address(listener))
                    said = self.explain(listener, "--host", host, *(["--origin", origin] if origin else []))
                    self.assertEqual(said.returncode, 0 if answer.status == 200 else 1, said.stdout)
                    self.assertIn(answer.reason or "allowed", said.stdout)

    def explain(self, listener, *options):
        command = [os.environ["TIDEGATE"], "explain", "--config", self.daemon.file, "--listener", listener["address"], *options,
                   "GET", "/info"]  # fmt: skip
        return subprocess.run(command, capture_output=True, timeout=60, check=False, text=True)


class RealClients(DaemonTest):
    """As they name the host themselves."""

    def serve_on(self, host):
        port = free_port()
        answer = {"ApiVersion": "1.41", "MinAPIVersion": "1.24", "Version": "20.10.24"}
        body = json.dumps(answer).encode()
        head = b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        def version(connection, seen):
            connection.read_body(seen)
            connection.send(head % len(body) + (b"" if seen.method == "HEAD" else body))
        self.serve({key: version for key in ("GET /version", "HEAD /_ping", "GET /_ping")},
                   listeners=[{"address": f"tcp://{host}:{port}", "insecure": True, "profile": "p"}])  # fmt: skip
        return port

    def test_docker_passes_by_address_and_by_localhost(self):
        port = self.serve_on("127.0.0.1")
        for docker in docker_clients():
            for host in ("127.0.0.1", "localhost"):
                with self.subTest(docker, host=host):
                    done = subprocess.run([docker, "-H", f"tcp://{host}:{port}", "version", "--format", "{{.Server.Version}}"],
                                          capture_output=True, timeout=60, check=False, text=True)  # fmt: skip
                    self.assertEqual((done.returncode, done.stdout), (0, "20.10.24\n"), done.stderr)

    def test_docker_passes_by_an_IPv6_address(self):
        port = self.serve_on("[::1]")
        for docker in docker_clients():
            done = subprocess.run([docker, "-H", f"tcp://[::1]:{port}", "version", "--format", "{{.Server.Version}}"],
                                  capture_output=True, timeout=60, check=False, text=True)  # fmt: skip
            self.assertEqual((done.returncode, done.stdout), (0, "20.10.24\n"), done.stderr)

    def test_curl_passes_by_a_single_label_and_not_by_a_foreign_name(self):
        port = self.serve_on("127.0.0.1")
        for host, status in (("tidegate", "200"), ("socket-proxy", "200"), ("127.0.0.1", "200"), ("evil.example", "403")):
            command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--noproxy", "*", "--resolve", f"{host}:{port}:127.0.0.1",
                       f"http://{host}:{port}/version"]  # fmt: skip
            done = subprocess.run(command, capture_output=True, timeout=60, check=False, text=True)
            self.assertEqual(done.stdout, status, host)


class WebPagesOverTls(TlsTest):
    """Browsers have client certificates, and show them to whomever a page names."""

    def answer(self, *headers, host):
        client = self.client()
        client.send(request("GET", "/info", *headers, host=host))
        answer = client.response()
        client.close()
        return answer

    def test_are_refused(self):
        self.serve()
        for headers in ((EVIL,), ("Sec-Fetch-Site: cross-site",), ("Sec-Fetch-Site: same-origin",)):
            self.assertRefused(self.answer(*headers, host="localhost"), 403, "browser.origin")
        self.assertRefused(self.answer(host="evil.example"), 403, "browser.host")
        self.assertEqual(self.engine.total, 0)

    def test_names_of_the_listeners_certificate_pass_without_being_listed(self):
        pair = self.authority.server("gate", sans=("DNS:localhost", "DNS:gate.example.com", "DNS:*.ci.corp"))
        self.serve(listeners=[self.listener(cert=pair.cert, key=pair.key)])
        for host in ("gate.example.com:2376", "Gate.Example.com", "runner.ci.corp", "127.0.0.1:2376", "localhost"):
            self.assertEqual(self.answer(host=host).status, 200, host)
        for host in ("example.com", "ci.corp", "gate.example.com.evil.example", "gate.example.net"):
            self.assertRefused(self.answer(host=host), 403, "browser.host")

    def test_names_of_a_renewed_certificate_count_at_once(self):
        before = self.authority.server("gate", sans=("DNS:localhost", "DNS:old.example.com"))
        after = self.authority.server("gate", sans=("DNS:localhost", "DNS:new.example.com"))
        self.serve(listeners=[self.listener(cert=before.cert, key=before.key)])
        self.assertEqual(self.answer(host="old.example.com").status, 200)
        self.assertRefused(self.answer(host="new.example.com"), 403, "browser.host")
        self.daemon.config["listeners"][0]["tls"].update({"cert": after.cert, "key": after.key})
        self.daemon.write()
        self.daemon.await_log("in force for the next request")
        self.assertEqual(self.answer(host="new.example.com").status, 200)
        self.assertRefused(self.answer(host="old.example.com"), 403, "browser.host")

    def test_explain_knows_the_certificate(self):
        pair = self.authority.server("gate", sans=("DNS:gate.example.com",))
        self.serve(listeners=[self.listener(cert=pair.cert, key=pair.key)])
        for host, code in (("gate.example.com", 0), ("evil.example", 1)):
            command = [os.environ["TIDEGATE"], "explain", "--config", self.daemon.file, "--listener", "0", "--host", host, "GET", "/info"]
            done = subprocess.run(command, capture_output=True, timeout=60, check=False, text=True)
            self.assertEqual(done.returncode, code, done.stdout)
