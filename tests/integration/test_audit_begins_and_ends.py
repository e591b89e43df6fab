# SPDX-License-Identifier: Apache-2.0
"""A stream is on record while it runs, an exec's command line where it is asked for, and what kill -9 costs is known."""

import json
import os
import signal

from tests.integration.test_audit_sink import Reader
from tests.support.daemon import Daemon, DaemonTest
from tests.support.fake_engine import reply
from tests.support.http import request
from tests.support.wait import wait_until

UPGRADE = ("Connection: Upgrade", "Upgrade: tcp")
UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
WEBSOCKET = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
STREAMS = {
    "ExecStart": request("POST", "/exec/x/start", *UPGRADE, body=b'{"Detach":false,"Tty":false}'),
    "ContainerAttach": request("POST", "/containers/x/attach?stream=1", *UPGRADE),
    "ContainerAttachWebsocket": request("GET", "/containers/x/attach/ws?stream=1", *WEBSOCKET),
    "Session": request("POST", "/session", "Connection: Upgrade", "Upgrade: h2c"),
    "Grpc": request("POST", "/grpc", "Connection: Upgrade", "Upgrade: h2c"),
}
OUTCOME = {"decision", "rule", "reason", "status", "bytes_in", "bytes_out", "upstream_us", "duration_us"}
QUEUE = 8 << 20


def tunnel(connection, seen):
    connection.read_body(seen)
    connection.send(UPGRADED.replace(b"tcp", seen.header("Upgrade").encode()))
    connection.wait_closed()


def exec_of(*command):
    words = ",".join(f'"{word}"' for word in command)
    return request("POST", "/containers/x/exec", body=f'{{"Cmd":[{words}],"Env":["TOKEN=hunter2"]}}'.encode())


class AuditBeginsAndEnds(DaemonTest):
    def serve(self, **config):
        keys = ("POST /exec/x/start", "POST /containers/x/attach", "GET /containers/x/attach/ws", "POST /session", "POST /grpc")
        super().serve(dict.fromkeys(keys, tunnel), allow=config.pop("allow", ["*", "Session", "Grpc"]), **config)

    def open(self, asked):
        client = self.client()
        client.send(asked)
        self.assertEqual(client.response_head().status, 101)
        return client

    def await_notices(self, count):
        return wait_until(lambda: len(found := self.daemon.notices()) >= count and found, f"{count} notices")

    def kill(self):
        self.daemon.signal(signal.SIGKILL)
        self.daemon.process.wait()

    def test_a_stream_is_recorded_when_it_begins_and_when_it_ends(self):
        self.serve()
        for count, (operation, asked) in enumerate(STREAMS.items(), 1):
            with self.subTest(operation):
                client = self.open(asked)
                notice = self.await_notices(count)[-1]
                self.assertEqual(notice["operation"], operation)
                self.assertFalse(OUTCOME & set(notice), notice)
                self.assertEqual(len(self.daemon.audit()), count - 1)
                client.close()
                record = self.daemon.await_audit(count)[-1]
                self.assertEqual((record["decision"], record["status"]), ("allow", 101))
                for key in set(notice) - {"time", "begin"}:
                    self.assertEqual(record[key], notice[key])
        self.assertEqual(len({notice["id"] for notice in self.daemon.notices()}), len(STREAMS))

    def test_only_requests_that_may_open_a_stream_and_are_let_through_have_a_notice(self):
        self.serve(allow=["@read", "ExecStart"])
        self.ask(request("GET", "/info"))
        self.assertRefused(self.ask(STREAMS["ContainerAttach"]), 403, "operation.denied")
        self.assertEqual([record.get("id") for record in self.daemon.await_audit(2)], [None, None])
        self.assertEqual(self.daemon.notices(), [])

    def test_a_request_that_opens_no_stream_after_all_has_both(self):
        self.serve()
        self.engine.answers["POST /exec/x/start"] = reply(404, b'{"message":"No such exec instance: x"}')
        self.assertEqual(self.ask(STREAMS["ExecStart"]).status, 404)
        record = self.daemon.await_audit()[0]
        self.assertEqual((record["status"], record["id"]), (404, self.daemon.notices()[0]["id"]))

    def test_a_killed_tidegate_leaves_a_trace_of_what_ran(self):
        self.serve()
        self.open(STREAMS["ExecStart"])
        self.open(STREAMS["ContainerAttach"])
        self.await_notices(2)
        self.kill()
        self.assertEqual([notice["operation"] for notice in self.daemon.notices()], ["ExecStart", "ContainerAttach"])
        self.assertEqual(self.daemon.audit(), [])

    def test_a_stream_takes_room_for_its_notice_and_its_record(self):
        """The notice is written at once; the room for the record is kept until the stream ends."""
        name = "%C3%A9" * 512
        odd = "&".join(f"{i}{'%22' * 90}=1" for i in range(32))
        asked = request("POST", f"/containers/{name}/attach?stream=1&{odd}", *UPGRADE)
        self.serve(workers=1, audit={"file": self.path("audit.log"), "wait_time": "50ms"})
        self.engine.answers[f"POST /containers/{name}/attach"] = tunnel
        line, room = 5_000, 9_000  # the room is for the worst spelling
        for opened in range(QUEUE // line):
            client = self.client()
            client.send(asked)
            answer = client.response_head()
            if answer.status != 101:
                break
        self.assertEqual(answer.status, 503)
        self.assertLessEqual(opened, QUEUE // line)
        self.assertGreater(opened, QUEUE // room - 10)
        self.assertEqual(len(self.engine.requests), opened)

    def stalled_reader(self):
        """Of a FIFO that is full, so nothing can be written until it reads."""
        os.mkfifo(self.path("fifo"))
        reader = Reader(os.open(self.path("fifo"), os.O_RDONLY | os.O_NONBLOCK))
        self.addCleanup(reader.close)
        filling = os.open(self.path("fifo"), os.O_WRONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, filling)
        with self.assertRaises(BlockingIOError):
            while True:
                os.write(filling, b"\n" * 4096)
        return reader

    def test_the_engine_is_asked_for_a_stream_when_its_notice_is_written(self):
        stalled = self.stalled_reader()
        self.serve(audit={"file": self.path("fifo"), "wait_time": "1h"})
        client = self.client()
        client.send(STREAMS["ExecStart"])
        self.daemon.await_log("its reader has taken nothing for a second")
        self.assertEqual(self.ask(request("GET", "/info")).status, 200, "there is room for its record")
        self.assertEqual([seen.target for seen in self.engine.requests], ["/info"])
        written = wait_until(lambda: stalled.lines() and stalled.text.strip(), "the notice")
        self.assertTrue(json.loads(written.split(b"\n")[0])["begin"])
        self.assertEqual(client.response_head().status, 101)

    def test_a_stream_whose_notice_cannot_be_written_in_time_is_refused(self):
        stalled = self.stalled_reader()
        self.serve(audit={"file": self.path("fifo"), "wait_time": "100ms"})
        self.assertRefused(self.ask(STREAMS["ExecStart"]), 503, "audit.unavailable")
        self.assertEqual(self.engine.requests, [])
        wait_until(lambda: stalled.lines() and b"decision" in stalled.text, "the record")
        notice, record = [json.loads(line) for line in stalled.text.split(b"\n") if line]
        self.assertEqual((record["decision"], record["reason"], record["id"]), ("deny", "audit.unavailable", notice["id"]))

    def test_a_stream_that_waits_for_its_notice_does_not_hold_up_the_end(self):
        self.stalled_reader()
        self.serve(audit={"file": self.path("fifo"), "wait_time": "1h"}, limits={"drain_time": "300ms"})
        client = self.client()
        client.send(STREAMS["ExecStart"])
        self.daemon.await_log("its reader has taken nothing for a second")
        self.daemon.signal()
        self.assertRefused(client.response(), 503, "draining")
        self.daemon.wait()
        self.assertEqual(self.engine.requests, [])

    def _check_records(self, daemon):
        if os.path.isfile(daemon.config["audit"]["file"]):
            super()._check_records(daemon)

    def test_the_command_line_of_an_exec_is_on_record_where_it_is_asked_for(self):
        self.serve(audit={"file": self.path("audit.log"), "exec_commands": True})
        client = self.client()
        no_command = request("POST", "/containers/x/exec", body=b"{}")
        for asked in (exec_of("sh", "-c", r"echo \"a\\b\"\n\u0001é"), no_command, exec_of("cat", "y" * 5000, "never"), exec_of(*[""] * 5000)):
            client.send(asked)
            client.response()
        for asked in (exec_of("z" * 1024), exec_of("cat", "z" * 1020), exec_of("z" * 1024, ""), exec_of("z" * 1025)):
            client.send(asked)
            client.response()
        first, none, long, many, *limits = self.daemon.await_audit(8)
        self.assertEqual([record["command"] for record in limits], [["z" * 1024], ["cat", "z" * 1020], ["z" * 1024 + "..."], ["z" * 1024 + "..."]])
        self.assertEqual(first["command"], ["sh", "-c", 'echo "a\\b"\n\x01é'])
        self.assertNotIn("command", none)
        self.assertEqual(long["command"], ["cat", "y" * 1020 + "..."])
        self.assertEqual(many["command"], [""] * 1024 + ["..."])
        with open(self.path("audit.log"), encoding="utf-8") as file:
            self.assertNotIn("hunter2", file.read())

    def test_the_command_line_of_a_refused_exec_is_on_record_too(self):
        self.serve(
            profiles={"p": {"allow": ["*"], "containers": {"level": "baseline"}}},
            audit={"file": self.path("audit.log"), "exec_commands": True},
        )
        self.assertEqual(self.ask(request("POST", "/containers/x/exec", body=b'{"Cmd":["id"],"Privileged":true}')).status, 403)
        record = self.daemon.await_audit()[0]
        self.assertEqual((record["decision"], record["command"]), ("deny", ["id"]))

    def test_without_being_asked_for_no_command_line_is_on_record(self):
        self.serve()
        self.ask(exec_of("mysql", "--password=hunter2"))
        self.assertNotIn("command", self.daemon.await_audit()[0])

    def test_a_killed_tidegate_loses_the_last_records_only(self):
        """What a worker has collected, and what is on the way to the file: config/README.md has the figures."""
        most_lost = (32 + 64) * 1024
        self.serve(workers=1)
        client = self.client()
        asked = 3000
        for number in range(asked):
            client.send(request("GET", f"/containers/{number}/json"))
            client.response()
        self.kill()
        records = self.daemon.audit()
        self.assertGreater(len(records), 0)
        self.assertEqual([record["target"] for record in records], [f"/containers/{number}/json" for number in range(len(records))])
        size = os.path.getsize(self.path("audit.log")) / len(records)
        self.assertLessEqual((asked - len(records)) * size, most_lost)

    def test_a_record_is_in_the_file_without_another_request_behind_it(self):
        self.serve()
        client = self.client()
        for _ in range(20):
            client.send(request("GET", "/info"))
            client.response()
        self.daemon.await_audit(20)
        self.kill()
        self.assertEqual(len(self.daemon.audit()), 20)

    def test_half_a_line_that_a_killed_tidegate_left_swallows_no_record(self):
        half = b'{"time":"2026-11-28T0'
        with open(self.path("audit.log"), "wb") as file:
            file.write(half)
        daemon = self.daemon = Daemon(self.folder, self.config())
        daemon.start()
        self.addCleanup(daemon.stop)
        daemon.await_ready()
        self.ask(request("GET", "/info"))
        daemon.stop()
        with open(self.path("audit.log"), "rb") as file:
            first, record, rest = file.read().split(b"\n")
        self.assertEqual((first, rest), (half, b""))
        self.assertIn(b'"target":"/info"', record)
