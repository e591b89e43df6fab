# SPDX-License-Identifier: Apache-2.0
"""An engine that cannot be reached: the answer, the log, the record and /readyz say what is in the way."""

import os
import re
import socket
import subprocess
import unittest

from tests.support.certificates import Authority
from tests.support.daemon import DaemonTest, free_port
from tests.support.http import Client, request
from tests.support.wait import wait_until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def as_nobody():
    """Root passes every permission check."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)


class Causes(DaemonTest):
    def serve(self, *arguments, **options):
        self.admin = f"tcp://127.0.0.1:{free_port()}"
        super().serve(*arguments, **{"admin": {"address": self.admin}, **options})
        wait_until(lambda: "metrics and health on" in self.daemon.log(), "the admin listener")

    def look(self, path):
        client = Client(("127.0.0.1", int(self.admin.rpartition(":")[2])))
        client.send(request("GET", path))
        answer = client.response("GET")
        client.close()
        return answer.status, answer.body.decode()


class EngineCauses(Causes):
    def assertCause(self, cause, text, remedy):
        """What the operator reads before the first request, and what a client, the record and /readyz say."""
        self.daemon.await_log(remedy)
        self.assertEqual(self.daemon.log().count(remedy), 1, self.daemon.log())
        for _ in range(3):
            message = self.assertRefused(self.ask(request("GET", "/info")), 502, "upstream.unreachable")
            self.assertIn(self.engine_path, message)
            self.assertIn(text, message)
            self.assertNotIn("\n", message)
        record = self.daemon.await_audit(3)[-1]
        self.assertEqual((record["reason"], record["cause"]), ("upstream.unreachable", cause))
        for page in ("/readyz", "/readyz/engine"):
            status, body = self.look(page)
            self.assertEqual(status, 503)
            self.assertIn(text, body)
            self.assertIn(remedy, body)
        self.assertEqual(self.look("/healthz")[0], 200)
        self.assertEqual(self.daemon.log().count(text), 1, "one line for each change, not for each request")

    def serve_with(self, path, **options):
        self.engine_path = path
        self.serve(upstream=f"unix://{path}", **options)

    def test_no_socket(self):
        self.serve_with(self.path("none.sock"))
        self.assertCause("ENOENT", "No such file or directory (ENOENT)", "mount its socket: `-v ")

    def test_a_container_without_the_sockets_group(self):
        os.chmod(self.folder, 0o777)
        os.chmod(self.engine.path, 0o060)
        group = os.stat(self.engine.path).st_gid
        self.serve_with(self.engine.path, preexec=as_nobody)
        owner = f"Permission denied (EACCES); the socket belongs to user {os.getuid()} and group {group}, mode 0060"
        self.assertCause("EACCES", owner, f'group_add: ["{group}"]')

    def test_a_directory_that_docker_made_in_place_of_the_socket(self):
        os.mkdir(self.path("mount.sock"))
        self.serve_with(self.path("mount.sock"))
        self.assertCause("not_a_socket", "it is a directory, not a socket", "Docker creates a directory")

    def test_a_socket_that_was_replaced_behind_a_mounted_file(self):
        mounted = os.open(self.engine.path, os.O_PATH)
        self.addCleanup(os.close, mounted)
        self.engine.stop()
        self.engine.start()
        self.serve_with(f"/proc/{os.getpid()}/fd/{mounted}")
        self.assertCause(
            "replaced", "the engine's socket was replaced: mount its directory", "restart tidegate's container"
        )

    def test_a_socket_that_nobody_listens_on(self):
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(self.path("stale.sock"))
        self.serve_with(self.path("stale.sock"))
        self.assertCause("ECONNREFUSED", "Connection refused (ECONNREFUSED); nobody listens on it", "start the engine")

    def test_a_tcp_engine_that_is_not_there(self):
        self.engine_path = f"tcp://127.0.0.1:{free_port()}"
        self.serve(upstream=self.engine_path)
        self.assertCause("ECONNREFUSED", "Connection refused (ECONNREFUSED)", "write the address and port that it listens on")

    def test_nothing_is_asked_to_find_the_cause(self):
        self.serve()
        wait_until(lambda: [each.ended for each in self.engine.accepted] == [True], "the end of the look at the start")
        self.assertEqual(self.engine.total, 0)
        self.assertNotIn("upstream.", self.daemon.log())

    def test_nobody_waits_for_the_look_at_the_start(self):
        """The engine takes connections and completes no TLS handshake."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            engine = {"upstream": "tcp://127.0.0.1:%d" % silent.getsockname()[1], "upstream_tls": {"ca": Authority(self.folder).cert}}
            self.serve(allow=["SystemPing"], limits={"upstream_connect_time": "1h", "drain_time": "300ms"}, **engine)
            look = silent.accept()[0]
            self.addCleanup(look.close)
            self.assertTrue(look.recv(1))
            self.assertRefused(self.ask(request("GET", "/info")), 403, "operation.denied")
            self.assertEqual(self.look("/healthz")[0], 200)
            self.daemon.stop()

    def test_each_change_is_logged(self):
        self.serve()
        self.assertNotIn("upstream.", self.daemon.log())
        for times in (1, 2):
            self.engine.stop()
            self.ask(request("GET", "/info"))
            self.ask(request("GET", "/info"))
            self.daemon.await_log("upstream.unreachable: ", times)
            self.engine.start()
            self.assertEqual(self.ask(request("GET", "/info")).status, 200)
            self.assertEqual(self.look("/readyz/engine"), (200, "ready\n"))
            self.daemon.await_log("the engine answers again", times)
            self.assertEqual(self.daemon.log().count("upstream.unreachable: "), times)

    def test_a_lookup_says_it_too(self):
        self.serve()
        self.engine.stop()
        body = b'{"Image":"a","HostConfig":{"NetworkMode":"abcdef"}}'
        answer = self.ask(request("POST", "/v1.44/containers/create", body=body))
        self.assertIn("(ENOENT)", self.assertRefused(answer, 502, "upstream.unreachable"))
        self.assertEqual(self.daemon.await_audit()[0]["cause"], "ENOENT")

    def test_an_engine_that_fails_its_ping(self):
        self.serve({"GET /_ping": b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"})
        self.assertEqual(self.look("/readyz"), (503, "the engine answers a ping with 'HTTP/1.1 500'\n"))


class HealthCheck(Causes):
    def health(self, asked="--ready"):
        command = [os.environ["TIDEGATE"], "health", asked, "--address", self.admin]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    def test_the_images_check_tells_whether_the_engine_answers(self):
        with open(os.path.join(ROOT, "deploy", "Dockerfile"), encoding="utf-8") as file:
            checks = re.findall(r"^HEALTHCHECK .*", file.read(), re.M)
        self.assertEqual(len(checks), 1, "the last one wins")
        self.assertTrue(checks[0].endswith('CMD ["tidegate", "health", "--ready"]'), checks)
        self.serve()
        for asked in ("--ready", "--engine"):
            self.assertEqual(self.health(asked).returncode, 0)
        self.engine.stop()
        for asked in ("--ready", "--engine"):
            ill = self.health(asked)
            self.assertEqual(ill.returncode, 1)
            self.assertIn("503 Service Unavailable: the engine cannot be reached: ", ill.stderr)
            self.assertIn("(ENOENT)", ill.stderr)


if __name__ == "__main__":
    unittest.main()
