# SPDX-License-Identifier: Apache-2.0
"""Real clients reach tidegate over mutual TLS and see what they see on the engine's own socket."""

import os
import shutil
import subprocess
import tempfile
import unittest

import docker

from tests.e2e import test_docker_py
from tests.e2e.engine import IMAGE
from tests.e2e.stage import DebianClient, OtherClient
from tests.e2e.test_cli import CliWorkflows
from tests.e2e.test_dockerode import SCRIPT, install
from tests.e2e.tls_stage import TlsStageTest, TlsTranscript
from tests.support.certificates import openssl
from tests.support.tools import tool


class Essentials:
    """Of the docker command, what needs its connection in every way there is."""

    test_run = CliWorkflows.test_run
    test_run_with_a_mebibyte_on_stdin = CliWorkflows.test_run_with_a_mebibyte_on_stdin
    test_exec = CliWorkflows.test_exec
    test_attach = CliWorkflows.test_attach_to_a_container_without_a_terminal
    test_logs = CliWorkflows.test_logs

    def test_echo_into_run_and_exec(self):
        """The client ends its input first and reads on: over TLS by close_notify alone."""

        def workflow(t):
            t.docker("run", "--rm", "-i", IMAGE, "cat", stdin=b"x\n")
            t.docker("run", "-d", "--name", "ec", IMAGE, "sleep", "600", quiet=True)
            t.docker("exec", "-i", "ec", "sh", "-c", "cat; echo end; exit 3", stdin=b"x\n", code=3)
            t.docker("rm", "-f", "ec")

        self.assert_same(workflow)


class DebianCliOverTls(Essentials, DebianClient, TlsStageTest):
    test_copy_both_ways = CliWorkflows.test_copy_both_ways
    test_events = CliWorkflows.test_events

    def test_a_client_without_a_certificate_is_told_nothing(self):
        t = self.through()
        for name in ("cert.pem", "key.pem"):
            os.unlink(self.copy_of_certificates(t, name))
        self.assertNotEqual(t.docker("version", "--format", "{{.Server.Version}}", code=1).code, 0)

    def copy_of_certificates(self, t, name):
        if not os.path.exists(t.path("own")):
            shutil.copytree(t.certificates, t.path("own"))
            t.certificates = t.path("own")
        return t.path(f"own/{name}")

    def test_two_certificates_have_two_profiles(self):
        ops, ci = self.through("ops"), self.through("ci")
        made = ops.docker("create", "--name", "two", IMAGE, "true").text()
        self.assertEqual(ci.docker("inspect", "--format", "{{.Id}}", "two").text(), made)
        self.assertIn(b"profile 'reader'", ci.docker("rm", "two", code=1).err)
        self.assertIn(b"profile 'reader'", ci.docker("create", IMAGE, "true", code=1).err)
        ops.docker("rm", "two")

    def test_a_revoked_client_is_out_and_the_others_stay(self):
        self.stage.certs("client", "lost")
        gate = self.stage.gate
        rules = gate.config["listeners"][0]["clients"]
        gate.config["listeners"][0]["clients"] = [*rules, {"certificate": {"common_name": "lost"}, "profile": "gate"}]
        gate.write()
        gate.await_log("reload (a file has changed): in force")
        lost = self.through("lost")
        lost.docker("version", quiet=True)
        self.stage.certs("revoke", "lost")
        gate.await_log("reload (a file has changed): in force", 2)
        lost.docker("version", quiet=True, code=1)
        self.through("ops").docker("version", quiet=True)
        gate.await_log("tls.revoked")


class OtherCliOverTls(Essentials, OtherClient, TlsStageTest):
    pass


class DockerPyOverTls(TlsStageTest, test_docker_py.DockerPy):
    # docker-py ends a stream by SSLSocket.shutdown(), which drops TLS and goes on in the clear.
    test_attached_socket_with_half_close = None

    def client(self, t):
        if not isinstance(t, TlsTranscript):
            return super().client(t)
        for bundle in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # would count more than the client's own ca_cert
            os.environ.pop(bundle, None)
        pair = (os.path.join(t.certificates, "cert.pem"), os.path.join(t.certificates, "key.pem"))
        tls = docker.tls.TLSConfig(client_cert=pair, ca_cert=os.path.join(t.certificates, "ca.pem"), verify=True)
        client = docker.DockerClient(base_url=t.host, tls=tls, timeout=60)
        self.addCleanup(client.close)
        return client


class DockerodeOverTls(TlsStageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.modules = tempfile.mkdtemp(prefix="tidegate-dockerode-")
        cls.addClassCleanup(shutil.rmtree, cls.modules, ignore_errors=True)
        install(cls.modules)

    def test_workflow(self):
        self.assert_same(lambda t: t.run("node", SCRIPT, IMAGE, env={"NODE_PATH": os.path.join(self.modules, "node_modules")}))


class PlainTools(TlsStageTest):
    def options(self):
        folder = self.stage.client("ops")
        return [os.path.join(folder, name) for name in ("ca.pem", "cert.pem", "key.pem")]

    def test_curl(self):
        ca, cert, key = self.options()
        url = self.stage.gate.host.replace("tcp://127.0.0.1", "https://localhost")
        curl = ["curl", "-sS", "--cacert", ca, "--cert", cert, "--key", key]
        done = subprocess.run([*curl, f"{url}/_ping", f"{url}/v1.41/containers/json"], capture_output=True, check=True)
        self.assertEqual(done.stdout, b"OK[]\n")
        refused = subprocess.run([*curl[:4], f"{url}/_ping"], capture_output=True, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertEqual(refused.stdout, b"")

    def test_openssl_s_client(self):
        ca, cert, key = self.options()
        address = self.stage.gate.host.replace("tcp://", "")
        done = subprocess.run(
            ["openssl", "s_client", "-quiet", "-verify_return_error", "-verify_hostname", "localhost", "-CAfile", ca,
             "-cert", cert, "-key", key, "-connect", address],
            input=b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n", capture_output=True, check=True, timeout=60,
        )  # fmt: skip
        self.assertTrue(done.stdout.startswith(b"HTTP/1.1 200 OK\r\n"), done.stdout)
        self.assertTrue(done.stdout.endswith(b"\r\n\r\nOK"), done.stdout)

    def test_gnutls_cli(self):
        """It ends its input by close_notify and reads on."""
        ca, cert, key = self.options()
        port = self.stage.gate.host.rpartition(":")[2]
        base = [tool("gnutls-cli", "gnutls-bin"), "--x509cafile", ca, "-p", port, "localhost"]
        asked = b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"
        for version in ("1.3", "1.2"):
            only = ["--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{version}"]
            with self.subTest(version):
                command = [*base, "--x509certfile", cert, "--x509keyfile", key, *only]
                done = subprocess.run(command, input=asked, capture_output=True, check=True, timeout=60)
                self.assertIn(b"HTTP/1.1 200 OK\r\n", done.stdout)
                self.assertIn(b"\r\n\r\nOK", done.stdout)
                refused = subprocess.run([*base, *only], input=asked, capture_output=True, check=False, timeout=60)
                self.assertNotEqual(refused.returncode, 0, refused.stdout)
                self.assertNotIn(b"HTTP/1.1", refused.stdout)

    def test_java(self):
        """Java takes a client's key from PKCS#12, and its authority from a store that keytool makes."""
        ca, cert, key = self.options()
        folder = tempfile.mkdtemp(prefix="tidegate-java-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        own, trusted, nobody = (os.path.join(folder, name) for name in ("own.p12", "trusted.p12", "nobody.p12"))
        password = "only-for-this-test"
        openssl("pkcs12", "-export", "-in", cert, "-inkey", key, "-passout", f"pass:{password}", "-out", own)
        stores = ("-storetype", "PKCS12", "-storepass", password, "-noprompt")
        keytool = tool("keytool", "openjdk-17-jdk-headless")
        subprocess.run([keytool, "-importcert", "-file", ca, "-alias", "ca", "-keystore", trusted, *stores],
                       check=True, capture_output=True, timeout=120)  # fmt: skip
        shutil.copy(trusted, nobody)  # a store without any key
        url = self.stage.gate.host.replace("tcp://127.0.0.1", "https://localhost") + "/_ping"
        java = [tool("java", "openjdk-17-jdk-headless"), os.path.join(os.path.dirname(__file__), "Ping.java"), url, trusted]
        for version in ("TLSv1.3", "TLSv1.2"):
            with self.subTest(version):
                done = subprocess.run([*java, own, password, version], capture_output=True, check=False, timeout=120)
                self.assertEqual((done.stdout, done.returncode), (f"200 {version} OK\n".encode(), 0), done.stderr)
        refused = subprocess.run([*java, nobody, password, "TLSv1.3"], capture_output=True, check=False, timeout=120)
        self.assertEqual((refused.stdout, refused.returncode), (b"", 1), refused.stderr)
        self.assertRegex(refused.stderr, b"SSL|Broken pipe|reset")


if __name__ == "__main__":
    unittest.main()
