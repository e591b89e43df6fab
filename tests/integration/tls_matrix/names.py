# SPDX-License-Identifier: Apache-2.0
"""Which rule of a listener names which certificate. The profile on record says which it was."""

from cryptography import x509
from cryptography.x509.oid import NameOID

from tests.integration.tls_matrix.clients import Handshake
from tests.integration.tls_matrix.people import ROOT, listener
from tests.integration.tls_matrix.rows import Row, Served, Unknown
from tests.support.pki import Certificate, Shown

CI = ROOT.sub("CI, Inc.", subject=[(NameOID.ORGANIZATION_NAME, "Corp"), (NameOID.COMMON_NAME, "CI CA")])
PINNED = ROOT.client("pinned")
RULES = [
    ("pinned", {"key_sha256": PINNED.key_sha256}),
    ("ci and build", {"issuer": "CN=CI CA,O=Corp", "common_name": "build-*"}),
    ("ci", {"issuer": "CN=CI CA,O=Corp"}),
    ("exact", {"common_name": "alice"}),
    ("star", {"common_name": "ops-*"}),
    ("two stars", {"common_name": "team/**"}),
    ("one level", {"common_name": "dept/*"}),
    ("host", {"san": "gate.corp.test"}),
    ("any host", {"san": "*.hosts.corp.test"}),
    ("uri", {"san": "spiffe://corp/one"}),
    ("uris", {"san": "spiffe://corp/ci/*"}),
    ("all uris", {"san": "spiffe://corp/all/**"}),
    ("urn", {"san": "urn:corp:a"}),
    ("address", {"san": "192.0.2.1"}),
    ("address 6", {"san": "2001:db8::1"}),
    ("addresses", {"san": "10.0.*"}),
]
LISTENERS = {
    "rules": lambda: listener(clients=[{"certificate": rule, "profile": name.replace(" ", "-")} for name, rule in RULES]),
    "a rule for the rest": lambda: listener(
        clients=[{"certificate": {"common_name": "alice"}, "profile": "exact"}, {"profile": "rest"}]),
    "by address": lambda: listener(
        clients=[{"certificate": {"common_name": "alice"}, "address": "127.0.0.2", "profile": "exact"},
                 {"certificate": {"common_name": "alice"}, "address": "127.0.0.0/8", "profile": "rest"}]),
}  # fmt: skip


def rule(what, profile, *shown, at="rules", **options):
    return Row(what, at, Handshake(Shown(*shown), **options), Served(profile.replace(" ", "-")) if profile else Unknown())


def named(name, **options):
    return ROOT.client(name, **options)


def with_san(*sans, name="nobody"):
    return ROOT.client(name, sans=sans)


def common_names():
    for name, profile in (
        ("alice", "exact"), ("Alice", None), ("alice ", None), (" alice", None), ("alice2", None), ("ali", None),
        ("al*ce", None), ("*", None), ("**", None),
        ("ops-1", "star"), ("ops-", "star"), ("ops", None), ("OPS-1", None), ("xops-1", None), ("ops-a/b", None),
        ("ops-\u00e9", "star"),
        ("team/a", "two stars"), ("team/a/b", "two stars"), ("team", None), ("dept/a", "one level"), ("dept/a/b", None),
    ):  # fmt: skip
        yield rule(f"common name {name!r} is {profile or 'nobody'}", profile, named(name))
    two = [(NameOID.COMMON_NAME, "alice"), (NameOID.COMMON_NAME, "bob")]
    yield rule("two common names are none", None, named("x", subject=two))
    yield rule("a common name twice is none", None, named("x", subject=[two[0], two[0]]))
    yield rule("no subject is nobody", None, named(None, extra=[(x509.SubjectAlternativeName([x509.DNSName("x.test")]), True)]))
    yield rule("another attribute is no common name", None, named("x", subject=[(NameOID.ORGANIZATIONAL_UNIT_NAME, "alice")]))
    several = [(NameOID.ORGANIZATION_NAME, "Corp"), (NameOID.COMMON_NAME, "alice"), (NameOID.COUNTRY_NAME, "DE")]
    yield rule("a common name beside other attributes", "exact", named("x", subject=several))
    yield rule("a common name with a control character is none", None, named("ops-\x01"))
    yield rule("a common name with a line feed is none", None, named("ops-\nalice"))
    yield rule("a common name with a nought is none", None, named("alice\x00x"))


def alternative_names():
    for what, san, profile in (
        ("a host name", "DNS:gate.corp.test", "host"),
        ("a host name in upper case", "DNS:GATE.CORP.TEST", "host"),
        ("a host name below", "DNS:a.gate.corp.test", None),
        ("a host name with a suffix", "DNS:gate.corp.test.evil.test", None),
        ("a host name by a wildcard rule", "DNS:a.hosts.corp.test", "any host"),
        ("a wildcard rule's own domain", "DNS:hosts.corp.test", None),
        ("a URI", "URI:spiffe://corp/one", "uri"),
        ("a URI with its host in upper case", "URI:spiffe://CORP/one", "uri"),
        ("a URI with its path in upper case", "URI:spiffe://corp/ONE", None),
        ("a longer URI", "URI:spiffe://corp/one/more", None),
        ("a URI by a wildcard rule", "URI:spiffe://corp/ci/7", "uris"),
        ("a URI with one level too many", "URI:spiffe://corp/ci/7/8", None),
        ("a URI with any levels", "URI:spiffe://corp/all/7/8/9", "all uris"),
        ("a URI that climbs", "URI:spiffe://corp/ci/../one", None),
        ("a URI that climbs to what is allowed", "URI:spiffe://corp/all/../all/x", None),
        ("a URI with an escaped slash", "URI:spiffe://corp/ci/a%2Fb", None),
        ("a URI with a needless escape", "URI:spiffe://corp/%6Fne", "uri"),
        ("a URI with an empty segment", "URI:spiffe://corp/all//x", None),
        ("a URN", "URI:urn:corp:a", "urn"),
        ("an IPv4 address", "IP:192.0.2.1", "address"),
        ("another IPv4 address", "IP:192.0.2.11", None),
        ("an IPv6 address", "IP:2001:db8::1", "address 6"),
        ("an address by a wildcard rule", "IP:10.0.7.7", "addresses"),
        ("an address outside of a wildcard rule", "IP:10.1.7.7", None),
        ("an e-mail address", "email:alice@corp.test", None),
        ("a host name in place of a URI", "DNS:spiffe://corp/one", None),
        ("a URI in place of a host name", "URI:gate.corp.test", None),
        ("a host name in place of an address", "DNS:192.0.2.1", None),
        ("a URI in place of an address", "URI:192.0.2.1", None),
        ("a host name in place of an IPv6 address", "DNS:2001:db8::1", None),
    ):
        yield rule(f"{what}, {san}", profile, with_san(san))
    yield rule("one of several host names", "host", with_san("DNS:a.test", "DNS:gate.corp.test", "DNS:b.test"))
    yield rule("a common name does not count as a host name", None, named("gate.corp.test"))
    yield rule("a host name does not count as a common name", None, with_san("DNS:alice"))
    yield rule("the first rule that matches counts", "exact", with_san("DNS:gate.corp.test", name="alice"))
    yield rule("a hundred names, the last of which counts", "host",
               with_san(*[f"DNS:n{number}.test" for number in range(99)], "DNS:gate.corp.test"))  # fmt: skip


def other_conditions():
    yield rule("the key of a certificate", "pinned", PINNED)
    yield rule("the key of a renewed certificate", "pinned", Certificate("other", ROOT, key_of=PINNED))
    yield rule("the pinned name with another key", None, named("pinned"))
    yield rule("an issuer", "ci", CI.client("nobody"), CI)
    yield rule("an issuer and a common name", "ci and build", CI.client("build-7"), CI)
    yield rule("a common name of another issuer", None, named("build-7"))
    same = ROOT.sub("x", subject=[(NameOID.COMMON_NAME, "CI CA")])
    yield rule("an issuer with less in its name", None, same.client("nobody"), same)
    turned = ROOT.sub("x", subject=[(NameOID.COMMON_NAME, "CI CA"), (NameOID.ORGANIZATION_NAME, "Corp")])
    yield rule("an issuer whose name has another order", None, turned.client("nobody"), turned)
    comma = ROOT.sub("x", subject=[(NameOID.ORGANIZATION_NAME, "Corp"), (NameOID.COMMON_NAME, "CI CA,O=Corp")])
    yield rule("an issuer with a comma in its common name", None, comma.client("nobody"), comma)
    yield rule("a rule without conditions takes the rest", "rest", named("bob"), at="a rule for the rest")
    yield rule("a rule before the rest", "exact", named("alice"), at="a rule for the rest")
    yield rule("a rule by address and name", "exact", named("alice"), at="by address", source="127.0.0.2")
    yield rule("a rule by network and name", "rest", named("alice"), at="by address", source="127.0.0.3")
    yield rule("a rule by address and another name", None, named("bob"), at="by address", source="127.0.0.2")
    yield rule("certificates with names and rules in 1.2 too", "exact", named("alice"),
               at="a rule for the rest, 1.2", versions="1.2")  # fmt: skip


LISTENERS["a rule for the rest, 1.2"] = lambda: listener(
    min_version="1.2", clients=[{"certificate": {"common_name": "alice"}, "profile": "exact"}, {"profile": "rest"}])  # fmt: skip
COMMON_NAMES = [*common_names()]
ALTERNATIVE_NAMES = [*alternative_names()]
OTHER_CONDITIONS = [*other_conditions()]
