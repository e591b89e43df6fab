# SPDX-License-Identifier: Apache-2.0
"""What the operator sees: figures that agree with the audit records, and whether all is well."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import unittest

from tests.support.daemon import DaemonTest, free_port
from tests.support.fake_engine import reply
from tests.support.http import Client, Truncated, request
from tests.support.wait import wait_until


class Admin(DaemonTest):
    def serve(self, answers=None, **config):
        self.port = free_port()
        admin = {"address": f"tcp://127.0.0.1:{self.port}"}
        super().serve(answers, **{"admin": admin, **config})
        wait_until(self.is_served, "the admin listener")

    def is_served(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def is_well(self):
        with contextlib.suppress(Truncated, OSError):
            return self.look("/healthz").status == 200
        return False

    def hide_engine(self):
        os.rename(self.engine.path, self.engine.path + ".hidden")
        self.addCleanup(os.rename, self.engine.path + ".hidden", self.engine.path)

    def look(self, path, method="GET"):
        client = Client(("127.0.0.1", self.port))
        client.send(request(method, path))
        answer = client.response(method)
        client.close()
        return answer

    def figures(self):
        """Every sample by its name and labels."""
        page = self.look("/metrics")
        self.assertEqual(page.status, 200)
        samples = re.findall(r"^(tidegate_\S+?(?:\{.*\})?) (\S+)$", page.body.decode(), re.M)
        return {name: float(value) for name, value in samples}

    def figures_of(self, requests):
        """The figures once so many requests are counted: a client may have its answer a moment before."""
        wait_until(lambda: self.figures()["tidegate_own_seconds_count"] >= requests, f"{requests} requests")
        return self.figures()

    def test_requests_are_counted_by_profile_operation_and_decision(self):
        self.serve(allow=["@read"])
        for _ in range(3):
            self.ask(request("GET", "/containers/json"))
        self.ask(request("POST", "/containers/x/kill"))
        self.ask(request("GET", "/nonsense"))
        figures = self.figures_of(5)
        counted = {name: value for name, value in figures.items() if name.startswith("tidegate_requests_total")}
        self.assertEqual(counted, {
            'tidegate_requests_total{profile="p",operation="ContainerList",decision="allow"}': 3,
            'tidegate_requests_total{profile="p",operation="ContainerKill",decision="deny"}': 1,
            'tidegate_requests_total{profile="p",operation="unknown",decision="deny"}': 1,
        })
        self.assertEqual(figures['tidegate_refusals_total{reason="operation.denied"}'], 1)
        self.assertEqual(figures['tidegate_refusals_total{reason="operation.unknown"}'], 1)

    def test_both_shares_of_the_time_are_told(self):
        self.serve(allow=["@read"])
        self.ask(request("GET", "/info"))
        self.ask(request("POST", "/containers/x/kill"))
        figures = self.figures_of(2)
        self.assertEqual(figures["tidegate_own_seconds_count"], 2)
        self.assertEqual(figures["tidegate_upstream_seconds_count"], 1, "a refused request has no engine's share")
        self.assertEqual(figures['tidegate_own_seconds_bucket{le="+Inf"}'], 2)
        self.assertGreater(figures["tidegate_own_seconds_sum"], 0)

    def test_open_connections_are_counted_and_uncounted(self):
        self.serve()
        clients = [self.client() for _ in range(5)]
        wait_until(lambda: self.figures()["tidegate_connections_open"] == 5, "five connections")
        for client in clients:
            client.close()
        wait_until(lambda: self.figures()["tidegate_connections_open"] == 0, "none")

    def test_failures_before_any_request_are_counted_too(self):
        self.serve(limits={"connections": 1})
        wait_until(lambda: self.figures()["tidegate_connections_open"] == 0, "the end of the first look")
        held = self.client()
        held.send(b"GET")
        wait_until(lambda: self.figures()["tidegate_connections_open"] == 1, "the first")
        self.client().wait_closed()
        self.assertEqual(self.figures()['tidegate_refusals_total{reason="connections.too_many"}'], 1)

    def test_reloads_are_counted(self):
        self.serve()
        self.daemon.signal(signal.SIGHUP)
        wait_until(lambda: self.figures()['tidegate_reloads_total{result="done"}'] >= 1, "a reload")
        with open(self.path("tidegate.yaml"), "w", encoding="ascii") as file:
            file.write("nonsense")
        self.daemon.signal(signal.SIGHUP)
        wait_until(lambda: self.figures()['tidegate_reloads_total{result="failed"}'] >= 1, "a failed one")

    def test_ready_while_the_engine_answers(self):
        self.serve()
        self.assertEqual(self.look("/readyz").status, 200)
        self.assertEqual(self.figures()["tidegate_upstream_up"], 1)
        self.assertEqual({asked.target for asked in self.engine.requests}, {"/_ping"}, "nothing else reaches the engine")
        self.hide_engine()
        self.assertEqual(self.look("/readyz").status, 503)
        self.assertEqual(self.figures()["tidegate_upstream_up"], 0)
        self.assertEqual(self.look("/healthz").status, 200, "tidegate itself is well")

    def test_the_engines_api_is_not_served_here(self):
        self.serve()
        for method, path in (("GET", "/containers/json"), ("GET", "/metrics/../info"), ("POST", "/metrics"), ("DELETE", "/healthz")):
            with self.subTest(path=path, method=method):
                self.assertIn(self.look(path, method).status, (404, 405))
        self.assertEqual(self.engine.requests, [])

    def test_who_says_nothing_is_let_go(self):
        self.serve(limits={"head_time": "200ms"})
        client = Client(("127.0.0.1", self.port))
        self.addCleanup(client.close)
        client.send(b"GET /metr")
        client.wait_closed()

    def test_who_does_not_even_begin_is_let_go_as_soon(self):
        self.serve(limits={"head_time": "200ms"})
        client = Client(("127.0.0.1", self.port))
        self.addCleanup(client.close)
        client.wait_closed()

    def test_many_who_say_nothing_keep_nobody_out(self):
        self.serve()
        before = self.daemon.open_files()
        held = [Client(("127.0.0.1", self.port)) for _ in range(200)]
        self.addCleanup(lambda: [client.close() for client in held])
        self.assertTrue(self.is_well())
        for client in held[:160]:
            client.wait_closed()
        self.assertLessEqual(self.daemon.open_files(), before + 40)

    def test_who_asked_and_does_not_leave_keeps_nobody_out_either(self):
        self.serve()
        held = [Client(("127.0.0.1", self.port)) for _ in range(40)]
        self.addCleanup(lambda: [client.close() for client in held])
        for client in held:
            client.try_send(request("GET", "/healthz"))
        self.assertTrue(self.is_well())

    def serve_silent_engine(self):
        """Its ping is answered when the test says go."""
        self.serve({"GET /_ping": lambda connection, asked: connection.await_go() or reply(200, b"OK")},
                   limits={"upstream_connect_time": "1h"})  # fmt: skip

    def ask_ready(self, count):
        clients = [Client(("127.0.0.1", self.port)) for _ in range(count)]
        self.addCleanup(lambda: [client.close() for client in clients])
        for client in clients:
            client.try_send(request("GET", "/readyz"))
        return clients

    def test_any_number_who_wait_for_a_silent_engine_keep_nobody_out(self):
        self.serve_silent_engine()
        for _ in range(5):
            self.ask_ready(32)
            self.assertTrue(self.is_well())
        self.assertEqual(self.look("/metrics").status, 200)

    def test_all_who_ask_at_a_time_share_one_ping(self):
        self.serve_silent_engine()
        clients = self.ask_ready(16)
        self.engine.await_request()
        self.assertTrue(self.is_well())
        self.engine.connections[0].go.set()
        self.assertEqual([client.response().status for client in clients], [200] * 16)
        self.assertEqual(len(self.engine.requests), 1)

    def test_the_figures_do_not_wait_for_a_silent_engine(self):
        self.serve_silent_engine()
        for _ in range(3):
            self.assertEqual(self.figures()["tidegate_upstream_up"], 0)
        self.assertEqual(len(self.engine.requests), 1)
        self.engine.connections[0].go.set()
        self.engine.answers.clear()
        wait_until(lambda: self.figures()["tidegate_upstream_up"] == 1, "the end of the ping")

    def test_an_idle_connection_does_not_hold_up_the_end(self):
        self.serve(limits={"head_time": "1h", "drain_time": "1h"})
        idle = Client(("127.0.0.1", self.port))
        self.addCleanup(idle.close)
        self.assertTrue(self.is_well())
        self.daemon.stop()

    def test_health_asks_it(self):
        self.serve()
        verb = [os.environ["TIDEGATE"], "health", "--config", self.path("tidegate.yaml")]
        self.assertEqual(subprocess.run(verb, check=False).returncode, 0)
        self.assertEqual(subprocess.run([*verb, "--ready"], check=False).returncode, 0)
        self.hide_engine()
        ill = subprocess.run([*verb, "--ready"], check=False, capture_output=True, text=True)
        self.assertEqual(ill.returncode, 1)
        self.assertIn("503", ill.stderr)
        self.daemon.stop()
        self.assertEqual(subprocess.run(verb, check=False).returncode, 1)

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_prometheus_takes_the_page(self):
        self.serve()
        self.ask(request("GET", "/info"))
        page = self.look("/metrics").body
        checked = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, check=False)
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, b""))


class Address(DaemonTest):
    def test_on_a_unix_socket(self):
        path = self.path("admin.sock")
        self.serve(admin={"address": f"unix://{path}", "mode": "0600"})
        wait_until(lambda: "metrics and health on" in self.daemon.log(), "the admin listener")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.assertEqual(self.ask(request("GET", "/healthz"), address=path).status, 200)
        self.daemon.stop()
        self.assertFalse(os.path.exists(path))

    def test_not_for_every_network_unless_that_is_meant(self):
        with open(self.path("c.yaml"), "w", encoding="utf-8") as file:
            json.dump(self.config(admin={"address": "tcp://0.0.0.0:9180"}), file)
        verb = [os.environ["TIDEGATE"], "check", self.path("c.yaml")]
        checked = subprocess.run(verb, capture_output=True, text=True, check=False)
        self.assertNotEqual(checked.returncode, 0)
        self.assertIn("admin.address", checked.stderr)
        self.assertIn("insecure: true", checked.stderr)
