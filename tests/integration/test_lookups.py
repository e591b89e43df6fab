# SPDX-License-Identifier: Apache-2.0
"""Networks that a request names by an id are looked at before anything of the request is sent."""

import json
import time
import urllib.parse

from tests.support.daemon import DaemonTest
from tests.support.fake_engine import reply
from tests.support.http import request

HOST = "c0ffee" + "0" * 58
OWN = "beef" + "1" * 60
VERSION = reply(200, b'{"ApiVersion":"1.47","MinAPIVersion":"1.24"}')
CREATED = reply(201, b'{"Id":"x"}')


def network(identifier, name, driver, **more):
    members = {"Name": name, "Id": identifier, "Scope": "local", "Driver": driver, "Ingress": False, **more}
    return reply(200, json.dumps(members).encode())


def create(mode, path="/v1.30/containers/create", **more):
    return request("POST", path, body=json.dumps({"Image": "a", "HostConfig": {"NetworkMode": mode}, **more}).encode())


def in_chunks(body, content_type="application/json", pieces=7):
    """An answer that is cut anywhere."""

    def answer(connection, seen):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: " + content_type.encode() +
                        b"\r\nTransfer-Encoding: chunked\r\n\r\n")
        for at in range(0, len(body), pieces):
            piece = body[at:at + pieces]
            connection.send(b"%x\r\n" % len(piece) + piece + b"\r\n")
        connection.send(b"0\r\n\r\n")

    return answer


class LookUps(DaemonTest):
    def serve_networks(self, answers=None, **config):
        self.serve({"GET /version": VERSION,
                    "GET /networks/c0ffee": network(HOST, "host", "host"),
                    f"GET /networks/{HOST}": network(HOST, "host", "host"),
                    "GET /networks/beef": network(OWN, "front", "bridge"),
                    f"GET /networks/{OWN}": network(OWN, "front", "bridge"),
                    "POST /containers/create": CREATED, **(answers or {})}, **config)

    def lines(self):
        return [each.line for each in self.engine.requests]

    def test_the_hosts_network_is_found_behind_its_id_and_its_beginning(self):
        self.serve_networks()
        for mode in (HOST, "c0ffee"):
            self.assertRefused(self.ask(create(mode)), 403, "constraint.namespaces.network")
        self.assertEqual([line for line in self.lines() if line.startswith("POST")], [])

    def test_any_other_network_is_joined_by_the_words_of_the_client(self):
        self.serve_networks()
        self.assertEqual(self.ask(create("beef")).status, 201)
        self.assertEqual(self.lines(), ["GET /version HTTP/1.1", "GET /v1.47/networks/beef HTTP/1.1",
                                        "POST /v1.30/containers/create HTTP/1.1"])
        self.assertIn(b'"NetworkMode":"beef"', self.engine.requests[-1].body)
        record = self.daemon.await_audit()[-1]
        self.assertEqual((record["decision"], record["lookups"]), ("allow", 1))
        self.assertIn("lookup_ms", record)

    def test_a_name_costs_no_question(self):
        self.serve_networks()
        self.assertEqual(self.ask(create("front")).status, 201)
        self.assertEqual(self.lines(), ["POST /v1.30/containers/create HTTP/1.1"])
        self.assertNotIn("lookups", self.daemon.await_audit()[-1])

    def test_a_network_is_connected_to_by_its_whole_id(self):
        self.serve_networks()
        self.assertEqual(self.ask(request("POST", "/v1.41/networks/beef/connect", body=b'{"Container":"web"}')).status, 200)
        self.assertEqual(self.lines()[-1], f"POST /v1.41/networks/{OWN}/connect HTTP/1.1")
        self.assertRefused(self.ask(request("POST", "/networks/c0ffee/connect", body=b'{"Container":"web"}')),
                           403, "constraint.namespaces.network")

    def test_the_version_is_asked_for_once_a_connection_and_a_whole_id_once(self):
        self.serve_networks()
        client = self.client()
        for _ in range(2):
            for mode in ("beef", OWN):
                client.send(create(mode))
                self.assertEqual(client.response().status, 201)
        self.assertEqual(self.lines().count("GET /version HTTP/1.1"), 1)
        self.assertEqual(self.lines().count("GET /v1.47/networks/beef HTTP/1.1"), 2)
        self.assertEqual(self.lines().count(f"GET /v1.47/networks/{OWN} HTTP/1.1"), 0, "beef has told it")

    def test_no_newer_version_is_asked_for_than_tidegate_knows(self):
        self.serve_networks({"GET /version": reply(200, b'{"ApiVersion":"1.99"}')})
        self.assertEqual(self.ask(create("beef")).status, 201)
        self.assertEqual(self.lines()[1], "GET /v1.52/networks/beef HTTP/1.1")

    def test_the_question_is_tidegates_own(self):
        self.serve_networks()
        body = json.dumps({"HostConfig": {"NetworkMode": "beef"}}).encode()
        self.ask(request("POST", "/containers/create", "X-Registry-Auth: e30=", "User-Agent: Evil", body=body))
        asked = self.engine.requests[1]
        self.assertEqual(asked.headers, [("Host", "docker")])

    def test_an_unknown_network_is_answered_in_the_engines_words(self):
        words = b'{"message":"network dead not found"}'
        self.serve_networks({"GET /networks/dead": reply(404, words)})
        client = self.client()
        client.send(create("dead"))
        got = client.response()
        self.assertEqual((got.status, got.body, got.reason), (404, words, None))
        client.send(create("front"))
        self.assertEqual(client.response().status, 201, "the connection goes on")
        record = self.daemon.await_audit(2)[0]
        self.assertEqual((record["decision"], record["reason"], record["status"]), ("deny", "object.missing", 404))

    def test_an_ambiguous_beginning_is_answered_in_the_engines_words(self):
        words = b'{"message":"network a is ambiguous (2 matches found on ID prefix)"}'
        self.serve_networks({"GET /networks/a": reply(400, words)})
        got = self.ask(create("a"))
        self.assertEqual((got.status, got.body), (400, words))

    def test_answers_that_are_no_network_refuse(self):
        for answer in (b"{}", b"[]", b'{"Id":"x","Name":"y"}', b"not json"):
            with self.subTest(answer=answer):
                self.engine.answers["GET /networks/abc"] = reply(200, answer)
                if not hasattr(self, "daemon"):
                    self.serve_networks({"GET /networks/abc": reply(200, answer)})
                self.assertRefused(self.ask(create("abc")), 502, "object.unavailable")

    def test_a_client_that_leaves_ends_the_question(self):
        def silent(connection, seen):
            connection.wait_closed()

        self.serve_networks({"GET /networks/ab": silent})
        client = self.client()
        client.send(create("ab"))
        self.engine.await_request(2)
        client.close()
        self.engine.connections[0].await_end()
        self.assertEqual(self.daemon.await_audit()[-1]["reason"], "client.left")
        self.assertEqual([line for line in self.lines() if line.startswith("POST")], [])

    def test_a_service_joins_a_swarm_network_by_its_whole_id_alone(self):
        swarm = "zfr21xbeuy8kalfpvgglfvu1h"
        self.serve_networks({f"GET /networks/{swarm}": network(swarm, "web", "overlay")}, allow=["*", "ServiceCreate"])

        def service(target):
            return request("POST", "/services/create", body=json.dumps(
                {"Name": "s", "TaskTemplate": {"ContainerSpec": {"Image": "a"}, "Networks": [{"Target": target}]}}).encode())

        self.assertEqual(self.ask(service(swarm)).status, 200)
        self.assertIn(f"GET /v1.47/networks/{swarm}?scope=swarm HTTP/1.1", self.lines())
        for target in (HOST, HOST[:26], HOST[:32], HOST[:6], "zfr21x", "web"):
            message = self.assertRefused(self.ask(service(target)), 403, "constraint.namespaces.network")
            self.assertIn("`containers.networks: [", message)

    def test_a_client_that_only_closes_its_sending_side_gets_its_answer(self):
        def slow(connection, seen):
            connection.read_body(seen)
            connection.await_go()
            return network(OWN, "front", "bridge")

        self.serve_networks({"GET /networks/beef": slow})
        client = self.client()
        client.send(create("beef"))
        client.half_close()
        self.engine.await_request(2)
        self.engine.connections[0].go.set()
        self.assertEqual(client.response().status, 201)

    def test_the_time_is_that_of_all_questions_together(self):
        def slow(connection, seen):
            time.sleep(0.3)
            connection.send(network(OWN, "front", "bridge").replace(b"Content-Type", b"Connection: close\r\nContent-Type"))
            connection.close()

        names = [f"a{i}" for i in range(8)]
        self.serve_networks({f"GET /networks/{name}": slow for name in names}, limits={"lookup_time": "1s"})
        body = {"NetworkingConfig": {"EndpointsConfig": {name: {} for name in names}}}
        self.assertRefused(self.ask(create("front", **body)), 502, "object.unavailable")

    def test_shadow_mode_records_what_could_not_be_found_out_and_lets_it_through(self):
        self.serve_networks({"GET /networks/dead": reply(404, b'{"message":"no"}')},
                            profiles={"p": {"allow": ["*"], "mode": "shadow"}})
        client = self.client()
        client.send(create("dead") + create("c0ffee"))
        self.assertEqual([client.response().status for _ in range(2)], [201, 201])
        first, second = self.daemon.await_audit(2)[-2:]
        self.assertEqual((first["would_deny"], first["reason"]), (True, "object.missing"))
        self.assertEqual((second["would_deny"], second["reason"]), (True, "constraint.namespaces.network"))

    def test_what_is_new_about_a_network_is_counted_and_refused_at_restricted(self):
        strange = network(OWN, "front", "bridge", Reach={"host": True})
        self.serve_networks({"GET /networks/beef": strange})
        self.assertEqual(self.ask(create("beef")).status, 201)
        self.daemon.await_log("'Reach'")


class Events(DaemonTest):
    EVENT = (b'{"status":"exec_create: mysql -phunter2","Action":"exec_create: mysql -phunter2","time":1}\n'
             b'{"Action":"exec_start: mysql -phunter2","time":2}\n{"Action":"die","time":3}\n')
    CUT = (b'{"status":"exec_create:","Action":"exec_create:","time":1}\n'
           b'{"Action":"exec_start:","time":2}\n{"Action":"die","time":3}\n')

    def events(self, *arguments):
        return {"GET /events": in_chunks(*arguments)}

    def test_a_monitor_sees_no_command_line_of_an_exec(self):
        for content_type in ("application/json", "application/x-ndjson", "application/jsonl"):
            with self.subTest(content_type=content_type):
                self.engine.answers.update(self.events(self.EVENT, content_type))
                if not hasattr(self, "daemon"):
                    self.serve(allow=["SystemEvents"])
                self.assertEqual(self.ask(request("GET", "/events")).body, self.CUT)

    def test_nor_in_a_json_sequence(self):
        body = b"".join(b"\x1e" + line + b"\n" for line in self.EVENT.splitlines())
        cut = b"".join(b"\x1e" + line + b"\n" for line in self.CUT.splitlines())
        self.serve(self.events(body, "application/json-seq"), allow=["SystemEvents"])
        self.assertEqual(self.ask(request("GET", "/events")).body, cut)

    def test_whoever_may_inspect_execs_sees_all(self):
        self.serve(self.events(self.EVENT), allow=["SystemEvents", "ExecInspect"])
        self.assertEqual(self.ask(request("GET", "/events")).body, self.EVENT)

    def test_events_with_a_length_lose_it(self):
        self.serve({"GET /events": reply(200, self.EVENT)}, allow=["SystemEvents"])
        got = self.ask(request("GET", "/events"))
        self.assertEqual((got.body, got.framing), (self.CUT, "chunked"))

    def test_an_old_client_gets_events_until_the_connection_ends(self):
        self.serve(self.events(self.EVENT), allow=["SystemEvents"])
        client = self.client()
        client.send(b"GET /events HTTP/1.0\r\nHost: x\r\n\r\n")
        got = client.response()
        self.assertEqual((got.body, got.framing), (self.CUT, "eof"))

    def test_events_come_as_soon_as_they_happen(self):
        def answer(connection, seen):
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.send(b"11\r\n" + b'{"Action":"die"}\n' + b"\r\n")
            connection.await_go()
            connection.send(b"0\r\n\r\n")

        self.serve({"GET /events": answer}, allow=["SystemEvents"])
        client = self.client()
        client.send(request("GET", "/events"))
        while client.read_line():
            pass
        client.read_line()
        self.assertEqual(client.read_exactly(17), b'{"Action":"die"}\n')
        self.engine.connections[0].go.set()

    def test_no_filter_tells_a_command_line_by_what_it_lets_through(self):
        self.serve(self.events(self.EVENT), allow=["SystemEvents"])
        for filters in ('{"event":{"health_status":true,"exec_create: mysql -ph":true}}', '{"event":["exec_start: m"]}',
                        '{"event":["\\u0065xec_create: m"]}', '{"event":[],"event":["exec_create: m"]}'):
            target = "/events?filters=" + urllib.parse.quote(filters)
            self.assertRefused(self.ask(request("GET", target)), 403, "operation.denied")
        self.assertEqual(self.engine.requests, [])
        for filters in ('{"event":["exec_create","exec_create: ","die"]}', '{"type":["container"]}'):
            target = "/events?filters=" + urllib.parse.quote(filters)
            self.assertEqual(self.ask(request("GET", target)).body, self.CUT)

    def test_a_long_command_line_does_not_end_the_stream(self):
        event = b'{"status":"exec_create: %s","Action":"exec_create: %s"}\n' % (b"x" * 300_000, b"y" * 300_000)
        self.serve(self.events(event, "application/json", 50_000), allow=["SystemEvents"])
        self.assertEqual(self.ask(request("GET", "/events")).body,
                         b'{"status":"exec_create:","Action":"exec_create:"}\n')

    def test_an_error_passes_as_it_is(self):
        words = b'{"message":"exec_create: is no filter"}'
        self.serve({"GET /events": reply(400, words)}, allow=["SystemEvents"])
        got = self.ask(request("GET", "/events"))
        self.assertEqual((got.status, got.body), (400, words))

    def test_a_form_that_tidegate_does_not_know_is_not_passed_on(self):
        self.serve({"GET /events": reply(200, self.EVENT, content_type="text/event-stream")}, allow=["SystemEvents"])
        self.assertRefused(self.ask(request("GET", "/events")), 502, "answer.form")

    def test_a_compressed_form_is_not_passed_on(self):
        self.serve({"GET /events": reply(200, b"\x1f\x8b", "Content-Encoding: gzip")}, allow=["SystemEvents"])
        self.assertRefused(self.ask(request("GET", "/events")), 502, "answer.form")


class EngineDefaults(DaemonTest):
    """Clients that recreate a container repeat what the engine chose for it."""

    RECREATED = request("POST", "/v1.44/containers/create?name=web", body=json.dumps(
        {"Image": "a", "HostConfig": {"NetworkMode": "default", "IpcMode": "private", "CgroupnsMode": "host"}}).encode())

    def serve_engine(self, **info):
        self.serve({"GET /version": VERSION, "GET /info": reply(200, json.dumps(info).encode()),
                    "POST /containers/create": CREATED}, version=1, profiles={"p": {"preset": "watchtower"}},
                   listeners=[{"address": f"unix://{self.path('w')}.sock", "mode": "0600", "profile": "p"}])
        return self.ask(self.RECREATED, address=self.path("w.sock"))

    def test_watchtower_recreates_containers_of_cgroup_version_1(self):
        self.assertEqual(self.serve_engine(CgroupVersion="1", SecurityOptions=["name=seccomp,profile=default"]).status, 201)
        self.assertEqual([each.line for each in self.engine.requests],
                         ["GET /version HTTP/1.1", "GET /v1.47/info HTTP/1.1",
                          "POST /v1.44/containers/create?name=web HTTP/1.1"])

    def test_watchtower_gets_no_host_cgroups_on_version_2(self):
        answer = self.serve_engine(CgroupVersion="2", SecurityOptions=["name=cgroupns"])
        self.assertRefused(answer, 403, "constraint.namespaces.cgroup")
        self.assertNotIn("POST", [each.method for each in self.engine.requests])

    def test_an_engine_that_is_configured_for_private_cgroups_is_heard(self):
        answer = self.serve_engine(CgroupVersion="1", SecurityOptions=["name=cgroupns"])
        self.assertRefused(answer, 403, "constraint.namespaces.cgroup")

    DOCKERD = {"ContainerdCommit": {"ID": "dea7da592f5d1d2b7755e3a161be07f43fad8f75"}}

    def test_dockerd_that_is_configured_for_the_hosts_cgroups_on_version_2_is_heard(self):
        answer = self.serve_engine(CgroupVersion="2", SecurityOptions=["name=seccomp,profile=builtin"], **self.DOCKERD)
        self.assertEqual(answer.status, 201)
        self.assertIn(b'"CgroupnsMode":"host"', self.engine.requests[-1].body)

    def test_dockerd_says_by_null_that_it_has_no_security_options(self):
        self.assertEqual(self.serve_engine(CgroupVersion="2", SecurityOptions=None, **self.DOCKERD).status, 201)

    def test_dockerd_without_security_options_has_no_private_cgroups(self):
        self.assertEqual(self.serve_engine(CgroupVersion="2", **self.DOCKERD).status, 201)

    def test_dockerd_with_private_cgroups_on_version_2_shares_none(self):
        answer = self.serve_engine(CgroupVersion="2", SecurityOptions=["name=cgroupns"], **self.DOCKERD)
        self.assertRefused(answer, 403, "constraint.namespaces.cgroup")

    def test_podman_never_mentions_cgroup_namespaces_and_has_them_on_version_2(self):
        answer = self.serve_engine(CgroupVersion="2", SecurityOptions=["name=seccomp,profile=default"],
                                   ContainerdCommit={"ID": ""}, BuildahVersion="1.39.0")
        self.assertRefused(answer, 403, "constraint.namespaces.cgroup")

    def test_an_engine_that_says_nothing_about_cgroups_has_none_to_share(self):
        self.assertRefused(self.serve_engine(), 403, "constraint.namespaces.cgroup")


class OldVersions(DaemonTest):
    """skopeo, podman and buildah ask for API 1.22."""

    def test_of_images_are_sent_as_the_engines_oldest(self):
        self.serve({"GET /version": reply(200, b'{"ApiVersion":"1.52","MinAPIVersion":"1.44"}')}, allow=["*"])
        client = self.client()
        for method, target in (("GET", "/images/a/json"), ("GET", "/images/get?names=a"), ("GET", "/images/a/get"),
                               ("POST", "/images/load?quiet=1"), ("GET", "/_ping")):
            client.send(request(method, "/v1.22" + target, body=None if method == "GET" else b"tar"))
            self.assertEqual(client.response().status, 200)
            self.assertEqual(self.engine.requests[-1].line, f"{method} /v1.44{target} HTTP/1.1")
        loaded = next(each for each in self.engine.requests if "/images/load" in each.target)
        self.assertEqual(loaded.body, b"tar")

    def test_below_1_24_are_never_sent(self):
        self.serve({"GET /version": reply(200, b'{"ApiVersion":"1.41","MinAPIVersion":"1.12"}')}, allow=["*"])
        self.assertEqual(self.ask(request("GET", "/v1.12/images/a/json")).status, 200)
        self.assertEqual(self.engine.requests[-1].line, "GET /v1.24/images/a/json HTTP/1.1")

    def test_of_anything_else_are_refused(self):
        self.serve(allow=["*"])
        for target in ("/v1.22/containers/json", "/v1.23/images/json", "/v1.11/images/a/json"):
            self.assertRefused(self.ask(request("GET", target)), 400, "version.too_old")
        self.assertEqual(self.engine.total, 0)

    def test_have_no_operation_that_there_is_not(self):
        self.serve(allow=["*"])
        self.assertRefused(self.ask(request("GET", "/v1.12/nothing")), 404, "operation.unknown")

    def test_are_sent_as_the_engines_oldest_in_shadow_mode_too(self):
        self.serve({"GET /version": VERSION}, profiles={"p": {"allow": ["SystemInfo"], "mode": "shadow"}})
        self.assertEqual(self.ask(request("GET", "/v1.12/images/a/json")).status, 200)
        self.assertEqual(self.engine.requests[-1].line, "GET /v1.24/images/a/json HTTP/1.1")
        record = self.daemon.await_audit()[-1]
        self.assertEqual((record["decision"], record["would_deny"], record["reason"]),
                         ("allow", True, "operation.denied"))

    def test_in_shadow_mode_are_sent_as_they_are_where_the_engine_does_not_tell_its_own(self):
        self.serve({"GET /version": reply(200, b'{"ApiVersion":"1.41"}')},
                   profiles={"p": {"allow": ["SystemInfo"], "mode": "shadow"}})
        self.assertEqual(self.ask(request("GET", "/v1.12/images/a/json")).status, 200)
        self.assertEqual(self.engine.requests[-1].line, "GET /v1.12/images/a/json HTTP/1.1")

    def test_wait_for_an_engine_that_tells_its_versions(self):
        self.serve({"GET /version": reply(200, b'{"ApiVersion":"1.41"}')}, allow=["*"])
        self.assertRefused(self.ask(request("GET", "/v1.22/images/a/json")), 502, "object.unavailable")


class Nodes(DaemonTest):
    NODE = "dkp8vy1dq1kxleu9g4u78tlag"

    def serve_node(self, role, index=7):
        node = {"ID": self.NODE, "Version": {"Index": index}, "Spec": {"Role": role, "Availability": "active"}}
        self.serve({"GET /version": VERSION, "GET /nodes/n1": reply(200, json.dumps(node).encode())}, allow=["@node"])
        return self.ask(request("POST", "/v1.41/nodes/n1/update?version=7",
                                body=b'{"Role":"manager","Availability":"drain"}'))

    def test_that_are_managers_are_drained(self):
        self.assertEqual(self.serve_node("manager").status, 200)
        self.assertEqual(self.engine.requests[-1].line, f"POST /v1.41/nodes/{self.NODE}/update?version=7 HTTP/1.1")

    def test_that_are_workers_are_not_promoted(self):
        self.assertRefused(self.serve_node("worker"), 403, "constraint.nodes")
        self.assertNotIn("POST", [each.method for each in self.engine.requests])

    def test_that_have_changed_meanwhile_are_not_updated(self):
        message = self.assertRefused(self.serve_node("manager", index=8), 403, "constraint.nodes")
        self.assertIn("version is '7', level baseline wants '8', which the node has now", message)
        self.assertNotIn("'worker'", message)
        self.assertNotIn("POST", [each.method for each in self.engine.requests])
