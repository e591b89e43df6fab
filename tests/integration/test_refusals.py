# SPDX-License-Identifier: Apache-2.0
"""A refusal says what was refused and for which profile, and nothing of it reaches the engine."""

from tests.support.daemon import DaemonTest
from tests.support.http import request

MONITOR = ["@read"]


class Refusals(DaemonTest):
    def refused(self, data, reason, status=403):
        message = self.assertRefused(self.ask(data), status, reason)
        self.assertEqual(self.engine.total, 0, "bytes at the engine")
        return message

    def test_a_denied_operation_is_named_with_its_profile(self):
        self.serve(allow=MONITOR)
        for data, operation in (
            (request("POST", "/containers/create", body=b"{}"), "ContainerCreate"),
            (request("POST", "/v1.41/containers/x/exec", body=b"{}"), "ContainerExec"),
            (request("DELETE", "/containers/x?force=1"), "ContainerDelete"),
            (request("PUT", "/containers/x/archive?path=/", body=b"tar"), "PutContainerArchive"),
            (request("POST", "/build", "Content-Type: application/x-tar", body=b"tar"), "ImageBuild"),
            (request("POST", "/swarm/init", body=b"{}"), "SwarmInit"),
        ):
            with self.subTest(operation):
                message = self.refused(data, "operation.denied")
                self.assertIn(operation, message)
                self.assertIn("'p'", message)

    def test_deny_takes_away_from_allow(self):
        self.serve(allow=["*"], deny=["@exec"])
        self.refused(request("POST", "/containers/x/exec", body=b"{}"), "operation.denied")

    def test_what_the_profile_allows_is_served(self):
        self.serve(allow=MONITOR)
        for target in ("/_ping", "/version", "/info", "/containers/json", "/events"):
            self.assertEqual(self.ask(request("GET", target)).status, 200)

    def test_reads_that_may_hold_secrets_are_not_part_of_read(self):
        self.serve(allow=["@read"], deny=["@read-sensitive"])
        self.refused(request("GET", "/containers/x/json"), "operation.denied")

    def test_unknown_operations_are_refused_even_where_all_is_allowed(self):
        self.serve()
        for line in (("GET", "/"), ("GET", "/nonsense"), ("POST", "/containers/json"), ("get", "/_ping"), ("PATCH", "/info"),
                     ("GET", "/V1.41/info"), ("TRACE", "/_ping"), ("FOO", "/debug/vars")):
            with self.subTest(line):
                self.refused(request(*line), "operation.unknown", 404)

    def test_targets_that_are_not_canonical_are_refused(self):
        self.serve()
        for target, reason in (
            ("//containers/json", "target.not_canonical"),
            ("/./containers/json", "target.not_canonical"),
            ("/containers/../info", "target.not_canonical"),
            ("/containers/%2e%2e/info", "target.not_canonical"),
            ("/containers//json", "target.not_canonical"),
            ("/containers/json/", "target.not_canonical"),
            ("/containers%2fjson", "target.encoded_slash"),
            ("/containers/%zz/json", "target.bad_escape"),
            ("/containers/%/json", "target.bad_escape"),
            ("/containers/a%00b/json", "target.bad_byte"),
            ("/containers/a/b/json", "name.several_segments"),
            ("/v1.23/containers/x/start", "version.too_old"),
            ("/containers/json?all=%zz", "query.malformed"),
            ("/containers/json?all=1&all=0", "query.repeated"),
            ("/containers/json?all=1;limit=2", "query.malformed"),
        ):
            with self.subTest(target):
                method = "POST" if target.endswith("start") else "GET"
                self.refused(request(method, target), reason, 400)

    def test_a_link_can_be_removed_by_its_two_names(self):
        """`docker rm --link web/db`, which docker-py's remove_container(link=True) sends too."""
        self.serve(allow=["ContainerDelete"])
        self.refused(request("DELETE", "/containers/web/db?force=1"), "name.several_segments", 400)
        self.refused(request("DELETE", "/containers/web/db?link=0"), "name.several_segments", 400)
        target = "/v1.41/containers/web/db?link=1"
        self.assertEqual(self.ask(request("DELETE", target)).status, 200)
        self.assertEqual([seen.target for seen in self.engine.requests], [target])

    def test_by_name_operations_need_their_name(self):
        self.serve()
        self.refused(request("GET", "/debug/vars"), "operation.denied")
        self.refused(request("OPTIONS", "/info"), "operation.denied")

    def test_a_refused_body_is_read_over_so_that_the_connection_lives(self):
        self.serve(allow=MONITOR)
        client = self.client()
        for _ in range(3):
            client.send(request("POST", "/containers/create", body=b" " * 10_000 + b"{}"))
            self.assertRefused(client.response(), 403, "operation.denied")
        client.send(request("GET", "/info"))
        self.assertEqual(client.response().status, 200)

    def test_a_refused_upload_is_told_before_it_has_ended(self):
        self.serve(allow=MONITOR)
        client = self.client()
        client.send(b"POST /images/load HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 65536)
        self.assertRefused(client.response(), 403, "operation.denied")
        client.close()
        self.assertEqual(self.engine.total, 0)

    def test_a_message_is_json_whatever_the_request_said(self):
        self.serve()
        self.refused(request("GET", '/containers/"\\<script>/nonsense'), "operation.unknown", 404)
