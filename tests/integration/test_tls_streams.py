# SPDX-License-Identifier: Apache-2.0
"""What holds on a unix socket holds over TLS: the same tests again, with clients behind a handshake."""

from tests.integration import test_drain, test_hijack, test_keep_alive, test_peer_goes_away, test_responses
from tests.support.tls_test import TLS_1_2, TlsTest


class KeepAliveOverTls(TlsTest, test_keep_alive.KeepAlive):
    pass


class KeepAliveOverTls12(TlsTest, test_keep_alive.KeepAlive):
    version = TLS_1_2


class HijackOverTls(TlsTest, test_hijack.Hijack):
    pass


class HijackOverTls12(TlsTest, test_hijack.Hijack):
    version = TLS_1_2


class SessionAndGrpcOverTls(TlsTest, test_hijack.SessionAndGrpc):
    pass


class ResponsesOverTls(TlsTest, test_responses.Responses):
    pass


class ClientGoesAwayOverTls(TlsTest, test_peer_goes_away.ClientGoesAway):
    pass


class EngineGoesAwayOverTls(TlsTest, test_peer_goes_away.EngineGoesAway):
    pass


class DrainOverTls(TlsTest, test_drain.Drain):
    pass
