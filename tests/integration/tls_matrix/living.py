# SPDX-License-Identifier: Apache-2.0
"""What happens to connections after their handshake: reloads, new keys, wishes that come late, and ends of one side."""

import contextlib
import functools
import os
import socket
import ssl
import subprocess

from tests.integration.tls_matrix.clients import Came, Handshake, Tool, found
from tests.integration.tls_matrix.people import OPS, ROOT, SERVER, SERVER_CA, STRANGER, listener
from tests.integration.tls_matrix.rows import Row, Served
from tests.support.http import Truncated, request
from tests.support.pki import written
from tests.support.tls import TlsClient
from tests.support.wait import PATIENCE, wait_until

CHANGED = "reload (a file has changed): in force for the next request of every client"
KEEP = request("GET", "/info")  # the connection stays open
OTHER = ROOT.client("other")
NEWCOMER = STRANGER.client("newcomer")
RENEWED = SERVER_CA.server(key_of=SERVER)


@functools.cache
def own(what):
    """The path of a file that one listener has for itself, so that a row can replace it."""
    return written({"cert": SERVER, "client_ca": ROOT}[what].pem)


def with_own_certificate():
    entry = listener()
    entry["tls"]["cert"] = own("cert")
    return entry


LISTENERS = {
    "its certificate is replaced": with_own_certificate,
    "its client_ca is replaced": lambda: listener(client_ca=own("client_ca")),
    "a list is added": listener,
}


class Ended:
    """The connection was served; this request is refused with `reason`, and does not reach the engine."""

    def __init__(self, reason, status=403):
        self.reason, self.status = reason, status

    def check(self, test, came, record, reached):
        seen = (came.status, record["decision"], record.get("reason"), reached)
        test.assertEqual(seen, (self.status, "deny", self.reason, 0), f"{came}, {record}")


# -- reloads


class Reloaded(Row):
    """A client that is connected while `change` is made to the listener, and asks again; then others come newly.

    later: [(client, expected)], after the reload
    """

    def __init__(self, name, at, change, expected, *later):
        super().__init__(name, at, Handshake(OPS, ask=KEEP), expected)
        self.change, self.later = change, later

    def run(self, test, stage):
        address = stage.address(self.listener)
        with contextlib.closing(TlsClient(address, self.client.context())) as client:
            stage.forget()
            Served().check(test, self.client.converse(client), *stage.outcome(self.listener))
            seen = stage.daemon.log().count(CHANGED)
            self.change(stage.daemon, stage.names.index(self.listener))
            # The reload reads the files of all listeners of the stage.
            wait_until(lambda: stage.daemon.log().count(CHANGED) > seen, "the reload", 6 * PATIENCE)
            stage.forget()
            self.expected.check(test, self.client.converse(client), *stage.outcome(self.listener))
        for newcomer, expected in self.later:
            stage.forget()
            expected.check(test, newcomer(address), *stage.outcome(self.listener))


def replaces(what, by):
    def change(*_):
        os.rename(written(by.pem), own(what))

    return change


def adds_list(daemon, index):
    daemon.config["listeners"][index]["tls"]["crl"] = [written(ROOT.revocation_list(OPS))]
    daemon.write()


def reloads():
    yield Reloaded("a connected client is served on when the listener's certificate is replaced", "its certificate is replaced",
                   replaces("cert", RENEWED), Served(), (Handshake(OPS), Served()))  # fmt: skip
    yield Reloaded("a connected client is refused when its authority is replaced, and one of the new authority is served",
                   "its client_ca is replaced", replaces("client_ca", STRANGER), Ended("tls.untrusted"),
                   (Handshake(NEWCOMER), Served()))  # fmt: skip
    yield Reloaded("a connected client is refused when a list is added that names it, and another is served", "a list is added",
                   adds_list, Ended("tls.revoked"), (Handshake(OTHER), Served()))  # fmt: skip


# -- late wishes


class Commanded(Tool):
    """A client by the openssl command that follows a script of (what it is told, what it prints then).

    A line that begins with K asks for new keys on both sides, one that begins with R for another handshake.
    """

    def __init__(self, script, *options):
        super().__init__(OPS, *options)
        self.script = script

    def __call__(self, address):
        command = ["openssl", "s_client", "-connect", f"{address[0]}:{address[1]}", "-CAfile", SERVER_CA.cert,
                   "-cert", self.shown.cert, "-key", self.shown.key, *self.options]  # fmt: skip
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as tool:
            os.set_blocking(tool.stdout.fileno(), False)
            said = bytearray()
            self.await_words(tool, said, b"Verify return code")
            for words, answer in self.script:
                since = len(said)
                tool.stdin.write(words)
                tool.stdin.flush()
                self.await_words(tool, said, answer, since)
            tool.stdin.close()
            tool.wait(PATIENCE)
        text = said.decode("latin-1")
        return Came(status=int(found(r"^HTTP/1\.1 (\d+)", text) or 0) or None, alert=found("(no renegotiation)", text))

    def await_words(self, tool, said, words, since=0):
        """Two lines that come together would be one to the command, so each waits for the answer to the one before."""

        def has_said():
            said.extend(tool.stdout.read() or b"")
            return words in said[since:]

        wait_until(has_said, f"{words!r} of openssl")


def late_wishes():
    asks, new_keys = (KEEP, b"HTTP/1.1 200 "), (b"K\n", b"KEYUPDATE")
    yield Row("a client that asks for new keys is served with them", "1.3", Commanded([new_keys, asks]), Served())
    yield Row("a client that asks for new keys again and again is served", "1.3", Commanded([new_keys] * 5 + [asks]), Served())
    yield Row("a client of 1.2 that asks for another handshake is refused it", "1.2",
              Commanded([asks, (b"R\n", b"no renegotiation")], "-tls1_2"), Served(alert="no renegotiation"))  # fmt: skip


# -- ends of one side


class HalfClosing(Handshake):
    """A client that ends its side after `said`, and reads to the listener's end. `bare`: without close_notify."""

    def __init__(self, version, said, bare, answered=False):
        super().__init__(OPS, version)
        self.said, self.bare, self.answered = said, bare, answered

    def converse(self, client):
        client.send(self.said)
        came = Came()
        if self.answered:
            came.status = client.response().status
        if self.bare:
            client.socket.socket.shutdown(socket.SHUT_WR)
        else:
            client.half_close()
        with contextlib.suppress(ConnectionResetError, Truncated, ssl.SSLError):
            if not self.answered:
                came.status = client.response().status
            came.said = client.read_to_end()
        return came


def half_closes():
    begun = request("POST", "/containers/create", "Content-Length: 100", "Content-Type: application/json") + b'{"Image":'
    for version in ("1.3", "1.2"):
        for bare, how in ((False, "with close_notify"), (True, "without close_notify")):
            # Whoever ends TLS in order may still want the answer; another end is a break, and nobody reads.
            status = None if bare else 400
            yield Row(f"an end {how} between two requests, in {version}", version,
                      HalfClosing(version, KEEP, bare, answered=True), Served(said=b""))  # fmt: skip
            yield Row(f"an end {how} in a head, in {version}", version, HalfClosing(version, KEEP[:20], bare),
                      Ended("client.left", status))  # fmt: skip
            yield Row(f"an end {how} in a body, in {version}", version, HalfClosing(version, begun, bare),
                      Ended("client.left", status))  # fmt: skip
        yield Row(f"an end with close_notify behind a request, in {version}", version, HalfClosing(version, KEEP, False),
                  Served(said=b""))  # fmt: skip


RELOADS = [*reloads()]
LATE_WISHES = [*late_wishes()]
HALF_CLOSES = [*half_closes()]
