# SPDX-License-Identifier: Apache-2.0
"""The other side: which engine behind TLS gets requests, and which gets none."""

import contextlib
import os
import shutil
import ssl
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from tests.integration.tls_matrix.clients import VERSIONS
from tests.support.daemon import RECORD, Daemon
from tests.support.http import Client, request
from tests.support.pki import Certificate, Shown, authority
from tests.support.tls_engine import TcpEngine

ENGINE_CA, STRANGER = authority("Engine CA"), authority("Strange CA")
SUB, SIBLING = ENGINE_CA.sub("Engine Sub CA"), ENGINE_CA.sub("Sibling CA")
OWN_CA = authority("Tidegate CA")
OWN = OWN_CA.client("tidegate")
NAMED = ("DNS:engine.corp.test", "IP:127.0.0.1")
# What tidegate is told of its engine: one daemon each. The engine is on 127.0.0.1.
WAYS = {
    "by address": lambda: {"ca": ENGINE_CA.cert, "cert": OWN.cert, "key": OWN.key},
    "by name": lambda: {"ca": ENGINE_CA.cert, "cert": OWN.cert, "key": OWN.key, "server_name": "engine.corp.test"},
    "shows nothing": lambda: {"ca": ENGINE_CA.cert},
    "by intermediate": lambda: {"ca": SUB.cert, "cert": OWN.cert, "key": OWN.key},
}


class EngineStage:
    """A daemon in front of an engine that shows another certificate in each row."""

    def __init__(self, upstream_tls):
        self.folder = tempfile.mkdtemp(prefix="tidegate-matrix-")
        self.engine = TcpEngine()
        self.socket = os.path.join(self.folder, "in.sock")
        config = {
            "upstream": f"tcp://127.0.0.1:{self.engine.address[1]}",
            "upstream_tls": upstream_tls,
            "listeners": [{"address": f"unix://{self.socket}", "mode": "0600", "profile": "p"}],
            "profiles": {"p": {"allow": ["*"]}},
            "limits": {"drain_time": "1s", "upstream_spares": 0},
            "audit": {"file": os.path.join(self.folder, "audit.log")},
        }
        self.daemon = Daemon(self.folder, config)
        self.rows = 0  # that have been run

    def start(self):
        self.engine.context = Engine(ENGINE_CA.server(sans=NAMED)).context()
        self.engine.start()
        self.daemon.start()
        self.daemon.await_ready()

    def stop(self):
        self.daemon.stop()
        self.engine.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.engine.errors:
            raise AssertionError(f"at the engine: {self.engine.errors}")

    def ask(self, context):
        """Asks an engine with this context; returns the answer, the record, and how many requests reached it."""
        self.engine.context = context
        before = len(self.engine.requests)
        with contextlib.closing(Client(self.socket)) as client:
            client.send(request("GET", "/info", "Connection: close"))
            answer = client.response()
        self.rows += 1
        record = self.daemon.await_audit(self.rows)[-1]
        RECORD.validate(record)
        return answer, record, len(self.engine.requests) - before


class Engine:
    """What the engine shows, and what it asks of tidegate. versions: the only one, or the least and the most."""

    def __init__(self, shown, versions="1.2-1.3", wants=None, ciphers="ALL"):
        self.shown, self.wants, self.ciphers = shown, wants, ciphers
        self.least, _, self.most = versions.partition("-")

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers(f"{self.ciphers}:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = VERSIONS[self.least], VERSIONS[self.most or self.least]
        context.load_cert_chain(self.shown.cert, self.shown.key)
        if self.wants:
            context.load_verify_locations(self.wants.cert)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


# What the client is told for a cause that has a name of its own.
WORDS = {"tls_version": "it has neither TLS 1.2 nor 1.3"}


class EngineRow:
    """`stage` is one of WAYS. The engine gets the request if it `is_served`, and nothing of it otherwise."""

    def __init__(self, name, stage, engine, is_served):
        self.name, self.stage, self.engine, self.is_served = name, stage, engine, is_served

    def run(self, test, stages):
        answer, record, reached = stages[self.stage].ask(self.engine.context())
        seen = (answer.status, record.get("reason"), record["status"], record["decision"], reached)
        wanted = (200, None, 200, "allow", 1) if self.is_served else (502, "upstream.tls", 502, "deny", 0)
        test.assertEqual(seen, wanted, f"status, reason, status on record, decision, requests: {answer}, {record}")
        if not self.is_served:
            test.assertIn(WORDS.get(record["cause"], record["cause"]), answer.body.decode())


def engine(name, shown, is_served, at="by address", **options):
    return EngineRow(f"{at}: {name}", at, Engine(shown, **options), is_served)


def server(*sans, **options):
    return ENGINE_CA.server(sans=sans or NAMED, **options)


def names():
    for what, sans, is_served in (
        ("its address", ("IP:127.0.0.1",), True),
        ("its address among others", ("DNS:x.test", "IP:192.0.2.1", "IP:127.0.0.1"), True),
        ("another address", ("IP:127.0.0.2",), False),
        ("its address as a host name", ("DNS:127.0.0.1",), False),
        ("its address as a URI", ("URI:127.0.0.1",), False),
        ("a host name only", ("DNS:engine.corp.test",), False),
        ("a wildcard only", ("DNS:*",), False),
    ):
        yield engine(what, server(*sans), is_served)
    yield engine("no alternative name", ENGINE_CA.server("127.0.0.1", sans=()), False)
    for name, is_served in (
        ("engine.corp.test", True), ("ENGINE.CORP.TEST", True), ("*.corp.test", True), ("corp.test", False), ("*.test", False),
        ("*.*.test", False), ("e*.corp.test", False), ("*ngine.corp.test", False), ("*", False), ("other.corp.test", False),
        ("engine.corp.test.evil.test", False), ("x.engine.corp.test", False), (".corp.test", False),
    ):  # fmt: skip
        yield engine(f"host name {name}", server(f"DNS:{name}"), is_served, at="by name")
    yield engine("an address only", server("IP:127.0.0.1"), False, at="by name")
    yield engine("a common name only", ENGINE_CA.server("engine.corp.test", sans=()), False, at="by name")
    yield engine("its name as a URI", server("URI:engine.corp.test"), False, at="by name")


def certificates():
    for what, options, is_served in (
        ("for servers", {}, True),
        ("for servers and clients", {"purposes": ("serverAuth", "clientAuth")}, True),
        ("for anything", {"purposes": ()}, True),
        ("for clients", {"purposes": ("clientAuth",)}, False),
        ("for code", {"purposes": ("codeSigning",)}, False),
        ("for signatures", {"usages": ("digital_signature",)}, True),
        ("for signing others", {"usages": ("key_cert_sign",)}, False),
        ("that ended yesterday", {"begins": -9, "ends": -1}, False),
        ("that begins tomorrow", {"begins": 1}, False),
        ("that ends in an hour", {"ends": 1 / 24}, True),
        ("signed with SHA-1", {"digest": hashes.SHA1()}, False),
        ("with a key of RSA 1024", {"key": "RSA 1024"}, False),
        ("with a key of RSA 2048", {"key": "RSA 2048"}, True),
        ("with a key of P-384", {"key": "P-384"}, True),
        ("with a key of P-521", {"key": "P-521"}, True),
        ("with a key of Ed25519", {"key": "Ed25519"}, True),
    ):
        yield engine(f"a certificate {what}", server(**options), is_served)
    critical = [(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00"), True)]
    yield engine("a certificate with an unknown critical extension", server(extra=critical), False)


def chains():
    yield engine("a stranger", STRANGER.server(sans=NAMED), False)
    yield engine("a stranger with its root", Shown(STRANGER.server(sans=NAMED), STRANGER), False)
    yield engine("one that has signed itself", Certificate("e", sans=NAMED, purposes=("serverAuth",)), False)
    yield engine("an authority of the same name", authority("Engine CA").server(sans=NAMED), False)
    yield engine("an intermediate", Shown(SUB.server(sans=NAMED), SUB), True)
    yield engine("an intermediate that is missing", SUB.server(sans=NAMED), False)
    middle = server()
    yield engine("an intermediate that is a server", Shown(middle.server(sans=NAMED), middle), False)
    old = ENGINE_CA.sub("Old CA", begins=-9, ends=-1)
    yield engine("an intermediate that ended yesterday", Shown(old.server(sans=NAMED), old), False)
    line = [ENGINE_CA]
    for number in range(5):
        line.append(line[-1].sub(f"Depth {number + 1}"))
    for depth, is_served in ((4, True), (5, False)):
        shown = Shown(line[depth].server(sans=NAMED), *reversed(line[1 : depth + 1]))
        yield engine(f"{depth} intermediates", shown, is_served)
    names_of = [(x509.NameConstraints([x509.DNSName("other.test")], None), True)]
    bound = ENGINE_CA.sub("Bound CA", extra=names_of)
    yield engine("an intermediate for other names", Shown(bound.server(sans=NAMED), bound), False, at="by name")
    yield engine("its own servers", SUB.server(sans=NAMED), True, at="by intermediate")
    yield engine("the root's servers", server(), False, at="by intermediate")
    yield engine("a sibling's servers", Shown(SIBLING.server(sans=NAMED), SIBLING, ENGINE_CA), False, at="by intermediate")


def conversations():
    yield engine("TLS 1.3 only", server(), True, versions="1.3")
    yield engine("TLS 1.2 only", server(), True, versions="1.2")
    yield engine("TLS 1.1 only", server(), False, versions="1.1")
    yield engine("TLS 1.0 to 1.1", server(), False, versions="1.0-1.1")
    yield engine("TLS 1.0 to 1.3", server(), True, versions="1.0-1.3")
    yield engine("TLS 1.2 with CBC only", server(), False, versions="1.2", ciphers="ECDHE-ECDSA-AES128-SHA")
    yield engine("TLS 1.2 with ChaCha20 only", server(), True, versions="1.2", ciphers="ECDHE-ECDSA-CHACHA20-POLY1305")
    yield engine("TLS 1.2 by RSA encryption only", server(key="RSA 2048"), False, versions="1.2", ciphers="AES128-GCM-SHA256")
    for version in ("1.3", "1.2"):
        yield engine(f"an engine that wants tidegate's certificate, in {version}", server(), True, versions=version, wants=OWN_CA)
        yield engine(f"an engine that wants another's, in {version}", server(), False, versions=version, wants=STRANGER)
        yield engine(f"an engine that wants one, in {version}", server(), False, at="shows nothing",
                     versions=version, wants=OWN_CA)  # fmt: skip
        yield engine(f"an engine that wants none, in {version}", server(), True, at="shows nothing", versions=version)


NAMES = [*names()]
CERTIFICATES = [*certificates(), *chains()]
CONVERSATIONS = [*conversations()]
