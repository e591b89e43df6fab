# SPDX-License-Identifier: Apache-2.0
"""A container that ran Tecnativa's or LinuxServer's docker-socket-proxy runs tidegate with the same variables."""

import json
import os
import subprocess
import unittest

from tests.support.daemon import Daemon, DaemonTest, free_port

CONFIG = 78


class Bare(Daemon):
    """`tidegate serve`, told by `variables` and `arguments` alone."""

    def __init__(self, folder, address, variables, arguments=()):
        super().__init__(folder, {"listeners": [{"address": address}]})
        self.variables = variables
        self.arguments = arguments

    def start(self):
        with open(self._stderr, "ab") as stderr:
            self.process = subprocess.Popen(
                [os.environ["TIDEGATE"], "serve", *self.arguments], env=self.variables,
                stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr,
            )  # fmt: skip


def check(**variables):
    command = [os.environ["TIDEGATE"], "check", "--env"]
    return subprocess.run(command, capture_output=True, timeout=100, check=False, env=variables, text=True)


class Environment(DaemonTest):
    def serve_with(self, *arguments, **variables):
        """tidegate on a tcp port of its own, with `variables` and nothing else in its environment."""
        self.address = ("127.0.0.1", free_port())
        bind = f"{self.address[0]}:{self.address[1]}"
        variables = {"SOCKET_PATH": self.engine.path, "BIND_CONFIG": bind, **variables}
        self.daemon = Bare(self.folder, f"tcp://{bind}", variables, arguments)
        self.daemon.start()
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready()

    def status(self, request):
        return self.ask(f"{request} HTTP/1.1\r\nHost: docker\r\n\r\n".encode(), address=self.address).status

    def test_switches_are_the_policy(self):
        self.serve_with(CONTAINERS="1", POST="0", VERSION="0")
        self.assertEqual(self.status("GET /v1.41/containers/json"), 200)
        self.assertEqual(self.status("GET /_ping"), 200)
        self.assertEqual(self.status("GET /version"), 403)
        self.assertEqual(self.status("GET /images/json"), 403)
        self.assertEqual(self.status("POST /containers/a/stop"), 403)
        self.assertEqual(self.status("GET /eventsX"), 404)

    def test_the_log_says_that_anybody_is_served(self):
        self.serve_with("--env")
        self.assertEqual(self.status("GET /_ping"), 200)
        self.daemon.await_log("INSECURE")
        self.daemon.await_log("tidegate check --env")

    def test_bodies_are_looked_into(self):
        self.serve_with(CONTAINERS="1", POST="1")
        body = b'{"Image":"a","HostConfig":{"Privileged":true}}'
        head = b"POST /containers/create HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n"
        answer = self.ask(head + b"Content-Length: %d\r\n\r\n" % len(body) + body, "POST", self.address)
        self.assertIn("level baseline", self.assertRefused(answer, 403, "constraint.privileged"))

    def test_the_log_warns_of_what_changes_nothing(self):
        self.serve_with(ALLOW_STOP="1")
        self.daemon.await_log("ALLOW_STOP: lets nothing through without POST=1")

    def test_a_refusal_names_the_variables(self):
        self.serve_with(CONTAINERS="1")
        answer = self.ask(b"POST /containers/create HTTP/1.1\r\nHost: docker\r\n\r\n", "POST", self.address)
        self.assertIn("`POST=1` would allow it", self.assertRefused(answer, 403, "operation.denied"))

    def test_mistakes_stop_the_start(self):
        command = [os.environ["TIDEGATE"], "serve"]
        variables = {"CONTAINERS": "true", "IAMGES": "1"}
        done = subprocess.run(command, capture_output=True, timeout=100, check=False, env=variables, text=True)
        self.assertEqual(done.returncode, CONFIG, done.stderr)
        self.assertIn("CONTAINERS: 'true' counts as off", done.stderr)
        self.assertIn("did you mean 'IMAGES'?", done.stderr)

    def test_options_leave_the_variables_out(self):
        address = f"unix://{self.path('in.sock')}"
        options = ("--listen", address, "--upstream", f"unix://{self.engine.path}")
        self.daemon = Bare(self.folder, address, {"IMAGES": "0", "PING": "0", "POST": "yes"}, options)
        self.daemon.start()
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready()
        self.address = self.path("in.sock")
        self.assertEqual(self.status("GET /_ping"), 200)
        self.assertEqual(self.status("GET /images/json"), 200)


class Admin(DaemonTest):
    """TIDEGATE_ADMIN, which the image sets, says where health is asked for, wherever the policy comes from."""

    def setUp(self):
        super().setUp()
        self.admin = f"tcp://127.0.0.1:{free_port()}"

    def serve_with(self, *arguments, **variables):
        address = f"unix://{self.path('in.sock')}"
        self.daemon = Bare(self.folder, address, {"TIDEGATE_ADMIN": self.admin, **variables}, arguments)
        self.daemon.start()
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready()

    def write(self, **sections):
        with open(self.path("own.yaml"), "w", encoding="utf-8") as file:
            json.dump({"version": 1, **self.config(**sections)}, file)
        return "--config", self.path("own.yaml")

    def health(self, *arguments):
        command = [os.environ["TIDEGATE"], "health", *arguments]
        variables = {"TIDEGATE_ADMIN": self.admin}
        return subprocess.run(command, capture_output=True, timeout=100, check=False, env=variables, text=True)

    def test_a_file_without_admin_is_healthy(self):
        file = self.write()
        self.serve_with(*file)
        for arguments in ((), ("--ready",), file):
            done = self.health(*arguments)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(self.admin, done.stdout)

    def test_a_reload_of_such_a_file_takes_effect(self):
        self.serve_with(*self.write())
        self.daemon.await_log("metrics and health on")
        self.write(allow=["SystemPing"])
        self.daemon.await_log("in force for the next request")
        self.address = self.path("in.sock")
        self.assertEqual(self.ask(b"GET /info HTTP/1.1\r\nHost: a\r\n\r\n", address=self.address).status, 403)
        self.assertEqual(self.health().returncode, 0)

    def test_a_file_with_admin_is_obeyed(self):
        own = f"unix://{self.path('admin.sock')}"
        self.serve_with(*self.write(admin={"address": own}))
        self.daemon.await_log(f"metrics and health on {own}")
        self.assertNotEqual(self.health().returncode, 0)

    def test_no_file_and_no_switch_is_healthy(self):
        self.serve_with("--listen", f"unix://{self.path('in.sock')}", "--upstream", f"unix://{self.engine.path}")
        done = self.health("--ready")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_variables_that_nothing_reads_are_named(self):
        self.serve_with(*self.write(), SOCKET_PATH="/elsewhere.sock", BIND_CONFIG="*:2375", LEVEL="restricted")
        self.daemon.await_log("SOCKET_PATH: changes nothing")
        self.daemon.await_log("BIND_CONFIG: changes nothing")

    def test_an_address_that_everybody_reaches_stops_the_start(self):
        command = [os.environ["TIDEGATE"], "serve", *self.write()]
        variables = {"TIDEGATE_ADMIN": "tcp://0.0.0.0:9180"}
        done = subprocess.run(command, capture_output=True, timeout=100, check=False, env=variables, text=True)
        self.assertEqual(done.returncode, CONFIG, done.stderr)
        self.assertIn("TIDEGATE_ADMIN: whoever can connect sees these figures", done.stderr)


class CheckEnvironment(DaemonTest):
    def test_prints_a_file_that_check_takes(self):
        done = check(CONTAINERS="1", POST="1", TIDEGATE_COMPAT="linuxserver")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("# - the creation of an exec", done.stdout)
        self.assertIn("      - ContainerCreate\n", done.stdout)
        with open(self.path("printed.yaml"), "w", encoding="utf-8") as file:
            file.write(done.stdout)
        again = subprocess.run([os.environ["TIDEGATE"], "check", self.path("printed.yaml")], capture_output=True, check=False)
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_warns_of_what_changes_nothing(self):
        done = check(ALLOW_STOP="1", DELETE="0")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("warning: environment: ALLOW_STOP: lets nothing through without POST=1\n", done.stderr)
        self.assertIn("warning: environment: DELETE: is not a variable of the images", done.stderr)

    def test_tells_mistakes(self):
        done = check(LEVEL="hard")
        self.assertEqual(done.returncode, CONFIG)
        self.assertIn("LEVEL: unknown value 'hard'", done.stderr)


if __name__ == "__main__":
    unittest.main()
