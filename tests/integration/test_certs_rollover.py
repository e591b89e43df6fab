# SPDX-License-Identifier: Apache-2.0
"""`tidegate certs rollover`: another authority, while clients with certificates of either are served."""

import http.client
import os
import shutil
import ssl

from tests.integration.test_certs import NOT_DONE, USAGE, CertsTest
from tests.support.daemon import free_port
from tests.support.wait import wait_until

EVERYTHING = ("renew", "--within", "36500d")


class RolloverTest(CertsTest):
    def setUp(self):
        super().setUp()
        self.certs("init", "--host", "127.0.0.1")
        self.certs("client", "anna")
        self.anna = self.take("anna")

    def take(self, name, called=None):
        """What a client has: a copy of its folder as it is now."""
        folder = os.path.join(self.folder, called or f"{name}-has")
        shutil.copytree(self.path(f"clients/{name}"), folder)
        return folder

    def issuer(self, file):
        return self.openssl("x509", "-noout", "-issuer", "-nameopt", "RFC2253", "-in", file).strip()

    def assertTrusted(self, client, status=0):
        """The listener's files accept the client, and the client's accept the listener."""
        self.openssl("verify", "-crl_check", "-CAfile", self.path("server/ca.pem"),
                     "-CRLfile", self.path("server/crl.pem"), "-purpose", "sslclient",
                     os.path.join(client, "cert.pem"), status=status)  # fmt: skip
        if status == 0:
            self.openssl("verify", "-CAfile", os.path.join(client, "ca.pem"), "-purpose", "sslserver",
                         self.path("server/cert.pem"))  # fmt: skip

    def start(self):
        self.port = free_port()
        self.serve(self.port, "*")

    def served(self, client):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(os.path.join(client, "ca.pem"))
        context.load_cert_chain(os.path.join(client, "cert.pem"), os.path.join(client, "key.pem"))
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=30)
        try:
            connection.request("GET", "/_ping")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


class WhileServing(RolloverTest):
    def test_old_and_new_clients_are_served_through_the_whole_rollover(self):
        self.start()
        self.assertTrue(self.served(self.anna))
        self.certs("rollover")
        self.assertTrue(self.served(self.anna))
        self.certs("client", "ben")
        ben = self.take("ben")
        wait_until(lambda: self.served(ben), "the listener to trust the new authority")
        self.assertTrue(self.served(self.anna))
        self.certs(*EVERYTHING)
        renewed = self.take("anna", "anna-renewed")
        for client in (self.anna, renewed, ben):
            self.assertTrue(self.served(client), client)
        self.certs("rollover", "--finish", "--force")
        wait_until(lambda: not self.served(self.anna), "the listener to forget the old authority")
        for client in (renewed, ben):
            self.assertTrue(self.served(client), client)

    def test_clients_of_either_authority_can_be_revoked(self):
        self.start()
        self.certs("rollover")
        self.certs("client", "ben")
        ben = self.take("ben")
        wait_until(lambda: self.served(ben), "the listener to trust the new authority")
        self.certs("revoke", "ben")
        wait_until(lambda: not self.served(ben), "ben to be turned away")
        self.assertTrue(self.served(self.anna))
        self.certs(*EVERYTHING)
        renewed = self.take("anna", "anna-renewed")
        self.assertTrue(self.served(renewed))
        self.certs("revoke", "anna")
        wait_until(lambda: not self.served(self.anna), "anna to be turned away")
        wait_until(lambda: not self.served(renewed), "anna's new certificate to be turned away")
        self.certs("client", "carl")
        wait_until(lambda: self.served(self.path("clients/carl")), "carl to be served")


class Files(RolloverTest):
    def test_new_clients_are_from_the_new_authority_and_the_server_from_the_one_that_all_know(self):
        old = self.issuer(self.path("clients/anna/cert.pem"))
        said = self.certs("rollover", "--ca-days", "100")
        self.assertRegex(said, r"authority +tidegate CA +until .*\nauthority +tidegate CA 2 +until ")
        self.assertIn("Both authorities are trusted now", said)
        self.certs("client", "ben")
        self.assertEqual(self.issuer(self.path("clients/ben/cert.pem")), "issuer=CN=tidegate CA 2")
        self.certs("server", "--host", "127.0.0.1")
        self.certs(*EVERYTHING)
        self.assertEqual(self.issuer(self.path("server/cert.pem")), old)
        self.assertEqual(self.issuer(self.path("clients/anna/cert.pem")), "issuer=CN=tidegate CA 2")
        for client in (self.anna, self.path("clients/anna"), self.path("clients/ben")):
            self.assertTrusted(client)

    def test_the_old_authority_is_not_forgotten_while_its_clients_need_it(self):
        self.certs("rollover")
        error = self.certs("rollover", "--finish", status=NOT_DONE)
        self.assertIn("clients anna", error)
        self.assertIn("use --force", error)
        self.assertTrusted(self.anna)
        self.certs("revoke", "anna")
        self.certs("client", "ben")
        said = self.certs("rollover", "--finish")
        self.assertIn("The old authority is forgotten", said)
        self.assertNotRegex(said, r"tidegate CA +until")
        self.assertEqual(self.issuer(self.path("server/cert.pem")), "issuer=CN=tidegate CA 2")
        self.assertEqual(self.read("server/ca.pem"), self.read("ca/ca.pem"))
        self.assertEqual(self.read("server/crl.pem"), self.read("ca/crl.pem"))
        self.assertFalse(os.path.exists(self.path("ca/next")))
        self.assertTrusted(self.path("clients/ben"))

    def test_what_was_revoked_stays_revoked(self):
        self.certs("client", "lost")
        lost = self.take("lost")
        self.certs("revoke", "lost")
        self.certs("rollover")
        self.certs("client", "ben")
        self.certs("revoke", "ben")
        self.certs("renew")
        for client in (lost, self.path("clients/ben")):
            self.assertTrusted(client, status=2)
        self.assertRegex(self.certs("list"), r"client +ben +revoked")
        self.certs("rollover", "--finish", "--force")
        self.assertTrusted(self.path("clients/ben"), status=2)

    def test_a_client_of_a_forgotten_authority_is_shown_as_that_and_gets_a_new_certificate(self):
        self.certs("client", "ben")
        self.certs("rollover")
        self.certs("rollover", "--finish", "--force")
        self.assertRegex(self.certs("list"), r"client +anna +NOT TRUSTED")
        self.assertIn("no certificate that is still valid", self.certs("revoke", "anna", status=NOT_DONE))
        self.certs("client", "anna")
        self.assertTrusted(self.path("clients/anna"))
        self.assertRegex(self.certs("renew"), "client +ben +until")
        self.assertTrusted(self.path("clients/ben"))

    def test_it_can_be_done_again(self):
        for name in ("tidegate CA 2", "tidegate CA 3"):
            self.certs("rollover")
            self.certs(*EVERYTHING)
            self.certs("rollover", "--finish", "--force")
            self.assertEqual(self.issuer(self.path("clients/anna/cert.pem")), f"issuer=CN={name}")
            self.assertTrusted(self.path("clients/anna"))

    def test_there_is_nothing_to_finish_without_a_rollover(self):
        self.assertIn("no rollover is under way", self.certs("rollover", "--finish"))
        self.certs("rollover", "--force", status=USAGE)
