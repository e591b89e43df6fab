# SPDX-License-Identifier: Apache-2.0
"""A relay between two unix sockets that changes nothing and remembers what went to the engine."""

import re
import socket
import threading


class Relay:
    """Passes bytes and half-closes both ways. `sent` holds all that clients sent to the engine."""

    def __init__(self, path, upstream):
        self.path = path
        self.upstream = upstream
        self.sent = bytearray()
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(256)
        threading.Thread(target=self._accept, daemon=True).start()

    def requests(self):
        """The request lines that reached the engine, without API versions and queries."""
        with self._lock:
            lines = re.findall(rb"(?:^|\n)([A-Z]+) (/[^ ?]*)[^ \r\n]* HTTP/1\.[01]\r\n", bytes(self.sent))
        return [f"{method.decode()} {re.sub(r'^/v[0-9.]+/', '/', path.decode())}" for method, path in lines]

    def stop(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX)
            try:
                engine.connect(self.upstream)
            except OSError:
                client.close()
                continue
            threading.Thread(target=self._pump, args=(client, engine, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(engine, client, False), daemon=True).start()

    def _pump(self, source, sink, record):
        try:
            while data := source.recv(1 << 16):
                if record:
                    with self._lock:
                        self.sent += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
