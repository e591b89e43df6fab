# SPDX-License-Identifier: Apache-2.0
"""Exactly one record a request, with who, what, on what, allowed or not, why, and how long."""

import os
import signal
import stat
import threading
import time

from tests.support.daemon import DaemonTest, free_port
from tests.support.fake_engine import reply
from tests.support.http import request
from tests.support.wait import wait_until

ALWAYS = {"time", "listener", "profile", "operation", "method", "target", "query", "dropped", "decision", "rule", "status",
          "bytes_in", "bytes_out", "duration_us"}
UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"


class AuditRecord(DaemonTest):
    def only_record(self):
        """The only record, after tidegate has ended and can write no more."""
        self.daemon.await_audit()
        self.daemon.stop()
        records = self.daemon.audit()
        self.assertEqual(len(records), 1, records)
        return records[0]

    def test_an_allowed_request(self):
        self.serve()
        self.ask(request("GET", "/v1.41/containers/x/json?size=1&sneaky=1"))
        record = self.only_record()
        self.assertLessEqual(ALWAYS | {"uid", "gid", "pid"}, set(record))
        self.assertEqual((record["uid"], record["gid"], record["pid"]), (os.getuid(), os.getgid(), os.getpid()))
        self.assertEqual(record["listener"], f"unix://{self.path('in.sock')}")
        self.assertEqual((record["profile"], record["operation"], record["method"]), ("p", "ContainerInspect", "GET"))
        self.assertIn("/containers/x/json", record["target"])
        self.assertNotIn("?", record["target"])
        self.assertEqual((record["query"], record["dropped"]), (["size"], ["sneaky"]))
        self.assertEqual((record["decision"], record["status"]), ("allow", 200))
        self.assertTrue(record["rule"])
        self.assertNotIn("reason", record)
        self.assertGreaterEqual(record["duration_us"], 0)
        self.assertLess(abs(time.time() - time.mktime(time.strptime(record["time"][:19], "%Y-%m-%dT%H:%M:%S")) + time.timezone), 120)

    def test_a_rotated_file_is_let_go_at_sigusr1(self):
        self.serve()
        self.ask(request("GET", "/info"))
        self.daemon.await_audit()
        os.rename(self.path("audit.log"), self.path("audit.log.1"))
        self.daemon.signal(signal.SIGUSR1)
        wait_until(lambda: "SIGUSR1: reopened" in self.daemon.log(), "the new file")
        self.ask(request("GET", "/version"))
        self.assertEqual([record["target"] for record in self.daemon.await_audit()], ["/version"])
        with open(self.path("audit.log.1"), encoding="ascii") as rotated:
            self.assertEqual(rotated.read().count("\n"), 1)

    def test_a_denied_request(self):
        self.serve(allow=["@read"])
        self.ask(request("POST", "/containers/create?name=web", body=b'{"Env":["TOKEN=hunter2"]}'))
        record = self.only_record()
        self.assertEqual((record["decision"], record["reason"], record["status"]), ("deny", "operation.denied", 403))
        self.assertEqual((record["operation"], record["query"]), ("ContainerCreate", ["name"]))
        self.assertTrue(record["rule"])

    def test_a_refused_body_and_what_would_do(self):
        self.serve()
        self.ask(request("POST", "/containers/create", body=b'{"Image":"a","HostConfig":{"Privileged":true,"PidMode":"host"}}'))
        record = self.only_record()
        self.assertEqual((record["decision"], record["reason"]), ("deny", "constraint.privileged"))
        self.assertEqual([each["constraint"] for each in record["violations"]], ["privileged", "namespaces.pid"])
        self.assertEqual(record["violations"][0], {"constraint": "privileged", "field": "HostConfig.Privileged", "value": "true",
                                                   "wants": "false"})

    def test_a_body_with_very_many_mistakes(self):
        self.serve()
        binds = ",".join(f'"/srv/{i}:/{i}"' for i in range(200))
        self.ask(request("POST", "/containers/create", body=f'{{"Image":"a","HostConfig":{{"Binds":[{binds}]}}}}'.encode()))
        record = self.only_record()
        self.assertEqual((len(record["violations"]), record["violations_more"]), (20, 180))

    def test_a_query_with_very_many_parameters(self):
        """`docker save` of many images."""
        self.serve()
        names = "&".join(f"names=image-{i}" for i in range(1500))
        odd = "&".join(f"odd{i}=1" for i in range(40))
        self.ask(request("GET", f"/images/get?{names}&{odd}"))
        record = self.only_record()
        self.assertEqual((record["query"], record["status"]), (["names"], 200))
        self.assertEqual((len(record["dropped"]), record["dropped_more"]), (16, 24))
        with open(self.path("audit.log"), encoding="ascii") as file:
            self.assertLess(len(file.read()), 1000)

    def test_no_password_and_no_query_of_an_image_s_reference(self):
        self.serve()
        client = self.client()
        rows = (
            ("/images/u:hunter2@reg.corp/a/push", "/images/***@reg.corp/a/push"),
            ("/v1.41/images/u:hunter2@reg.corp/a@sha256:ab/push", "/v1.41/images/***@reg.corp/a@sha256:ab/push"),
            ("/images/reg.corp/a%3Ftoken=hunter2/push", "/images/reg.corp/a/push"),
            ("/plugins/u:hunter2@reg.corp/a/push", "/plugins/***@reg.corp/a/push"),
            ("/images/a@sha256:ab/push", "/images/a@sha256:ab/push"),
        )
        for target, _ in rows:
            client.send(request("POST", target))
            client.response()
        self.assertEqual([record["target"] for record in self.daemon.await_audit(len(rows))], [shown for _, shown in rows])

    def test_a_refused_image_is_named_without_its_query(self):
        self.serve(profiles={"p": {"allow": ["*"], "containers": {"images": ["reg.corp/b"]}}})
        answer = self.ask(request("POST", "/images/create?fromImage=reg.corp/a%3Ftoken=hunter2"))
        self.assertRefused(answer, 403, "constraint.images")
        self.assertIn(b"reg.corp/a", answer.body)
        self.assertNotIn(b"hunter2", answer.body)
        self.assertNotIn("hunter2", str(self.only_record()))

    def test_a_very_long_name(self):
        self.serve()
        self.ask(request("GET", f"/v1.41/containers/{'x' * 30_000}/json"))
        record = self.only_record()
        path = f"/containers/{'x' * 30_000}/json"
        self.assertEqual((record["target"], record["target_bytes"]), ("/v1.41" + path[:1024] + "...", len(path)))

    def test_a_long_name_that_fits(self):
        self.serve()
        path = f"/containers/{'x' * 1007}/json"
        self.ask(request("GET", path))
        record = self.only_record()
        self.assertEqual(record["target"], path)
        self.assertNotIn("target_bytes", record)

    def test_many_long_requests_with_very_long_names_leave_room_for_others(self):
        """Together the names are longer than the queue."""
        held = threading.Event()
        self.addCleanup(held.set)
        name = "x" * 30_000
        self.serve({f"POST /containers/{name}/wait": lambda *_: held.wait() and reply()}, audit={"file": self.path("audit.log"), "wait_time": "1ms"})
        for _ in range(300):
            self.client().send(request("POST", f"/containers/{name}/wait"))
        self.engine.await_request(300)
        self.assertEqual(self.ask(request("GET", "/info")).status, 200)

    def test_a_body_with_very_many_fields_that_are_left_out(self):
        self.serve(profiles={"p": {"allow": ["*"], "containers": {"unknown_fields": "drop"}}})
        fields = ",".join(f'"Sneaky{i}":1' for i in range(100))
        self.ask(request("POST", "/containers/create", body=f'{{"Image":"a",{fields}}}'.encode()))
        record = self.only_record()
        self.assertEqual((len(record["dropped_fields"]), record["dropped_fields_more"]), (32, 68))

    def test_what_clients_habits_keep_is_sent_and_not_dropped(self):
        self.serve(profiles={"p": {"allow": ["*"], "containers": {"client_habits": "keep"}}})
        self.ask(request("GET", "/containers/x/json?size=1&sneaky=1"))
        self.assertEqual(self.engine.requests[0].target, "/containers/x/json?size=1&sneaky=1")
        record = self.only_record()
        self.assertEqual(record["query"], ["size", "sneaky"])
        self.assertNotIn("dropped", record)

    def test_a_malformed_request(self):
        self.serve()
        self.ask(b"GET /info HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n")
        record = self.only_record()
        self.assertEqual((record["decision"], record["reason"], record["status"]), ("deny", "head.field_name", 400))

    def test_a_head_that_never_ends(self):
        self.serve(limits={"head_time": "200ms"})
        client = self.client()
        client.send(b"GET /info HT")
        client.wait_closed()
        self.assertEqual(self.only_record()["reason"], "head.timeout")

    def test_an_unknown_operation(self):
        self.serve()
        self.ask(request("GET", "/nonsense"))
        record = self.only_record()
        self.assertEqual((record["operation"], record["reason"]), ("unknown", "operation.unknown"))

    def test_an_unknown_method_is_on_record_with_its_target(self):
        self.serve()
        self.assertEqual(self.ask(request("FOO", "/info")).status, 404)
        record = self.only_record()
        self.assertEqual((record["method"], record["target"], record["reason"]), ("unknown", "/info", "operation.unknown"))

    def test_an_engine_that_is_not_there(self):
        self.engine.stop()
        self.serve()
        self.ask(request("GET", "/info"))
        record = self.only_record()
        self.assertEqual((record["decision"], record["reason"], record["status"]), ("deny", "upstream.unreachable", 502))

    def test_an_answer_that_breaks_off(self):
        def cut(connection, _):
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            connection.close()

        self.serve({"GET /info": cut})
        client = self.client()
        client.send(request("GET", "/info"))
        client.wait_closed()
        record = self.only_record()
        self.assertEqual((record["decision"], record["status"]), ("allow", 200))
        self.assertTrue(record["reason"])

    def test_a_client_that_goes_away(self):
        self.serve({"POST /containers/x/wait": lambda connection, _: connection.wait_closed()})
        client = self.client()
        client.send(request("POST", "/containers/x/wait"))
        self.engine.await_request()
        client.close()
        record = self.only_record()
        self.assertEqual((record["operation"], record["decision"]), ("ContainerWait", "allow"))

    def test_a_tunnel_counts_its_bytes(self):
        def echo(connection, _):
            connection.send(UPGRADED)
            connection.send(connection.read_to_end() * 2)
            connection.close()

        self.serve({"POST /containers/x/attach": echo})
        client = self.client()
        client.send(request("POST", "/containers/x/attach?stream=1", "Connection: Upgrade", "Upgrade: tcp"))
        client.response_head()
        client.send(b"x" * 50_000)
        client.half_close()
        self.assertEqual(len(client.read_to_end()), 100_000)
        record = self.only_record()
        self.assertEqual((record["operation"], record["status"]), ("ContainerAttach", 101))
        self.assertGreaterEqual(record["bytes_in"], 50_000)
        self.assertGreaterEqual(record["bytes_out"], 100_000)

    def test_bodies_are_counted(self):
        self.serve()
        self.ask(request("POST", "/images/load", "Content-Type: application/x-tar", body=b"x" * 5000))
        self.assertGreaterEqual(self.only_record()["bytes_in"], 5000)

    def test_each_of_many_pipelined_requests(self):
        self.serve(deny=["SystemInfo"])
        client = self.client()
        lines = [request("GET", "/version"), request("GET", "/info"), request("GET", "/nonsense")] * 30
        client.send(b"".join(lines) + b"nonsense\r\n\r\n")
        for _ in range(91):
            client.response()
        client.wait_closed()
        self.daemon.stop()
        statuses = [record["status"] for record in self.daemon.audit()]
        self.assertEqual(statuses, [200, 403, 404] * 30 + [400])

    def test_a_connection_without_a_request_leaves_none(self):
        self.serve()
        for _ in range(5):
            self.client().close()
        self.ask(request("GET", "/info"))
        self.only_record()

    def test_values_and_bodies_stay_out(self):
        """Queries and bodies hold tokens, registry passwords and environment variables."""
        secret = "hunter2"
        self.serve(deny=["ContainerCreate"])
        for data in (
            request("GET", f"/containers/json?filters={secret}&unknown={secret}"),
            request("GET", "/info", f"X-Registry-Auth: {secret}", f"Authorization: {secret}", f"Cookie: {secret}"),
            request("POST", "/containers/create", body=b'{"Env":["A=hunter2"]}'),
            request("POST", "/containers/x/exec", body=b'{"Env":["A=hunter2"]}'),
            request("GET", f"/containers/json?all={secret}&all={secret}"),
            request("GET", f"/containers/json?x={secret}%zz"),
            request("GET", "/info", f"A : {secret}"),
        ):
            self.ask(data)
        self.daemon.stop()
        self.assertEqual(len(self.daemon.audit()), 7)
        with open(self.path("audit.log"), encoding="utf-8") as file:
            self.assertNotIn(secret, file.read())
        self.assertNotIn(secret, self.daemon.log())

    def test_a_strange_target_cannot_forge_a_record(self):
        self.serve()
        self.ask(request("GET", "/containers/%22,%22decision%22:%22allow%0a%7b%7d/json"))
        self.assertIn(self.only_record()["status"], (200, 400, 403))

    def test_a_tcp_client_is_known_by_its_address(self):
        address = f"tcp://127.0.0.1:{free_port()}"
        self.serve(listeners=[{"address": address, "insecure": True, "profile": "p"}])
        self.ask(request("GET", "/info"))
        record = self.only_record()
        self.assertEqual((record["listener"], record["address"]), (address, "127.0.0.1"))
        self.assertNotIn("uid", record)

    def test_the_file_is_for_its_owner_only(self):
        self.serve()
        self.ask(request("GET", "/info"))
        self.daemon.await_audit()
        self.assertEqual(stat.S_IMODE(os.stat(self.path("audit.log")).st_mode) & 0o007, 0)
