# SPDX-License-Identifier: Apache-2.0
"""What is said in a handshake besides certificates: names, protocols, forms of the first message, and cuts."""

import os
import socket
import struct

from tests.integration.tls_matrix.clients import Came, Handshake, Raw, read_all
from tests.integration.tls_matrix.people import OPS
from tests.integration.tls_matrix.rows import Refused, Row, Served
from tests.support.http import request
from tests.support.tls import TlsClient, TlsSocket
from tests.support.wait import PATIENCE

LISTENERS = {}
FAILED = Refused("tls.failed")
PLAIN = Refused("tls.plaintext")


def server_names():
    for version in ("1.3", "1.2"):
        for what, name in (
            ("none", None), ("its own", "localhost"), ("another", "other.test"), ("one in upper case", "LOCALHOST"),
            ("one of 200 characters", ".".join(["a" * 49] * 4)), ("one with an underscore", "a_b.test"),
            ("one without dots", "tidegate"),
        ):  # fmt: skip
            yield Row(f"a client that asks for {what} as server name is served in {version}", version,
                      Handshake(OPS, version, server_name=name), Served())  # fmt: skip


def protocols():
    for version in ("1.3", "1.2"):
        for offered, chosen in (
            (None, None), (["http/1.1"], "http/1.1"), (["h2", "http/1.1"], "http/1.1"), (["http/1.1", "h2"], "http/1.1"),
            (["http/1.0", "http/1.1", "spdy/3"], "http/1.1"),
        ):  # fmt: skip
            yield Row(f"a client that offers {offered or 'no protocol'} is served in {version}", version,
                      Handshake(OPS, version, alpn=offered), Served(protocol=chosen))  # fmt: skip
        for offered in (["h2"], ["h2", "h3"], ["http/1.0"], ["HTTP/1.1"], ["http/1.1 "], ["acme-tls/1"]):
            yield Row(f"a client that offers only {offered} is refused in {version}", version,
                      Handshake(OPS, version, alpn=offered), Refused("tls.failed", "no application protocol"))  # fmt: skip


# -- the first message


def extension(number, data):
    return struct.pack(">HH", number, len(data)) + data


def listed(data, size=2):
    return len(data).to_bytes(size, "big") + data


# What a plain hello of TLS 1.3 has: groups, schemes, versions, and an X25519 share.
GROUPS = extension(10, listed(b"\x00\x1d"))
SCHEMES = extension(13, listed(b"\x04\x03\x08\x04"))
V1_3 = extension(43, listed(b"\x03\x04", 1))
SHARE = extension(51, listed(b"\x00\x1d" + listed(bytes(range(1, 33)))))
USUAL = GROUPS + SCHEMES + V1_3 + SHARE


def message(extensions=USUAL, legacy=b"\x03\x03", session=b"", suites=b"\x13\x01", compressions=b"\x00"):
    body = legacy + bytes(32) + listed(session, 1) + listed(suites) + listed(compressions, 1) + listed(extensions)
    return b"\x01" + listed(body, 3)


def record(payload, kind=22, version=b"\x03\x01"):
    return bytes([kind]) + version + listed(payload)


def hello(**options):
    return record(message(**options))


class Reshaped(Handshake):
    """An honest client whose first message is sent in another shape."""

    def __init__(self, shape, **options):
        super().__init__(OPS, **options)
        self.shape = shape

    def __call__(self, address):
        with socket.create_connection(address, PATIENCE) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client = object.__new__(TlsClient)
            client.buffer, client.socket = bytearray(), TlsSocket(sock, self.context(), "localhost")
            for piece in self.shape(client.socket.hello()):
                sock.sendall(piece)
            client.socket.handshake()
            return self.converse(client)


def in_records_of(size):
    def shape(whole):
        payload = whole[5:]
        return [record(payload[at : at + size]) for at in range(0, len(payload), size)]

    return shape


def shapes():
    """A hello may come in any pieces."""
    for version in ("1.3", "1.2"):
        yield Row(f"all of it byte by byte, in {version}", version, Handshake(OPS, version, piece=1), Served())
        yield Row(f"all of it seven bytes at a time, in {version}", version, Handshake(OPS, version, piece=7), Served())
        for size in (1, 4, 100):
            yield Row(f"a hello in records of {size} bytes, in {version}", version,
                      Reshaped(in_records_of(size), versions=version), Served())  # fmt: skip
    yield Row("a hello whose record says TLS 1.0", "1.3", Reshaped(lambda whole: [whole[:1] + b"\x03\x01" + whole[3:]]), Served())
    yield Row("a hello whose record says TLS 1.2", "1.3", Reshaped(lambda whole: [whole[:1] + b"\x03\x03" + whole[3:]]), Served())
    yield Row("a hello cut in the record's head", "1.3", Reshaped(lambda whole: [whole[:3], whole[3:]]), Served())
    yield Row("a hello and the next message of the client at once", "1.3", Handshake(OPS, "1.3"), Served())


def bad(what, *pieces, expected=FAILED, cut=None):
    return Row(what, "1.3", Raw(*pieces, cut=cut), expected)


def with_more(number, data):
    """A usual hello with one more extension."""
    return hello(extensions=USUAL + extension(number, data))


def bad_hellos():
    """None of them is answered by more than an alert."""
    yield bad("a hello of zero bytes", record(b"\x01\x00\x00\x00"))
    yield bad("a hello of noise", record(b"\x01" + listed(b"\xff" * 200, 3)))
    yield bad("a hello without suites", hello(suites=b""))
    yield bad("a hello with half a suite", hello(suites=b"\x13"))
    yield bad("a hello with suites that nobody knows", hello(suites=b"\xfa\xfa\x0a\x0a"))
    yield bad("a hello without extensions", hello(extensions=b""), expected=Refused("tls.version"))
    yield bad("a hello with a session id of 33 bytes", hello(session=bytes(33)))
    yield bad("a hello with a compression", hello(compressions=b"\x01"))
    yield bad("a hello without compressions", hello(compressions=b""))
    yield bad("a hello with an extension twice", hello(extensions=USUAL + GROUPS))
    yield bad("a hello with an extension that is too long", hello(extensions=USUAL + b"\x00\x2d\xff\xff\x00"))
    yield bad("a hello without groups", hello(extensions=SCHEMES + V1_3 + SHARE))
    yield bad("a hello without schemes", hello(extensions=GROUPS + V1_3 + SHARE),
              expected=Refused("tls.failed", "missing extension"))
    yield bad("a hello with SHA-1 only", hello(extensions=GROUPS + V1_3 + SHARE + extension(13, listed(b"\x02\x03\x02\x01"))),
              expected=Refused("tls.failed", "handshake failure"))  # fmt: skip
    for what, share in (
        ("of 31 bytes", b"\x00\x1d" + listed(bytes(31))),
        ("of noughts", b"\x00\x1d" + listed(bytes(32))),
        ("of a group that it does not list", b"\x00\x17" + listed(b"\x04" + bytes(64))),
    ):
        yield bad(f"a hello with a share {what}", hello(extensions=GROUPS + SCHEMES + V1_3 + extension(51, listed(share))))
    yield bad("a hello with a server name of noughts", with_more(0, listed(b"\x00" + listed(b"a\x00b"))))
    yield bad("a hello with an empty server name", with_more(0, listed(b"\x00" + listed(b""))), cut="fin")
    yield bad("a hello with an empty list of protocols", with_more(16, listed(b"")))
    yield bad("a hello with an empty protocol", with_more(16, listed(b"\x00")))
    future = extension(43, listed(b"\x03\x05", 1))
    yield bad("a hello of a version that is yet to come", hello(extensions=GROUPS + SCHEMES + SHARE + future),
              expected=Refused("tls.version"))  # fmt: skip
    yield bad("a hello of SSL 3", record(message(extensions=b"", legacy=b"\x03\x00"), version=b"\x03\x00"),
              expected=Refused("tls.version", "handshake failure"))
    yield bad("a hello that says it has 16 MiB", record(b"\x01\xff\xff\xff" + bytes(1000)))
    yield bad("a hello that says it has 200 KB", record(b"\x01\x03\x00\x00" + bytes(16000)))
    yield bad("another message than a hello", record(b"\x02" + listed(bytes(40), 3)))
    yield bad("a finished message first", record(b"\x14" + listed(bytes(32), 3)))
    yield bad("an alert first", record(b"\x02\x28", kind=21))
    yield bad("data first", record(b"GET /info HTTP/1.1\r\n\r\n", kind=23))
    yield bad("a change of ciphers first", record(b"\x01", kind=20))
    yield bad("a heartbeat first", record(b"\x01\x40\x00", kind=24))
    yield bad("an empty record first", record(b""), cut="fin")
    yield bad("a record of 17 KB", record(bytes(17500)), expected=PLAIN)
    yield bad("a hello of SSL 2", b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + b"\x01\x00\x80" * 7 + bytes(16))
    yield bad("a hello of SSL 2 that offers TLS 1.2",
              b"\x80\x2e\x01\x03\x03\x00\x15\x00\x00\x00\x10" + b"\x00\x00\x2f" * 7 + bytes(16), expected=Refused("tls.version"))


def other_languages():
    for what, said in (
        ("GET", request("GET", "/info")),
        ("POST", request("POST", "/containers/create", body=b"{}")),
        ("HEAD", request("HEAD", "/_ping")),
        ("PUT", request("PUT", "/containers/x/archive", body=b"x" * 5000)),
    ):
        yield Row(f"plain HTTP, {what}, is told to speak TLS", "1.3", Told(said), PLAIN)
    for what, said in (
        ("a CONNECT", b"CONNECT docker:2376 HTTP/1.1\r\nHost: docker:2376\r\n\r\n"),
        ("the beginning of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(40)),
        ("SSH", b"SSH-2.0-OpenSSH_9.2p1\r\n"),
        ("SMTP", b"EHLO mail.test\r\n"),
        ("a line feed", b"\n" * 64),
        ("noughts", bytes(64)),
        ("noise", bytes(range(128, 256)) * 4),
        ("4 MiB of noise", b"\x99" * (4 << 20)),
    ):
        yield Row(f"{what} is not TLS", "1.3", Raw(said), PLAIN)


class Told(Raw):
    """Plain HTTP, which gets dockerd's sentence."""

    def __call__(self, address):
        came = super().__call__(address)
        if came.said != b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n":
            raise AssertionError(f"told {came.said!r}")
        return came


# -- cuts


class CutShort(Handshake):
    """A client that leaves in the middle. `after`: bytes of its second flight that it sends; None for all of them."""

    def __init__(self, shown, version, after, how):
        super().__init__(shown, version)
        self.after, self.how = after, how

    def __call__(self, address):
        with socket.create_connection(address, PATIENCE) as sock:
            tls = TlsSocket(sock, self.context(), "localhost")
            sock.sendall(tls.hello())
            sock.sendall(tls.next_flight()[: self.after])
            if self.how == "reset":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                return Came()
            sock.shutdown(socket.SHUT_WR)
            read_all(sock)
            return Came()


def cuts():
    good = hello()
    for how in ("fin", "reset"):
        yield Row(f"a {how} after one byte", "1.3", Raw(b"\x16", cut=how), FAILED)
        yield Row(f"a {how} after the head of a record", "1.3", Raw(good[:5], cut=how), FAILED)
        yield Row(f"a {how} in the hello", "1.3", Raw(good[:40], cut=how), FAILED)
        yield Row(f"a {how} after the hello", "1.3", Raw(good, cut=how), FAILED)
        for version in ("1.3", "1.2"):
            for after in (1, 200):
                yield Row(f"a {how} after {after} bytes of the client's certificate, in {version}", version,
                          CutShort(OPS, version, after, how), FAILED)  # fmt: skip
    yield Row("a fin before the first byte", "1.3", Raw(cut="fin"), FAILED)
    yield Row("an alert after the hello", "1.3", Raw(good, record(b"\x02\x30", kind=21, version=b"\x03\x03")),
              Refused("tls.refused_by_client"))  # fmt: skip
    yield Row("noise after the hello", "1.3", Raw(good, record(os.urandom(200), kind=23, version=b"\x03\x03")), FAILED)
    for version in ("1.3", "1.2"):
        yield Row(f"a client that does not trust the listener, in {version}", version,
                  Handshake(OPS, version, trusts=OPS.issuer),
                  Refused("tls.refused_by_client", "certificate verify failed"))  # fmt: skip


NAMES = [*server_names()]
PROTOCOLS = [*protocols()]
SHAPES = [*shapes()]
BAD_HELLOS = [*bad_hellos()]
LANGUAGES = [*other_languages()]
CUTS = [*cuts()]
