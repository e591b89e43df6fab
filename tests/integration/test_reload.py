# SPDX-License-Identifier: Apache-2.0
"""The policy changes while everything runs: by SIGHUP, or because the file has changed."""

import json
import mmap
import os
import signal
import subprocess
import threading

from tests.support.daemon import DaemonTest, policy_in_lines
from tests.support.fake_engine import reply
from tests.support.http import request
from tests.support.wait import wait_until

UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
ATTACH = request("POST", "/containers/x/attach?stream=1", "Connection: Upgrade", "Upgrade: tcp")
CREATE = request("POST", "/containers/create", body=b"{}")
IN_FORCE = "reload (SIGHUP): in force for the next request of every client"
CHANGED = "reload (a file has changed): in force for the next request of every client"
KEPT = "nothing has changed, because of"
NOT_CLOSED = "is not read, and what was read from it stays in force: it has been written, but not been closed for 10 s. "
GONE = "is gone: what was read from it stays in force"
LATE = 15  # seconds: the log tells of a file that is not closed after 10


def events(connection, _):
    connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while connection.go.wait(10):
        connection.go.clear()
        connection.send(b"6\r\nevent\n\r\n")


def echo(connection, _):
    connection.send(UPGRADED)
    while piece := connection.read_some():
        connection.send(piece)
    connection.close()


class ReloadTest(DaemonTest):
    def edit(self, **sections):
        self.daemon.config = {**self.daemon.config, **sections}
        self.daemon.write()

    def allow(self, *operations):
        self.edit(profiles={"p": {"allow": list(operations)}})

    def reload(self, *operations):
        """A new policy by SIGHUP, in force when this returns."""
        times = self.daemon.log().count(IN_FORCE)
        self.allow(*operations)
        self.hang_up(IN_FORCE, times + 1)

    def hang_up(self, word, times=1):
        self.daemon.signal(signal.SIGHUP)
        self.daemon.await_log(word, times)

    def status(self, data, client=None):
        client = client or self.client()
        client.send(data)
        return client.response().status


class Policy(ReloadTest):
    def test_sighup_counts_from_the_next_request_of_a_connection_on(self):
        self.serve()
        client = self.client()
        self.assertEqual(self.status(CREATE, client), 200)
        self.reload("@read")
        self.assertEqual(self.status(CREATE, client), 403)
        self.reload("*")
        self.assertEqual(self.status(CREATE, client), 200)
        self.assertEqual(len(self.engine.connections), 1)

    def test_what_runs_lives_on(self):
        self.serve({"GET /events": events, "POST /containers/x/attach": echo})
        stream, tunnel = self.client(), self.client()
        stream.send(request("GET", "/events"))
        pieces = stream.body_pieces(stream.response_head())
        self.engine.await_request()
        tunnel.send(ATTACH)
        tunnel.response_head()
        self.reload("SystemInfo")
        self.assertEqual(self.status(request("GET", "/events")), 403)
        self.assertEqual(self.status(ATTACH), 403)
        self.engine.connections[0].go.set()
        self.assertEqual(next(pieces), b"event\n")
        tunnel.send(b"still there")
        self.assertEqual(tunnel.read_exactly(11), b"still there")

    def test_a_request_under_way_is_decided_by_one_policy(self):
        """Its head was allowed by the old one; the body comes when the new one is in force."""
        self.serve()
        client = self.client()
        client.send_in_pieces(CREATE[:-2], len(CREATE))
        self.reload("@read")
        client.send(CREATE[-2:])
        self.assertEqual(client.response().status, 200)
        self.assertEqual(self.status(CREATE, client), 403)

    def test_a_file_that_changes_needs_no_signal(self):
        self.serve()
        client = self.client()
        self.allow("@read")
        self.daemon.await_log(CHANGED)
        self.assertEqual(self.status(CREATE, client), 403)

    def test_a_file_that_is_written_in_place_needs_none_either(self):
        self.serve()
        self.daemon.config["profiles"]["p"]["allow"] = ["@read"]
        with open(self.daemon.file, "w", encoding="utf-8") as file:
            file.write(self.daemon.text())
        self.daemon.await_log(CHANGED)
        self.assertEqual(self.status(CREATE), 403)

    def test_a_link_to_a_folder_that_is_changed_as_kubernetes_does(self):
        """A config map's file is a link into ..data, which is a link to a folder and is replaced as a whole."""
        self.serve()
        for name, operations in (("one", ["*"]), ("two", ["@read"])):
            os.mkdir(self.path(name))
            config = {**self.daemon.config, "profiles": {"p": {"allow": operations}}}
            with open(self.path(f"{name}/tidegate.yaml"), "w", encoding="utf-8") as file:
                json.dump(config, file)
        os.symlink("one", self.path("..data"))
        os.unlink(self.daemon.file)
        os.symlink("..data/tidegate.yaml", self.daemon.file)
        self.daemon.await_log(CHANGED)
        self.assertEqual(self.status(CREATE), 200)
        os.symlink("two", self.path("..new"))
        os.rename(self.path("..new"), self.path("..data"))
        self.daemon.await_log(CHANGED, 2)
        self.assertEqual(self.status(CREATE), 403)

    def test_other_files_of_the_folder_change_nothing(self):
        self.serve()
        with open(self.path("neighbour.yaml"), "w", encoding="utf-8") as file:
            file.write("x")
        self.allow("@read")
        self.daemon.await_log(CHANGED)
        self.assertEqual(self.daemon.log().count("reload ("), 1)

    def test_the_level_of_the_log(self):
        self.serve(log={"level": "info"})
        self.edit(log={"level": "warn"})
        self.daemon.signal(signal.SIGHUP)
        self.edit(log={"level": "warn"}, profiles={"p": {"allow": ["@read"]}})
        wait_until(lambda: self.status(CREATE) == 403, "the new policy")
        self.daemon.stop()
        self.assertNotIn(CHANGED, self.daemon.log())


class HalfWritten(ReloadTest):
    """The last lines of a policy may be those that deny: a file counts when its writer has finished."""

    def setUp(self):
        super().setUp()
        self.serve(deny=["ContainerCreate"])
        self.half, self.whole = policy_in_lines(self.daemon.config, allow=["*"], deny=["ContainerStart"])

    def begin(self):
        """A new file with half a policy in it, kept open."""
        os.unlink(self.daemon.file)
        file = open(self.daemon.file, "w", encoding="utf-8")
        self.addCleanup(file.close)
        file.write(self.half)
        file.flush()
        return file

    def end(self, file):
        file.write(self.whole[len(self.half) :])
        file.close()

    def assertOldPolicy(self):
        self.assertEqual(self.status(CREATE), 403)

    def assertNewPolicy(self):
        self.assertEqual(self.status(CREATE), 200)
        self.assertEqual(self.status(request("POST", "/containers/x/start")), 403)

    def test_a_file_that_is_kept_open_is_not_read_and_the_log_says_so(self):
        """Neither its mode nor a second writer that closes it makes it whole."""
        file = self.begin()
        os.chmod(self.daemon.file, 0o600)
        with open(self.daemon.file, "a", encoding="utf-8"):
            pass
        file.write("  # more\n")
        file.flush()
        wait_until(lambda: f"{self.daemon.file} {NOT_CLOSED}" in self.daemon.log(), "the log's word", LATE)
        self.assertOldPolicy()
        self.assertEqual(self.engine.requests, [])
        file.truncate(len(self.half))
        file.seek(len(self.half))
        self.end(file)
        self.daemon.await_log(CHANGED)
        self.assertNewPolicy()
        self.assertEqual(self.daemon.log().count(NOT_CLOSED), 1)
        self.assertEqual(self.daemon.log().count("reload ("), 1)

    def assertHeldUntil(self, file):
        """Half a policy does not count though it looks finished; whole it does, once it is closed."""
        wait_until(lambda: f"{self.daemon.file} {NOT_CLOSED}" in self.daemon.log(), "the log's word", LATE)
        self.assertOldPolicy()
        self.assertNotIn("reload (", self.daemon.log())
        self.end(file)
        self.daemon.await_log(CHANGED)
        self.assertNewPolicy()
        self.assertEqual(self.daemon.log().count(NOT_CLOSED), 1)
        self.assertEqual(self.daemon.log().count("reload ("), 1)

    def test_a_second_writer_that_closes_it_does_not_finish_it(self):
        file = self.begin()
        subprocess.run(["touch", self.daemon.file], check=True)
        with open(self.daemon.file, "r+", encoding="utf-8"):
            pass
        self.assertHeldUntil(file)

    def test_a_file_that_is_still_open_is_not_finished_by_a_rename(self):
        file = open(self.path("new.yaml"), "w", encoding="utf-8")
        self.addCleanup(file.close)
        file.write(self.half)
        file.flush()
        os.rename(file.name, self.daemon.file)
        self.assertHeldUntil(file)

    def test_a_signal_reads_it_at_once(self):
        file = self.begin()
        self.hang_up(IN_FORCE)
        self.assertEqual(self.status(CREATE), 200)
        self.end(file)
        self.daemon.await_log(CHANGED)
        self.assertNewPolicy()

    def test_a_file_that_is_finished_is_not_held_off_by_another_that_changes_all_the_time(self):
        over = threading.Event()
        self.addCleanup(over.set)

        def busy():
            while not over.wait(0.05):
                with open(self.path("neighbour"), "w", encoding="ascii") as neighbour:
                    neighbour.write("x")
                os.rename(self.path("neighbour"), self.path("moved"))
                os.chmod(self.daemon.file, 0o600)

        writer = threading.Thread(target=busy)
        writer.start()
        self.daemon.write(self.whole)
        self.daemon.await_log(CHANGED)
        over.set()
        writer.join()
        self.assertNewPolicy()


class RegularLook(ReloadTest):
    def test_finds_a_change_that_the_kernel_does_not_report(self):
        """As on NFS: what is written through mmap brings no event, and setting the time none of a new content."""
        self.serve(reload_every="100ms")
        with open(self.daemon.file, "r+b") as file, mmap.mmap(file.fileno(), 0) as content:
            at = content.find(b'"*"')
            content[at : at + 3] = b"   "
            content.flush()
            os.utime(self.daemon.file)
            self.daemon.await_log("reload (a file has changed, as a timed look has found): in force")
            self.assertEqual(self.status(CREATE), 403)
            self.assertEqual(self.daemon.log().count("reload ("), 1)


class Mistakes(ReloadTest):
    def assertPolicyKept(self):
        self.assertEqual(self.status(CREATE), 200)

    def test_a_bad_file_keeps_the_policy_and_says_where(self):
        self.serve()
        text = self.daemon.text().replace('"allow"', '"alow"').replace('"*"', '"@read"')
        line = next(number for number, each in enumerate(text.split("\n"), 1) if "alow" in each)
        self.daemon.write(text)
        self.hang_up(f"reload (SIGHUP): {KEPT} the mistakes above")
        self.assertIn(f"tidegate.yaml:{line}:", self.daemon.log())
        self.assertIn("did you mean `allow`", self.daemon.log().replace("'", "`"))
        self.assertPolicyKept()

    def test_a_bad_file_without_a_signal_does_the_same(self):
        self.serve()
        self.daemon.write("listeners: [")
        self.daemon.await_log(f"reload (a file has changed): {KEPT} the mistakes above")
        self.assertIn("tidegate.yaml:1:", self.daemon.log())
        self.assertPolicyKept()

    def test_a_file_that_is_gone_keeps_the_policy_and_may_come_back(self):
        self.serve()
        os.unlink(self.daemon.file)
        self.daemon.await_log(f"{self.daemon.file} {GONE}")
        self.assertPolicyKept()
        self.allow("@read")
        self.daemon.await_log(CHANGED)
        self.assertEqual(self.status(CREATE), 403)

    def test_what_cannot_change_is_named_and_nothing_else_changes(self):
        self.serve(workers=1)
        listener = self.daemon.config["listeners"][0]
        fixed = {
            "workers": {"workers": 3},
            "upstream": {"upstream": "unix:///run/other.sock"},
            "limits.head_time": {"limits": {"drain_time": "1s", "upstream_spares": 0, "head_time": "7s"}},
            "audit.file": {"audit": {"file": self.path("other.log")}},
            "listeners[0].mode": {"listeners": [listener | {"mode": "0660"}]},
            "listeners": {"listeners": [listener, listener | {"address": f"unix://{self.path('two.sock')}"}]},
        }
        good = self.daemon.config
        for times, (key, sections) in enumerate(fixed.items(), 1):
            with self.subTest(key):
                self.daemon.config = good
                self.edit(profiles={"p": {"allow": ["@read"]}}, **sections)
                self.hang_up(f"reload (SIGHUP): {KEPT} the mistakes above", times)
                self.assertIn(f" {key} cannot change while tidegate runs: restart it\n", self.daemon.log())
                self.assertPolicyKept()

    def test_all_fixed_keys_that_differ_are_named_at_once(self):
        self.serve(workers=1)
        self.edit(workers=2, upstream="unix:///run/other.sock")
        self.hang_up(KEPT)
        line = next(each for each in self.daemon.log().split("\n") if "cannot change" in each)
        self.assertIn("upstream", line)
        self.assertIn("workers", line)

    def test_a_file_that_is_gone_at_a_signal_is_a_mistake(self):
        self.serve()
        os.unlink(self.daemon.file)
        self.hang_up(f"reload (SIGHUP): {KEPT}")
        self.assertPolicyKept()

    def test_a_good_file_after_a_bad_one_is_taken(self):
        self.serve()
        self.daemon.write("nonsense")
        self.hang_up(KEPT)
        self.reload("@read")
        self.assertEqual(self.status(CREATE), 403)


class UnderLoad(ReloadTest):
    def test_two_hundred_reloads_lose_no_request(self):
        self.serve({"GET /info": reply(200, b"{}")})
        over, failures, counts = threading.Event(), [], {200: 0, 403: 0}

        def traffic(keep):
            client = self.client()
            try:
                while not over.is_set():
                    client = client if keep else self.client()
                    self.assertEqual(self.status(request("GET", "/info"), client), 200)
                    counts[self.status(CREATE, client)] += 1
                    if not keep:
                        client.close()
            except Exception as error:  # whatever a client sees that it must not
                failures.append(error)

        clients = [threading.Thread(target=traffic, args=(keep,)) for keep in (True, True, False, False)]
        for client in clients:
            client.start()
        for number in range(1000):
            self.reload(*(["@read"] if number % 2 else ["*"]))
        over.set()
        for client in clients:
            client.join()
        self.assertEqual(failures, [])
        self.assertGreater(min(counts.values()), 0, counts)
        self.assertEqual(self.daemon.log().count(KEPT), 0)

    def test_a_hundred_signals_at_once(self):
        self.serve()
        self.allow("@read")
        for _ in range(100):
            self.daemon.signal(signal.SIGHUP)
            self.status(request("GET", "/info"))
        self.daemon.await_log(IN_FORCE)
        self.assertEqual(self.status(CREATE), 403)

    def test_during_drain_it_does_no_harm(self):
        self.serve({"POST /containers/x/attach": echo}, limits={"drain_time": "1h"})
        tunnel, idle = self.client(), self.client()
        tunnel.send(ATTACH)
        tunnel.response_head()
        self.daemon.signal()
        idle.wait_closed()
        self.allow("@read")
        for _ in range(20):
            self.daemon.signal(signal.SIGHUP)
            tunnel.send(b"x")
            self.assertEqual(tunnel.read_exactly(1), b"x")
        tunnel.half_close()
        tunnel.wait_closed()
        self.daemon.wait()
