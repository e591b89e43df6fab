# SPDX-License-Identifier: Apache-2.0
"""A scripted Docker Engine on a unix socket. It records every byte that reaches it."""

import os
import socket
import threading

from tests.support.wait import PATIENCE, wait_until

KEEP = 1 << 20  # bytes recorded per connection; further ones are only counted


def reply(status=200, body=b"", *headers, content_type="application/json"):
    """A well-formed answer with a Content-Length."""
    lines = [f"HTTP/1.1 {status} Whatever", *headers]
    if status not in (204, 304):
        lines += [f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


# An engine whose containers have cgroup namespaces of their own, and what tidegate asks it about that.
PRIVATE_CGROUPS = {
    "GET /version": reply(200, b'{"ApiVersion":"1.47","MinAPIVersion":"1.24"}'),
    "GET /info": reply(200, b'{"CgroupVersion":"2","SecurityOptions":["name=seccomp,profile=builtin","name=cgroupns"]}'),
}
QUESTIONS = ("GET /version HTTP/1.1", "GET /v1.47/info HTTP/1.1")


class Request:
    """A request as it reached the engine. Header names keep their spelling."""

    def __init__(self, head):
        self.head = head
        line, *fields = head.decode("latin-1").split("\r\n")[:-2]
        self.line = line
        self.method, self.target, self.version = line.split(" ")
        self.headers = [tuple(field.split(": ", 1)) for field in fields]
        self.body = b""  # empty until it has been read

    def header(self, name):
        values = [v for n, v in self.headers if n.lower() == name.lower()]
        if len(values) > 1:
            raise AssertionError(f"{name} stands {len(values)} times in {self.headers}")
        return values[0] if values else None


class Connection:
    """One connection from tidegate, which an answer function uses."""

    def __init__(self, engine, sock):
        self.engine = engine
        self.socket = sock
        self.received = bytearray()  # the first KEEP bytes
        self.total = 0  # bytes in all
        self.requests = []
        self.ended = False  # tidegate has ended its side, or all of it
        self.stalled = threading.Event()  # set when send_until_stalled() meets back-pressure
        self.go = threading.Event()  # set by the test, for answers that wait for it
        self._pending = bytearray()

    def await_end(self):
        """Waits until tidegate has ended the connection. For tests; an answer calls wait_closed()."""
        wait_until(lambda: self.ended, "tidegate's end of its connection to the engine")

    def await_go(self):
        if not self.go.wait(PATIENCE):
            raise AssertionError("the test never said go")

    # -- writing

    def send(self, data):
        self.socket.sendall(data)

    def send_until_stalled(self, piece, limit):
        """Sends `piece` repeatedly until the peer takes no more; returns the bytes sent."""
        sent = 0
        self.socket.settimeout(0.5)
        try:
            while sent < limit:
                sent += self.socket.send(piece)
        except TimeoutError:
            self.stalled.set()
        self.socket.settimeout(PATIENCE)
        return sent

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        """Closes the connection. If bytes are unread, tidegate sees a reset."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()

    # -- reading

    def read_some(self):
        if self._pending:
            data = bytes(self._pending)
            self._pending.clear()
            return data
        try:
            data = self.socket.recv(1 << 18)
        except ConnectionResetError:
            data = b""
        self.total += len(data)
        self.received += data[: max(0, KEEP - len(self.received))]
        if not data:
            self.ended = True
        elif self.total == len(data):
            self.engine.connections.append(self)
        return data

    def read_exactly(self, size):
        data = bytearray()
        while len(data) < size:
            piece = self.read_some()
            if not piece:
                raise EOFError(f"{len(data)} of {size} bytes")
            data += piece
        self._pending = data[size:] + self._pending
        return bytes(data[:size])

    def read_until(self, mark):
        data = bytearray()
        while mark not in data:
            piece = self.read_some()
            if not piece:
                if data:
                    raise EOFError(f"{bytes(data)!r} and no {mark!r}")
                return b""
            data += piece
        end = data.index(mark) + len(mark)
        self._pending = data[end:] + self._pending
        return bytes(data[:end])

    def read_to_end(self):
        data = bytearray()
        while piece := self.read_some():
            data += piece
        return bytes(data)

    def wait_closed(self):
        """Reads and discards until tidegate closes the connection."""
        self.socket.settimeout(6 * PATIENCE)
        while self.read_some():
            pass

    def body_pieces(self, request):
        """The request's body as it arrives. A body that is cut off raises EOFError."""
        if request.header("Transfer-Encoding") == "chunked":
            while size := int(self.read_until(b"\r\n") or self._cut_off(), 16):
                yield self.read_exactly(size)
                self.read_exactly(2)
            self.read_until(b"\r\n")
            return
        left = int(request.header("Content-Length") or 0)
        while left:
            piece = self.read_exactly(min(left, 65536))
            left -= len(piece)
            yield piece

    def _cut_off(self):
        raise EOFError("the body is cut off")

    def read_body(self, request):
        request.body += b"".join(self.body_pieces(request))
        return request.body


class FakeEngine:
    """Listens from start() to stop(), again and again if wanted.

    `answers` maps "GET /_ping" (without the API version or the query) to what is answered: bytes,
    sent once the request's body has been read, or a function of (connection, request) that does as it
    likes. It may return bytes to send. Unknown requests get 200 and {}.
    """

    def __init__(self, path, answers=None, backlog=128):
        self.path = path
        self.answers = dict(answers or {})
        self.backlog = backlog
        self.accepted = []
        self.connections = []  # those of them on which something was sent: tidegate's look at its start sends nothing
        self._arrived = []
        self.errors = []
        self._listener = None

    # -- what the tests ask

    @property
    def total(self):
        """All bytes that ever reached the engine."""
        return sum(c.total for c in self.connections)

    @property
    def requests(self):
        """All requests, in order of arrival, from all connections."""
        return list(self._arrived)

    def await_request(self, count=1):
        """Waits until `count` requests have arrived; returns the last of them."""
        wait_until(lambda: len(self.requests) >= count, f"request {count} at the engine")
        return self.requests[count - 1]

    def await_connection(self, count=1):
        wait_until(lambda: len(self.connections) >= count, f"connection {count} at the engine")
        return self.connections[count - 1]

    # -- life

    def start(self):
        self._listener = self._bind()
        self._listener.listen(self.backlog)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self):
        """Stops like a real engine: removes the socket and closes all connections."""
        if self._listener is None:
            return
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._listener = None
        self._unbind()
        for connection in self.accepted:
            connection.close()

    def _bind(self):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(self.path)
        return listener

    def _unbind(self):
        os.unlink(self.path)

    def _secure(self, sock):
        """For an engine behind TLS."""
        return sock

    def _accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            sock.settimeout(6 * PATIENCE)
            connection = Connection(self, self._secure(sock))
            self.accepted.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            while head := connection.read_until(b"\r\n\r\n"):
                request = Request(head)
                connection.requests.append(request)
                self._arrived.append(request)
                self._answer(connection, request)
        except (OSError, EOFError):
            connection.ended = True
        except Exception as error:  # a broken script or a head that is not canonical; the test reports it
            self.errors.append(error)
            connection.close()

    def _answer(self, connection, request):
        answer = self.answers.get(key_of(request), reply(200, b"{}"))
        if callable(answer):
            answer = answer(connection, request)
        else:
            connection.read_body(request)
        if answer:
            connection.send(answer)


def key_of(request):
    """"GET /containers/json" for GET /v1.41/containers/json?all=1."""
    path = request.target.split("?")[0]
    head, _, rest = path[1:].partition("/")
    if head[:1] == "v" and head[1:2].isdigit():
        path = "/" + rest
    return f"{request.method} {path}"
