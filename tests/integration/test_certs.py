# SPDX-License-Identifier: Apache-2.0
"""`tidegate certs`: a private authority for TLS listeners, as other programs see what it writes."""

import json
import os
import re
import shutil
import ssl
import stat
import subprocess
import tempfile
import unittest

from tests.support.daemon import Daemon, free_port
from tests.support.docker import docker_clients
from tests.support.wait import wait_until

DONE, NOT_DONE, USAGE = 0, 1, 64


class CertsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tidegate-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.certs_folder = os.path.join(self.folder, "certs")

    def certs(self, *arguments, status=DONE):
        """Standard output where it is done, else standard error."""
        done = self.run_certs(*arguments)
        self.assertEqual(done.returncode, status, (arguments, done.stdout, done.stderr))
        return done.stdout if status == DONE else done.stderr

    def run_certs(self, *arguments):
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=60, check=False)

    def command(self, verb, *rest):
        return [os.environ["TIDEGATE"], "certs", verb, "--dir", self.certs_folder, *rest]

    def init(self, *arguments):
        return self.certs("init", "--host", "engine.test", "--host", "127.0.0.1", *arguments)

    def path(self, name):
        return os.path.join(self.certs_folder, name)

    def read(self, name):
        with open(self.path(name), encoding="ascii") as file:
            return file.read()

    def openssl(self, *arguments, status=0):
        done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, status, (arguments, done.stdout, done.stderr))
        return done.stdout + done.stderr

    def verify(self, name, purpose, status=0):
        return self.openssl("verify", "-x509_strict", "-crl_check", "-CRLfile", self.path("ca/crl.pem"),
                            "-CAfile", self.path("ca/ca.pem"), "-purpose", purpose, self.path(name),
                            status=status)  # fmt: skip

    def text(self, name):
        return self.openssl("x509", "-noout", "-text", "-in", self.path(name))

    def serial(self, name):
        return self.openssl("x509", "-noout", "-serial", "-in", self.path(name)).strip().removeprefix("serial=")

    def revoked_at(self, name):
        """The serials on a revocation list."""
        return set(re.findall(r"Serial Number: (\w+)", self.openssl("crl", "-noout", "-text", "-in", self.path(name))))

    def serve(self, port, common_name):
        """tidegate with a TLS listener as `certs init` prints it, before a stand-in engine."""
        socket = os.path.join(self.folder, "engine.sock")
        stub = subprocess.Popen([os.environ["TIDEGATE"], "engine-stub", "--listen", f"unix://{socket}"])
        self.addCleanup(stub.wait)
        self.addCleanup(stub.kill)
        wait_until(lambda: os.path.exists(socket), "the stand-in engine")
        files = {"cert": "cert.pem", "key": "key.pem", "client_ca": "ca.pem"}
        tls = {key: self.path(f"server/{name}") for key, name in files.items()}
        listener = {"address": f"tcp://127.0.0.1:{port}", "tls": {**tls, "crl": [self.path("server/crl.pem")]},
                    "clients": [{"certificate": {"common_name": common_name}, "profile": "p"}]}  # fmt: skip
        self.daemon = Daemon(self.folder, {"version": 1, "upstream": f"unix://{socket}", "listeners": [listener],
                                           "profiles": {"p": {"allow": ["@read"]}}})  # fmt: skip
        self.daemon.start()
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready()


class Init(CertsTest):
    def test_makes_an_authority_and_a_server_that_openssl_accepts(self):
        said = self.init()
        self.assertIn("OK", self.verify("server/cert.pem", "sslserver"))
        text = self.text("server/cert.pem")
        self.assertIn("DNS:engine.test, IP Address:127.0.0.1", text)
        self.assertIn("TLS Web Server Authentication", text)
        self.assertIn("CA:TRUE, pathlen:0", self.text("ca/ca.pem"))
        for file in ("server/cert.pem", "server/key.pem", "server/ca.pem", "server/crl.pem"):
            self.assertIn(os.path.join(os.path.realpath(self.certs_folder), file), said, "what goes into tidegate.yaml")

    def test_shows_no_key_to_others(self):
        self.init()
        self.certs("client", "ci")
        for name in ("ca/ca-key.pem", "server/key.pem", "clients/ci/key.pem"):
            self.assertEqual(stat.S_IMODE(os.stat(self.path(name)).st_mode), 0o600, name)
        self.assertEqual(stat.S_IMODE(os.stat(self.path("clients/ci")).st_mode), 0o700)

    def test_leaves_nothing_half_written(self):
        self.init()
        self.certs("server", "--host", "other.test")
        found = {os.path.relpath(os.path.join(at, name), self.certs_folder)
                 for at, _, names in os.walk(self.certs_folder) for name in names}  # fmt: skip
        found = {name for name in found if not name.startswith("ca/issued/")}
        self.assertEqual(found, {"ca/ca.pem", "ca/ca-key.pem", "ca/crl.pem",
                                 "server/ca.pem", "server/cert.pem", "server/key.pem", "server/crl.pem"})  # fmt: skip

    def test_makes_no_authority_over_another(self):
        self.init()
        before = self.read("ca/ca-key.pem")
        error = self.certs("init", "--host", "engine.test", status=NOT_DONE)
        self.assertIn("ca/ca.pem exists already", error)
        self.assertEqual(self.read("ca/ca-key.pem"), before)

    def test_hosts_are_printed_in_the_order_given(self):
        said = self.certs("init", "--host", "*.corp.test", "--host", "192.0.2.1", "--host", "a.test")
        self.assertIn("*.corp.test, 192.0.2.1, a.test", said)
        self.assertIn("DOCKER_HOST=tcp://192.0.2.1:2376", self.certs("client", "ci"), "nobody connects to a pattern")

    def test_a_lost_certificate_of_the_authority_is_not_made_again(self):
        self.init()
        os.remove(self.path("ca/ca.pem"))
        self.assertIn("server/ca.pem", self.certs("init", "--host", "engine.test", status=NOT_DONE))
        shutil.copy(self.path("server/ca.pem"), self.path("ca/ca.pem"))
        self.certs("list")

    def test_the_lives_are_as_asked_for(self):
        self.init("--ca-days", "10", "--days", "5")
        day = 86400
        for name, days in (("ca/ca.pem", 10), ("server/cert.pem", 5)):
            self.openssl("x509", "-noout", "-checkend", str(days * day - 3600), "-in", self.path(name))
            self.openssl("x509", "-noout", "-checkend", str(days * day + 3600), "-in", self.path(name), status=1)


class Clients(CertsTest):
    def setUp(self):
        super().setUp()
        self.init()

    def test_get_what_docker_needs(self):
        said = self.certs("client", "ops@alice", "--san", "spiffe://corp/ops/alice", "--san", "alice.test")
        folder = os.path.realpath(self.path("clients/ops@alice"))
        self.assertIn(f'export DOCKER_HOST=tcp://engine.test:2376 DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH="{folder}"', said)
        self.assertIn('common_name: "ops@alice"', said)
        self.assertEqual(sorted(os.listdir(folder)), ["ca.pem", "cert.pem", "key.pem"])
        self.assertEqual(self.read("clients/ops@alice/ca.pem"), self.read("ca/ca.pem"))
        self.assertIn("OK", self.verify("clients/ops@alice/cert.pem", "sslclient"))
        text = self.text("clients/ops@alice/cert.pem")
        self.assertIn("URI:spiffe://corp/ops/alice, DNS:alice.test", text)
        self.assertIn("TLS Web Client Authentication", text)
        self.assertNotIn("Server Authentication", text)
        self.assertIn("ASN1 OID: prime256v1", text)

    def test_the_key_belongs_to_the_certificate(self):
        self.certs("client", "ci")
        of_cert = self.openssl("x509", "-noout", "-pubkey", "-in", self.path("clients/ci/cert.pem"))
        of_key = self.openssl("pkey", "-pubout", "-in", self.path("clients/ci/key.pem"))
        self.assertEqual(of_cert, of_key)

    def test_are_told_a_context_that_docker_makes_and_uses(self):
        said = self.certs("client", "ops@alice")
        command = re.search(r"^docker (context create tidegate-ops-alice .*)$", said, re.M).group(1)
        for docker in docker_clients():
            home = tempfile.mkdtemp(dir=self.folder)
            environment = {"PATH": os.environ["PATH"], "HOME": home, "DOCKER_CONFIG": home}

            def run(words):
                return subprocess.run(f"{docker} {words}", shell=True, env=environment, capture_output=True,
                                      text=True, timeout=60, check=True)  # fmt: skip

            run(command)
            made = json.loads(run("context inspect tidegate-ops-alice").stdout)[0]
            self.assertEqual(made["Endpoints"]["docker"]["Host"], "tcp://engine.test:2376")
            self.assertEqual(sorted(made["TLSMaterial"]["docker"]), ["ca.pem", "cert.pem", "key.pem"])

    def test_revoking_says_where_and_when_it_is_in_force(self):
        self.certs("client", "ci")
        said = self.certs("revoke", "ci")
        self.assertIn(f"crl: [{os.path.realpath(self.path('server/crl.pem'))}]", said)
        self.assertIn("from the next request on, at each TLS listener that has the list", said)
        self.assertIn("A listener without it goes on serving the client", said)
        self.assertIn("Open streams finish, unless the listener has `on_revocation: close`", said)

    def test_revoked_ones_are_on_the_list_for_good(self):
        for name in ("a", "b"):
            self.certs("client", name)
            self.certs("revoke", name)
        self.certs("client", "c")
        self.certs("renew")
        for name in ("a", "b"):
            self.assertIn("certificate revoked", self.verify(f"clients/{name}/cert.pem", "sslclient", status=2))
        self.assertIn("OK", self.verify("clients/c/cert.pem", "sslclient"))
        listed = self.certs("list")
        self.assertRegex(listed, r"client +a +revoked")
        self.assertRegex(listed, r"client +c +until \d{4}-\d\d-\d\d")

    def test_are_listed_wherever_their_folder_went(self):
        self.certs("client", "ci")
        serial = self.serial("clients/ci/cert.pem")
        shutil.rmtree(self.path("clients/ci"))
        self.assertRegex(self.certs("list"), rf"client +ci +until .*{serial}.*not in its folder")
        self.certs("revoke", "ci")
        self.assertNotIn(serial, self.certs("list"))

    def test_that_end_soon_are_renewed_with_their_names(self):
        self.certs("client", "soon", "--days", "10", "--san", "spiffe://corp/soon")
        self.certs("client", "later")
        soon, later = self.read("clients/soon/cert.pem"), self.read("clients/later/cert.pem")
        self.assertIn("no certificate expires within 1d", self.certs("renew", "--within", "1d"))
        self.assertEqual(self.read("clients/soon/cert.pem"), soon)
        said = self.certs("renew")
        self.assertRegex(said, r"client +soon .*spiffe://corp/soon")
        self.assertNotEqual(self.read("clients/soon/cert.pem"), soon)
        self.assertEqual(self.read("clients/later/cert.pem"), later)
        self.assertIn("OK", self.verify("clients/soon/cert.pem", "sslclient"))

    def test_are_renewed_again_and_again_until_it_is_told_to_stop(self):
        self.certs("client", "soon", "--days", "10")
        soon = self.read("clients/soon/cert.pem")
        renewing = subprocess.Popen(self.command("renew", "--every", "1s"), stdout=subprocess.DEVNULL)
        self.addCleanup(renewing.kill)
        lists = {self.read("server/crl.pem")}

        def renewed(times):
            lists.add(self.read("server/crl.pem"))
            return len(lists) > times

        wait_until(lambda: renewed(2), "two new lists")
        self.assertNotEqual(self.read("clients/soon/cert.pem"), soon)
        renewing.terminate()
        self.assertEqual(renewing.wait(60), DONE)

    def test_are_not_renewed_all_the_time(self):
        self.assertIn("less than 1s", self.certs("renew", "--every", "1ms", status=USAGE))

    def test_the_revocation_list_says_until_when_it_holds(self):
        said = self.certs("renew")
        self.assertIn("After that no client is served", said)
        ends = self.openssl("crl", "-noout", "-nextupdate", "-in", self.path("ca/crl.pem"))
        day = re.search(r"nextUpdate=(\w{3}) +(\d+)", ends)
        self.assertTrue(day, ends)
        self.assertRegex(said, rf"until \d{{4}}-\d\d-{int(day.group(2)):02}")

    def test_two_at_once_do_not_lose_an_entry(self):
        names = [f"c{i}" for i in range(8)]
        for name in names:
            self.certs("client", name)
        command = [os.environ["TIDEGATE"], "certs", "revoke", "--dir", self.certs_folder]
        running = [subprocess.Popen([*command, name], stdout=subprocess.DEVNULL) for name in names]
        self.assertEqual([process.wait(60) for process in running], [DONE] * len(names))
        for name in names:
            self.verify(f"clients/{name}/cert.pem", "sslclient", status=2)


class Damage(CertsTest):
    """What is wrong with one file is said, and stops nothing else."""

    def setUp(self):
        super().setUp()
        self.init()
        for name in ("bob", "carol"):
            self.certs("client", name, "--days", "10")

    def test_an_empty_client_certificate_does_not_stop_the_renewal(self):
        open(self.path("clients/bob/cert.pem"), "w", encoding="ascii").close()
        carol, lists = self.read("clients/carol/cert.pem"), self.read("server/crl.pem")
        error = self.certs("renew", status=NOT_DONE)
        self.assertIn("clients/bob/cert.pem is empty", error)
        self.assertIn("revoke 'bob'", error)
        self.assertNotEqual(self.read("clients/carol/cert.pem"), carol)
        self.assertNotEqual(self.read("server/crl.pem"), lists)
        self.certs("revoke", "bob")
        self.certs("client", "bob")
        self.certs("list")

    def test_a_draft_of_an_earlier_version_does_not_stop_a_revocation(self):
        with open(self.path("ca/issued/0ABC.pem.Xa3x9Q"), "w", encoding="ascii") as file:
            file.write("-----BEGIN CERT")
        self.certs("revoke", "bob")
        self.assertIn(self.serial("clients/bob/cert.pem"), self.revoked_at("server/crl.pem"))

    def test_a_damaged_record_is_named_and_the_others_are_revoked(self):
        with open(self.path("ca/issued/0ABC.pem"), "w", encoding="ascii") as file:
            file.write("nothing\n")
        self.assertIn("ca/issued/0ABC.pem", self.certs("revoke", "bob", status=NOT_DONE))
        self.assertIn(self.serial("clients/bob/cert.pem"), self.revoked_at("server/crl.pem"))

    def test_a_client_whose_record_is_damaged_is_revoked_by_its_certificate(self):
        serial = self.serial("clients/bob/cert.pem")
        open(self.path(f"ca/issued/{serial}.pem"), "w", encoding="ascii").close()
        self.certs("revoke", "bob", status=NOT_DONE)
        self.assertIn(serial, self.revoked_at("server/crl.pem"))

    def test_revoking_twice_writes_both_lists_again(self):
        before = self.read("server/crl.pem")
        self.certs("revoke", "bob")
        with open(self.path("server/crl.pem"), "w", encoding="ascii") as file:
            file.write(before)
        said = self.certs("list", status=NOT_DONE)
        self.assertIn("listeners still serve it", said)
        self.assertIn("certs renew", said)
        self.assertRegex(self.certs("revoke", "bob"), r"client +bob +revoked")
        self.assertIn(self.serial("clients/bob/cert.pem"), self.revoked_at("server/crl.pem"))
        self.certs("list")

    def test_nothing_is_revoked_where_the_listeners_list_cannot_be_written(self):
        list_file, folder = self.path("server/crl.pem"), self.path("server")
        moved = os.path.join(self.folder, "moved")
        for there, what in ((list_file, "is a link"), (folder, "No such file or directory")):
            os.rename(there, moved)
            if there == list_file:
                os.symlink(moved, list_file)
            error = self.certs("revoke", "bob", status=NOT_DONE)
            self.assertIn(what, error)
            self.assertIn("run the same command again", error)
            self.assertNotIn(self.serial("clients/bob/cert.pem"), self.revoked_at("ca/crl.pem"))
            os.replace(moved, there)
        self.certs("revoke", "bob")
        self.assertIn(self.serial("clients/bob/cert.pem"), self.revoked_at("server/crl.pem"))


class Requests(CertsTest):
    """Clients that make their keys themselves: `certs client NAME --csr FILE`."""

    EC = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")

    def setUp(self):
        super().setUp()
        self.init()
        self.key, self.csr = os.path.join(self.folder, "own-key.pem"), os.path.join(self.folder, "own.csr")

    def request(self, *arguments, subject="/CN=ci", kind=EC):
        self.openssl("req", "-new", "-newkey", *kind, "-nodes", "-subj", subject, "-keyout", self.key,
                     "-out", self.csr, *arguments)  # fmt: skip

    def key_of_certificate(self, name="clients/ci/cert.pem"):
        return self.openssl("x509", "-noout", "-pubkey", "-in", self.path(name))

    def own_key(self):
        return self.openssl("pkey", "-pubout", "-in", self.key)

    def test_the_key_never_leaves_the_client(self):
        self.request()
        said = self.certs("client", "ci", "--csr", self.csr, "--san", "spiffe://corp/ci")
        self.assertEqual(sorted(os.listdir(self.path("clients/ci"))), ["ca.pem", "cert.pem"])
        self.assertEqual(self.key_of_certificate(), self.own_key())
        self.assertIn("OK", self.verify("clients/ci/cert.pem", "sslclient"))
        self.assertIn("URI:spiffe://corp/ci", self.text("clients/ci/cert.pem"))
        self.assertIn(f"Only the key was taken from {self.csr}", said)
        self.assertIn("with the client's key as key.pem", said)

    def test_a_request_decides_neither_names_nor_purposes(self):
        self.request("-addext", "subjectAltName=DNS:admin.test,URI:spiffe://corp/admin",
                     "-addext", "basicConstraints=CA:TRUE", "-addext", "extendedKeyUsage=serverAuth",
                     subject="/O=admins/OU=root/CN=ci")  # fmt: skip
        self.certs("client", "ci", "--csr", self.csr)
        text = self.text("clients/ci/cert.pem")
        self.assertRegex(text, r"Subject: CN ?= ?ci\n")
        self.assertIn("CA:FALSE", text)
        self.assertIn("TLS Web Client Authentication", text)
        for word in ("admin", "Server Authentication", "CA:TRUE"):
            self.assertNotIn(word, text)

    def test_a_request_for_another_client_is_refused(self):
        self.request(subject="/CN=admin")
        error = self.certs("client", "ci", "--csr", self.csr, status=NOT_DONE)
        self.assertIn("its common name is not 'ci'", error)
        self.assertEqual(os.listdir(self.path("clients")), [])
        self.request(subject="/O=Corp")
        self.certs("client", "ci", "--csr", self.csr)

    def test_keys_are_accepted_as_by_listeners(self):
        def rsa(bits):
            return ("rsa", "-pkeyopt", f"rsa_keygen_bits:{bits}")

        def curve(name, *more):
            return ("ec", "-pkeyopt", f"ec_paramgen_curve:{name}", *more)

        for number, kind in enumerate((rsa(2048), curve("P-384"), curve("P-521"), ("ed25519",))):
            self.request(subject=f"/CN=good{number}", kind=kind)
            self.certs("client", f"good{number}", "--csr", self.csr)
        explicit = curve("P-256", "-pkeyopt", "ec_param_enc:explicit")
        for kind in (rsa(1024), curve("secp256k1"), curve("P-224"), explicit, ("ed448",)):
            self.request(kind=kind)
            error = self.certs("client", "ci", "--csr", self.csr, status=NOT_DONE)
            self.assertIn("has a key that listeners do not accept", error, kind)

    def test_a_request_whose_sender_may_not_have_the_key_is_refused(self):
        self.request()
        self.openssl("req", "-in", self.csr, "-outform", "DER", "-out", self.csr)
        with open(self.csr, "rb") as file:
            der = bytearray(file.read())
        der[-1] ^= 1  # in the signature
        with open(self.csr, "w", encoding="ascii") as file:
            file.write(ssl.DER_cert_to_PEM_cert(bytes(der)).replace("CERTIFICATE", "CERTIFICATE REQUEST"))
        error = self.certs("client", "ci", "--csr", self.csr, status=NOT_DONE)
        self.assertIn("is not signed with its own key", error)

    def test_what_is_no_request_is_said_to_be_none(self):
        error = self.certs("client", "ci", "--csr", self.path("ca/ca.pem"), status=NOT_DONE)
        self.assertIn("holds no signing request", error)
        error = self.certs("client", "ci", "--csr", self.path("nowhere"), status=NOT_DONE)
        self.assertIn("No such file or directory", error)

    def test_renewal_signs_the_same_key_again(self):
        self.request()
        self.certs("client", "ci", "--csr", self.csr, "--days", "10")
        before = self.read("clients/ci/cert.pem")
        self.assertRegex(self.certs("renew"), "client +ci ")
        self.assertNotEqual(self.read("clients/ci/cert.pem"), before)
        self.assertEqual(self.key_of_certificate(), self.own_key())
        self.assertEqual(sorted(os.listdir(self.path("clients/ci"))), ["ca.pem", "cert.pem"])

    def test_revoking_and_listing_know_such_a_client(self):
        self.request()
        self.certs("client", "ci", "--csr", self.csr)
        self.assertRegex(self.certs("list"), "client +ci +until")
        self.certs("revoke", "ci")
        self.assertRegex(self.certs("list"), "client +ci +revoked")
        self.verify("clients/ci/cert.pem", "sslclient", status=2)

    def test_a_revoked_key_is_not_signed_again(self):
        self.request(subject="/O=Corp")
        self.certs("client", "ci", "--csr", self.csr)
        self.certs("revoke", "ci")
        for name in ("ci", "other"):
            error = self.certs("client", name, "--csr", self.csr, status=NOT_DONE)
            self.assertIn("has the key of a certificate that was revoked", error)
        self.request()
        self.certs("client", "ci", "--csr", self.csr)

    def test_a_key_of_ours_does_not_stay_beside_a_certificate_for_another(self):
        self.certs("client", "ci")
        self.certs("revoke", "ci")
        self.request()
        self.certs("client", "ci", "--csr", self.csr)
        self.assertEqual(sorted(os.listdir(self.path("clients/ci"))), ["ca.pem", "cert.pem"])


class Export(CertsTest):
    """`certs export NAME --p12 FILE`, as openssl and Java read it."""

    def setUp(self):
        super().setUp()
        self.init()
        self.certs("client", "ops@anna", "--san", "spiffe://corp/anna")
        self.p12, self.password = os.path.join(self.folder, "anna.p12"), os.path.join(self.folder, "password")
        self.say("correct horse")

    def say(self, password, mode=0o600, end="\n"):
        with open(self.password, "w", encoding="utf-8", newline="") as file:
            file.write(password + end)
        os.chmod(self.password, mode)

    def export(self, name="ops@anna", password=None, status=DONE):
        return self.certs("export", name, "--p12", self.p12, "--password-file", password or self.password, status=status)

    def keytool(self, *arguments):
        command = ["keytool", *arguments, "-keystore", self.p12, "-storepass:file", self.password]
        environment = {**os.environ, "JAVA_TOOL_OPTIONS": "", "LC_ALL": "C"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_openssl_reads_the_same_key_and_certificates(self):
        self.assertRegex(self.export(), "client +ops@anna +until")
        self.assertEqual(stat.S_IMODE(os.stat(self.p12).st_mode), 0o600)
        common = ("pkcs12", "-in", self.p12, "-passin", f"file:{self.password}", "-nodes")
        self.assertIn(self.read("clients/ops@anna/key.pem"), self.openssl(*common, "-nocerts"))
        self.assertIn(self.read("clients/ops@anna/cert.pem"), self.openssl(*common, "-clcerts", "-nokeys"))
        self.assertIn(self.read("ca/ca.pem"), self.openssl(*common, "-cacerts", "-nokeys"))

    def test_the_algorithms_are_those_of_today(self):
        self.export()
        said = self.openssl("pkcs12", "-in", self.p12, "-passin", f"file:{self.password}", "-info", "-noout")
        self.assertIn("MAC: sha256, Iteration 100000", said)
        protected = "PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256"
        self.assertEqual(said.count(protected), 2, said)

    def test_java_finds_the_key_and_trusts_the_authority(self):
        self.export()
        said = self.keytool("-list")
        self.assertRegex(said, r"ops@anna, .*PrivateKeyEntry")
        self.assertRegex(said, r"tidegate ca, .*trustedCertEntry")
        self.assertIn("Certificate chain length: 2", self.keytool("-list", "-v", "-alias", "ops@anna"))

    def test_the_password_can_come_from_standard_input_and_from_windows(self):
        command = [os.environ["TIDEGATE"], "certs", "export", "ops@anna", "--dir", self.certs_folder, "--p12", self.p12,
                   "--password-file", "-"]  # fmt: skip
        subprocess.run(command, input=b"correct horse\r\n", stdout=subprocess.DEVNULL, timeout=60, check=True)
        self.openssl("pkcs12", "-in", self.p12, "-passin", "pass:correct horse", "-noout")

    def test_a_password_that_others_know_or_guess_is_refused(self):
        self.say("correct horse", mode=0o644)
        self.assertIn(f"run `chmod 600 {self.password}`", self.export(status=NOT_DONE))
        for bad in ("", "short", "x" * 129, "two\nlines are", "pässword1"):
            self.say(bad)
            self.assertIn("a password has 8 to 128 printable ASCII", self.export(status=NOT_DONE), bad)
        self.say("x" * 300)
        self.assertIn("more than 256 bytes", self.export(status=NOT_DONE))
        self.assertIn("No such file", self.export(password=self.path("nowhere"), status=NOT_DONE))
        self.assertFalse(os.path.exists(self.p12))

    def test_a_file_that_is_there_is_not_overwritten(self):
        self.say("precious", end="")
        os.rename(self.password, self.p12)
        self.say("correct horse")
        self.assertIn(f"{self.p12} exists already", self.export(status=NOT_DONE))
        with open(self.p12, encoding="ascii") as file:
            self.assertEqual(file.read(), "precious")

    def test_clients_without_a_valid_certificate_or_a_key_are_refused(self):
        self.assertIn("clients/nobody/cert.pem", self.export("nobody", status=NOT_DONE))
        os.rename(self.path("clients/ops@anna/key.pem"), os.path.join(self.folder, "key.pem"))
        self.assertIn("openssl pkcs12 -export", self.export(status=NOT_DONE))
        os.rename(os.path.join(self.folder, "key.pem"), self.path("clients/ops@anna/key.pem"))
        self.certs("revoke", "ops@anna")
        self.assertIn("has no certificate that is valid", self.export(status=NOT_DONE))
        self.assertFalse(os.path.exists(self.p12))


class Revocation(CertsTest):
    def test_a_revoked_client_is_turned_away_as_readme_has_it(self):
        docker = docker_clients()[0]
        port = free_port()
        self.certs("init", "--host", "127.0.0.1")
        said = self.certs("client", "ops-anna").replace(":2376", f":{port}")
        home = tempfile.mkdtemp(dir=self.folder)
        environment = {"PATH": os.environ["PATH"], "HOME": home, "DOCKER_CONFIG": home}
        command = re.search(r"^docker (context create .*)$", said, re.M).group(1)
        subprocess.run(f"{docker} {command}", shell=True, env=environment, capture_output=True, timeout=60, check=True)

        def ask():
            words = [docker, "--context", "tidegate-ops-anna", "version"]
            return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)

        self.serve(port, "ops-*")
        served = ask()
        self.assertEqual(served.returncode, 0, served.stderr)
        self.certs("revoke", "ops-anna")
        wait_until(lambda: ask().returncode != 0, "the list to be in force")
        self.daemon.await_log("tls.revoked")


class Mistakes(CertsTest):
    def test_without_an_authority_it_says_how_to_make_one(self):
        for verb in (["client", "ci"], ["server", "--host", "x.test"], ["revoke", "ci"], ["renew"], ["list"]):
            error = self.certs(*verb, status=NOT_DONE)
            self.assertIn("ca/ca.pem is not there", error)
            self.assertIn("tidegate certs init", error)

    def test_names_that_cannot_be_are_refused(self):
        self.init()
        for name in ("../x", "a b", ".", "a/b", "x" * 65):
            self.assertIn("is not a client's name", self.certs("client", name, status=USAGE))
        self.assertIn("is not a host name", self.certs("client", "ci", "--san", "a b", status=USAGE))
        self.assertIn("is not a host name", self.certs("server", "--host", "tcp://x", status=USAGE))
        self.certs("client", "ci", "--days", "0", status=USAGE)
        self.assertIn("unit", self.certs("renew", "--within", "30", status=USAGE))
        self.certs("client", status=USAGE)
        self.assertEqual(os.listdir(self.path("clients")), [])

    def test_what_is_there_is_not_overwritten(self):
        self.init()
        self.certs("client", "ci")
        before = self.read("clients/ci/key.pem")
        self.assertIn("exists already", self.certs("client", "ci", status=NOT_DONE))
        self.assertEqual(self.read("clients/ci/key.pem"), before)

    def test_who_is_not_known_cannot_be_revoked(self):
        self.init()
        self.assertIn("'nobody' has no certificate", self.certs("revoke", "nobody", status=NOT_DONE))

    def test_a_damaged_authority_is_named(self):
        self.init()
        os.chmod(self.path("ca/ca-key.pem"), 0o644)
        self.assertIn("run `chmod 600", self.certs("list", status=NOT_DONE))
        os.chmod(self.path("ca/ca-key.pem"), 0o600)
        with open(self.path("ca/crl.pem"), "w", encoding="ascii") as file:
            file.write("nothing\n")
        self.assertIn("ca/crl.pem holds no revocation list", self.certs("list", status=NOT_DONE))


if __name__ == "__main__":
    unittest.main()
