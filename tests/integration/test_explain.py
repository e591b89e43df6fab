# SPDX-License-Identifier: Apache-2.0
"""`tidegate explain`: what becomes of a request, or of all requests that a client's command makes."""

import importlib.util
import json
import os
import subprocess
import sys
import unittest

from tests.support.docker import docker_clients
from tests.support.explain import ALLOWED, CONFIG, INCONCLUSIVE, REFUSED, USAGE, ExplainTest


INFO = ("import os, socket; s = socket.socket(socket.AF_UNIX); s.connect(os.environ['DOCKER_HOST'][7:]);"
        "s.sendall(b'GET /info HTTP/1.0\\r\\n\\r\\n'); s.recv(99)")  # fmt: skip


class Requests(ExplainTest):
    def test_an_allowed_one_is_shown_as_it_would_be_sent(self):
        said = self.explain("--profile", "ci", "GET", "/v1.41/containers/web%31/json?size=1&x=2", status=ALLOWED)
        self.assertLine(said, "operation", "ContainerInspect (read-sensitive)")
        self.assertLine(said, "rule", "allow *")
        self.assertLine(said, "sends", "GET /v1.41/containers/web1/json?size=1")
        self.assertLine(said, "not sent", "x")

    def test_one_that_a_shadow_profile_lets_through_is_shown_with_why_and_what(self):
        config = self.write("shadow", json.dumps({
            "listeners": [{"address": "unix:///run/a.sock", "profile": "ci"}],
            "profiles": {"ci": {"allow": ["@container"], "mode": "shadow"}},
        }))  # fmt: skip
        body = '{"HostConfig":{"Privileged":true}}'
        said = self.explain("--profile", "ci", "POST", "/containers/create", "--body", body, status=REFUSED, config=config)
        self.assertLine(said, "decision", "allowed (shadow: would be refused)")
        self.assertLine(said, "reason", "constraint.privileged (403)")
        self.assertIn("HostConfig.Privileged is true, level baseline wants false", said)
        self.assertLine(said, "body", body)

    def test_a_refused_one_is_shown_with_rule_and_reason(self):
        said = self.explain("--profile", "monitor", "POST", "/containers/create", status=REFUSED)
        self.assertLine(said, "decision", "refused")
        self.assertLine(said, "rule", "default deny")
        self.assertLine(said, "reason", "operation.denied (403)")
        self.assertNotIn("sends", said)

    def test_the_listener_names_the_profile_too(self):
        for listener, profile in (("0", "monitor"), ("1", "ci"), ("unix:///run/b.sock", "ci")):
            said = self.explain("--listener", listener, "GET", "/_ping", status=ALLOWED)
            self.assertLine(said, "profile", profile)

    def test_all_violations_of_a_body_are_told(self):
        body = {"Image": "x", "HostConfig": {"Privileged": True, "PidMode": "host"}}
        file = self.write("body", json.dumps(body))
        for source, stdin in (("@" + file, b""), ("-", json.dumps(body).encode()), (json.dumps(body), b"")):
            said = self.explain("--profile", "ci", "POST", "/containers/create", "--body", source,
                                stdin=stdin, status=REFUSED)  # fmt: skip
            self.assertIn("HostConfig.Privileged is true, level baseline wants", said)
            self.assertIn("HostConfig.PidMode is", said)

    def test_the_body_is_shown_as_it_would_be_sent(self):
        said = self.explain("--profile", "ci", "POST", "/containers/create", "--body", '{"image":"x","HostConfig":null}',
                            status=ALLOWED)  # fmt: skip
        line = next(line for line in said.splitlines() if line.startswith("body"))
        sent = json.loads(line.removeprefix("body"))
        self.assertEqual(sent["Image"], "x")
        self.assertEqual(sent["HostConfig"]["SecurityOpt"], ["no-new-privileges"])
        self.assertRegex(said, r"put in +HostConfig\.SecurityOpt")

    def test_what_the_daemon_refuses_before_the_policy_is_refused_here(self):
        for arguments, reason in (
            (("GET", "/containers//json"), "target.not_canonical (400)"),
            (("GET", "/containers/json", "--body", "x"), "body.unexpected (400)"),
            (("POST", "/build", "--content-type", "application/x-www-form-urlencoded", "--body", "a=b"), "body.form (415)"),
            (("POST", "/containers/create", "--body", "{"), "body.not_json (400)"),
            (("PATCH", "/_ping"), "operation.unknown (404)"),
            (("GET", "/_ping", "--content-type", "application/jsön"), "head.field_value (400)"),
            (("POST", "/build", "--content-type", b"text/plain; x=\x80"), "head.field_value (400)"),
            (("GET", "/_ping", "--content-type", "a\x7f"), "head.field_value (400)"),
            (("GET", "/_ping", "--content-type", "a\r\nUpgrade: h2c"), "head.field_value (400)"),
            (("GET", "/_ping", "--content-type", "x" * (64 << 10)), "head.too_large (431)"),
            (("GET", "/_ping\r\nA: b"), "target.bad_byte (400)"),
            (("GET", "/_pi ng"), "head.request_line (400)"),
            (("GET", "/_p\x01ing"), "target.bad_byte (400)"),
            (("GET", "/" + "x" * (32 << 10)), "target.too_long (414)"),
        ):
            self.assertLine(self.explain("--profile", "ci", *arguments, status=REFUSED), "reason", reason)

    def test_blanks_around_a_content_type_are_no_part_of_it(self):
        said = self.explain("--profile", "ci", "POST", "/containers/create", "--content-type", " application/json\t",
                            "--body", '{"Image":"x"}', status=ALLOWED)  # fmt: skip
        self.assertLine(said, "decision", "allowed")

    def test_the_daemon_s_limits_hold_here(self):
        said = self.explain("--profile", "ci", "POST", "/containers/create", "--body", "-",
                            stdin=b'"' + b"x" * (1 << 20) + b'"', status=REFUSED)  # fmt: skip
        self.assertLine(said, "reason", "body.too_large (413)")

    def test_a_large_body_is_refused_too_where_its_content_is_ignored(self):
        said = self.explain("--profile", "ci", "POST", "/containers/web/stop", "--body", "-",
                            stdin=b"x" * ((1 << 20) + 1), status=REFUSED)  # fmt: skip
        self.assertLine(said, "reason", "body.too_large (413)")

    def test_a_body_that_was_forgotten_is_asked_for(self):
        said = self.explain("--profile", "ci", "POST", "/containers/create", status=REFUSED)
        self.assertRegex(said, "hint +give the body: --body @FILE")
        said = self.explain("--profile", "ci", "POST", "/containers/create", "--body", "", status=REFUSED)
        self.assertNotIn("give the body", said)

    def test_a_body_that_is_no_json_is_said_to_be_none(self):
        said = self.explain("--profile", "ci", "POST", "/containers/create", "--body", '{"Image":', status=REFUSED)
        self.assertRegex(said, "hint +what --body gives is no JSON")
        self.assertNotIn("allow by", said)

    def test_what_would_allow_it_is_told_as_what_to_add(self):
        config = self.write("asked", json.dumps({"profiles": {
            "ci": {"allow": ["@container"]}, "shadowed": {"allow": ["ContainerList"], "mode": "shadow"}, "denies": {"allow": ["@read"], "deny": ["ContainerLogs"]},
        }, "listeners": [{"address": "unix:///run/a.sock", "profile": "ci"}]}))  # fmt: skip
        for profile, request, body, change in (
            ("ci", ("GET", "/info"), None, ["profiles.ci.allow: [SystemInfo]"]),
            ("shadowed", ("GET", "/info"), None, ["profiles.shadowed.allow: [SystemInfo]"]),
            ("ci", ("POST", "/containers/create"), {"Image": "x", "HostConfig": {"Privileged": True}}, ["profiles.ci.containers.waive: [privileged]"]),
            ("ci", ("POST", "/containers/create"), {"Image": "x", "HostConfig": {"Privileged": True, "PidMode": "host", "UTSMode": "host"}},
             ["profiles.ci.containers.waive: [privileged, namespaces.pid, namespaces.uts]"]),
            ("shadowed", ("POST", "/containers/create"), {"Image": "x", "HostConfig": {"Privileged": True}},
             ["profiles.shadowed.allow: [ContainerCreate]", "profiles.shadowed.containers.waive: [privileged]"]),
            ("ci", ("POST", "/containers/create"), {"Image": "x", "HostConfig": {"Binds": ["/var/run/docker.sock:/s"]}},
             ["profiles.ci.containers.docker_socket: allow", "profiles.ci.containers.binds: [{path: /run/docker.sock}]"]),
            ("denies", ("GET", "/containers/x/logs"), None, ["profiles.denies.deny: without ContainerLogs"]), ("ci", ("POST", "/nothing"), None, None),
        ):  # fmt: skip
            more = ["--body", json.dumps(body)] if body else []
            said = json.loads(self.explain("--profile", profile, "--json", *request, *more, status=REFUSED, config=config))
            self.assertEqual((said["outcome"], said["requests"][0].get("change")), ("refused", change), said)
        said = self.explain("--profile", "ci", "GET", "/info", status=REFUSED, config=config)
        self.assertLine(said, "allow by", "profiles.ci.allow: [SystemInfo]")

    def test_variables_are_explained_by_the_file_that_check_makes_of_them(self):
        variables = {**os.environ, "CONTAINERS": "1", "ALLOW_START": "1"}
        file = subprocess.run([os.environ["TIDEGATE"], "check", "--env"], env=variables, capture_output=True, timeout=60, check=True).stdout
        config = self.write("variables", file.decode())
        self.explain("--listener", "0", "GET", "/containers/json", status=ALLOWED, config=config)
        said = self.explain("--listener", "0", "POST", "/containers/web/stop", status=REFUSED, config=config)
        self.assertRegex(said, r"allow by +profiles\..*\.allow: \[ContainerStop\]")

    def test_variables_are_explained_as_they_are_served(self):
        variables = {"CONTAINERS": "1", "ALLOW_START": "1"}
        said = self.explain("--env", "GET", "/containers/json", status=ALLOWED, environment=variables)
        self.assertLine(said, "profile", "environment")
        said = self.explain("--env", "POST", "/containers/web/stop", status=REFUSED, environment=variables)
        self.assertIn("`POST=1` would allow it", " ".join(said.split()))
        self.assertNotIn("allow by", said)
        asked = ("--env", "--json", "POST", "/containers/create", "--body", '{"HostConfig":{"Privileged":true}}')
        said = json.loads(self.explain(*asked, status=REFUSED, environment={**variables, "POST": "1"}))
        self.assertEqual((said["profile"], said["requests"][0]["reason"]), ("environment", "constraint.privileged"))
        self.assertNotIn("change", said["requests"][0])

    def test_mistakes_in_variables_are_told_and_what_changes_nothing_is_warned_of(self):
        self.assertIn("CONTAINERS: 'true' counts as off", self.complaint("--env", "GET", "/info", status=CONFIG, environment={"CONTAINERS": "true"}))
        done = self.run_explain("--env", "GET", "/_ping", environment={"ALLOW_STOP": "1"})
        self.assertEqual(done.returncode, ALLOWED)
        self.assertIn(b"ALLOW_STOP: lets nothing through without POST=1", done.stderr)

    def test_a_script_gets_one_document(self):
        said = json.loads(self.explain("--profile", "ci", "--json", "POST", "/v1.41/containers/create?x=1", "--body", '{"Image":"y","Z":1}', status=REFUSED))
        self.assertEqual((said["profile"], said["mode"], len(said["requests"])), ("ci", "enforce", 1))
        self.assertEqual(said["requests"][0]["reason"], "body.unknown_field")
        said = json.loads(self.explain("--profile", "ci", "--json", "POST", "/containers/create", "--body", '{"Image":"y"}', status=ALLOWED))
        self.assertEqual(said["outcome"], "allowed")
        told = said["requests"][0]
        self.assertEqual((told["decision"], told["operation"], told["rule"]), ("allowed", "ContainerCreate", "allow *"))
        self.assertEqual((told["sends"], told["enforced"]), ("POST /containers/create", ["HostConfig.SecurityOpt[0]"]))
        self.assertEqual(json.loads(told["body"])["Image"], "y")
        self.assertEqual(self.explain("--profile", "none", "--json", "GET", "/info", status=USAGE), "")

    def test_a_request_in_small_letters_or_in_the_wrong_order_is_corrected(self):
        for words, cure in (
            (("get", "/info"), "write GET /info"), (("Post", "/build"), "write POST /build"), (("/info", "GET"), "write GET /info"),
            (("/info", "get"), "write GET /info"), (("/info",), "METHOD TARGET"), (("GET",), "METHOD TARGET"),
            (("GET", "/info", "extra"), "leave out 'extra'"),
        ):  # fmt: skip
            self.assertIn(cure, self.complaint("--profile", "ci", *words))

    def test_bad_command_lines_and_configurations(self):
        self.explain("--profile", "none", "GET", "/_ping", status=USAGE)
        self.explain("--listener", "7", "GET", "/_ping", status=USAGE)
        self.explain("--profile", "ci", "--listener", "0", "GET", "/_ping", status=USAGE)
        self.assertIn("--profile NAME or --listener ADDRESS", self.complaint("GET", "/_ping"))
        self.explain("--env", "--config", self.config, "GET", "/_ping", status=USAGE)
        self.explain("--profile", "ci", status=USAGE)
        self.explain("--profile", "ci", "POST", "/containers/create", "--body", "@/nowhere", status=USAGE)
        self.explain("--profile", "ci", "--", "/no/such/client", "ps", status=USAGE)
        self.explain("--profile", "ci", "GET", "/_ping", config=self.write("bad", "profiles: 1"), status=CONFIG)


class Askers(ExplainTest):
    """Listeners with `clients`: --as says who asks."""

    def setUp(self):
        super().setUp()
        tls = {"cert": "/c.pem", "key": "/k.pem", "client_ca": "/ca.pem"}
        issuer = "CN=Größe CI CA,O=Corp"
        self.config = self.write("config", json.dumps({
            "listeners": [
                {"address": "unix:///run/a.sock",
                 "clients": [{"uid": 1000, "gid": 1000, "profile": "ci"}, {"uid": "root", "profile": "monitor"}]},
                {"address": "tcp://0.0.0.0:2376", "tls": tls,
                 "clients": [{"certificate": {"common_name": "ops-*"}, "profile": "ci"},
                             {"certificate": {"san": "spiffe://corp/ci/*"}, "address": "10.0.0.0/8", "profile": "monitor"},
                             {"certificate": {"issuer": issuer, "key_sha256": "a" * 64}, "profile": "monitor"},
                             {"certificate": {"organizational_unit": ["dev", "qa"], "email": "*@corp.example"}, "profile": "ci"}]},
                {"address": "tcp://0.0.0.0:2375", "insecure": True,
                 "clients": [{"address": "10.0.0.0/8", "profile": "monitor"}]},
                {"address": "unix:///run/b.sock", "profile": "ci"}],
            "profiles": {"monitor": {"allow": ["@read"]}, "ci": {"allow": ["*"]}},
        }))  # fmt: skip

    def test_the_rule_that_matches_gives_the_profile(self):
        for listener, who, profile in (
            ("0", ("uid=1000,gid=1000",), "ci"),
            ("0", ("uid=root", "gid=7"), "monitor"),
            ("1", ("cn=ops-bob",), "ci"),
            ("1", ("san=a.corp,san=spiffe://corp/ci/7,address=10.1.2.3",), "monitor"),
            ("1", ("san=a.corp", "san=spiffe://corp/ci/7", "address=::ffff:10.1.2.3"), "monitor"),
            ("1", ("ou=x,ou=qa,email=bob@corp.example",), "ci"),
            ("1", ("key_sha256=" + "A" * 64 + ",issuer=CN=Größe CI CA,O=Corp",), "monitor"),
            ("1", ("key_sha256=" + "A" * 64, r"issuer=CN=Gr\C3\B6\C3\9Fe CI CA,O=Corp"), "monitor"),
            ("2", ("address=10.1.2.3",), "monitor"),
            ("3", ("uid=7,gid=7",), "ci"),
            ("3", (), "ci"),
        ):
            arguments = [word for text in who for word in ("--as", text)]
            said = self.explain("--listener", listener, *arguments, "GET", "/_ping", status=ALLOWED)
            self.assertLine(said, "profile", profile)

    def test_nobody_else_is_served(self):
        for listener, who, seen in (
            ("0", "uid=1000,gid=7", "uid 1000, gid 7"),
            ("1", "cn=dev-bob,address=192.0.2.1", "the certificate 'dev-bob' from 192.0.2.1"),
            ("1", "san=spiffe://corp/ci/7,address=192.0.2.1", "the certificate 'spiffe://corp/ci/7' from 192.0.2.1"),
            ("1", "address=10.1.2.3", "10.1.2.3"),
            ("1", "ou=qa,san=bob@corp.example", "the certificate 'bob@corp.example'"),
            ("2", "address=192.0.2.1", "192.0.2.1"),
        ):
            said = self.explain("--listener", listener, "--as", who, "GET", "/_ping", status=REFUSED)
            self.assertLine(said, "reason", "client.unknown (403)")
            self.assertIn("no rule under `clients` of ", said)
            self.assertTrue(said.rstrip().endswith(" matches " + seen), said)

    def test_a_client_s_command_gets_the_profile_too(self):
        said = self.explain("--listener", "0", "--as", "uid=0,gid=0", "--", "true", status=INCONCLUSIVE)
        self.assertLine(said, "profile", "monitor")
        said = self.explain("--listener", "0", "--as", "uid=7,gid=7", "--", "true", status=REFUSED)
        self.assertIn("client.unknown: no rule under `clients` of unix:///run/a.sock matches uid 7, gid 7", said)

    def test_what_the_listener_cannot_tell_of_a_client_is_no_answer(self):
        for listener, who, problem in (
            ("0", "address=10.1.2.3", "are known by uid and gid only"),
            ("0", "uid=1000", "write --as uid=1000,gid=1000"),
            ("0", "uid=no such user,gid=7", "there is no user"),
            ("1", "uid=0,gid=0", "have no uid or gid"),
            ("1", "address=10.1.2", "is not an IP address"),
            ("1", "name=bob", "write uid, gid, address, cn, ou, san, email, issuer or key_sha256"),
            ("2", "cn=bob", "the listener has no `tls`"),
        ):
            self.assertIn(problem, self.complaint("--listener", listener, "--as", who, "GET", "/_ping"))

    def test_who_asks_must_be_said(self):
        for listener, cure in (("0", "--as uid=1000,gid=1000"), ("1", "--as cn=ops-bob"), ("2", "--as address=192.0.2.1")):
            self.assertIn(cure, self.complaint("--listener", listener, "GET", "/_ping"))
        self.complaint("--profile", "ci", "--as", "uid=0,gid=0", "GET", "/_ping")

    def test_the_help_names_all_that_a_client_is_known_by(self):
        said = " ".join(self.explain("--help", status=ALLOWED).split())
        self.assertIn("uid, gid, address, cn, ou, san, email, issuer or key_sha256", said)


class Clients(ExplainTest):
    def test_any_client_finds_the_private_socket_in_its_environment(self):
        script = "import os, socket; s = socket.socket(socket.AF_UNIX); s.connect(os.environ['DOCKER_HOST'][7:]);"
        script += "s.sendall(b'GET /_ping HTTP/1.0\\r\\n\\r\\n'); print(s.recv(99)[:15].decode())"
        said = self.explain("--profile", "monitor", "--", "python3", "-c", script, status=INCONCLUSIVE)
        self.assertIn("HTTP/1.1 200 OK", said)
        self.assertRegex(said, r"allowed +SystemPing +GET /_ping\n +allow @read\n1 requests, 0 refused; python3 ended with 0")

    def test_a_client_is_explained_by_variables_too(self):
        command = ("--env", "--", "python3", "-c", INFO)
        for variables, fate, status in (({"INFO": "1"}, "allowed", INCONCLUSIVE), ({"INFO": "0"}, "refused", REFUSED)):
            said = self.explain(*command, status=status, environment=variables)
            self.assertRegex(said, fate + r" +SystemInfo +GET /info\n")
        self.assertIn("`INFO=1` would allow it", " ".join(said.split()))
        self.assertNotIn("to allow it:", said)

    def test_what_shadow_mode_lets_through_is_told_with_its_reason_and_counts_as_refused(self):
        config = self.write("shadow", json.dumps({
            "listeners": [{"address": "unix:///run/a.sock", "profile": "ci"}],
            "profiles": {"ci": {"allow": ["@image"], "mode": "shadow"}},
        }))  # fmt: skip
        script = "import os, socket; s = socket.socket(socket.AF_UNIX); s.connect(os.environ['DOCKER_HOST'][7:]);"
        script += "s.sendall(b'GET /_ping HTTP/1.0\\r\\n\\r\\n'); s.recv(99)"
        said = self.explain("--profile", "ci", "--", "python3", "-c", script, status=REFUSED, config=config)
        self.assertRegex(said, r"refused +SystemPing +GET /_ping\n +default deny: operation.denied\n")
        self.assertIn("1 requests, 1 refused", said)
        self.assertIn("profile ci is in shadow mode: the daemon lets these pass", said)


    def test_a_client_that_is_refused_goes_on_unless_refusals_are_asked_for(self):
        script = ("import http.client, os, socket\n"
                  "def ask(method, target, body):\n"
                  "    link = http.client.HTTPConnection('localhost'); link.sock = socket.socket(socket.AF_UNIX)\n"
                  "    link.sock.connect(os.environ['DOCKER_HOST'][7:]); link.request(method, target, body)\n"
                  "    print(link.getresponse().status)\n"
                  "ask('POST', '/containers/create?name=web', '{\"Image\":\"x\",\"HostConfig\":{\"Privileged\":true}}')\n"
                  "ask('POST', '/containers/web/start', None)\n")  # fmt: skip
        command = ("--profile", "ci", "--json", "--", "python3", "-c", script)
        for options, statuses in (((), b"201\n204\n"), (("--refuse",), b"403\n404\n")):
            done = self.run_explain(*options, *command)
            self.assertEqual(done.returncode, REFUSED)
            self.assertTrue(done.stderr.endswith(statuses), done.stderr)
            said = json.loads(done.stdout)
            self.assertEqual([each["decision"] for each in said["requests"]], ["refused", "allowed"])
            self.assertIn("HostConfig.Privileged is true, level baseline wants false", said["requests"][0]["message"])
            self.assertEqual(said["client"], {"command": ["python3", "-c", script], "exit_code": 0})
            self.assertEqual(said["requests"][0]["change"], ["profiles.ci.containers.waive: [privileged]"])

    def test_each_refused_request_gets_its_own_change_whatever_came_before_on_its_path(self):
        script = ("import http.client, json, os, socket\n"
                  "for host in ({}, {'PidMode': 'host'}, {'Memory': 0}, {'Privileged': True}):\n"
                  "    link = http.client.HTTPConnection('localhost'); link.sock = socket.socket(socket.AF_UNIX)\n"
                  "    link.sock.connect(os.environ['DOCKER_HOST'][7:])\n"
                  "    link.request('POST', '/containers/create', json.dumps({'Image': 'x', 'HostConfig': host}))\n"
                  "    link.getresponse().read()\n")  # fmt: skip
        for options in ((), ("--refuse",)):
            said = json.loads(self.explain(*options, "--profile", "ci", "--json", "--", "python3", "-c", script, status=REFUSED))
            waived = [each.get("change") for each in said["requests"]]
            self.assertEqual(waived, [None, ["profiles.ci.containers.waive: [namespaces.pid]"], None, ["profiles.ci.containers.waive: [privileged]"]])

    def test_what_the_stand_in_cannot_do_and_what_fails_otherwise_tells_nothing(self):
        ask = "import os, socket; s = socket.socket(socket.AF_UNIX); s.connect(os.environ['DOCKER_HOST'][7:]); s.sendall(b'{} HTTP/1.0\\r\\n\\r\\n'); s.recv(99); exit({})"
        config = self.write("open", json.dumps({
            "listeners": [{"address": "unix:///run/a.sock", "profile": "all"}],
            "profiles": {"all": {"allow": ["*"], "containers": {"level": "unconfined"}}}}))  # fmt: skip
        for request, code, why in (
            ("GET /swarm", 0, "the stand-in engine cannot do SwarmInspect"), ("GET /_ping", 3, "it failed, and not because of a refusal"),
        ):  # fmt: skip
            said = self.explain("--profile", "all", "--", "python3", "-c", ask.format(request, code), status=INCONCLUSIVE, config=config)
            self.assertIn("inconclusive: " + why, said)
            said = self.explain("--profile", "all", "--json", "--", "python3", "-c", ask.format(request, code), status=INCONCLUSIVE, config=config)
            self.assertEqual(json.loads(said)["outcome"], "inconclusive")
            self.assertIn(why, json.loads(said)["why"])


class OtherEngines(ExplainTest):
    """What a client asks only where an engine has less, or more, than the stand-in."""

    def setUp(self):
        super().setUp()
        self.config = self.write("narrow", json.dumps({
            "listeners": [{"address": "unix:///run/a.sock", "profile": "ci"}],
            "profiles": {"ci": {"allow": ["@system", "@container"]}, "reads": {"allow": ["@system", "ContainerList", "ImageList", "VolumeList"]},
                         "stays": {"allow": ["*"], "deny": ["ContainerStop", "ContainerLogs"]},
                         "all": {"allow": ["*"]}}}))  # fmt: skip

    def rehearse(self, profile, *command, status):
        return json.loads(self.explain("--profile", profile, "--json", "--", *command, status=status))

    def test_the_pull_of_an_image_that_may_be_missing_is_judged(self):
        for client in docker_clients():
            said = self.rehearse("ci", client, "run", "--rm", "corp/alpine:3", "true", status=INCONCLUSIVE)
            self.assertIn("where an engine lacks one", said["why"])
            told = said["supposed"][0]
            self.assertEqual((told["decision"], told["operation"], told["if"]), ("refused", "ImageCreate", "the engine has no image corp/alpine:3"))
            self.assertEqual(told["change"], ["profiles.ci.allow: [ImageCreate]"])
            said = self.rehearse("all", client, "run", "--rm", "corp/alpine:3", "true", status=ALLOWED)
            self.assertEqual([each["decision"] for each in said["supposed"]], ["allowed"])

    def test_what_may_be_done_with_the_containers_of_an_engine_is_judged(self):
        if not os.path.exists("/usr/bin/docker-compose"):
            self.skipTest("docker-compose is not installed")
        file = self.write("docker-compose.yml", json.dumps({"version": "3.7", "services": {"web": {"image": "web:1"}}}))
        command = ("/usr/bin/docker-compose", "-f", file, "-p", "proj")
        for words in (("down",), ("rm", "-f"), ("logs",)):
            said = self.rehearse("stays", *command, *words, status=INCONCLUSIVE)
            self.assertTrue(said["why"].endswith("the profile refuses ContainerLogs, ContainerStop"), said["why"])
        self.rehearse("all", *command, "down", status=ALLOWED)

    def test_a_client_that_only_lists_does_nothing_with_what_it_finds(self):
        for client in docker_clients():
            for words in (("ps",), ("container", "ls"), ("volume", "ls"), ("images", "none")):
                self.rehearse("reads", client, *words, status=ALLOWED)


class DockerClients(ExplainTest):
    def setUp(self):
        if not docker_clients():
            self.skipTest("no docker CLI is installed")
        super().setUp()

    def test_a_privileged_run_is_refused(self):
        for client in docker_clients():
            said = self.explain("--profile", "ci", "--", client, "run", "--privileged", "alpine", status=REFUSED)
            self.assertRegex(said, r"refused +ContainerCreate +POST /v1\.41/containers/create\n.*constraint\.privileged")
            self.assertIn("1 refused", said)

    def test_an_ordinary_run_is_allowed_from_its_beginning_to_its_end(self):
        for client in docker_clients():
            said = self.explain("--profile", "ci", "--", client, "run", "--rm", "-i", "alpine", "cat",
                                stdin=b"echo\n", status=ALLOWED)  # fmt: skip
            self.assertIn("echo\n", said)
            for operation in ("ContainerCreate", "ContainerAttach", "ContainerWait", "ContainerStart"):
                self.assertRegex(said, rf"allowed +{operation} ")
            self.assertRegex(said, r"put in HostConfig\.SecurityOpt")


GITLAB_RUNNER = """
import docker
engine = docker.from_env()
labels = {"com.gitlab.gitlab-runner.managed": "true"}
engine.images.pull("gitlab/gitlab-runner-helper", tag="x86_64-v17")
cache = engine.volumes.create("runner-cache", labels=labels)
network = engine.networks.create("job", labels=labels)
engine.containers.run("postgres:16", detach=True, name="db", network="job", labels=labels)
engine.images.build(fileobj=__import__("io").BytesIO(b"FROM alpine"), tag="own", rm=True)
for name in ("predefined", "build"):
    box = engine.containers.create("alpine:3.20", ["sh"], name=name, labels=labels, volumes={"runner-cache": {"bind": "/builds"}}, **MORE)
    stream = box.attach(stream=True, stdout=True, logs=True)
    box.start()
    box.stop()
    assert box.wait()["StatusCode"] == 0  # nothing runs in it, and somebody is attached
    box.remove(force=True, v=True)
for each in engine.containers.list(all=True, filters={"label": list(labels)}):
    each.remove(force=True)
engine.networks.prune(filters={"label": list(labels)})
cache.remove()
assert engine.containers.prune(filters={"label": list(labels)})["SpaceReclaimed"] == 0
"""


class GitlabRunner(ExplainTest):
    def setUp(self):
        if importlib.util.find_spec("docker") is None:
            self.skipTest("docker-py is not installed")
        super().setUp()

    def rehearse(self, more, status):
        script = self.write("runner.py", GITLAB_RUNNER.replace("**MORE", more))
        return self.explain("--profile", "ci", "--", sys.executable, script, status=status)

    def test_a_job_goes_from_its_pulls_to_its_prunes(self):
        said = self.rehearse("", INCONCLUSIVE)
        self.assertIn(" 0 refused;", said)
        for operation in ("ImageCreate", "VolumeCreate", "NetworkCreate", "ImageBuild", "ContainerWait", "NetworkPrune", "ContainerPrune"):
            self.assertRegex(said, rf"allowed +{operation} ")

    def test_all_that_is_refused_is_told_in_one_run(self):
        said = self.rehearse("privileged=True", REFUSED)
        self.assertEqual(said.count("constraint.privileged"), 2)
        self.assertIn("profiles.ci.containers.waive: [privileged]", said)
        self.assertRegex(said, "allowed +ContainerPrune ")


@unittest.skipUnless(os.path.exists("/usr/bin/docker-compose"), "docker-compose is not installed")
class Compose(ExplainTest):
    def test_a_project_comes_up_and_one_that_asks_too_much_is_told_why(self):
        project = {
            "version": "3.7", "volumes": {"data": {}}, "networks": {"inner": {}}, "services": {
                "db": {"image": "postgres:16", "volumes": ["data:/data"], "networks": ["inner"]},
                "web": {"image": "web:1", "depends_on": ["db"], "networks": ["inner"]},
            }}  # fmt: skip
        said = self.rehearse(project, status=ALLOWED)
        for operation in ("NetworkCreate", "VolumeCreate", "ContainerCreate", "ContainerStart"):
            self.assertRegex(said, rf"allowed +{operation} ")
        self.assertEqual(said.count("ContainerStart "), 2)
        project["services"]["web"]["privileged"] = True
        project["services"]["db"]["pid"] = "host"
        said = self.rehearse(project, status=REFUSED)
        for reason in ("constraint.privileged", "constraint.namespaces.pid"):
            self.assertIn(reason, said)
        self.assertEqual(said.count("ContainerStart "), 2)

    def rehearse(self, project, status):
        file = self.write("docker-compose.yml", json.dumps(project))
        return self.explain("--profile", "ci", "--", "/usr/bin/docker-compose", "-f", file, "-p", "proj", "up", "-d", status=status)


if __name__ == "__main__":
    unittest.main()
