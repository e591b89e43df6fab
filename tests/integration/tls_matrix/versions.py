# SPDX-License-Identifier: Apache-2.0
"""Versions, ciphers and groups."""

from tests.integration.tls_matrix.clients import Handshake, Tool
from tests.integration.tls_matrix.people import OPS, ROOT, SERVER_CA, listener
from tests.integration.tls_matrix.rows import Refused, Row, Served

RSA_SERVER, RSA_OPS = SERVER_CA.server(key="RSA 2048"), ROOT.client("ops-1", key="RSA 2048")
LISTENERS = {
    "1.3": listener,
    "1.2": lambda: listener(min_version="1.2"),
    "1.2, RSA": lambda: listener(shown=RSA_SERVER, min_version="1.2"),
}

VERSIONS = [
    Row("TLS 1.3 is served", "1.3", Handshake(OPS), Served(version="TLSv1.3")),
    Row("TLS 1.2 is refused where 1.3 is the least", "1.3", Handshake(OPS, "1.2"), Refused("tls.version")),
    Row("TLS 1.1 is refused where 1.3 is the least", "1.3", Handshake(OPS, "1.1"), Refused("tls.version")),
    Row("TLS 1.0 is refused where 1.3 is the least", "1.3", Handshake(OPS, "1.0"), Refused("tls.version")),
    Row("TLS 1.2 is served where it is the least", "1.2", Handshake(OPS, "1.2"), Served(version="TLSv1.2")),
    Row("TLS 1.3 is served where 1.2 is the least", "1.2", Handshake(OPS, "1.3"), Served(version="TLSv1.3")),
    Row("the higher of two versions is taken", "1.2", Handshake(OPS, "1.2-1.3"), Served(version="TLSv1.3")),
    Row("TLS 1.1 is refused where 1.2 is the least", "1.2", Handshake(OPS, "1.1"), Refused("tls.version")),
    Row("TLS 1.0 is refused where 1.2 is the least", "1.2", Handshake(OPS, "1.0"), Refused("tls.version")),
    Row("a client that speaks everything gets TLS 1.3", "1.2", Handshake(OPS, "1.0-1.3"), Served(version="TLSv1.3")),
    Row("a client of 1.0 to 1.2 gets TLS 1.2", "1.2", Handshake(OPS, "1.0-1.2"), Served(version="TLSv1.2")),
    Row("a client of 1.0 to 1.2 is refused where 1.3 is the least", "1.3", Handshake(OPS, "1.0-1.2"), Refused("tls.version")),
    Row("a client that pretends to have fallen back to 1.2 is refused", "1.2",
        Tool(OPS, "-tls1_2", "-fallback_scsv"), Refused("tls.failed", "inappropriate fallback")),
]  # fmt: skip


def suites_of_1_3():
    for suite in ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"):
        yield Row(f"{suite} is served", "1.3", Tool(OPS, "-ciphersuites", suite), Served(cipher=suite))
    for suite in ("TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"):
        yield Row(f"{suite} is refused", "1.3", Tool(OPS, "-ciphersuites", suite), Refused("tls.failed", "handshake failure"))
    yield Row("AES-128 comes first, whatever the client prefers, in 1.3", "1.3",
              Tool(OPS, "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"),
              Served(cipher="TLS_AES_128_GCM_SHA256"))  # fmt: skip


def suites_of_1_2():
    for suite in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"):
        for kind, at in (("ECDSA", "1.2"), ("RSA", "1.2, RSA")):
            name = f"ECDHE-{kind}-{suite}"
            yield Row(f"{name} is served", at, Handshake(OPS, "1.2", name), Served(cipher=name))
    yield Row("AES-128 comes first, whatever the client prefers, in 1.2", "1.2",
              Handshake(OPS, "1.2", "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"),
              Served(cipher="ECDHE-ECDSA-AES128-GCM-SHA256"))  # fmt: skip
    for what, at, name in (
        ("CBC with SHA-1", "1.2", "ECDHE-ECDSA-AES128-SHA"),
        ("CBC with SHA-256", "1.2", "ECDHE-ECDSA-AES128-SHA256"),
        ("CBC with SHA-384", "1.2", "ECDHE-ECDSA-AES256-SHA384"),
        ("CCM", "1.2", "ECDHE-ECDSA-AES128-CCM"),
        ("CCM with a short tag", "1.2", "ECDHE-ECDSA-AES128-CCM8"),
        ("ARIA", "1.2", "ECDHE-ECDSA-ARIA128-GCM-SHA256"),
        ("Camellia", "1.2", "ECDHE-ECDSA-CAMELLIA128-SHA256"),
        ("key agreement by RSA encryption", "1.2, RSA", "AES128-GCM-SHA256"),
        ("key agreement by RSA encryption with CBC", "1.2, RSA", "AES256-SHA"),
        ("finite fields (DHE)", "1.2, RSA", "DHE-RSA-AES128-GCM-SHA256"),
        ("finite fields (DHE) with ChaCha20", "1.2, RSA", "DHE-RSA-CHACHA20-POLY1305"),
        ("no server certificate (DH)", "1.2", "ADH-AES128-GCM-SHA256"),
        ("no server certificate (ECDH)", "1.2", "AECDH-AES128-SHA"),
        ("no encryption", "1.2, RSA", "ECDHE-RSA-NULL-SHA"),
        ("no encryption (ECDSA)", "1.2", "ECDHE-ECDSA-NULL-SHA"),
    ):
        yield Row(f"{what}, {name}, is refused", at, Handshake(OPS, "1.2", name), Refused("tls.failed", "handshake failure"))
    yield Row("a shared key in place of certificates is refused", "1.2",
              Tool(OPS, "-tls1_2", "-cipher", "PSK:ECDHE-PSK-CHACHA20-POLY1305", "-psk", "aabb"),
              Refused("tls.failed", "handshake failure"))  # fmt: skip


SHOWN_AS = {"P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1"}


def groups():
    for version, option in (("1.3", "-tls1_3"), ("1.2", "-tls1_2")):
        for group in ("X25519", "P-256", "P-384", "P-521"):
            at = version if version == "1.3" else "1.2, RSA"  # in 1.2 the groups are for the certificates' keys too
            yield Row(f"group {group} is served in {version}", at, Tool(RSA_OPS, option, "-groups", group),
                      Served(group=SHOWN_AS.get(group, group)))  # fmt: skip
    for group in ("X448", "ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192"):
        yield Row(f"group {group} is refused in 1.3", "1.3", Tool(OPS, "-groups", group),
                  Refused("tls.failed", "handshake failure"))  # fmt: skip
    for group in ("secp256k1", "brainpoolP256r1", "brainpoolP512r1", "X448"):
        yield Row(f"group {group} is refused in 1.2", "1.2, RSA", Tool(RSA_OPS, "-tls1_2", "-groups", group),
                  Refused("tls.failed", "handshake failure"))  # fmt: skip
    yield Row("a client that guesses another group first is asked again", "1.3", Tool(OPS, "-groups", "X448:P-384"),
              Served(group="secp384r1"))  # fmt: skip
    yield Row("a client that guesses the dearest group first is asked again", "1.3",
              Tool(OPS, "-groups", "ffdhe8192:X25519"), Served(group="X25519"))  # fmt: skip


CIPHERS = [*suites_of_1_3(), *suites_of_1_2()]
GROUPS = [*groups()]
