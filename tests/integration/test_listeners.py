# SPDX-License-Identifier: Apache-2.0
"""Sockets have the rights that were asked for, and each listener has its own profile."""

import errno
import fcntl
import os
import resource
import socket
import stat
import unittest

from tests.support.daemon import Daemon, DaemonTest, free_port, is_sanitized
from tests.support.http import request
from tests.support.wait import wait_until


def become(user, threads):
    resource.setrlimit(resource.RLIMIT_NPROC, (threads, threads))
    os.setgid(user)
    os.setuid(user)


class Listeners(DaemonTest):
    def unix(self, name, **more):
        return {"address": f"unix://{self.path(name)}", "profile": "p", **more}

    def test_mode_of_the_socket(self):
        for mode in ("0600", "0660", "0620"):
            with self.subTest(mode):
                self.serve(listeners=[self.unix("in.sock", mode=mode)])
                status = os.stat(self.path("in.sock"))
                self.assertTrue(stat.S_ISSOCK(status.st_mode))
                self.assertEqual(stat.S_IMODE(status.st_mode), int(mode, 8))
                self.daemon.stop()

    @unittest.skipUnless(os.getuid() == 0, "only root may give a socket to another group")
    def test_owner_and_group_of_the_socket(self):
        self.serve(listeners=[self.unix("in.sock", mode="0660", owner="nobody", group="1234")])
        status = os.stat(self.path("in.sock"))
        self.assertEqual((status.st_uid, status.st_gid), (65534, 1234))

    def test_a_stale_socket_is_replaced(self):
        stale = socket.socket(socket.AF_UNIX)
        stale.bind(self.path("in.sock"))
        stale.close()
        self.serve()
        self.assertEqual(self.ask(request("GET", "/info")).status, 200)

    def test_a_socket_in_use_is_left_alone(self):
        self.serve()
        folder = self.path("second")
        os.mkdir(folder)
        self.cannot_start(Daemon(folder, self.config()))
        self.assertEqual(self.ask(request("GET", "/info")).status, 200)

    def second(self, name="second", **config):
        """Another instance, with files of its own."""
        folder = self.path(name)
        os.mkdir(folder)
        daemon = Daemon(folder, self.config(audit={"file": os.path.join(folder, "audit.log")}, **config))
        self.addCleanup(daemon.stop)
        return daemon

    def test_the_socket_that_another_instance_made_in_its_place_outlives_it(self):
        self.serve()
        os.unlink(self.path("in.sock"))
        second = self.second()
        second.start()
        second.await_ready()
        self.daemon.stop()
        self.assertEqual(self.ask(request("GET", "/info")).status, 200)

    def test_of_three_that_start_at_once_over_a_stale_socket_one_lives(self):
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(self.path("in.sock"))
        three = [self.second(str(i)) for i in range(3)]
        lock = os.open(self.path(".in.sock.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)  # all of them come to the place where one has to wait for the other
        for daemon in three:
            daemon.start()
            daemon.await_log("limits.held_bytes")
        os.close(lock)
        wait_until(lambda: sum(daemon.process.poll() is not None for daemon in three) >= 2, "the end of two")
        ended = [daemon for daemon in three if daemon.process.poll() is not None]
        self.assertEqual(self.ask(request("GET", "/info"), address=self.path("in.sock")).status, 200)
        self.assertEqual(len(ended), 2)
        for daemon in ended:
            self.assertEqual(daemon.process.returncode, os.EX_CONFIG)
            self.assertIn("is in use: another process listens on it", daemon.log())

    def test_a_lock_that_a_stranger_has_put_there_is_removed(self):
        """Whoever can open the directory, and even who can write to it, cannot hold up the start."""
        directory, lock = os.open(self.folder, os.O_RDONLY), self.stranger(".in.sock.lock")
        for opened in (directory, lock):
            self.addCleanup(os.close, opened)
            fcntl.flock(opened, fcntl.LOCK_EX)
        self.serve()
        self.assertEqual(self.ask(request("GET", "/info")).status, 200)
        self.assertFalse(os.path.exists(self.path(".in.sock.lock")))

    def stranger(self, name):
        """A file that somebody else has made, or, without the right to do that, a link."""
        file = os.open(self.path("elsewhere"), os.O_RDWR | os.O_CREAT, 0o666)
        if os.getuid() == 0:
            os.rename(self.path("elsewhere"), self.path(name))
            os.chown(file, 54325, 54325)
        else:
            os.symlink("elsewhere", self.path(name))
        return file

    def test_a_lock_that_is_left_of_a_start_that_was_killed_is_taken(self):
        with open(self.path(".in.sock.lock"), "w", encoding="ascii"):
            pass
        self.serve()
        self.assertFalse(os.path.exists(self.path(".in.sock.lock")))

    @unittest.skipUnless(os.getuid() == 0, "root becomes somebody else here, who may not connect")
    def test_a_stale_socket_of_somebody_else_says_what_to_do(self):
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(self.path("in.sock"))
        os.chmod(self.path("in.sock"), 0o600)
        os.chown(self.folder, 54325, 54325)
        log = self.cannot_start(Daemon(self.folder, self.config(), lambda: os.setuid(54325)))
        self.assertIn("in.sock is a socket that tidegate may not connect to", log)
        self.assertIn("remove it if none does, or run tidegate as its owner", log)
        self.assertNotIn("in use", log)

    @unittest.skipUnless(os.getuid() == 0, "root becomes somebody else here, who may not write")
    def test_a_directory_that_is_not_tidegates_says_what_to_do(self):
        os.mkdir(self.path("closed"))
        config = self.config(listeners=[self.unix("closed/in.sock")], audit={"file": "-"})
        os.chmod(self.folder, 0o755)
        log = self.cannot_start(Daemon(self.folder, config, lambda: os.setuid(54325)))
        self.assertIn(f"in.sock.lock cannot be made: {os.strerror(errno.EACCES)}; let user 54325 write to its directory", log)

    @unittest.skipUnless(os.getuid() == 0, "the limit counts all that a user runs, so another user is needed")
    @unittest.skipIf(is_sanitized(), "sanitizers start threads, too")
    def test_a_limit_of_threads_ends_with_a_message(self):
        nobody_else = 54322
        os.chown(self.folder, nobody_else, nobody_else)
        logs = []
        for limit in range(1, 12):
            daemon = Daemon(self.folder, self.config(workers=4), lambda most=limit: become(nobody_else, most))
            daemon.start()
            wait_until(lambda at=daemon: at.process.poll() is not None or "listening on" in at.log(), "a start or an end")
            logs.append(daemon.log())
            if daemon.process.poll() is None:
                break
            self.assertIn(daemon.process.returncode, (1, os.EX_CONFIG), logs[-1])
            self.assertIn(os.strerror(errno.EAGAIN), logs[-1])
            self.assertIn("raise the limit of threads (", logs[-1])
        daemon.stop()
        self.assertIn("set `workers: 3`", logs[-2])

    @unittest.skipIf(is_sanitized(), "sanitizers open files, too")
    def test_a_limit_of_open_files_ends_with_a_message(self):
        for limit in range(6, 64):
            daemon = Daemon(self.folder, self.config(), lambda most=limit: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))
            daemon.start()
            wait_until(lambda at=daemon: at.process.poll() is not None or "listening on" in at.log(), "a start or an end")
            if daemon.process.poll() is None:
                break
            self.assertIn(daemon.process.returncode, (1, os.EX_CONFIG), daemon.log())
            self.assertRegex(daemon.log(), f"{os.strerror(errno.EMFILE)}.*: raise the limit of open files \\(", limit)
        daemon.stop()
        self.assertGreater(limit, 6)

    def test_a_file_that_is_no_socket_is_left_alone(self):
        with open(self.path("in.sock"), "w", encoding="ascii") as file:
            file.write("precious")
        self.cannot_start(Daemon(self.folder, self.config()))
        with open(self.path("in.sock"), encoding="ascii") as file:
            self.assertEqual(file.read(), "precious")

    def test_the_engines_own_socket_is_never_replaced(self):
        config = self.config(listeners=[self.unix("engine.sock")])
        self.cannot_start(Daemon(self.folder, config))
        self.assertTrue(os.path.exists(self.engine.path))

    def test_a_port_in_use_is_an_error(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = "tcp://127.0.0.1:%d" % taken.getsockname()[1]
            self.cannot_start(Daemon(self.folder, self.config(listeners=[{"address": address, "insecure": True, "profile": "p"}])))

    def test_a_tcp_listener_must_say_that_it_is_insecure(self):
        address = f"tcp://127.0.0.1:{free_port()}"
        log = self.cannot_start(Daemon(self.folder, self.config(listeners=[{"address": address, "profile": "p"}])))
        self.assertIn("insecure", log)

    def cannot_start(self, daemon):
        daemon.start()
        self.assertNotEqual(daemon.process.wait(10), 0)
        return daemon.log()

    def test_tcp(self):
        self.serve(listeners=[{"address": f"tcp://127.0.0.1:{free_port()}", "insecure": True, "profile": "p"}])
        self.assertEqual(self.ask(request("GET", "/info")).status, 200)
        self.daemon.await_log("INSECURE")  # it must be loud

    @unittest.skipUnless(os.path.exists("/proc/net/if_inet6"), "no IPv6 here")
    def test_tcp_over_ipv6(self):
        self.serve(listeners=[{"address": f"tcp://[::1]:{free_port()}", "insecure": True, "profile": "p"}])
        self.assertEqual(self.ask(request("GET", "/info")).status, 200)

    def test_two_listeners_with_two_profiles(self):
        profiles = {"all": {"allow": ["*"]}, "monitor": {"allow": ["@read"]}}
        port = free_port()
        self.serve(
            profiles=profiles,
            listeners=[
                self.unix("all.sock") | {"profile": "all"},
                self.unix("monitor.sock") | {"profile": "monitor"},
                {"address": f"tcp://127.0.0.1:{port}", "insecure": True, "profile": "monitor"},
            ],
        )
        create = request("POST", "/containers/create", body=b"{}")
        self.assertEqual(self.ask(create, address=self.path("all.sock")).status, 200)
        for address in (self.path("monitor.sock"), ("127.0.0.1", port)):
            message = self.assertRefused(self.ask(create, address=address), 403, "operation.denied")
            self.assertIn("'monitor'", message)
            self.assertEqual(self.ask(request("GET", "/info"), address=address).status, 200)

    def test_rules_choose_the_profile_by_uid_and_address(self):
        profiles = {"all": {"allow": ["*"]}, "monitor": {"allow": ["@read"]}}
        uid, gid = os.getuid(), os.getgid()
        port = free_port()
        self.serve(
            profiles=profiles,
            listeners=[
                self.asking("all.sock", {"uid": uid + 1, "profile": "monitor"}, {"uid": uid, "gid": gid, "profile": "all"}),
                self.asking("monitor.sock", {"uid": uid, "profile": "monitor"}, {"profile": "all"}),
                {"address": f"tcp://127.0.0.1:{port}", "insecure": True,
                 "clients": [{"address": "127.0.0.0/8", "profile": "monitor"}]},
            ],
        )  # fmt: skip
        create = request("POST", "/containers/create", body=b"{}")
        self.assertEqual(self.ask(create, address=self.path("all.sock")).status, 200)
        for address in (self.path("monitor.sock"), ("127.0.0.1", port)):
            message = self.assertRefused(self.ask(create, address=address), 403, "operation.denied")
            self.assertIn("'monitor'", message)

    def test_whom_no_rule_matches_is_told_what_it_is_seen_as(self):
        uid, gid = os.getuid(), os.getgid()
        self.serve(listeners=[self.asking("in.sock", {"uid": uid + 1, "profile": "p"}, {"uid": uid, "gid": gid + 1, "profile": "p"})])
        message = self.assertRefused(self.ask(request("GET", "/info")), 403, "client.unknown")
        self.assertTrue(message.endswith(f"{self.path('in.sock')} matches uid {uid}, gid {gid}"), message)
        record = self.daemon.await_audit()[-1]
        self.assertEqual((record["reason"], record["operation"]), ("client.unknown", "SystemInfo"))
        self.assertEqual(self.engine.connections, [])

    @unittest.skipUnless(os.getuid() == 0, "only root may become somebody else")
    def test_another_user_gets_another_profile(self):
        somebody = 54321
        os.chmod(self.folder, 0o755)
        self.serve(
            profiles={"all": {"allow": ["*"]}, "monitor": {"allow": ["@read"]}},
            listeners=[self.asking("in.sock", {"uid": 0, "profile": "all"}, {"uid": somebody, "profile": "monitor"},
                                   mode="0666", insecure=True)],
        )  # fmt: skip
        create = request("POST", "/containers/create", body=b"{}")
        self.assertEqual(self.ask(create).status, 200)
        os.seteuid(somebody)
        try:
            self.assertRefused(self.ask(create), 403, "operation.denied")
            self.assertEqual(self.ask(request("GET", "/info")).status, 200)
        finally:
            os.seteuid(0)

    def asking(self, name, *clients, **more):
        """A unix listener with rules about who is asking."""
        return {"address": f"unix://{self.path(name)}", "clients": list(clients), **more}
