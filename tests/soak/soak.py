#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hours of ordinary work with trouble in between: see README.md in this folder."""

import argparse
import os
import shutil
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, ROOT)

from tests.e2e.engine import Engine  # noqa: E402
from tests.soak.clients import Cli, Numbered, Troubles, Worker  # noqa: E402
from tests.soak.gates import FifoSink, FileSink, Gate  # noqa: E402
from tests.support.wait import wait_until  # noqa: E402

# KiB from the first measurement, which is after a whole round, to the last. The allocator may keep what a full audit
# queue (8 MiB) and the batch that is being written took.
MEMORY_MAY_GROW = 16 * 1024


class Soak:
    def __init__(self, options):
        self.options = options
        self.trouble_time = min(60.0, options.seconds / 8)
        self.calm_time = self.trouble_time / 6
        self.folder = tempfile.mkdtemp(prefix="tg-", dir="/tmp")
        self.engine = Engine(self.new_folder())
        self.troubles = Troubles()
        self.states, self.faults = [], []

    def new_folder(self):
        return tempfile.mkdtemp(prefix="", dir=self.folder)

    def start(self):
        self.engine.start()
        self.engine.load_image()
        sinks = {"file": FileSink(self.new_folder(), "64m"), "fifo": FifoSink(self.new_folder())}
        self.gates = [Gate(name, self.new_folder(), self.engine, sink) for name, sink in sinks.items()]
        for gate in self.gates:
            gate.start()
        self.numbered = [Numbered(gate) for gate in self.gates]
        self.workers = [Worker(f"numbered {each.gate.name}", each.step, self.troubles) for each in self.numbered]
        for gate in self.gates:
            steps = Cli(self.options.docker, gate, self.new_folder()).steps()
            self.workers += [Worker(f"{name} {gate.name}", step, self.troubles) for name, step in steps.items()]
        for worker in self.workers:
            worker.start()

    def run(self):
        end = time.monotonic() + self.options.seconds
        while time.monotonic() < end or not self.states:
            self.set_running(True)
            self.round()
            self.set_running(False)
            self.measure()
        self.judge()

    def round(self):
        """Once all that can happen."""
        for gate in self.gates:
            self.calm()
            gate.reload()
            self.calm()
            gate.sink.rotate(gate.daemon)
        self.calm()
        self.restart_engine()
        for gate, name in zip(self.gates, ("full disk", "stalled reader"), strict=True):
            self.calm()
            self.break_sink(gate, name)

    def calm(self):
        time.sleep(self.calm_time)

    def restart_engine(self):
        self.troubles.begin("engine restart")
        self.engine.stop()
        self.calm()
        self.engine.start()
        self.troubles.end()

    def break_sink(self, gate, name):
        self.troubles.begin(name)
        gate.sink.fail()
        end = time.monotonic() + self.trouble_time
        while time.monotonic() < end:
            if gate.look("/healthz").status != 200:
                self.faults.append(f"{name}: /healthz fails")
            gate.figure("held_bytes")
            time.sleep(1)
        gate.sink.mend()
        wait_until(lambda: gate.figure("audit_failed") == 0, f"records are written again after {name}", 60)
        self.troubles.end()

    def set_running(self, on):
        for worker in self.workers:
            worker.may_run.set() if on else worker.may_run.clear()
        if not on:
            for worker in self.workers:
                wait_until(worker.is_idle.is_set, worker.name, 240)
            for each in self.numbered:
                each.hang_up()

    def measure(self):
        """Waits until nothing goes on, spare connections to the engine have ended, and all is written."""
        state = {}
        for gate in self.gates:
            wait_until(gate.is_quiet, f"quiet at {gate.name}", 60)
            self.await_balance(gate)
            time.sleep(3)  # upstream_spare_time, and what is left
            state[gate.name] = gate.state()
        self.states.append(state)
        print(f"round {len(self.states)}: {state}", flush=True)

    def await_balance(self, gate):
        try:
            wait_until(lambda: gate.balance() == 0, "a record for each request", 30)
        except AssertionError:
            self.faults.append(f"{gate.name}: {gate.balance()} requests without a record")

    def judge(self):
        first, last = self.states[0], self.states[-1]
        for gate, numbered in zip(self.gates, self.numbered, strict=True):
            self.faults += numbered.faults(gate.records.numbers)[:20]
            was, now = first[gate.name], last[gate.name]
            if now["fds"] > was["fds"]:
                self.faults.append(f"{gate.name}: {now['fds']} open files, {was['fds']} before")
            if now["rss_kib"] > was["rss_kib"] + MEMORY_MAY_GROW:
                self.faults.append(f"{gate.name}: {now['rss_kib']} KiB resident, {was['rss_kib']} before")
        for worker in self.workers:
            self.faults += worker.faults[:5]
            if worker.done == 0:
                self.faults.append(f"{worker.name}: never done")

    def report(self):
        for worker in self.workers:
            print(f"{worker.name:16} {worker.done:8} done {worker.excused:6} failed in trouble {len(worker.faults):4} faults")
        print(f"{len(self.faults)} faults", *self.faults, sep="\n")

    def remove(self):
        for worker in getattr(self, "workers", []):
            worker.over.set()
        try:
            for gate in getattr(self, "gates", []):
                gate.sink.mend()
                gate.daemon.stop()
                gate.sink.remove()
        finally:
            self.engine.remove()
            shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--tidegate", default=os.path.join(ROOT, "build/release/tidegate"))
    parser.add_argument("--docker", default="/usr/bin/docker")
    options = parser.parse_args()
    if "TIDEGATE_SOAK" not in os.environ:  # a mount namespace of its own takes the small disk away at the end
        os.environ["TIDEGATE_SOAK"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv])
    os.environ["TIDEGATE"] = options.tidegate
    soak = Soak(options)
    try:
        soak.start()
        soak.run()
        soak.report()
    finally:
        soak.remove()
    sys.exit(1 if soak.faults else 0)


if __name__ == "__main__":
    main()
