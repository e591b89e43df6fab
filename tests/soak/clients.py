# SPDX-License-Identifier: Apache-2.0
"""The clients of the soak: each does its work again and again in a thread of its own."""

import os
import subprocess
import threading
import time

from tests.e2e.engine import IMAGE
from tests.support.http import Client, Truncated, request

PATIENCE = 120.0
LONG = "%C3%A9" * 1000  # takes 3 KiB of a record, so that the audit queue fills within seconds
COUNTER = "i=0; while true; do echo line $i; i=$((i + 1)); sleep 0.1; done"


class Troubles:
    """When something is broken on purpose. What fails then is no fault."""

    def __init__(self):
        self.running = None
        self._ended = 0.0

    def begin(self, name):
        self.running = name

    def end(self):
        self._ended, self.running = time.monotonic(), None

    def touched(self, start):
        """Whether there was trouble since `start`, or until shortly before it."""
        return self.running is not None or self._ended + 5 > start


class Worker(threading.Thread):
    """Repeats `step`, a function that fails with AssertionError or an OSError."""

    def __init__(self, name, step, troubles):
        super().__init__(daemon=True, name=name)
        self.step, self.troubles = step, troubles
        self.may_run, self.over = threading.Event(), threading.Event()
        self.is_idle = threading.Event()
        self.done = self.excused = 0
        self.faults = []

    def run(self):
        while not self.over.is_set():
            if not self.may_run.is_set():
                self.is_idle.set()
                self.may_run.wait(0.1)
                continue
            self.is_idle.clear()
            self._once()

    def _once(self):
        start = time.monotonic()
        try:
            self.step()
            self.done += 1
        except (AssertionError, OSError, subprocess.TimeoutExpired, Truncated) as error:
            if self.troubles.touched(start):
                self.excused += 1
                time.sleep(0.5)  # a client that is refused does not ask at once again
            else:
                self.faults.append(f"{self.name}: {str(error)[:500]}")


class Cli:
    """What people do with docker, through one gate."""

    def __init__(self, command, gate, folder):
        self.command, self.folder = command, folder
        self.environment = {"PATH": os.environ["PATH"], "DOCKER_HOST": gate.host, "HOME": folder, "DOCKER_BUILDKIT": "0"}
        self.name = gate.name
        with open(f"{folder}/Dockerfile", "w", encoding="ascii") as file:
            file.write(f"FROM {IMAGE}\nCOPY data /data\nRUN wc -c /data\n")
        with open(f"{folder}/data", "wb") as file:
            file.write(os.urandom(1 << 20))

    def steps(self):
        return {"run": self.run, "exec": self.exec, "logs": self.logs, "events": self.events, "build": self.build,
                "save": self.save_and_load}  # fmt: skip

    def docker(self, *arguments, stdin=b""):
        done = subprocess.run(
            [self.command, *arguments], input=stdin, capture_output=True, env=self.environment, timeout=PATIENCE, check=False
        )
        if done.returncode != 0:
            raise AssertionError(f"docker {' '.join(arguments)}: {done.returncode}: {done.stderr.decode()}")
        return done.stdout

    def run(self):
        expect(self.docker("run", "--rm", IMAGE, "echo", "hello"), b"hello\n")

    def exec(self):
        box = self._running_box("exec")
        text = os.urandom(30_000).hex().encode()
        expect(self.docker("exec", "-i", box, "cat", stdin=text), text)

    def logs(self):
        """Follows for a while and leaves."""
        box = self._running_box("logs")
        lines = self._some_lines(10, "logs", "-f", "--tail", "5", box)
        if not all(line.startswith(b"line ") for line in lines):
            raise AssertionError(f"logs: {lines}")

    def events(self):
        """Follows for five seconds. The other workers see to it that something happens."""
        now = int(time.time())
        if not self.docker("events", "--since", str(now), "--until", str(now + 5)):
            raise AssertionError("no events")

    def build(self):
        self.docker("build", "-q", "--no-cache", "-t", f"built-{self.name}", self.folder)
        self.docker("rmi", f"built-{self.name}")

    def save_and_load(self):
        self.docker("load", stdin=self.docker("save", IMAGE))

    def _running_box(self, user):
        """\\returns the container of one worker; an engine that was restarted has stopped it"""
        box = f"{user}-{self.name}"
        if not self.docker("ps", "-aq", "--filter", f"name={box}"):
            self.docker("create", "--name", box, "--stop-timeout", "1", IMAGE, "sh", "-c", COUNTER)
        self.docker("start", box)
        return box

    def _some_lines(self, count, *arguments):
        """The first lines of a command that has no end."""
        with subprocess.Popen(
            [self.command, *arguments], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            timer = threading.Timer(PATIENCE, process.kill)
            timer.start()
            lines = [process.stdout.readline() for _ in range(count)]
            timer.cancel()
            process.kill()
        if not lines[-1]:
            raise AssertionError(f"docker {' '.join(arguments)} ended early")
        return lines


class Numbered:
    """Requests with a number each, on one connection: every one of them must have one record."""

    def __init__(self, gate):
        self.gate = gate
        self.client = None
        self.answered, self.unsure = [], []
        self.sent = 0

    def step(self):
        time.sleep(0.02)
        number, self.sent = self.sent, self.sent + 1
        self.unsure.append(number)
        status, reason = self._ask(number)
        if reason != "audit.unavailable":
            self.answered.append(self.unsure.pop())
        if status != 404:
            self.hang_up()
            raise AssertionError(f"{status} {reason}")

    def _ask(self, number):
        padding = LONG if self.gate.sink.is_broken else "x"
        try:
            self.client = self.client or Client(self.gate.path, patience=PATIENCE)
            self.client.send(request("GET", f"/containers/soak-{number}-{padding}/json"))
            answer = self.client.response()
        except (AssertionError, OSError, Truncated):
            self.hang_up()
            raise
        return answer.status, answer.reason

    def hang_up(self):
        if self.client:
            self.client.close()
        self.client = None

    def faults(self, recorded):
        """\\returns what the records of these requests, given by their numbers, lack"""
        seen = set(recorded)
        faults = [f"request {number} was answered and has no record" for number in self.answered if number not in seen]
        if len(seen) != len(recorded):
            faults.append(f"{len(recorded) - len(seen)} numbered requests have two records")
        return faults


def expect(got, wanted):
    if got != wanted:
        raise AssertionError(f"{got[:200]!r}, not {wanted[:200]!r}")
