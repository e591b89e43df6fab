# SPDX-License-Identifier: Apache-2.0
"""TLS over a socket that can close one direction, which Python's own SSLSocket cannot.

`docker run -i` sends close_notify and reads on. SSLSocket.unwrap() waits for the other side's, so the
record layer is driven by hand here, between two memory buffers.
"""

import contextlib
import socket
import ssl
import threading

from tests.support.http import Client, family_of
from tests.support.wait import PATIENCE

RECORDS = 1 << 16  # bytes encrypted at a time


class TlsSocket:
    """What Client and FakeEngine's Connection need of a socket. One thread may read while one writes."""

    def __init__(self, sock, context, server_name=None, server_side=False, session=None, piece=None):
        self.socket = sock
        self._piece = piece  # bytes given to the socket at a time
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._in, self._out, server_side, server_name, session)
        self._state = threading.Lock()  # for the TLS object
        self._sending = threading.Lock()  # keeps records in order
        self._unsent = bytearray()  # already encrypted
        self._early = bytearray()  # decrypted while the end was being sent

    def hello(self):
        """Returns the ClientHello, for the test to send as it likes; handshake() does the rest."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self._out.read()

    def next_flight(self):
        """Reads once, and returns what the handshake sends then, for the test to send as it likes."""
        self._more()
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self._out.read()

    def handshake(self):
        self._drive(self.tls.do_handshake)

    def sendall(self, data):
        with self._sending:
            for at in range(0, len(data), RECORDS):
                self._encrypt(data[at : at + RECORDS])
                self._put()

    def send(self, data):
        """Sends at most RECORDS bytes. After a timeout none of them has been sent."""
        with self._sending:
            self._put()
            self._encrypt(data[:RECORDS])
            with contextlib.suppress(TimeoutError):
                self._put()
        return min(len(data), RECORDS)

    def _encrypt(self, data):
        with self._state:
            self.tls.write(data)
            self._unsent += self._out.read()

    def recv(self, size):
        if self._early:
            data = bytes(self._early[:size])
            del self._early[:size]
            return data
        try:
            return self._drive(lambda: self.tls.read(size))
        except ssl.SSLZeroReturnError:
            return b""

    def _drive(self, attempt):
        """Repeats `attempt` until it needs no more bytes from the peer."""
        while True:
            with self._state:
                try:
                    result, waits = attempt(), False
                except ssl.SSLWantReadError:
                    waits = True
                except ssl.SSLEOFError:
                    raise ConnectionResetError("the connection ended without close_notify") from None
                except ssl.SSLZeroReturnError:
                    raise
                except ssl.SSLError as error:
                    self._send_alert()
                    raise error
            self._flush()
            if not waits:
                return result
            self._more()

    def _more(self):
        data = self.socket.recv(1 << 18)
        if data:
            self._in.write(data)
        else:
            self._in.write_eof()

    def _send_alert(self):
        with contextlib.suppress(OSError):
            self.socket.sendall(self._out.read())

    def _flush(self):
        if self._out.pending:
            with self._sending:
                with self._state:
                    self._unsent += self._out.read()
                self._put()

    def _put(self):
        while self._unsent:
            sent = self.socket.send(self._unsent[: self._piece])
            del self._unsent[:sent]

    def shutdown(self, how):
        """SHUT_WR only sends close_notify; SHUT_RDWR cuts the connection."""
        if how == socket.SHUT_RDWR:
            return self.socket.shutdown(how)
        with self._sending:
            with self._state:
                self._take_what_has_arrived()
                try:
                    self.tls.unwrap()
                except ssl.SSLError:
                    pass  # the peer has not closed its direction yet
                self._unsent += self._out.read()
            self._put()

    def _take_what_has_arrived(self):
        """OpenSSL would treat it as data after the peer's end."""
        try:
            while data := self.tls.read(1 << 18):
                self._early += data
        except ssl.SSLError:
            pass

    def settimeout(self, seconds):
        self.socket.settimeout(seconds)

    def setsockopt(self, *option):
        self.socket.setsockopt(*option)

    def fileno(self):
        return self.socket.fileno()

    def close(self):
        """Closes without close_notify, like a client that is killed."""
        self.socket.close()


class TlsClient(Client):
    """A Client over TLS. `source` is its local address."""

    def __init__(self, address, context, patience=PATIENCE, receive_buffer=None, source=None, server_name="localhost", **options):
        self.buffer = bytearray()
        sock = socket.socket(family_of(address), socket.SOCK_STREAM)
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(patience)
        self.socket = TlsSocket(sock, context, server_name, **options)
        try:
            if source:
                sock.bind((source, 0))
            sock.connect(address)
            self.socket.handshake()
        except OSError:
            sock.close()
            raise

    def send_in_pieces(self, data, size=1):
        """Sends one record for each piece. TLS hides how much of it tidegate has read."""
        for start in range(0, len(data), size):
            if not self.try_send(data[start : start + size]):
                return

    def try_send(self, data):
        try:
            self.send(data)
            return True
        except (ssl.SSLError, BrokenPipeError, ConnectionResetError):
            return False

    @property
    def peer_serial(self):
        """The serial number of tidegate's certificate."""
        return self.socket.tls.getpeercert()["serialNumber"]


def client_context(authority, pair=None, least=ssl.TLSVersion.TLSv1_3, most=ssl.TLSVersion.TLSv1_3):
    """A client's context: trusts `authority` and presents `pair`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version, context.maximum_version = least, most
    context.load_verify_locations(authority.cert)
    if pair:
        context.load_cert_chain(pair.cert, pair.key)
    return context


def server_context(authority, pair):
    """A server's context: presents `pair` and requires a client certificate from `authority`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key)
    context.load_verify_locations(authority.cert)
    context.verify_mode = ssl.CERT_REQUIRED
    return context
