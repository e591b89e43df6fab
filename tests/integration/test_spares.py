# SPDX-License-Identifier: Apache-2.0
"""A client's connection to the engine waits a moment for the same client's next one, and for nobody else's."""

import os
import unittest

from tests.support.daemon import DaemonTest, free_port
from tests.support.fake_engine import reply
from tests.support.http import request
from tests.support.wait import wait_until

CREATE = b'{"Image":"x"}'


class Spares(DaemonTest):
    def serve(self, answers=None, spares=16, **config):
        limits = {"upstream_spares": spares, "upstream_spare_time": "1h"}
        admin = {"address": f"unix://{self.path('admin.sock')}", "mode": "0600"}
        super().serve(answers, workers=1, limits=limits, admin=admin, **config)

    def await_clients(self, count):
        """Waits until so many clients are left: tidegate has seen the others go."""
        line = f"\ntidegate_connections_open {count}\n"
        figures = lambda: self.ask(request("GET", "/metrics"), address=self.path("admin.sock")).body.decode()
        wait_until(lambda: line in figures(), f"{count} clients")

    def connections(self):
        """Those that carried requests: /metrics asks the engine too whether it is well."""
        return [c for c in self.engine.connections if any(r.target != "/_ping" for r in c.requests)]

    def ask_and_leave(self, data=request("GET", "/info"), address=None):
        answer = self.ask(data, address=address)
        self.await_clients(0)
        return answer

    def test_a_client_that_comes_again_goes_on_with_its_connection(self):
        self.serve({"POST /containers/create": reply(201, b"{}")})
        for _ in range(3):
            self.assertEqual(self.ask_and_leave().status, 200)
            self.assertEqual(self.ask_and_leave(request("POST", "/containers/create", body=CREATE)).status, 201)
        self.assertEqual(len(self.connections()), 1)

    def test_none_is_kept_where_none_is_wanted(self):
        self.serve(spares=0)
        self.ask(request("GET", "/info"))
        self.connections()[0].await_end()

    def test_one_that_the_engine_has_closed_meanwhile_costs_no_request(self):
        closing = lambda c, _: (c.send(reply(200, b"{}")), c.close(), None)[2]
        self.serve({"GET /info": closing, "POST /containers/create": reply(201, b"{}")})
        self.assertEqual(self.ask_and_leave().status, 200)
        created = self.ask_and_leave(request("POST", "/containers/create", body=CREATE))
        self.assertEqual(created.status, 201)
        self.assertEqual([r.method for c in self.connections() for r in c.requests], ["GET", "POST"])

    def test_one_in_the_middle_of_an_answer_is_not_kept(self):
        self.serve({"GET /containers/x/json": lambda c, _: (c.send(reply(200, b"x" * 10)[:-5]), c.wait_closed(), None)[2]})
        client = self.client()
        client.send(request("GET", "/containers/x/json"))
        client.response_head()
        client.close()
        self.connections()[0].await_end()

    def test_a_tunnel_is_not_kept(self):
        upgraded = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
        self.serve({"POST /containers/x/attach": lambda c, _: (c.send(upgraded), c.wait_closed(), None)[2]})
        client = self.client()
        client.send(request("POST", "/containers/x/attach?stream=1", "Connection: Upgrade", "Upgrade: tcp"))
        client.response_head()
        client.close()
        self.connections()[0].await_end()

    def test_the_end_of_tidegate_ends_them(self):
        self.serve()
        self.ask_and_leave()
        self.daemon.stop()
        self.connections()[0].await_end()

    def test_clients_of_two_listeners_never_share(self):
        there = {"address": f"unix://{self.path('there.sock')}", "mode": "0600", "profile": "p"}
        here = {"address": f"unix://{self.path('in.sock')}", "mode": "0600", "profile": "p"}
        self.serve(listeners=[here, there])
        self.ask_and_leave()
        self.ask_and_leave(address=self.path("there.sock"))
        self.assertEqual(len(self.connections()), 2)

    def test_two_addresses_never_share(self):
        port = free_port()
        tcp = {"address": f"tcp://127.0.0.1:{port}", "insecure": True, "profile": "p"}
        self.serve(listeners=[tcp])
        for source in ("127.0.0.1", "127.0.0.2", "127.0.0.2"):
            client = self.client(source=source)
            client.send(request("GET", "/info"))
            client.response()
            client.close()
            self.await_clients(0)
        self.assertEqual(len(self.connections()), 2)

    @unittest.skipUnless(os.geteuid() == 0, "two users need root")
    def test_two_users_never_share(self):
        everybody = {"address": f"unix://{self.path('in.sock')}", "mode": "0666", "insecure": True, "profile": "p"}
        self.serve(listeners=[everybody])
        os.chmod(self.folder, 0o755)
        self.ask_and_leave()
        os.seteuid(65534)
        try:
            self.ask(request("GET", "/info"))
        finally:
            os.seteuid(0)
        self.assertEqual(len(self.connections()), 2)
