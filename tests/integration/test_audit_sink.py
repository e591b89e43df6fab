# SPDX-License-Identifier: Apache-2.0
"""Records that cannot be written are kept, and a request whose record could not be kept is not sent on."""

import contextlib
import json
import os
import resource
import signal
import stat
import subprocess
import threading

from tests.support.daemon import Daemon, DaemonTest, free_port
from tests.support.http import Client, request
from tests.support.wait import wait_until

INFO = request("GET", "/info")
LONG_TARGET = "/containers/" + "%C3%A9" * 1000 + "/exec?" + "&".join(f"{i}{'%22' * 90}=1" for i in range(16))
LONG_BODY = json.dumps({"Cmd": ["\1" * 1024], **{f"{i}" + '"' * 110: 1 for i in range(32)}})
LONG = request("POST", LONG_TARGET, body=LONG_BODY.encode())  # its record has about 20 KiB
ENOUGH = 500  # of them fill the queue
AGAIN = "audit: records are written again"


class Reader:
    """The reading end of a FIFO or a pipe."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.text = b""

    def records(self):
        self.lines()
        return [json.loads(line) for line in self.text.split(b"\n")[:-1]]

    def lines(self):
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self.descriptor, 1 << 16):
                self.text += piece
        return self.text.count(b"\n")

    def close(self):
        if self.descriptor >= 0:
            os.close(self.descriptor)
        self.descriptor = -1


class AuditSink(DaemonTest):
    def serve(self, file=None, preexec=None, limits=None, **audit):
        self.port = free_port()
        self.file = file or self.path("audit.log")
        admin = {"address": f"tcp://127.0.0.1:{self.port}"}
        profiles = {"p": {"allow": ["*"], "containers": {"unknown_fields": "drop"}}}
        audit = {"file": self.file, "exec_commands": True, **audit}
        super().serve(preexec=preexec, limits=limits, admin=admin, workers=1, audit=audit, profiles=profiles)
        self.daemon.await_log("metrics and health on")

    def _check_records(self, daemon):
        if os.path.isfile(self.file):
            super()._check_records(daemon)

    def look(self, path):
        client = Client(("127.0.0.1", self.port))
        client.send(request("GET", path))
        answer = client.response()
        client.close()
        return answer

    def figure(self, name):
        for line in self.look("/metrics").body.decode().splitlines():
            if line.startswith(f"tidegate_{name} "):
                return float(line.split()[1])
        raise AssertionError(f"no {name}")

    def asked(self):
        """What clients have made the engine hear."""
        return [seen.target for seen in self.engine.requests if seen.target != "/_ping"]

    def fifo(self):
        os.mkfifo(self.path("fifo"))
        return self.path("fifo")

    def reader(self):
        reader = Reader(os.open(self.path("fifo"), os.O_RDONLY | os.O_NONBLOCK))
        self.addCleanup(reader.close)
        return reader

    def assertFails(self, *words):
        for word in words:
            self.daemon.await_log(word)
        wait_until(lambda: self.look("/readyz").status == 503, "/readyz")
        self.assertIn(b"audit", self.look("/readyz").body)
        self.assertEqual((self.figure("audit_failed"), self.look("/healthz").status), (1, 200))

    def assertWorksAgain(self):
        self.daemon.await_log(AGAIN)
        self.assertEqual((self.figure("audit_failed"), self.look("/readyz").status), (0, 200))

    def fill_queue(self, data=LONG):
        """Asks until a request is refused for want of room. \\returns how many were answered"""
        client = self.client()
        for answered in range(30_000):
            client.send(data)
            answer = client.response()
            if answer.status != 200:
                self.assertRefused(answer, 503, "audit.unavailable")
                return answered
        raise AssertionError("the queue has no end")

    def test_a_full_disk_is_told_and_no_request_is_sent_on_without_its_record(self):
        self.serve("/dev/full", wait_time="100ms")
        self.ask(INFO)
        self.assertFails("/dev/full: No space left on device: records are kept")
        self.assertEqual(self.daemon.log().count("No space left"), 1)
        answered = self.fill_queue()
        self.assertGreater(answered, 200)
        self.assertEqual(len(self.asked()), 1 + answered)
        self.assertEqual((self.look("/healthz").status, self.figure("audit_failed")), (200, 1))
        self.assertGreater(self.figure("held_bytes"), 7 << 20)
        refused = 1
        while self.figure("audit_lost_total") == 0:  # a refusal has a record if there is room
            self.assertRefused(self.ask(LONG), 503, "audit.unavailable")
            refused += 1
        self.assertLess(refused, 5)
        self.daemon.signal()
        self.daemon.wait()
        self.assertIn(f"audit: {answered + refused} records are lost", self.daemon.log())

    def test_no_look_up_is_made_without_room_for_a_record(self):
        self.serve("/dev/full", wait_time="50ms")
        self.fill_queue()
        self.fill_queue(INFO)
        before = self.asked()
        self.daemon.config["profiles"]["p"]["containers"] = {"level": "baseline"}
        self.daemon.write()
        self.daemon.signal(signal.SIGHUP)
        self.daemon.await_log("in force for the next request")
        connect = request("POST", "/networks/n/connect", "Content-Type: application/json", body=b'{"Container":"c"}')
        self.assertRefused(self.ask(connect), 503, "audit.unavailable")
        self.assertEqual(self.asked(), before)

    def test_clients_that_do_not_send_their_bodies_take_no_room_from_others(self):
        """Long targets first, then shorter ones, until there would not be room for the shortest record."""
        self.serve(wait_time="200ms", limits={"body_time": "1h"})
        for target in [LONG_TARGET] * 1_100 + [f"/containers/{'x' * 300}%22/exec"] * 120:
            head = f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            self.client().send(head.encode() + b"Content-Length: 20\r\n\r\n{")
        wait_until(lambda: self.figure("held_bytes") > 1_100 * len(LONG_TARGET), "all heads")
        self.assertEqual([self.ask(INFO).status for _ in range(20)], [200] * 20)

    def test_a_client_that_waits_for_room_is_served_when_there_is_some(self):
        self.serve(self.fifo(), wait_time="1h")
        stalled = self.reader()
        client, statuses = self.client(patience=60), []

        def ask():
            for _ in range(ENOUGH):
                client.send(LONG)
                statuses.append(client.response().status)

        asking = threading.Thread(target=ask)
        asking.start()
        self.addCleanup(asking.join)
        wait_until(lambda: self.figure("held_bytes") > 7 << 20, "a full queue", 60)
        self.assertFails("its reader has taken nothing for a second")
        wait_until(lambda: stalled.lines() == ENOUGH, "all records", 30)
        asking.join()
        self.assertEqual(statuses, [200] * ENOUGH)
        self.assertWorksAgain()
        self.assertEqual(self.figure("audit_lost_total"), 0)

    def send_many(self, client):
        with contextlib.suppress(OSError):
            for _ in range(ENOUGH // 3):
                client.send(LONG)

    def test_a_stalled_reader_does_not_hold_up_the_end(self):
        self.serve(self.fifo(), wait_time="1h", limits={"drain_time": "1s"})
        stalled = self.reader()
        for client in [self.client() for _ in range(4)]:  # nobody reads the answers, so one client would stall
            threading.Thread(target=self.send_many, args=(client,), daemon=True).start()
        wait_until(lambda: self.figure("held_bytes") > 7 << 20, "a full queue", 60)
        self.assertEqual(self.look("/healthz").status, 200)
        self.daemon.signal()
        self.daemon.wait()
        self.assertRegex(self.daemon.log(), r" [1-9][0-9]* records are lost")
        stalled.close()

    def test_a_fifo_without_a_reader_does_not_hold_up_the_start(self):
        self.serve(self.fifo())
        self.assertEqual(self.ask(INFO).status, 200)
        self.assertFails("nobody reads this FIFO")
        reader = self.reader()
        self.assertEqual([record["target"] for record in wait_until(reader.records, "the record")], ["/info"])
        self.assertWorksAgain()

    def test_a_reader_of_a_fifo_may_leave_and_another_come(self):
        fifo = self.fifo()
        os.close(os.open(fifo, os.O_RDWR))
        first = self.reader()
        self.serve(fifo)
        self.ask(INFO)
        wait_until(first.records, "the first record")
        first.close()
        for _ in range(3):
            self.ask(request("GET", "/version"))
        self.assertFails("nobody reads this FIFO")
        second = self.reader()
        wait_until(lambda: len(second.records()) == 3, "what was kept")
        self.assertWorksAgain()

    def test_a_reader_of_standard_output_that_leaves_is_told(self):
        reading, writing = os.pipe()
        self.serve("-", preexec=lambda: os.dup2(writing, 1))
        os.close(writing)
        reader = Reader(reading)
        os.set_blocking(reading, False)
        self.ask(INFO)
        wait_until(reader.records, "the first record")
        reader.close()
        self.assertEqual(self.ask(INFO).status, 200)
        self.assertFails("standard output: Broken pipe")

    def test_a_closed_standard_output_is_told(self):
        self.serve("-", preexec=lambda: os.close(1))
        self.assertEqual(self.ask(INFO).status, 200)
        self.assertFails("standard output: Bad file descriptor")

    def test_closed_standard_descriptors_are_not_given_to_sockets(self):
        def close_all():
            for descriptor in (0, 1):
                os.close(descriptor)

        self.serve(preexec=close_all)
        self.ask(INFO)
        self.assertEqual(self.daemon.await_audit()[0]["target"], "/info")
        for descriptor in (0, 1):
            self.assertEqual(os.readlink(f"{self.daemon.descriptors()}/{descriptor}"), "/dev/null")

    def test_a_line_that_does_not_fit_is_cut_off_and_written_later(self):
        """A limit of the file's size: like a full disk, it takes a part of what is written."""
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        self.serve(preexec=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (64_000, hard)))
        for _ in range(5):
            self.ask(LONG)
        self.assertFails("File too large")
        with open(self.file, "rb") as file:
            line = len(file.readline())
        self.assertEqual(len(self.daemon.audit()), 64_000 // line)
        with open(self.file, "rb") as file:
            self.assertTrue(file.read().endswith(b"\n"))
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        self.assertEqual(len(self.daemon.await_audit(5)), 5)
        self.assertWorksAgain()

    def test_a_disk_that_is_freed_gets_every_record(self):
        if os.geteuid() != 0:
            self.skipTest("only root can mount")
        disk = self.path("disk")
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", disk], capture_output=True, check=False).returncode:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=True)
        with open(f"{disk}/ballast", "wb") as ballast:
            ballast.write(b"x" * 200_000)
        self.serve(f"{disk}/audit.log")
        for _ in range(10):
            self.assertEqual(self.ask(LONG).status, 200)
        self.assertFails("No space left on device")
        os.remove(f"{disk}/ballast")
        os.truncate(self.file, os.path.getsize(self.file))
        wait_until(lambda: len(self.daemon.audit()) >= 8, "more records")
        self.assertTrue(all(record["target"].startswith("/containers/é") for record in self.daemon.audit()))

    def test_the_file_is_made_for_its_owner_and_group_also_after_a_rotation(self):
        self.serve(preexec=lambda: os.umask(0))
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o640)
        os.rename(self.file, self.path("audit.log.1"))
        self.daemon.signal(signal.SIGUSR1)
        self.daemon.await_log("SIGUSR1: reopened")
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o640)

    def test_a_directory_that_is_missing_is_not_made(self):
        missing = self.path("missing")
        daemon = Daemon(self.folder, self.config(audit={"file": f"{missing}/audit.log"}))
        daemon.start()
        self.assertNotEqual(daemon.process.wait(10), 0)
        self.assertIn(f"audit.file: there is no directory {missing}: create it", daemon.log())
        self.assertFalse(os.path.exists(missing))

    def test_a_directory_is_no_file_and_its_line_is_named(self):
        daemon = Daemon(self.folder, self.config(audit={"file": self.folder}))
        daemon.start()
        self.assertNotEqual(daemon.process.wait(10), 0)
        line = daemon.text().split("\n").index(f'  "file": "{self.folder}"') + 1
        self.assertIn(f"tidegate.yaml:{line}: audit.file: '{self.folder}' is a directory", daemon.log())
        checked = subprocess.run([os.environ["TIDEGATE"], "check", daemon.file], capture_output=True, text=True, check=False)
        self.assertIn(f"tidegate.yaml:{line}: audit.file: ", checked.stderr)
