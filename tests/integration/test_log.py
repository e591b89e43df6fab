# SPDX-License-Identifier: Apache-2.0
"""The log holds nobody up, and strangers cannot fill it."""

import contextlib
import json
import os
import re
import signal
import socket
import threading

from tests.support.daemon import DaemonTest, socket_address
from tests.support.http import Client, request
from tests.support.tls_test import TlsTest
from tests.support.wait import wait_until

INFO = request("GET", "/info")
A_MINUTE = 10  # messages of a kind
LOST = "lines of the log are lost here: standard error did not take them"


class LogTest(DaemonTest):
    def config(self, **sections):
        return super().config(**{"admin": {"address": f"unix://{self.path('admin.sock')}"}, **sections})

    def look(self, path, *headers):
        client = Client(self.path("admin.sock"))
        client.send(request("GET", path, *headers))
        answer = client.response()
        client.close()
        return answer

    def await_admin(self):
        """Its log may be unreadable here."""

        def answers():
            with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
                return self.look("/healthz").status == 200

        wait_until(answers, "the admin listener")

    def figure(self, name):
        page = self.look("/metrics").body.decode()
        return float(re.search(rf"^tidegate_{re.escape(name)} (\S+)$", page, re.M).group(1))

    def reload(self, result="done"):
        name = f'reloads_total{{result="{result}"}}'
        before = self.figure(name)
        self.daemon.signal(signal.SIGHUP)
        wait_until(lambda: self.figure(name) > before, "a reload")

    def assertTold(self, word, times):
        """Ten messages with this word, and at the end one about the others."""
        self.daemon.stop()
        log = self.daemon.log()
        self.assertEqual(log.count(f": {word}: "), A_MINUTE, log)
        self.assertEqual(log.count(f" {word}: {times - A_MINUTE} more such messages in the last minute\n"), 1, log)


class NobodyReadsIt(LogTest):
    """Standard error is a pipe, which is full from the start of each test on."""

    def setUp(self):
        super().setUp()
        self.reading, self.writing = os.pipe()
        self.addCleanup(self.stop_reading)
        self.serve(preexec=lambda: os.dup2(self.writing, 2))
        self.await_admin()
        self.reload()  # all messages of the start have been queued
        self.fill()

    def fill(self):
        """Through a description of its own: the daemon's end of the pipe stays in blocking mode."""
        end = os.open(f"/proc/self/fd/{self.writing}", os.O_WRONLY | os.O_NONBLOCK)
        for piece in (b"x" * 4096, b"\n"):
            with contextlib.suppress(BlockingIOError):
                while True:
                    os.write(end, piece)
        os.close(end)
        os.close(self.writing)

    def stop_reading(self):
        if self.reading >= 0:
            os.close(self.reading)
        self.reading = -1

    def read_on(self):
        """Reads to the end in the background. \\returns a function that waits for it and returns the lines"""
        pieces = []

        def read():
            while piece := os.read(self.reading, 1 << 16):
                pieces.append(piece)

        thread = threading.Thread(target=read)
        thread.start()

        def lines():
            thread.join()
            return b"".join(pieces).decode().splitlines()

        return lines

    def make_mistakes(self):
        """Reloads that log a hundred mistakes each, until lines are lost."""
        mistakes = {f"mistake_{i}": 1 for i in range(100)}  # each line lists the keys that there are
        self.daemon.write(json.dumps({**self.daemon.config, "profiles": {"p": {"containers": mistakes}}}))
        for _ in range(30):
            self.reload("failed")
            if self.figure("log_lost_total") > 0:
                return
        self.fail("nothing is lost: the queue has no bound")

    def test_all_else_goes_on(self):
        for _ in range(3):
            self.reload()
            self.assertEqual(self.ask(INFO).status, 200)
            self.assertEqual(self.look("/healthz").status, 200)
        self.assertEqual(self.look("/readyz").status, 200)
        self.assertEqual(self.figure("log_lost_total"), 0)
        self.daemon.stop()  # while still nobody reads

    def test_what_was_kept_is_written_when_somebody_reads_again(self):
        self.reload()
        lines = self.read_on()
        self.daemon.stop()
        said = "\n".join(lines())
        self.assertIn("reload (SIGHUP): in force", said)
        self.assertTrue(said.endswith(" info stopped"), said[-300:])

    def test_what_finds_no_room_is_counted_and_told(self):
        self.make_mistakes()
        lost = self.figure("log_lost_total")
        self.assertEqual((self.ask(INFO).status, self.look("/healthz").status), (200, 200))
        lines = self.read_on()
        self.daemon.write()
        self.reload()
        self.daemon.stop()
        told = [int(re.search(r" error (\d+) lines of the log", line).group(1)) for line in lines() if LOST in line]
        self.assertGreaterEqual(sum(told), lost)


class ItsReaderHasGone(LogTest):
    def test_before_the_start(self):
        reading, writing = os.pipe()
        os.close(reading)
        self.serve(preexec=lambda: (signal.signal(signal.SIGPIPE, signal.SIG_DFL), os.dup2(writing, 2)))
        os.close(writing)
        self.assertEqual(self.ask(INFO).status, 200)


class Strangers(LogTest):
    def test_web_pages_that_ask_the_admin_listener(self):
        self.serve()
        self.await_admin()
        for _ in range(25):
            self.assertEqual(self.look("/metrics", "Origin: http://evil.example").status, 403)
        self.assertTold("browser.origin", 25)

    def test_few_messages_are_all_told(self):
        self.serve()
        self.await_admin()
        for _ in range(A_MINUTE):
            self.look("/metrics", "Origin: http://evil.example")
        self.daemon.stop()
        self.assertEqual(self.daemon.log().count(": browser.origin: "), A_MINUTE)
        self.assertNotIn("more such messages", self.daemon.log())


class StrangersWithTls(TlsTest, LogTest):
    def knock(self, times):
        for _ in range(times):
            with socket.create_connection(socket_address(self.daemon.config["listeners"][0])) as client:
                client.sendall(b"GET /info HTTP/1.1\r\n\r\n")
                while client.recv(4096):
                    pass

    def test_failed_handshakes(self):
        self.serve()
        self.knock(30)
        self.assertEqual(len(self.daemon.await_audit(30)), 30, "each has its record")
        self.assertTold("tls.plaintext", 30)

    def test_one_kind_does_not_hide_another(self):
        self.serve()
        self.knock(30)
        self.assertTurnedAway(pair=self.authority.server())
        self.daemon.await_log("is not served: tls.wrong_purpose: ")
