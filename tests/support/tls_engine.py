# SPDX-License-Identifier: Apache-2.0
"""The scripted engine on a TCP port, plain or behind TLS as `dockerd --tlsverify` is."""

import socket

from tests.support.daemon import free_port
from tests.support.fake_engine import FakeEngine
from tests.support.tls import TlsSocket


class TcpEngine(FakeEngine):
    """`context` is the TLS context of the server; None for a plain engine."""

    def __init__(self, host="127.0.0.1", context=None):
        super().__init__(None)
        self.address = (host, free_port())
        self.context = context

    def _bind(self):
        family = socket.AF_INET6 if ":" in self.address[0] else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(self.address)
        return listener

    def _unbind(self):
        pass

    def _secure(self, sock):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return TlsSocket(sock, self.context, server_side=True) if self.context else sock
