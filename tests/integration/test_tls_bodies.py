# SPDX-License-Identifier: Apache-2.0
"""Bodies of every framing and size pass over TLS as they do on a unix socket, with back-pressure."""

from tests.integration import test_archives, test_bodies
from tests.support.tls_test import TLS_1_2, TlsTest


class RequestBodiesOverTls(TlsTest, test_bodies.RequestBodies):
    pass


class AnswerBodiesOverTls(TlsTest, test_bodies.AnswerBodies):
    pass


class AnswerBodiesOverTls12(TlsTest, test_bodies.AnswerBodies):
    version = TLS_1_2


class ArchivesOverTls(TlsTest, test_archives.ArchivesTest):
    pass
