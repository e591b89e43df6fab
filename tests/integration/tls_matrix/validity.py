# SPDX-License-Identifier: Apache-2.0
"""What a certificate is for, from when until when, and who has revoked it."""

import datetime

from cryptography import x509

from tests.integration.tls_matrix.clients import Handshake
from tests.integration.tls_matrix.people import OPS, ROOT, STRANGER, listener
from tests.integration.tls_matrix.rows import Refused, Row, Served
from tests.support.pki import Shown, authority, bundle, written

SUB = ROOT.sub("Sub CA")
GONE_SUB = ROOT.sub("Revoked CA")
LOST, GONE_ROOT_CLIENT = SUB.client("lost"), ROOT.client("gone")
OLD_ROOT, FUTURE_ROOT = authority("Old Root", ends=-1, begins=-20), authority("Future Root", begins=1)
REASONS = ("key_compromise", "superseded", "cessation_of_operation", "certificate_hold")
LOST_BY = {reason: ROOT.client(f"lost by {reason}") for reason in REASONS}
EXPIRED = Refused("tls.expired")
EARLY = Refused("tls.not_yet_valid")
WRONG = Refused("tls.wrong_purpose")
REVOKED = Refused("tls.revoked")
UNUSABLE = Refused("tls.list_unusable")


def lists(*pems):
    return {"crl": [written(pem) for pem in pems]}


def root_list(*revoked, **options):
    return ROOT.revocation_list(GONE_ROOT_CLIENT, GONE_SUB, *revoked, number=7, **options)


LISTENERS = {
    "old root": lambda: listener(bundle(OLD_ROOT, ROOT)),
    "future root": lambda: listener(bundle(FUTURE_ROOT, ROOT)),
    "all lists": lambda: listener(**lists(root_list(), SUB.revocation_list(LOST), GONE_SUB.revocation_list())),
    "all lists, 1.2": lambda: listener(
        min_version="1.2", **lists(root_list(), SUB.revocation_list(LOST), GONE_SUB.revocation_list())),
    "all lists in one file": lambda: listener(**lists(root_list() + SUB.revocation_list(LOST) + GONE_SUB.revocation_list())),
    "the root's list": lambda: listener(**lists(root_list())),
    **{reason: lambda reason=reason: listener(
        **lists(ROOT.revocation_list(LOST_BY[reason], reason=x509.ReasonFlags[reason]))) for reason in REASONS},
    "an expired list": lambda: listener(**lists(root_list(begins=-20, ends=-1))),
    "a future list": lambda: listener(**lists(root_list(begins=1))),
    "an expired list of the intermediate": lambda: listener(**lists(root_list(), SUB.revocation_list(begins=-20, ends=-1))),
    "one of two roots with a list": lambda: listener(bundle(ROOT, STRANGER), **lists(root_list())),
    "two roots with lists": lambda: listener(bundle(ROOT, STRANGER), **lists(root_list(), STRANGER.revocation_list())),
    "the intermediate's list by another key": lambda: listener(
        **lists(root_list(), SUB.revocation_list(signed_by=STRANGER))),
    "an older and a newer list": lambda: listener(
        **lists(ROOT.revocation_list(begins=-3, number=1), ROOT.revocation_list(OPS, begins=-1, number=2))),
    "a newer and an older list": lambda: listener(
        **lists(ROOT.revocation_list(OPS, begins=-1, number=2), ROOT.revocation_list(begins=-3, number=1))),
    "a long list": lambda: listener(**lists(ROOT.revocation_list(*range(10, 3010), GONE_ROOT_CLIENT, number=1))),
    "the intermediate's list alone": lambda: listener(SUB, **lists(SUB.revocation_list(LOST))),
    "no list wanted": lambda: listener(crl=[]),
}  # fmt: skip


def purposes():
    for words, expected in (
        (("clientAuth",), Served()),
        (("clientAuth", "serverAuth"), Served()),
        (("clientAuth", "codeSigning", "emailProtection"), Served()),
        ((), Served()),
        (("serverAuth",), WRONG),
        (("codeSigning",), WRONG),
        (("emailProtection",), WRONG),
        (("serverAuth", "codeSigning"), WRONG),
    ):
        for version in ("1.3", "1.2"):
            said = " and ".join(words) or "anything"
            yield Row(f"a certificate for {said} in {version}", version,
                      Handshake(ROOT.client("ops-1", purposes=words), version), expected)  # fmt: skip
    for words, expected in ((("clientAuth",), Served()), (("serverAuth",), WRONG)):
        yield Row(f"a certificate critically for {words[0]}", "1.3",
                  Handshake(ROOT.client("ops-1", purposes=words, critical=True)), expected)  # fmt: skip
    for usages, expected in (
        (("digital_signature",), Served()),
        (("key_agreement",), Served()),
        (("key_encipherment",), WRONG),
        (("data_encipherment",), WRONG),
        (("key_cert_sign",), WRONG),
        (("content_commitment",), WRONG),
        (("digital_signature", "key_encipherment"), Served()),
    ):
        yield Row(f"a key for {' and '.join(usages)}", "1.3", Handshake(ROOT.client("ops-1", usages=usages)), expected)
    for words, expected in (
        (("clientAuth",), Served()),
        (("clientAuth", "serverAuth"), Served()),
        (("serverAuth",), WRONG),
        (("codeSigning",), WRONG),
    ):
        sub = ROOT.sub("For some", purposes=words)
        yield Row(f"an authority for {' and '.join(words)}", "1.3", Handshake(Shown(sub.client("ops-1"), sub)), expected)


def times():
    for words, begins, ends, expected in (
        ("ended a year ago", -400, -365, EXPIRED),
        ("ended yesterday", -20, -1, EXPIRED),
        ("ended a minute ago", -20, -1 / 1440, EXPIRED),
        ("begins tomorrow", 1, 20, EARLY),
        ("begins in an hour", 1 / 24, 20, EARLY),
        ("begins in a year", 365, 400, EARLY),
        ("began a minute ago", -1 / 1440, 20, Served()),
        ("began twenty years ago", -7300, 20, Served()),
        ("ends in an hour", -20, 1 / 24, Served()),
        ("ends in 2049", -1, datetime.datetime(2049, 12, 31, 23, 59, 59), Served()),
        ("ends in 2050", -1, datetime.datetime(2050, 1, 1), Served()),
        ("ends never (9999)", -1, datetime.datetime(9999, 12, 31, 23, 59, 59), Served()),
        ("outlives its authority", -1, 3650, Served()),
        ("is older than its authority", -300, 90, Served()),
    ):
        for version in ("1.3", "1.2"):
            yield Row(f"a certificate that {words}, in {version}", version,
                      Handshake(ROOT.client("ops-1", begins=begins, ends=ends), version), expected)  # fmt: skip
    for words, begins, ends, expected in (
        ("ended yesterday", -20, -1, EXPIRED),
        ("ended a minute ago", -20, -1 / 1440, EXPIRED),
        ("begins tomorrow", 1, 20, EARLY),
        ("ends in an hour", -20, 1 / 24, Served()),
    ):
        sub = ROOT.sub("Times CA", begins=begins, ends=ends)
        yield Row(f"an intermediate that {words}", "1.3", Handshake(Shown(sub.client("ops-1"), sub)), expected)
        lower = sub.sub("Below times")
        yield Row(f"the upper of two intermediates, which {words}", "1.3",
                  Handshake(Shown(lower.client("ops-1"), lower, sub)), expected)  # fmt: skip
    yield Row("a root that ended yesterday", "old root", Handshake(OLD_ROOT.client("ops-1")), EXPIRED)
    yield Row("a root beside one that ended", "old root", Handshake(OPS), Served())
    yield Row("a root that begins tomorrow", "future root", Handshake(FUTURE_ROOT.client("ops-1")), EARLY)
    yield Row("a root beside one that begins tomorrow", "future root", Handshake(OPS), Served())


def below_sub(name="ops-1"):
    return Shown(SUB.client(name), SUB)


def revocations():
    for at, version in (("all lists", "1.3"), ("all lists, 1.2", "1.2"), ("all lists in one file", "1.3")):
        def row(what, shown, expected, at=at, version=version):
            return Row(f"{at}: {what}", at, Handshake(shown, version), expected)

        yield row("a client of the root is served", OPS, Served())
        yield row("a revoked client of the root is refused", GONE_ROOT_CLIENT, REVOKED)
        yield row("a client of the intermediate is served", below_sub(), Served())
        yield row("a revoked client of the intermediate is refused", Shown(LOST, SUB), REVOKED)
        yield row("a client of a revoked intermediate is refused", Shown(GONE_SUB.client("ops-1"), GONE_SUB), REVOKED)
        yield row("the serial of a client that another authority has revoked is served",
                  ROOT.client("ops-1", serial=LOST.serial), Served())  # fmt: skip
        yield row("a client of an authority without a list is refused", Shown(*unlisted()), UNUSABLE)
        yield row("a stranger is a stranger", STRANGER.client("ops-1"), Refused("tls.untrusted"))

    def at(name, shown, expected, what):
        return Row(f"{name}: {what}", name, Handshake(shown), expected)

    name = "the root's list"
    yield at(name, OPS, Served(), "the root's clients are served")
    yield at(name, below_sub(), UNUSABLE, "the intermediate's clients are refused")
    yield at(name, Shown(GONE_SUB.client("x"), GONE_SUB), UNUSABLE, "a revoked intermediate's clients are refused")
    for reason in REASONS:
        yield at(reason, LOST_BY[reason], REVOKED, "is a reason to refuse")
    for name in ("an expired list", "a future list"):
        yield at(name, OPS, UNUSABLE, "nobody is served")
    name = "an expired list of the intermediate"
    yield at(name, OPS, Served(), "the root's clients are served")
    yield at(name, below_sub(), UNUSABLE, "the intermediate's clients are refused")
    name = "one of two roots with a list"
    yield at(name, OPS, Served(), "its clients are served")
    yield at(name, STRANGER.client("ops-1"), UNUSABLE, "the other's clients are refused")
    name = "two roots with lists"
    yield at(name, OPS, Served(), "the first one's clients are served")
    yield at(name, STRANGER.client("ops-1"), Served(), "the other's clients are served")
    yield at(name, GONE_ROOT_CLIENT, REVOKED, "a revoked client is refused")
    name = "the intermediate's list by another key"
    yield at(name, below_sub(), UNUSABLE, "its clients are refused")
    yield at(name, OPS, Served(), "the root's clients are served")
    for name in ("an older and a newer list", "a newer and an older list"):
        yield at(name, OPS, REVOKED, "whom the newer one revokes is refused")
        yield at(name, ROOT.client("ops-2"), Served(), "others are served")
    yield at("a long list", OPS, Served(), "a client is served")
    yield at("a long list", GONE_ROOT_CLIENT, REVOKED, "its last entry is refused")
    yield at("a long list", ROOT.client("x", serial=10), REVOKED, "its first entry is refused")
    name = "the intermediate's list alone"
    yield at(name, below_sub(), Served(), "the intermediate's clients are served")
    yield at(name, Shown(LOST, SUB), REVOKED, "its revoked client is refused")
    yield at(name, OPS, Refused("tls.untrusted"), "the root's clients are strangers")
    yield at("no list wanted", GONE_ROOT_CLIENT, Served(), "who was revoked elsewhere is served")


def unlisted():
    middle = ROOT.sub("Unlisted CA")
    return middle.client("ops-1"), middle


PURPOSES = [*purposes()]
TIMES = [*times()]
REVOCATIONS = [*revocations()]
