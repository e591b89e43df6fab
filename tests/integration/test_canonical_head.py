# SPDX-License-Identifier: Apache-2.0
"""What reaches the engine is tidegate's own head, written from what it understood."""

from tests.support.daemon import DaemonTest
from tests.support.http import request

AUTH = "eyJ1c2VybmFtZSI6ImEifQ=="


class CanonicalHead(DaemonTest):
    def seen(self, data, method="GET"):
        """What the engine saw of a request that it answered."""
        answer = self.ask(data, method)
        self.assertEqual(answer.status, 200, repr(answer))
        return self.engine.requests[-1]

    def test_a_plain_request_arrives_in_canonical_form(self):
        self.serve()
        seen = self.seen(request("GET", "/v1.41/containers/json?all=1", "Accept: */*", host="evil:80"))
        self.assertEqual(seen.line, "GET /v1.41/containers/json?all=1 HTTP/1.1")
        self.assertEqual(seen.headers[0], ("Host", "docker"))
        self.assertEqual(seen.header("Accept"), "*/*")

    def test_only_known_headers_go_on(self):
        self.serve()
        known = [
            "User-Agent: Docker-Client/28.0 (linux)",
            f"X-Registry-Auth: {AUTH}",
            "X-Registry-Config: e30=",
            "X-Meta-Team: red",
        ]
        unknown = [
            "Cookie: a=b",
            "X-Forwarded-For: 10.0.0.1",
            "X-HTTP-Method-Override: DELETE",
            "Authorization: Basic eDp5",
            "Keep-Alive: 5",
            "TE: trailers",
            "Trailer: X-Meta-a",
            "Proxy-Connection: close",
            "Tidegate-Reason: none",
            "Content-Encoding: gzip",
        ]
        seen = self.seen(request("GET", "/info", *known, *unknown))
        for line in known:
            self.assertIn(line.encode(), seen.head)
        for line in unknown:
            self.assertNotIn(line.split(":")[0].lower().encode() + b":", seen.head.lower())

    def test_escapes_are_spelled_one_way(self):
        self.serve()
        seen = self.seen(request("GET", "/%63ontainers/%6as%6fn?%61ll=%31"))
        self.assertEqual(seen.target, "/containers/json?all=1")

    def test_unknown_query_parameters_are_dropped_and_recorded_by_name(self):
        self.serve()
        seen = self.seen(request("GET", "/containers/json?all=1&secret=hunter2&limit=3"))
        self.assertEqual(seen.target, "/containers/json?all=1&limit=3")
        record = self.daemon.await_audit()[0]
        self.assertEqual(record["query"], ["all", "limit"])
        self.assertEqual(record["dropped"], ["secret"])

    def test_query_values_cannot_break_out(self):
        self.serve()
        seen = self.seen(request("GET", "/containers/json?filters=%0d%0aX:+y%26all%3d1%23"))
        self.assertEqual(seen.target.count("&"), 0)
        self.assertEqual(seen.target.count("#"), 0)
        self.assertEqual(seen.target.split("=")[0], "/containers/json?filters")

    def test_a_value_is_stripped_of_its_white_space(self):
        self.serve()
        self.assertEqual(self.seen(request("GET", "/info", "User-Agent:  \ta b \t")).header("User-Agent"), "a b")

    def test_an_http_1_0_request_goes_on_as_1_1(self):
        self.serve()
        seen = self.seen(request("GET", "/info", version="HTTP/1.0"))
        self.assertEqual(seen.version, "HTTP/1.1")

    def test_the_api_version_keeps_its_meaning(self):
        self.serve()
        for target in ("/v1.24/info", "/v1.56/info", "/info"):
            self.assertEqual(self.seen(request("GET", target)).target, target)

    def test_image_names_keep_their_slashes(self):
        self.serve()
        seen = self.seen(request("GET", "/images/registry.corp:5000/team/app:1.0/json"))
        self.assertEqual(seen.target, "/images/registry.corp:5000/team/app:1.0/json")

    def test_connection_headers_of_the_client_stay_on_its_hop(self):
        self.serve()
        seen = self.seen(request("GET", "/info", "Connection: close"))
        self.assertIsNone(seen.header("Connection"))
