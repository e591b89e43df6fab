# SPDX-License-Identifier: Apache-2.0
"""A client that sends exactly the bytes it is told to, and reads answers by the letter of RFC 9112.

Python's own http.client is forgiving where a test must not be: it hides interim answers, and takes a
cut-off body for an end.
"""

import array
import fcntl
import os
import socket
import termios
import time

from tests.support.wait import PATIENCE


class Truncated(AssertionError):
    """The connection ended in the middle of a message."""


class Response:
    def __init__(self, status, version, headers):
        self.status = status
        self.version = version
        self.headers = headers  # [(name, value)], as they came
        self.body = b""
        self.interim = []  # the 1xx answers before this one
        self.framing = None  # "none", "length", "chunked" or "eof"

    def header(self, name):
        """The value of the only header of that name, or None."""
        values = [v for n, v in self.headers if n.lower() == name.lower()]
        if len(values) > 1:
            raise AssertionError(f"{name} stands {len(values)} times in {self.headers}")
        return values[0] if values else None

    @property
    def reason(self):
        return self.header("Tidegate-Reason")

    def __repr__(self):
        return f"<{self.status} {self.headers} {bytes(self.body[:300])!r}>"


class Client:
    """One connection to tidegate (or, for comparison, to an engine).

    `address` is the path of a unix socket or a (host, port) pair, `source` the address to come from.
    """

    def __init__(self, address, patience=PATIENCE, receive_buffer=None, source=None):
        self.socket = socket.socket(family_of(address), socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(patience)
        try:
            if source:
                self.socket.bind((source, 0))
            self.socket.connect(address)
        except OSError:
            self.socket.close()
            raise
        self.buffer = bytearray()

    # -- sending

    def send(self, data):
        self.socket.sendall(data)

    def try_send(self, data):
        """Sends data that tidegate may refuse to read. Returns whether all of it was sent."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def send_in_pieces(self, data, size=1):
        """Sends `size` bytes at a time, each only after tidegate has read those before it.

        Stops where tidegate closes the connection. Unix sockets only.
        """
        for start in range(0, len(data), size):
            if not self.try_send(data[start : start + size]):
                return
            self._await_empty_queue()

    def _await_empty_queue(self):
        end = time.monotonic() + 0.5  # a peer that stops reading has refused; do not wait for it
        while time.monotonic() < end:
            if not self.has_unread():
                return
            os.sched_yield()

    def has_unread(self):
        """Whether the peer has not read all that was sent."""
        unread = array.array("i", [0])
        fcntl.ioctl(self.socket, termios.TIOCOUTQ, unread)
        return unread[0] != 0

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()

    # -- reading

    def read_some(self):
        """Returns what has arrived, at least one byte; b"" at the end of the stream."""
        if self.buffer:
            data = bytes(self.buffer)
            self.buffer.clear()
            return data
        return self.socket.recv(65536)

    def read_exactly(self, size):
        while len(self.buffer) < size:
            self._more()
        data = bytes(self.buffer[:size])
        del self.buffer[:size]
        return data

    def read_line(self):
        while b"\r\n" not in self.buffer:
            self._more()
        line, _, rest = bytes(self.buffer).partition(b"\r\n")
        self.buffer = bytearray(rest)
        if b"\r" in line or b"\n" in line:
            raise AssertionError(f"a bare CR or LF in {line!r}")
        return line

    def read_to_end(self):
        """Everything up to the clean end of the stream. A reset raises ConnectionResetError."""
        data = bytearray(self.buffer)
        self.buffer.clear()
        while piece := self.socket.recv(1 << 20):
            data += piece
        return bytes(data)

    def wait_closed(self):
        """Waits for tidegate to close or reset the connection; returns what arrived before."""
        data = bytearray(self.buffer)
        self.buffer.clear()
        try:
            while piece := self.socket.recv(1 << 20):
                data += piece
        except ConnectionResetError:
            pass
        return bytes(data)

    def response(self, method="GET"):
        """Reads one complete answer to a request with `method`."""
        answer = self.response_head()
        interim = []
        while 100 <= answer.status < 200 and answer.status != 101:
            interim.append(answer)
            answer = self.response_head()
        answer.interim = interim
        answer.framing = self._framing(answer, method)
        answer.body = b"".join(self.body_pieces(answer))
        return answer

    def response_head(self):
        status_line = self.read_line().decode("latin-1")
        version, _, rest = status_line.partition(" ")
        if version not in ("HTTP/1.1", "HTTP/1.0"):
            raise AssertionError(f"not a status line: {status_line!r}")
        headers = []
        while line := self.read_line().decode("latin-1"):
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        return Response(int(rest[:3]), version, headers)

    def body_pieces(self, answer):
        """The answer's body, piece by piece as it arrives."""
        if answer.framing is None:
            answer.framing = self._framing(answer, "GET")
        if answer.framing == "length":
            yield from self._pieces(int(answer.header("Content-Length")))
        elif answer.framing == "chunked":
            while size := int(self.read_line().split(b";")[0], 16):
                yield from self._pieces(size)
                if self.read_exactly(2) != b"\r\n":
                    raise AssertionError("a chunk does not end in CR LF")
            while self.read_line():
                pass
        elif answer.framing == "eof":
            while piece := self.read_some():
                yield piece

    def _pieces(self, size):
        while size:
            if not self.buffer:
                self._more()
            piece = bytes(self.buffer[:size])
            del self.buffer[: len(piece)]
            size -= len(piece)
            yield piece

    def _framing(self, answer, method):
        if method == "HEAD" or answer.status in (101, 204, 304):
            return "none"
        if answer.header("Transfer-Encoding"):
            if answer.header("Content-Length"):
                raise AssertionError("Transfer-Encoding and Content-Length in one answer")
            return "chunked"
        return "length" if answer.header("Content-Length") else "eof"

    def _more(self):
        try:
            piece = self.socket.recv(65536)
        except ConnectionResetError as error:
            raise Truncated(f"reset after {bytes(self.buffer)!r}") from error
        if not piece:
            raise Truncated(f"ended after {bytes(self.buffer)!r}")
        self.buffer += piece


def family_of(address):
    if isinstance(address, str):
        return socket.AF_UNIX
    return socket.AF_INET6 if ":" in address[0] else socket.AF_INET


def request(method, target, *headers, body=None, version="HTTP/1.1", host="docker"):
    """The bytes of a well-formed request; `body` gets a Content-Length, and JSON its type."""
    lines = [f"{method} {target} {version}", f"Host: {host}", *headers]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
        if not any(h.lower().startswith("content-type:") for h in headers):
            lines.append("Content-Type: application/json")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")


def chunked(data, size=65536):
    """Encodes `data` as a chunked body."""
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"
