# SPDX-License-Identifier: Apache-2.0
"""`tidegate certs rollover` and `revoke` that are killed: everybody is served as before, and the same verb finishes."""

import os
import re

from tests.integration.test_certs_rollover import EVERYTHING, RolloverTest
from tests.support.kill import each_interruption, killed_at


class Interrupted(RolloverTest):
    """Killed at each change in turn."""

    def test_beginning_serves_everybody_at_each_moment_and_is_finished_by_the_same_verb(self):
        for at in each_interruption(self.command("rollover"), self.certs_folder):
            with self.subTest(at):
                self.assertTrusted(self.anna)
                self.certs("list")
                self.certs("client", "ben")
                self.assertTrusted(self.path("clients/ben"))
                self.certs("rollover")
                self.certs("client", "carl")
                for client in (self.anna, self.path("clients/ben"), self.path("clients/carl")):
                    self.assertTrusted(client)
                self.assertEqual(self.issuer(self.path("clients/carl/cert.pem")), "issuer=CN=tidegate CA 2")

    def test_finishing_serves_new_clients_at_each_moment_and_is_finished_by_the_same_verb(self):
        self.certs("rollover")
        self.certs(*EVERYTHING)
        renewed = self.take("anna", "anna-renewed")
        finish = ("rollover", "--finish", "--force")
        for at in each_interruption(self.command(*finish), self.certs_folder):
            with self.subTest(at):
                self.assertTrusted(renewed)
                self.certs(*finish)
                self.assertTrusted(renewed)
                self.assertFalse(os.path.exists(self.path("ca/next")))
                self.assertTrusted(self.anna, status=2)
                self.certs("client", "ben")
                self.assertTrusted(self.path("clients/ben"))

    def test_a_client_of_both_counts_as_revoked_only_where_it_is_refused(self):
        self.certs("rollover")
        self.certs(*EVERYTHING)
        both = (self.anna, self.take("anna", "anna-renewed"))
        revoke = ("revoke", "anna")
        for at in each_interruption(self.command(*revoke), self.certs_folder):
            with self.subTest(at):
                reported = re.findall(r"revoked +serial (\w+)", self.run_certs("list").stdout)
                for client in both:
                    if self.serial(os.path.join(client, "cert.pem")) in reported:
                        self.assertTrusted(client, status=2)
                self.certs(*revoke)
                self.certs("list")
                for client in both:
                    self.assertTrusted(client, status=2)

    def test_a_revocation_that_was_interrupted_outlives_a_rollover(self):
        self.certs("client", "lost")
        lost = self.take("lost")
        self.assertTrue(killed_at("?rename,?renameat", 2, self.command("revoke", "lost")), "ca/crl.pem lacks it")
        self.assertTrusted(lost, status=2)
        self.certs("rollover")
        self.assertTrusted(lost, status=2)
        self.certs("list")
        self.assertTrue(killed_at("?rename,?renameat", 2, self.command("revoke", "anna")), "ca/crl.pem lacks it")
        self.certs("rollover")
        self.assertTrusted(self.anna, status=2)
