# SPDX-License-Identifier: Apache-2.0
"""Chains: how long, in which order, with what missing or too much, and who may sign whom."""

import ipaddress

from cryptography import x509

from tests.integration.tls_matrix.clients import Handshake
from tests.integration.tls_matrix.people import OPS, ROOT, STRANGER, listener
from tests.integration.tls_matrix.rows import Refused, Row, Served
from tests.support.pki import Certificate, Shown, authority, bundle

CI = ROOT.sub("CI CA")
CI_SUB = CI.sub("CI Sub CA")
SIBLING = ROOT.sub("Sibling CA")
PINNED = Certificate("pinned", purposes=("clientAuth",))
NAMES_OF_KEYS = (b"a" * 20, b"b" * 20)
TWIN_A, TWIN_B = (authority("Twin Root", extra=[(x509.SubjectKeyIdentifier(name), False)]) for name in NAMES_OF_KEYS)
LISTENERS = {
    "CI CA": lambda: listener(CI),
    "CI CA and root": lambda: listener(bundle(CI, ROOT)),
    "two roots": lambda: listener(bundle(ROOT, STRANGER)),
    "two roots of one name": lambda: listener(bundle(TWIN_A, TWIN_B)),
    "one client": lambda: listener(PINNED),
}
UNTRUSTED = Refused("tls.untrusted")
NO_SUCH = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")


def below(root, depth):
    """A client with `depth` authorities between it and `root`, and these from the lowest up."""
    line = [root]
    for number in range(depth):
        line.append(line[-1].sub(f"Depth {number + 1}"))
    return Shown(line[-1].client("ops-1"), *reversed(line[1:]))


def came(*shown, at="1.3"):
    return at, Handshake(Shown(*shown))


def depths():
    for version in ("1.3", "1.2"):
        for depth in range(5):
            yield Row(f"a client below {depth} intermediates is served in {version}", version,
                      Handshake(below(ROOT, depth), version), Served())  # fmt: skip
        yield Row(f"a client below 5 intermediates is refused in {version}", version,
                  Handshake(below(ROOT, 5), version), UNTRUSTED)  # fmt: skip
    yield Row("a client below 12 intermediates is refused", "1.3", Handshake(below(ROOT, 12)), Refused("tls.failed", "decode error"))


def orders():
    leaf, deep = CI.client("ops-1"), below(ROOT, 3)
    yield Row("the intermediates may come in reverse", "1.3", Handshake(Shown(deep.leaf, *reversed(deep.chain))), Served())
    yield Row("the root may come too", *came(leaf, CI, ROOT), Served())
    yield Row("the root may come first", *came(leaf, ROOT, CI), Served())
    yield Row("an intermediate may come twice", *came(leaf, CI, CI), Served())
    yield Row("others' certificates may come too", *came(leaf, STRANGER, SIBLING, CI, STRANGER.client("x")), Served())
    yield Row("the client's certificate may come twice", *came(leaf, leaf, CI), Served())
    yield Row("a missing intermediate is refused", *came(leaf), UNTRUSTED)
    yield Row("a sibling in place of the intermediate is refused", *came(leaf, SIBLING), UNTRUSTED)
    yield Row("a missing lower intermediate is refused", *came(CI_SUB.client("ops-1"), CI), UNTRUSTED)
    yield Row("a missing upper intermediate is refused", *came(CI_SUB.client("ops-1"), CI_SUB), UNTRUSTED)
    some = [authority(f"Filler {number}") for number in range(7)]
    yield Row("six certificates that lead nowhere may come too", *came(leaf, CI, *some[:6]), Served())
    yield Row("nine certificates are refused unread", *came(leaf, CI, *some), Refused("tls.failed", "decode error"))
    filling = [(x509.UnrecognizedExtension(NO_SUCH.oid, bytes(8000)), False)]
    large = [authority(f"Large {number}", extra=filling) for number in range(9)]
    yield Row("more than 32 KiB of certificates are refused", *came(leaf, CI, *large[:5]), Refused("tls.failed", "illegal parameter"))


def anchors():
    yield Row("without a certificate nobody is served in 1.3", "1.3", Handshake(), Refused("tls.no_certificate"))
    yield Row("without a certificate nobody is served in 1.2", "1.2", Handshake(versions="1.2"), Refused("tls.no_certificate"))
    yield Row("another authority's client is refused in 1.3", *came(STRANGER.client("ops-1")),
              Refused("tls.untrusted", "unknown ca", shown_common_name="ops-1"))  # fmt: skip
    yield Row("another authority's client is refused in 1.2", "1.2", Handshake(STRANGER.client("ops-1"), "1.2"),
              Refused("tls.untrusted", "unknown ca", shown_common_name="ops-1"))  # fmt: skip
    yield Row("another authority's client is refused with its root too", *came(STRANGER.client("ops-1"), STRANGER), UNTRUSTED)
    yield Row("one who has signed himself is refused", *came(Certificate("ops-1")), UNTRUSTED)
    yield Row("an authority of the root's name is not the root", *came(authority("Corp Root").client("ops-1")), UNTRUSTED)
    impostor = authority("CI CA")
    yield Row("an intermediate of a known name with another key is refused", *came(impostor.client("ops-1"), CI), UNTRUSTED)
    yield Row("one that a stranger has signed in the root's name is refused",
              *came(Certificate("ops-1", ROOT, signed_by=STRANGER)), UNTRUSTED)  # fmt: skip
    yield Row("an intermediate that a stranger has signed in the root's name is refused", "1.3",
              Handshake(forged_chain()), UNTRUSTED)  # fmt: skip
    for number, root in enumerate((ROOT, STRANGER), 1):
        yield Row(f"of two roots, clients of number {number} are served", *came(root.client("ops-1"), at="two roots"), Served())
    yield Row("of two roots, a third's clients are refused", *came(authority("Third").client("ops-1"), at="two roots"), UNTRUSTED)
    for number, (root, name) in enumerate(zip((TWIN_A, TWIN_B), NAMES_OF_KEYS), 1):
        key = [(x509.AuthorityKeyIdentifier(name, None, None), False)]
        yield Row(f"of two roots of one name, clients of number {number} are served",
                  *came(root.client("ops-1", extra=key), at="two roots of one name"), Served())  # fmt: skip
    yield Row("of two roots of one name, a third's of that name are refused",
              *came(authority("Twin Root").client("ops-1"), at="two roots of one name"), UNTRUSTED)  # fmt: skip
    yield Row("a client's own certificate as client_ca is served", *came(PINNED, at="one client"), Served())
    yield Row("another with the pinned name is refused", *came(Certificate("pinned"), at="one client"), UNTRUSTED)
    yield Row("one that the pinned client has signed is refused", *came(PINNED.client("x"), PINNED, at="one client"), UNTRUSTED)


def forged_chain():
    middle = authority("Forged CA", ROOT, signed_by=STRANGER)
    return Shown(middle.client("ops-1"), middle)


def partial():
    at = "CI CA"
    yield Row("an intermediate is trusted by itself", *came(CI.client("ops-1"), at=at), Served())
    yield Row("an intermediate is trusted by itself, where the client sends it too", *came(CI.client("ops-1"), CI, at=at), Served())
    yield Row("an intermediate is trusted by itself, where the client sends the root too",
              *came(CI.client("ops-1"), CI, ROOT, at=at), Served())  # fmt: skip
    yield Row("what is below a trusted intermediate is served", *came(CI_SUB.client("ops-1"), CI_SUB, at=at), Served())
    yield Row("the root's own clients are not the intermediate's", *came(OPS, at=at), UNTRUSTED)
    yield Row("the root's own clients are not the intermediate's, with the root", *came(OPS, ROOT, at=at), UNTRUSTED)
    yield Row("a sibling's clients are not the intermediate's", *came(SIBLING.client("ops-1"), SIBLING, ROOT, at=at), UNTRUSTED)
    at = "CI CA and root"
    yield Row("with both trusted, the intermediate's clients are served", *came(CI.client("ops-1"), at=at), Served())
    yield Row("with both trusted, the root's clients are served", *came(OPS, at=at), Served())
    yield Row("with both trusted, a sibling's clients are served", *came(SIBLING.client("ops-1"), SIBLING, at=at), Served())
    yield Row("with both trusted, a stranger's clients are refused", *came(STRANGER.client("ops-1"), at=at), UNTRUSTED)


def cross_signed():
    ours = ROOT.sub("Crossed CA")
    theirs = authority("Crossed CA", STRANGER, key_of=ours)
    expired = authority("Crossed CA", ROOT, key_of=ours, begins=-20, ends=-1)
    leaf = ours.client("ops-1")
    yield Row("a cross-signed intermediate is served by our signature", *came(leaf, ours), Served())
    # OpenSSL follows the first that fits and does not come back.
    yield Row("a cross-signed intermediate is refused where the foreign one comes first", *came(leaf, theirs, ours), UNTRUSTED)
    yield Row("a cross-signed intermediate is served where the foreign one comes last", *came(leaf, ours, theirs), Served())
    yield Row("a cross-signed intermediate is refused by a foreign signature alone", *came(leaf, theirs), UNTRUSTED)
    yield Row("a cross-signed intermediate is refused by a foreign signature with its root",
              *came(leaf, theirs, STRANGER), UNTRUSTED)  # fmt: skip
    yield Row("a renewed intermediate is served where the expired one comes first", *came(leaf, expired, ours), Served())
    yield Row("an intermediate whose renewal is not sent is refused", *came(leaf, expired), Refused("tls.expired"))
    yield Row("a root that has been signed by another is served by itself",
              *came(OPS, authority("Corp Root", STRANGER, key_of=ROOT)), Served())  # fmt: skip


def authorities():
    """Who may sign others."""
    def under(middle):
        return came(middle.client("ops-1"), middle)

    yield Row("a client cannot sign clients", *under(ROOT.client("ops-2")), UNTRUSTED)
    yield Row("a server cannot sign clients", *under(ROOT.server()), UNTRUSTED)
    yield Row("CA:FALSE with keyCertSign is no authority", *under(ROOT.sub("Not CA", ca=False)), UNTRUSTED)
    yield Row("no basicConstraints is no authority", *under(ROOT.sub("Old CA", ca=None)), UNTRUSTED)
    yield Row("CA:TRUE without keyUsage is an authority", *under(ROOT.sub("Any CA", usages=None)), Served())
    yield Row("CA:TRUE without keyCertSign is no authority", *under(ROOT.sub("List CA", usages=("crl_sign",))), UNTRUSTED)
    yield Row("CA:TRUE for signatures of data only is no authority",
              *under(ROOT.sub("Data CA", usages=("digital_signature",))), UNTRUSTED)  # fmt: skip
    none, one = ROOT.sub("Path 0", pathlen=0), ROOT.sub("Path 1", pathlen=1)
    below_none, below_one = none.sub("Below 0"), one.sub("Below 1")
    yield Row("pathlen 0 may sign clients", *under(none), Served())
    yield Row("pathlen 0 may not sign authorities", *came(below_none.client("ops-1"), below_none, none), UNTRUSTED)
    yield Row("pathlen 1 may sign one authority", *came(below_one.client("ops-1"), below_one, one), Served())
    two = below_one.sub("Below that")
    yield Row("pathlen 1 may not sign two in a row", *came(two.client("ops-1"), two, below_one, one), UNTRUSTED)
    yield Row("an authority may itself be a client", *came(ROOT.sub("both", usages=None, purposes=("clientAuth",))), Served())
    yield Row("an unknown critical extension of the client is refused",
              *came(ROOT.client("ops-1", extra=[(NO_SUCH, True)])), UNTRUSTED)  # fmt: skip
    yield Row("an unknown extension of the client is ignored", *came(ROOT.client("ops-1", extra=[(NO_SUCH, False)])), Served())
    yield Row("an unknown critical extension of an authority is refused",
              *under(ROOT.sub("Odd CA", extra=[(NO_SUCH, True)])), UNTRUSTED)  # fmt: skip
    wrong = x509.AuthorityKeyIdentifier(b"x" * 20, None, None)
    identified = authority("Identified", ROOT, extra=[(x509.SubjectKeyIdentifier(b"y" * 20), False)])
    yield Row("a client that names another key of its issuer is refused",
              *came(identified.client("ops-1", extra=[(wrong, False)]), identified), UNTRUSTED)  # fmt: skip


def constraints():
    """An authority's name constraints bind what is below it."""
    def limit(permitted=None, excluded=None):
        return [(x509.NameConstraints(permitted, excluded), True)]

    corp = ROOT.sub("Corp names", extra=limit([x509.DNSName("corp.test")]))
    for name, expected in (("a.corp.test", Served()), ("corp.test", Served()), ("A.CORP.TEST", Served()),
                           ("a.other.test", UNTRUSTED), ("xcorp.test", UNTRUSTED)):  # fmt: skip
        yield Row(f"permitted corp.test and the host name {name}", *came(corp.client(None, sans=(f"DNS:{name}",)), corp), expected)
    yield Row("permitted corp.test and the common name a.other.test", *came(corp.client("a.other.test"), corp), UNTRUSTED)
    yield Row("permitted corp.test and a common name that is no host name", *came(corp.client("ops 1"), corp), Served())
    wide = ROOT.sub("Not prod", extra=limit(None, [x509.DNSName("prod.test")]))
    yield Row("excluded prod.test and the host name a.prod.test",
              *came(wide.client("x", sans=("DNS:a.prod.test",)), wide), UNTRUSTED)
    yield Row("excluded prod.test and the host name a.dev.test", *came(wide.client("x", sans=("DNS:a.dev.test",)), wide), Served())
    spiffe = ROOT.sub("Spiffe", extra=limit([x509.UniformResourceIdentifier("prod.corp")]))
    yield Row("permitted prod.corp and its URI", *came(spiffe.client("x", sans=("URI:spiffe://prod.corp/a",)), spiffe), Served())
    yield Row("permitted prod.corp and another's URI",
              *came(spiffe.client("x", sans=("URI:spiffe://dev.corp/a",)), spiffe), UNTRUSTED)
    net = ROOT.sub("Net", extra=limit([x509.IPAddress(ipaddress.ip_network("192.0.2.0/24"))]))
    yield Row("permitted 192.0.2.0/24 and an address in it", *came(net.client("x", sans=("IP:192.0.2.7",)), net), Served())
    yield Row("permitted 192.0.2.0/24 and an address outside", *came(net.client("x", sans=("IP:192.0.3.7",)), net), UNTRUSTED)
    lower = corp.sub("Below names")
    yield Row("an authority's constraints bind what is two below",
              *came(lower.client("x", sans=("DNS:a.other.test",)), lower, corp), UNTRUSTED)


CHAINS = [*depths(), *orders()]
ANCHORS = [*anchors(), *partial(), *cross_signed()]
AUTHORITIES = [*authorities(), *constraints()]
