# SPDX-License-Identifier: Apache-2.0
"""Everybody who takes part, up at once, and the load on them."""

import contextlib
import dataclasses
import itertools
import json
import os
import subprocess

from tests.bench import contestants
from tests.bench.contestants import Certificates, Engine, HaProxy, Tidegate
from tests.bench.processes import Failure, begin_on, cpus, run

# What the tests measure.
BUILD = os.path.dirname(os.environ.get("TIDEGATE", "build/release/tidegate"))


@dataclasses.dataclass(frozen=True)
class Size:
    """How much is measured at a time."""

    seconds: float = 0.4  # of a slice
    mebibytes: int = 256  # of a bulk slice
    held: int = 1000  # connections, for figures of memory
    many: int = 10_000  # connections, and so many
    rules: int = 1000
    profiles: int = 100  # for figures of growth


QUICK = Size(seconds=0.05, mebibytes=8, held=50, many=200)


class Programs:
    """What has been built in `folder`."""

    def __init__(self, folder):
        self.tidegate = f"{folder}/tidegate"
        self.engine = f"{folder}/tests/bench/bench_engine"
        self.load = f"{folder}/tests/bench/bench_load"
        for path in (self.tidegate, self.engine, self.load):
            if not os.access(path, os.X_OK):
                raise Failure(f"{path} is missing: tests/bench/run.sh builds it")


class Stage:
    """The engine, tidegate and, where it is installed, HAProxy in two configurations. All run on one CPU; where the
    layout is split the engine and the load have the other."""

    def __init__(self, programs, folder, size):
        self.programs, self.folder, self.size = programs, folder, size
        self.cpus = cpus()
        self._load_cpu = self.cpus[0]
        self._open = contextlib.ExitStack()
        self._numbers = itertools.count()

    def __enter__(self):
        with contextlib.ExitStack() as opening:
            self.certificates = Certificates(self.programs, f"{self.folder}/certs")
            self.engine = self._keep(opening, Engine)
            self.tidegate = self._keep(opening, Tidegate)
            self.proxies = [self.tidegate]
            if contestants.HAPROXY:
                self.proxies += [self._keep(opening, HaProxy, tuned=tuned) for tuned in (False, True)]
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_):
        self._open.close()

    def _new(self, kind, **options):
        return kind(self, f"{self.folder}/{next(self._numbers)}", **options)

    def _keep(self, stack, kind, **options):
        contestant = self._new(kind, **options)
        stack.callback(contestant.stop)
        return contestant

    @contextlib.contextmanager
    def another(self, proxy, **options):
        """A fresh one of the same kind, for a while."""
        fresh = self._new(type(proxy), **{**proxy.options, **options})
        try:
            yield fresh
        finally:
            fresh.stop()

    def lay_out(self, split):
        self._load_cpu = self.cpus[1 if split else 0]
        self.engine.process.move(self._load_cpu)

    def load(self, on, verb, *words, over="unix"):
        """What the load generator has measured."""
        try:
            result = json.loads(run(self._command(on, verb, words, over), self._load_cpu))
        except Failure as failure:
            raise Failure(f"{on.name}, {verb} {' '.join(map(str, words))}: {failure}") from None
        on.process.check()
        return result

    def _command(self, on, verb, words, over):
        tls = ["--tls", self.certificates.client_folder] if over == "tls" else []
        return [self.programs.load, verb, "--to", on.to[over], *tls, *map(str, words)]

    @contextlib.contextmanager
    def held(self, on, connections, path):
        """So many connections, each with an answer or a stream that has begun."""
        command = self._command(on, "hold", ["--connections", connections, "--path", path], "unix")
        pipe, pin = subprocess.PIPE, lambda: begin_on(self._load_cpu)
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, preexec_fn=pin) as holder:
            if not holder.stdout.readline():
                raise Failure(f"{on.name}, {connections} connections: {holder.stderr.read().strip()}")
            yield
