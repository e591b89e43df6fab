# SPDX-License-Identifier: Apache-2.0
"""The tidegate binary under test, named by the environment variable TIDEGATE."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

import jsonschema

from tests.support.fake_engine import FakeEngine
from tests.support.http import Client
from tests.support.wait import PATIENCE, wait_until

SCHEMA = os.path.join(os.path.dirname(__file__), "..", "..", "deploy", "audit-record.schema.json")
with open(SCHEMA, encoding="utf-8") as _file:
    RECORD = jsonschema.Draft202012Validator(json.load(_file))


def is_sanitized():
    """Whether this is a sanitizer build, whose memory use is not that of a release."""
    with open(os.environ["TIDEGATE"], "rb") as file:
        binary = file.read()
    return b"__asan_init" in binary or b"__tsan_init" in binary


class Daemon:
    """One process. `config` is the configuration as a dict: JSON is YAML."""

    closes_descriptors = True  # do not let it inherit the test's descriptors
    under = ()  # a program that runs the daemon, with its options

    def __init__(self, folder, config, preexec=None):
        self.folder = folder
        self.config = config
        self.preexec = preexec
        self.process = None
        self.file = os.path.join(folder, "tidegate.yaml")
        self._stderr = os.path.join(folder, "stderr")
        self._log_begins = 0  # where the log of an earlier process in this folder ends

    def start(self):
        self.write()
        binary = os.environ.get("TIDEGATE")
        if not binary:
            raise AssertionError("TIDEGATE must name the binary under test")
        with open(self._stderr, "ab") as stderr:
            self._log_begins = stderr.tell()
            self.process = subprocess.Popen(
                [*self.under, binary, "serve", "--config", self.file],
                stdin=subprocess.DEVNULL,
                stdout=stderr,
                stderr=stderr,
                preexec_fn=self.preexec,
                close_fds=self.closes_descriptors,
            )

    def write(self, text=None):
        """Replaces the configuration file atomically."""
        with open(self.file + ".new", "w", encoding="utf-8") as out:
            out.write(self.text() if text is None else text)
        os.rename(self.file + ".new", self.file)

    def text(self):
        """The configuration file."""
        return json.dumps(self.config, indent=1)

    def await_ready(self):
        for listener in self.config["listeners"]:
            wait_until(lambda at=listener: self._accepts(at), self._diagnosis())

    def _accepts(self, listener):
        if self.process.poll() is not None:
            raise AssertionError(f"tidegate ended with {self.process.returncode}:\n{self.log()}")
        if "tls" in listener:  # a connection without a handshake would leave a record
            return f"listening on {listener['address']}\n" in self.log()
        try:
            Client(socket_address(listener)).close()
            return True
        except (FileNotFoundError, ConnectionRefusedError):
            return False

    def _diagnosis(self):
        return f"tidegate's sockets; its log is in {self._stderr}"

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def wait(self, patience=PATIENCE):
        """Waits for the process to end and checks that it ended without errors."""
        try:
            code = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"tidegate does not end:\n{self.log()[-4000:]}") from None
        log = self.log()
        for mark in ("Sanitizer", "runtime error:", "Assertion"):
            if mark in log:
                raise AssertionError(f"{mark} in the log:\n{log[-12000:]}")
        if code != 0:
            raise AssertionError(f"tidegate ended with {code}:\n{log[-4000:]}")

    def stop(self):
        if self.process and self.process.returncode is None:
            self.signal()
            self.wait()

    def log(self):
        with open(self._stderr, encoding="utf-8", errors="replace") as file:
            file.seek(self._log_begins)
            return file.read()

    def await_log(self, text, times=1):
        """Waits until the log contains `text` that many times."""
        try:
            wait_until(lambda: self.log().count(text) >= times, f"{text!r} in the log")
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{self.log()[-3000:]}") from None

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    def open_files(self):
        return len(os.listdir(self.descriptors()))

    def descriptors(self):
        """The folder of its descriptors in /proc, which the daemon shows to root only; as another user the test is skipped."""
        folder = f"/proc/{self.process.pid}/fd"
        if not os.access(folder, os.R_OK | os.X_OK):
            raise unittest.SkipTest("only root can look at the daemon's descriptors")
        return folder

    def open_sockets(self):
        folder = f"/proc/{self.process.pid}/fd"
        count = 0
        for name in os.listdir(folder):
            try:
                count += os.readlink(f"{folder}/{name}").startswith("socket:")
            except FileNotFoundError:  # closed meanwhile
                pass
        return count

    def audit(self):
        """The audit records so far."""
        return [line for line in self.audit_lines() if "begin" not in line]

    def notices(self):
        """The notices of streams that began."""
        return [line for line in self.audit_lines() if "begin" in line]

    def audit_lines(self):
        """Records and notices. A line that is not JSON fails."""
        try:
            with open(self.config["audit"]["file"], encoding="utf-8") as file:
                return [json.loads(line) for line in file.read().split("\n")[:-1]]
        except FileNotFoundError:
            return []

    def await_audit(self, count=1):
        wait_until(lambda: len(self.audit()) >= count, f"{count} audit records, not {self.audit()}")
        return self.audit()


def socket_address(listener):
    """The address for Client(), for one entry of `listeners`."""
    scheme, _, rest = listener["address"].partition("://")
    if scheme == "unix":
        return rest
    host, _, port = rest.rpartition(":")
    return (host.strip("[]"), int(port))


def free_ports(count):
    """Ports that are free now. They differ: one after the other, the kernel may give one twice."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in sockets]


def free_port():
    return free_ports(1)[0]


def policy_in_lines(config, **profile):
    """A configuration whose last line is the profile's last key: with that line, and without it."""
    sections = {key: value for key, value in config.items() if key != "profiles"}
    lines = [f"{key}: {json.dumps(value)}\n" for key, value in sections.items()]
    lines += ["profiles:\n", "  p:\n", *(f"    {key}: {json.dumps(value)}\n" for key, value in profile.items())]
    return "".join(lines[:-1]), "".join(lines)


class DaemonTest(unittest.TestCase):
    """A test with a fake engine, and tidegate in front of it after serve()."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tidegate-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.engine = FakeEngine(self.path("engine.sock"))
        self.engine.start()
        self.addCleanup(self._stop_engine)

    def _stop_engine(self):
        self.engine.stop()
        self.assertEqual(self.engine.errors, [], "the engine was spoken to in a strange way")

    def path(self, name):
        return os.path.join(self.folder, name)

    def config(self, *, allow=("*",), deny=(), limits=None, **more):
        """A configuration with one unix listener; `more` replaces whole sections.

        Every client has a connection to the engine of its own, unless a test says otherwise.
        """
        return {
            "upstream": f"unix://{self.engine.path}",
            "listeners": [{"address": f"unix://{self.path('in.sock')}", "mode": "0600", "profile": "p"}],
            "profiles": {"p": {"allow": list(allow), "deny": list(deny)}},
            "limits": {"drain_time": "1s", "upstream_spares": 0, **(limits or {})},
            "audit": {"file": self.path("audit.log")},
            "log": {"level": "debug"},
            **more,
        }

    def serve(self, answers=None, preexec=None, **config):
        """Starts tidegate; `config` as for config(). It must end well after the test."""
        self.engine.answers.update(answers or {})
        self.daemon = Daemon(self.folder, self.config(**config), preexec)
        self.daemon.start()
        self.addCleanup(self._check_records, self.daemon)  # runs last, when all is written
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready()

    def _check_records(self, daemon):
        """Checks records and notices against deploy/audit-record.schema.json."""
        for line in daemon.audit_lines()[:50]:
            RECORD.validate(line)

    def client(self, address=None, **options):
        client = Client(address or socket_address(self.daemon.config["listeners"][0]), **options)
        self.addCleanup(client.close)
        return client

    def ask(self, data, method="GET", address=None):
        """Sends one request on a new connection."""
        client = self.client(address)
        client.send(data)
        answer = client.response(method)
        client.close()
        return answer

    def assertRefused(self, answer, status, reason):
        self.assertEqual((answer.status, answer.reason), (status, reason), repr(answer))
        self.assertEqual(answer.header("Content-Type"), "application/json")
        body = json.loads(answer.body)
        self.assertEqual(body["reason"], reason)
        self.assertTrue(body["message"].startswith("tidegate: "), body)
        return body["message"]
