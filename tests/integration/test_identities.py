# SPDX-License-Identifier: Apache-2.0
"""Who a client is decides which profile it gets: by certificate, address, uid or gid; the first rule counts."""

import os
import subprocess
import sys
import threading
import unittest

from tests.support.certificates import Authority, key_sha256_of
from tests.support.daemon import Daemon, DaemonTest, socket_address
from tests.support.tls_test import TlsTest

PROFILES = {"reader": {"allow": ["@read"]}, "writer": {"allow": ["*"]}, "nothing": {"allow": []}}

# A client of another user: prints the status that GET /info and a create are answered with.
VISITOR = """
import socket, sys
for request in (b"GET /info HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
                b"POST /containers/create HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: application/json\\r\\nContent-Length: 2\\r\\n\\r\\n{}"):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(10)
    client.connect(sys.argv[1])
    client.sendall(request)
    print(client.recv(65536)[9:12].decode())
"""


def certificate(**match):
    return {"certificate": match}


class Certificates(TlsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ci = cls.authority.client("ci-1", sans=("URI:spiffe://corp/ci/runner-7", "DNS:runner-7.ci.corp"))
        cls.ops = cls.client_pair

    def serve_rules(self, *rules, **tls):
        self.serve(listeners=[self.listener(list(rules), **tls)], profiles=PROFILES)

    def assertProfile(self, profile, pair, **options):
        """A profile is told by what it lets through."""
        seen = [self.status(pair, method, target, **options) for method, target in
                (("GET", "/info"), ("POST", "/containers/create"))]
        self.assertEqual(seen, {"writer": [200, 200], "reader": [200, 403], None: [403, 403]}[profile])

    def test_two_certificates_get_two_profiles_at_once(self):
        self.serve_rules(certificate(common_name="ops-*") | {"profile": "writer"},
                         certificate(common_name="ci-*") | {"profile": "reader"})
        failures = []

        def ask(pair, profile):
            try:
                for _ in range(10):
                    seen = self.status(pair, "POST", "/containers/create")
                    self.assertEqual(seen, {"writer": 200, "reader": 403}[profile])
            except (AssertionError, OSError) as error:
                failures.append(error)

        clients = [threading.Thread(target=ask, args=who) for who in ((self.ops, "writer"), (self.ci, "reader")) * 3]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        self.assertEqual(failures, [])
        by_name = {(record["common_name"], record["profile"]) for record in self.daemon.await_audit(60)}
        self.assertEqual(by_name, {("ops-1", "writer"), ("ci-1", "reader")})

    def test_the_first_rule_that_matches_counts(self):
        self.serve_rules(certificate(common_name="ci-1") | {"profile": "reader"},
                         certificate(common_name="*") | {"profile": "writer"})
        self.assertProfile("reader", self.ci)
        self.assertProfile("writer", self.ops)

    def test_by_subject_alternative_name(self):
        self.serve_rules(certificate(san="spiffe://corp/ci/*") | {"profile": "reader"},
                         certificate(san="one.corp") | {"profile": "writer"})
        self.assertProfile("reader", self.ci)
        self.assertProfile("writer", self.ops)
        self.assertProfile(None, self.authority.client("spiffe://corp/ci/1"))
        self.assertProfile(None, self.authority.client("x", sans=("URI:spiffe://corp/ci/a/b",)))
        self.assertProfile(None, self.authority.client("x", sans=("URI:spiffe://evil/spiffe://corp/ci/1",)))

    def test_a_name_of_another_kind_is_another_name(self):
        """An authority may be permitted to vouch for hosts only: what it signs as a host is no URI and no address."""
        self.serve_rules(certificate(san="spiffe://corp/ci/*") | {"profile": "writer"},
                         certificate(san="192.0.2.*") | {"profile": "writer"},
                         certificate(san="*.corp") | {"profile": "reader"})
        self.assertProfile(None, self.authority.client("x", sans=("DNS:spiffe://corp/ci/7",)))
        self.assertProfile(None, self.authority.client("x", sans=("DNS:192.0.2.1",)))
        self.assertProfile(None, self.authority.client("x", sans=("URI:runner.corp",)))
        self.assertProfile(None, self.authority.client("x", sans=("email:root@one.corp",)))
        self.assertProfile("reader", self.authority.client("x", sans=("DNS:192.0.2.1", "DNS:two.corp")))

    def test_a_uri_with_another_s_path_in_it_is_nobody_s(self):
        self.serve_rules(certificate(san="spiffe://corp/ci/**") | {"profile": "reader"})
        for path in ("ci/../admin", "ci/%2e%2e/admin", "ci//7", "ci/./7", "ci/", "ci/a%2Fb"):
            self.assertProfile(None, self.authority.client("x", sans=(f"URI:spiffe://corp/{path}",)))
        self.assertProfile("reader", self.authority.client("x", sans=("URI:SPIFFE://Corp/%63i/a/b",)))

    def test_by_an_address_in_the_certificate(self):
        self.serve_rules(certificate(san="192.0.2.1") | {"profile": "writer"})
        self.assertProfile("writer", self.ops)
        self.assertProfile(None, self.ci)

    def test_by_issuer(self):
        """Two authorities are trusted, each for clients of its own."""
        partner = Authority(self.certificates, "Partner CA")
        both = self.path("both.pem")
        with open(both, "w", encoding="ascii") as file:
            for authority in (self.authority, partner):
                with open(authority.cert, encoding="ascii") as part:
                    file.write(part.read())
        self.serve_rules(certificate(issuer="CN=Test CA", common_name="ops-*") | {"profile": "writer"},
                         certificate(issuer="CN=Partner CA") | {"profile": "reader"}, client_ca=both)
        self.assertProfile("writer", self.ops)
        self.assertProfile("reader", partner.client("ops-1"))
        self.assertProfile(None, self.ci)

    def test_by_an_issuer_in_letters_or_as_openssl_prints_it(self):
        authority = Authority(self.certificates, "Größe, Müller CA")
        client = authority.client("x")
        for issuer in ("CN=Größe\\, Müller CA", r"CN=Gr\C3\B6\C3\9Fe\, M\C3\BCller CA", "CN=Größe**"):
            self.serve_rules(certificate(issuer=issuer) | {"profile": "writer"}, client_ca=authority.cert)
            self.assertProfile("writer", client)
            self.daemon.stop()

    def test_by_organizational_unit(self):
        self.serve_rules(certificate(organizational_unit=["ops", "dev*"]) | {"profile": "writer"})
        self.assertProfile("writer", self.authority.client("x", units=("emea", "ops")))
        self.assertProfile("writer", self.authority.client("x", units=("developers",)))
        self.assertProfile(None, self.authority.client("ops", units=("emea",)))
        self.assertProfile(None, self.ops)

    def test_by_email_address(self):
        self.serve_rules(certificate(email="*@one.corp") | {"profile": "writer"})
        self.assertProfile("writer", self.authority.client("x", sans=("email:bob@One.corp",)))
        for san in ("DNS:bob@one.corp", "URI:bob@one.corp", "email:bob@two.corp", "otherName:1.3.6.1.5.5.7.8.9;UTF8:bob@one.corp"):
            self.assertProfile(None, self.authority.client("bob@one.corp", sans=(san,)))

    def test_by_one_of_several_values(self):
        self.serve_rules(certificate(common_name=["ops-*", "ci-*"], san=["spiffe://corp/ci/**", "192.0.2.1"]) | {"profile": "writer"})
        self.assertProfile("writer", self.ops)
        self.assertProfile("writer", self.ci)
        self.assertProfile(None, self.authority.client("ops-2"))

    def test_by_key(self):
        self.serve_rules(certificate(key_sha256=key_sha256_of(self.ops)) | {"profile": "writer"})
        self.assertProfile("writer", self.ops)
        self.assertProfile(None, self.authority.client("ops-1"))

    def test_by_address(self):
        self.serve_rules({"address": "127.0.1.0/24", "profile": "writer"} | certificate(common_name="ops-*"),
                         {"address": "127.0.0.2", "profile": "reader"})
        self.assertProfile("writer", self.ops, source="127.0.1.77")
        self.assertProfile("reader", self.ci, source="127.0.0.2")
        self.assertProfile("reader", self.ops, source="127.0.0.2")
        self.assertProfile(None, self.ci, source="127.0.1.77")
        self.assertTurnedAway(source="127.0.2.1")

    def test_all_conditions_of_a_rule_must_hold(self):
        self.serve_rules(certificate(common_name="ops-*", san="spiffe://corp/ci/**") | {"profile": "writer"})
        self.assertProfile(None, self.ops)
        self.assertProfile(None, self.ci)
        self.assertProfile("writer", self.authority.client("ops-2", sans=("URI:spiffe://corp/ci/a/b",)))

    def test_a_profile_that_no_rule_names_is_given_to_nobody(self):
        self.serve_rules(certificate(common_name="ops-*") | {"profile": "nothing"})
        self.assertEqual(self.status(self.ops), 403)
        self.assertEqual(self.daemon.await_audit()[0]["reason"], "operation.denied")


class Mistakes(TlsTest):
    """A rule that cannot do what it says stops the start."""

    def complains(self, listener):
        daemon = Daemon(self.folder, self.config(listeners=[listener]))
        daemon.start()
        self.assertNotEqual(daemon.process.wait(10), 0)
        self.assertIn("tidegate.yaml:", daemon.log())
        return daemon.log()

    def test_a_rule_without_a_known_profile(self):
        self.assertIn("ghost", self.complains(self.listener([certificate(common_name="x") | {"profile": "ghost"}])))

    def test_an_address_that_is_none(self):
        self.assertIn("10.0.0.0/33", self.complains(self.listener([{"address": "10.0.0.0/33", "profile": "p"}])))

    def test_a_name_that_no_certificate_can_have(self):
        said = self.complains(self.listener([certificate(san="spiffe://corp/../x") | {"profile": "p"}]))
        self.assertIn("listeners[0].clients[0].certificate.san", said)
        self.assertIn("has a segment `.` or `..`", said)

    def test_both_a_profile_and_rules(self):
        self.complains(self.listener([certificate(common_name="x") | {"profile": "p"}]) | {"profile": "p"})

    def test_neither(self):
        listener = self.listener()
        del listener["profile"]
        self.complains(listener)

    def test_a_certificate_where_there_is_no_tls(self):
        self.complains({"address": f"unix://{self.path('in.sock')}", "clients": [certificate(common_name="x") | {"profile": "p"}]})

    def test_a_uid_where_nobody_has_one(self):
        self.complains(self.listener([{"uid": 0, "profile": "p"}]))


@unittest.skipUnless(os.getuid() == 0, "only root may become somebody else")
class Users(DaemonTest):
    def serve_rules(self, *rules):
        os.chmod(self.folder, 0o711)
        listener = {"address": f"unix://{self.path('in.sock')}", "mode": "0660", "group": "4321", "clients": list(rules)}
        self.serve(listeners=[listener], profiles=PROFILES)

    def visit(self, uid, gid=4321):
        path = socket_address(self.daemon.config["listeners"][0])
        done = subprocess.run([sys.executable, "-c", VISITOR, path], user=uid, group=gid, extra_groups=[4321],
                              capture_output=True, check=True, text=True, cwd="/")  # fmt: skip
        return done.stdout.split()

    def test_by_uid(self):
        self.serve_rules({"uid": 0, "profile": "writer"}, {"uid": 1234, "profile": "reader"})
        self.assertEqual(self.visit(0), ["200", "200"])
        self.assertEqual(self.visit(1234), ["200", "403"])
        self.assertEqual(self.visit(1235), ["403", "403"])
        reasons = [record.get("reason") for record in self.daemon.await_audit(6)]
        self.assertCountEqual(reasons, [None, None, None, "operation.denied", "client.unknown", "client.unknown"])
        self.assertEqual(len(self.engine.requests), 3)

    def test_by_gid(self):
        self.serve_rules({"gid": 4321, "profile": "reader"})
        self.assertEqual(self.visit(1234, gid=4321), ["200", "403"])
        self.assertEqual(self.visit(1234, gid=1234), ["403", "403"])

    def test_by_the_name_of_a_user(self):
        self.serve_rules({"uid": "nobody", "profile": "reader"}, {"uid": "root", "profile": "writer"})
        self.assertEqual(self.visit(65534), ["200", "403"])
        self.assertEqual(self.visit(0), ["200", "200"])
