# SPDX-License-Identifier: Apache-2.0
"""Sessions that are resumed, and wishes of a client that are not granted."""

import contextlib

from tests.integration.tls_matrix.clients import Handshake, Tool
from tests.integration.tls_matrix.people import OPS, ROOT, listener
from tests.integration.tls_matrix.rows import Refused, Row, Served
from tests.support.tls import TlsClient

ALICE = ROOT.client("alice")
RULES = [{"certificate": {"common_name": "alice"}, "profile": "exact"}, {"profile": "rest"}]
LISTENERS = {
    "1.3 again": listener,
    "1.2 again": lambda: listener(min_version="1.2"),
    "who": lambda: listener(clients=RULES),
    "who, 1.2": lambda: listener(clients=RULES, min_version="1.2"),
}


class Again(Row):
    """A client that comes to `first`, and then with its session to `then`, where it is resumed or not."""

    def __init__(self, name, first, then, client, expected, times=1):
        super().__init__(name, then, client, expected)
        self.first, self.times = first, times

    def run(self, test, stage):
        context = self.client.context()
        came, session = self.come(stage.address(self.first), context)
        stage.outcome(self.first)
        test.assertFalse(came.reused, "the first time")
        for _ in range(self.times):
            stage.forget()
            came, session = self.come(stage.address(self.listener), context, session)
            record, reached = stage.outcome(self.listener)
            self.expected.check(test, came, record, reached)
            test.assertEqual(record["common_name"], self.client.shown.name)

    def come(self, address, context, session=None):
        with contextlib.closing(TlsClient(address, context, session=session)) as client:
            return self.client.converse(client), client.socket.tls.session


def sessions():
    for version in ("1.3", "1.2"):
        client = Handshake(OPS, version)
        yield Again(f"a session is resumed on its listener in {version}", version, version, client, Served(reused=True))
        yield Again(f"a session is no session on another listener in {version}", version, f"{version} again", client,
                    Served(reused=False))  # fmt: skip
        yield Again(f"sessions are resumed again and again in {version}", version, version, client, Served(reused=True), times=4)
    for at, version in (("who", "1.3"), ("who, 1.2", "1.2")):
        yield Again(f"a resumed session has its client's profile in {version}", at, at, Handshake(ALICE, version),
                    Served("exact", reused=True))  # fmt: skip
        yield Again(f"a resumed session of another client has the other's in {version}", at, at, Handshake(OPS, version),
                    Served("rest", reused=True))  # fmt: skip
    yield Again("a session of 1.2 where 1.3 is the least is none", "1.2", "1.3", Handshake(OPS, "1.2-1.3"), Served(reused=False))


def wishes():
    yield Row("no data before the handshake's end is offered", "1.3", Tool(OPS), Served(early="0"))
    yield Row("a client that asks for compression gets none", "1.2", Tool(OPS, "-tls1_2", "-comp"), Served(compression="NONE"))
    yield Row("a client that asks for stapling is served without", "1.3", Tool(OPS, "-status"), Served())
    yield Row("a client that could be asked for its certificate later is asked at once", "1.3",
              Tool(OPS, "-enable_pha"), Served())  # fmt: skip
    yield Row("a client that could be asked later and has none is refused", "1.3",
              Tool(None, "-enable_pha"), Refused("tls.no_certificate"))  # fmt: skip
    yield Row("a client that wants records of 512 bytes is served", "1.3", Tool(OPS, "-maxfraglen", "512"), Served())
    yield Row("a client that sends records of 512 bytes is served", "1.3", Tool(OPS, "-max_send_frag", "512"), Served())
    yield Row("a client that wants no tickets is served", "1.2", Tool(OPS, "-tls1_2", "-no_ticket"), Served())
    yield Row("a client that wants certificate transparency is served", "1.3", Tool(OPS, "-serverinfo", "18"), Served())


SESSIONS = [*sessions()]
WISHES = [*wishes()]
