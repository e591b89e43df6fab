# SPDX-License-Identifier: Apache-2.0
"""An engine for thousands of connections: one thread, and silent if a test wants that."""

import collections
import re
import selectors
import socket
import threading

LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n")
UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class QuietEngine:
    """Reads every request whole. Answers {}, but for those that `answers` maps to something else.

    `answers` maps "POST /containers/create" (as in the request line, without the query) to bytes, or
    to None: no answer at all. What follows an upgrade is read and forgotten.
    """

    def __init__(self, path, answers):
        self.answers = answers
        self.seen = collections.Counter()  # complete requests, by the same keys
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(1024)
        self._listener.setblocking(False)
        self._stopping, self._stop = socket.socketpair()
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._stopping, selectors.EVENT_READ, None)
        self._pending = {}
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        self._stop.close()
        self._thread.join()
        for sock in [self._listener, self._stopping, *self._pending]:
            sock.close()
        self._selector.close()

    def _run(self):
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                key.data(key.fileobj)

    def _accept(self, listener):
        try:
            sock, _ = listener.accept()
        except BlockingIOError:
            return
        self._pending[sock] = bytearray()
        self._selector.register(sock, selectors.EVENT_READ, self._read)

    def _read(self, sock):
        try:
            data = sock.recv(1 << 18)
        except ConnectionResetError:
            data = b""
        if not data:
            self._selector.unregister(sock)
            del self._pending[sock]
            return sock.close()
        if self._pending[sock] is not None:
            self._pending[sock] += data
            self._answer(sock)

    def _answer(self, sock):
        pending = self._pending[sock]
        head, end, body = pending.partition(b"\r\n\r\n")
        length = LENGTH.search(head + b"\r\n")
        if not end or len(body) < int(length.group(1) if length else 0):
            return
        method, target = head.split(b" ", 2)[:2]
        key = f"{method.decode()} {target.split(b'?')[0].decode()}"
        answer = self.answers.get(key, EMPTY)
        self._pending[sock] = None if answer and answer.startswith(UPGRADED) else bytearray()
        self.seen[key] += 1
        if answer:
            sock.sendall(answer)
