# SPDX-License-Identifier: Apache-2.0
"""Processes that are measured: where they run, how much CPU time they have used, how much memory they hold."""

import ctypes
import os
import resource
import signal
import subprocess
import time

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
PATIENCE = 10.0  # seconds, for a process to answer or to end
LONGEST = 130  # seconds of a run; the load generator ends by itself before


class Failure(Exception):
    """Something does not work; its text is a sentence for whoever runs the bench."""


def cpus():
    """Two of this process's CPUs; twice the same where it has only one."""
    mine = sorted(os.sched_getaffinity(0))
    return mine[0], mine[-1]


def raise_descriptor_limit(wanted):
    """As far as this user may; returns how many files a process can have open."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(wanted, now)
    for soft, hard in ((wanted, max(wanted, most)), (most, most)):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            break
        except (ValueError, PermissionError):
            continue
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def begin_on(cpu):
    """In a child, before its program: it has one CPU, and ends with the bench, however that ends."""
    os.sched_setaffinity(0, {cpu})
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def await_that(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise Failure(f"waited {PATIENCE:.0f} s in vain for {what}")
        time.sleep(0.005)


def run(command, cpu=None):
    """Runs a program to its end; returns what it printed."""
    pin = None if cpu is None else lambda: begin_on(cpu)
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LONGEST, preexec_fn=pin, check=False
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"{command[0]} does not end") from None
    if done.returncode != 0:
        raise Failure(done.stderr.strip() or f"{command[0]} has ended with {done.returncode}")
    return done.stdout


class Process:
    """A child on one CPU, with the children that it has."""

    def __init__(self, command, cpu, log, environment=None):
        self._log = log
        with open(log, "wb") as errors:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env={**os.environ, **(environment or {})},
                preexec_fn=lambda: begin_on(cpu),
            )

    def check(self):
        """Fails where it has ended."""
        if self._child.poll() is not None:
            with open(self._log, encoding="utf-8", errors="replace") as file:
                raise Failure(f"{self._child.args[0]} has ended with {self._child.returncode}:\n{file.read()[-2000:]}")

    def move(self, cpu):
        os.sched_setaffinity(self._child.pid, {cpu})

    def pids(self):
        """Its own and its children's: HAProxy's master serves nobody, its worker does."""
        parents = {pid: parent_of(pid) for pid in map(int, filter(str.isdigit, os.listdir("/proc")))}
        return [self._child.pid] + [pid for pid, parent in parents.items() if parent == self._child.pid]

    def cpu_time(self):
        """Microseconds of all its threads, in user and kernel mode."""
        return sum(time.clock_gettime_ns(cpu_clock(pid)) for pid in self.pids()) / 1e3

    def memory(self):
        """MiB that are resident, of the process that holds the most."""
        return max(resident_kib(pid) for pid in self.pids()) / 1024

    def stop(self):
        pids = self.pids()
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            self._child.wait()


def parent_of(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def cpu_clock(pid):
    """What clock_getcpuclockid(3) gives: the scheduler's clock of a process, which knows nanoseconds."""
    return (~pid << 3) | 2


def resident_kib(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
