# SPDX-License-Identifier: Apache-2.0
"""The clients of the matrix. Each is called with an address, asks GET /info and says what came of it."""

import contextlib
import dataclasses
import re
import socket
import ssl
import subprocess

from tests.integration.tls_matrix.people import SERVER_CA
from tests.support.http import Truncated, request
from tests.support.tls import TlsClient
from tests.support.wait import PATIENCE

VERSIONS = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2,
            "1.3": ssl.TLSVersion.TLSv1_3}  # fmt: skip
ALERTS = {0: "close notify", 10: "unexpected message", 20: "bad record mac", 22: "record overflow", 40: "handshake failure",
          42: "bad certificate", 43: "unsupported certificate", 44: "certificate revoked", 45: "certificate expired",
          46: "certificate unknown", 47: "illegal parameter", 48: "unknown ca", 50: "decode error", 51: "decrypt error",
          70: "protocol version", 71: "insufficient security", 80: "internal error", 86: "inappropriate fallback",
          100: "no renegotiation", 109: "missing extension", 112: "unrecognized name", 116: "certificate required",
          120: "no application protocol"}  # fmt: skip
ASK = request("GET", "/info", "Connection: close")


@dataclasses.dataclass
class Came:
    status: int = None  # of the answer; None if there was none
    alert: str = None  # the alert that ended the handshake, in OpenSSL's words
    version: str = None
    cipher: str = None
    group: str = None
    protocol: str = None  # ALPN
    compression: str = None
    early: str = None  # bytes that may come before the end of a resumed handshake
    reused: bool = None  # whether a session was resumed
    said: bytes = b""  # what the server sent, as far as a row wants to know it


def alert_of(error):
    """The alert in Python's error, or the error."""
    words = str(error).lower().replace("_", " ")
    return found(r"alert ([a-z ]+?)(?: \(|\])", words) or found(r"(certificate verify failed)", words) or words


class Handshake:
    """A client by Python's ssl. It neither checks strength nor purpose of what it shows itself.

    shown: what it shows; None for no certificate
    versions: the only version that it speaks, or the least and the most
    alpn: the protocols that it offers
    options: for TlsClient, as server_name
    """

    def __init__(self, shown=None, versions="1.3", ciphers="ALL", alpn=None, trusts=SERVER_CA, ask=ASK, **options):
        self.shown, self.ciphers, self.alpn, self.trusts = shown, ciphers, alpn, trusts
        self.least, _, self.most = versions.partition("-")
        self.ask, self.options = ask, options

    def __call__(self, address):
        try:
            client = TlsClient(address, self.context(), **self.options)
        except ssl.SSLError as error:
            return Came(alert=alert_of(error))
        except ConnectionResetError:
            return Came()
        with contextlib.closing(client):
            return self.converse(client)

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_ciphers(f"{self.ciphers}:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = VERSIONS[self.least], VERSIONS[self.most or self.least]
        context.check_hostname = self.options.get("server_name", "localhost") == "localhost"
        context.load_verify_locations(self.trusts.cert)
        if self.alpn:
            context.set_alpn_protocols(self.alpn)
        if self.shown:
            context.load_cert_chain(self.shown.cert, self.shown.key)
        return context

    def converse(self, client):
        tls = client.socket.tls
        came = Came(version=tls.version(), cipher=tls.cipher()[0], protocol=tls.selected_alpn_protocol())
        came.reused = tls.session_reused
        client.try_send(self.ask)
        try:
            came.status = client.response().status
        except ssl.SSLError as error:
            came.alert = alert_of(error)
        except (ConnectionResetError, Truncated):
            pass
        return came


class Tool:
    """A client by the openssl command, for options that Python does not have. `shown`: a certificate, or None."""

    def __init__(self, shown, *options, said=ASK):
        self.shown, self.options, self.said = shown, options, said

    def __call__(self, address):
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"{address[0]}:{address[1]}", "-ign_eof", "-CAfile", SERVER_CA.cert,
             *(("-cert", self.shown.cert, "-key", self.shown.key) if self.shown else ()), *self.options],
            input=self.said, capture_output=True, check=False, timeout=6 * PATIENCE,
        )  # fmt: skip
        out, err = done.stdout.decode("latin-1"), done.stderr.decode("latin-1")
        return Came(
            status=int(found(r"^HTTP/1\.1 (\d+)", out) or 0) or None,
            alert=ALERTS.get(int(found(r"SSL alert number (\d+)", err) or -1)),
            cipher=found(r"Cipher is ([\w-]+)", out),
            group=found(r"Server Temp Key: (?:ECDH, )?([\w-]+)", out),
            compression=found(r"^Compression: (\w+)", out),
            early=found(r"Max Early Data: (\d+)", out),
            said=done.stdout + done.stderr,
        )


def found(pattern, text):
    match = re.search(pattern, text, re.M)
    return match and match[1]


class Raw:
    """Sends bytes as they are, and reads to the end. `cut`: "fin", "reset", or None to wait for the server's end."""

    def __init__(self, *pieces, cut=None):
        self.pieces, self.cut = pieces, cut

    def __call__(self, address):
        with socket.create_connection(address, PATIENCE) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                for piece in self.pieces:
                    sock.sendall(piece)
            if self.cut == "reset":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                return Came()
            if self.cut == "fin":
                sock.shutdown(socket.SHUT_WR)
            said = read_all(sock)
        return Came(alert=alert_in(said), said=said)


def read_all(sock):
    said = bytearray()
    with contextlib.suppress(ConnectionResetError):
        while piece := sock.recv(65536):
            said += piece
    return bytes(said)


def alert_in(said):
    """The first alert that was sent in the clear."""
    while len(said) >= 5:
        size = int.from_bytes(said[3:5], "big")
        if said[0] == 21 and size == 2:
            return ALERTS.get(said[6], str(said[6]))
        said = said[5 + size :]
    return None
