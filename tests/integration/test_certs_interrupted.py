# SPDX-License-Identifier: Apache-2.0
"""`tidegate certs` that is killed: the same verb finishes the work, and nothing counts as revoked that is served."""

import os
import re
import ssl

from tests.integration.test_certs import DONE, NOT_DONE, CertsTest
from tests.support.kill import each_interruption, killed_at


class Interrupted(CertsTest):
    def test_init_is_finished_by_init(self):
        self.kill_everywhere(lambda: None, ("init", "--host", "engine.test"), "exists already")

    def test_a_server_certificate_is_finished_by_server(self):
        self.kill_everywhere(self.init, ("server", "--host", "other.test"))

    def test_a_first_client_certificate_is_finished_by_client(self):
        self.kill_everywhere(self.init, ("client", "bob"), "exists already and is valid")

    def test_a_certificate_for_a_clients_own_key_is_finished_by_client(self):
        request = os.path.join(self.folder, "own.csr")
        self.openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=bob", "-out", request,
                     "-keyout", os.path.join(self.folder, "own-key.pem"))  # fmt: skip

        def prepare():
            self.init()
            self.certs("client", "bob")
            self.certs("revoke", "bob")

        self.kill_everywhere(prepare, ("client", "bob", "--csr", request), "exists already and is valid")
        self.assertFalse(os.path.exists(self.path("clients/bob/key.pem")))

    def test_a_revocation_is_finished_by_revoke(self):
        self.kill_everywhere(self.two_clients, ("revoke", "bob"))

    def test_a_renewal_is_finished_by_renew(self):
        self.kill_everywhere(self.two_clients, ("renew", "--within", "400d"))

    def test_an_interrupted_revocation_outlives_another_one(self):
        self.two_clients()
        self.certs("client", "dan")
        bob = self.bob
        self.assertTrue(killed_at("?rename,?renameat", 2, self.command("revoke", "bob")), "server/ has it, ca/ has not")
        self.assertIn(bob, self.revoked_at("server/crl.pem"))
        self.assertNotIn(bob, self.revoked_at("ca/crl.pem"))
        self.assertIn("'bob'", self.certs("list", status=NOT_DONE), "the lists differ")
        self.certs("revoke", "dan")
        for name in ("server/crl.pem", "ca/crl.pem"):
            self.assertIn(bob, self.revoked_at(name))
        self.certs("list")

    def two_clients(self):
        self.init()
        self.certs("client", "bob")
        self.certs("client", "carol")
        self.bob = self.serial("clients/bob/cert.pem")
        self.carol = self.serial("clients/carol/cert.pem")
        self.certs("revoke", "carol")

    def kill_everywhere(self, prepare, verb, complete=None):
        """Kills `verb` at each change. `complete`: its error where all was done before it was killed."""
        prepare()
        for change, number in each_interruption(self.command(*verb), self.certs_folder):
            with self.subTest(verb=verb[0], change=change, number=number):
                self.check(verb, complete)

    def check(self, verb, complete):
        if verb[0] in ("revoke", "renew"):
            self.check_reported_is_enforced()
        again = self.run_certs(*verb)
        if again.returncode != DONE:
            self.assertIsNotNone(complete, again.stderr)
            self.assertIn(complete, again.stderr)
        self.assertEqual(self.run_certs("list").stderr, "", "no problem is left")
        self.assertEqual(self.drafts(), [])
        self.check_pairs()
        self.assertEqual(self.read("server/crl.pem"), self.read("ca/crl.pem"))
        if verb[0] == "revoke":
            self.assertEqual(self.revoked_at("server/crl.pem"), {self.bob, self.carol})
        elif verb[0] == "renew":
            self.assertEqual(self.revoked_at("server/crl.pem"), {self.carol})
        if verb[0] in ("client", "renew"):
            self.assertIn("OK", self.verify("clients/bob/cert.pem", "sslclient"))

    def check_reported_is_enforced(self):
        reported = re.findall(r"revoked +serial (\w+)", self.run_certs("list").stdout)
        if reported:
            self.assertLessEqual(set(reported), self.revoked_at("server/crl.pem"))

    def check_pairs(self):
        """Fails where a key is not its certificate's."""
        for folder in ("server", "clients/bob"):
            if os.path.exists(self.path(f"{folder}/key.pem")):
                pair = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                pair.load_cert_chain(self.path(f"{folder}/cert.pem"), self.path(f"{folder}/key.pem"))

    def drafts(self):
        return [name for _, _, names in os.walk(self.certs_folder) for name in names if not name.endswith(".pem")]
