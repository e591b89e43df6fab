# SPDX-License-Identifier: Apache-2.0
"""Kinds of keys and of signatures."""

from cryptography.hazmat.primitives import hashes

from tests.integration.tls_matrix.clients import Handshake, Tool
from tests.integration.tls_matrix.people import OPS, ROOT, SERVER_CA, listener
from tests.integration.tls_matrix.rows import Refused, Row, Served
from tests.support.pki import Shown, authority, bundle

GOOD = ("RSA 2048", "RSA 3072", "RSA 4096", "P-256", "P-384", "P-521", "Ed25519", "Ed448")
SERVERS = {kind: SERVER_CA.server(key=kind) for kind in ("RSA 2048", "RSA 3072", "P-384", "P-521", "Ed25519")}
SHA1_ROOT, MD5_ROOT = authority("SHA-1 Root", digest=hashes.SHA1()), authority("MD5 Root", key="RSA 2048", digest=hashes.MD5())
WEAK_ROOT, FINE_ROOT = authority("Weak Root", key="RSA 1024"), authority("Fine Root")
LISTENERS = {
    **{f"server {kind}": lambda kind=kind: listener(shown=SERVERS[kind], min_version="1.2") for kind in SERVERS},
    "root signed by SHA-1": lambda: listener(SHA1_ROOT),
    "root signed by MD5": lambda: listener(MD5_ROOT),
    "a weak root beside a good one": lambda: listener(bundle(WEAK_ROOT, FINE_ROOT)),
}
WEAK = Refused("tls.untrusted", "bad certificate")


def of_clients():
    for version in ("1.3", "1.2"):
        for kind in GOOD:
            yield Row(f"a client's key of {kind} is served in {version}", version,
                      Handshake(ROOT.client("ops-1", key=kind), version), Served())  # fmt: skip
        yield Row(f"a client's key of RSA 1024 is refused in {version}", version,
                  Handshake(ROOT.client("ops-1", key="RSA 1024"), version), WEAK)  # fmt: skip
        middle = ROOT.sub("Weak Sub", key="RSA 1024")
        yield Row(f"an intermediate's key of RSA 1024 is refused in {version}", version,
                  Handshake(Shown(middle.client("ops-1"), middle), version), WEAK)  # fmt: skip
        for kind in ("RSA 2048", "RSA 4096", "P-384", "P-521", "Ed25519"):
            sub = ROOT.sub(f"Sub of {kind}", key=kind)
            yield Row(f"an intermediate's key of {kind} is served in {version}", version,
                      Handshake(Shown(sub.client("ops-1"), sub), version), Served())  # fmt: skip
    for kind, expected in (("P-192", WEAK), ("secp256k1", Refused("tls.failed")), ("brainpoolP256r1", Refused("tls.failed"))):
        yield Row(f"a client's key of {kind} is refused in 1.2", "1.2",
                  Handshake(ROOT.client("ops-1", key=kind), "1.2"), expected)  # fmt: skip
    yield Row("a root's key of RSA 1024 is refused", "a weak root beside a good one",
              Handshake(WEAK_ROOT.client("ops-1")), WEAK)  # fmt: skip
    yield Row("a good root beside a weak one is served", "a weak root beside a good one",
              Handshake(FINE_ROOT.client("ops-1")), Served())  # fmt: skip


def of_servers():
    for kind in SERVERS:
        for version in ("1.3", "1.2"):
            yield Row(f"a server's key of {kind} is shown in {version}", f"server {kind}", Handshake(OPS, version), Served())


def signatures():
    for digest in (hashes.SHA256(), hashes.SHA384(), hashes.SHA512()):
        for kind in ("P-256", "RSA 2048"):
            sub = ROOT.sub(f"Signs by {digest.name}, {kind}", key=kind)
            yield Row(f"a certificate signed by {kind} and {digest.name} is served", "1.3",
                      Handshake(Shown(sub.client("ops-1", digest=digest), sub)), Served())  # fmt: skip
    for digest in (hashes.SHA1(), hashes.MD5()):
        sub = ROOT.sub(f"RSA that signs by {digest.name}", key="RSA 2048")
        yield Row(f"a certificate signed by RSA and {digest.name} is refused", "1.3",
                  Handshake(Shown(sub.client("ops-1", digest=digest), sub)), WEAK)  # fmt: skip
        middle = sub.sub("Below it", digest=digest)
        yield Row(f"an intermediate signed by RSA and {digest.name} is refused", "1.3",
                  Handshake(Shown(middle.client("ops-1"), middle, sub)), WEAK)  # fmt: skip
    yield Row("a certificate signed by ECDSA and sha1 is refused", "1.3",
              Handshake(ROOT.client("ops-1", digest=hashes.SHA1())), WEAK)  # fmt: skip
    yield Row("a root that has signed itself by sha1 is trusted, since its file says so", "root signed by SHA-1",
              Handshake(SHA1_ROOT.client("ops-1")), Served())  # fmt: skip
    yield Row("a root that has signed itself by md5 is trusted, since its file says so", "root signed by MD5",
              Handshake(MD5_ROOT.client("ops-1")), Served())  # fmt: skip
    for scheme in ("RSA-PSS+SHA256", "RSA-PSS+SHA384", "RSA-PSS+SHA512"):
        yield Row(f"a client that signs by {scheme} is served", "server RSA 2048",
                  Tool(RSA_OPS, "-sigalgs", scheme), Served())  # fmt: skip
    for scheme in ("RSA+SHA1", "ECDSA+SHA1"):
        yield Row(f"a client that knows only {scheme} is refused in 1.2", "1.2",
                  Tool(OPS, "-tls1_2", "-cipher", "ALL:@SECLEVEL=0", "-sigalgs", scheme),
                  Refused("tls.failed", "handshake failure"))  # fmt: skip


RSA_OPS = ROOT.client("ops-1", key="RSA 2048")
KEYS = [*of_clients(), *of_servers()]
SIGNATURES = [*signatures()]
