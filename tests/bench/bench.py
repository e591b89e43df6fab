#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures tidegate beside HAProxy and prints a table. tests/bench/run.sh builds what it takes; README.md says how
it measures. The exit status is 1 where something does not work, and never says anything of speed."""

import argparse
import contextlib
import dataclasses
import os
import platform
import signal
import subprocess
import sys
import tempfile

from tests.bench import contestants, table
from tests.bench.processes import Failure, raise_descriptor_limit
from tests.bench.scenarios import scenarios
from tests.bench.stage import QUICK, Programs, Size, Stage

SPARE = 1000  # open files of a proxy that are no connections


def main(arguments):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    options = parse(arguments)
    size = within_limits(QUICK if options.quick else Size())
    if not options.quick:
        with contextlib.suppress(PermissionError):
            os.nice(-10)  # what else the machine does disturbs less
    try:
        chosen = choose(scenarios(size), options.only)
        print(measure(options.build, size, chosen, options.rounds or (1 if options.quick else 5)))
    except Failure as failure:
        sys.exit(f"bench: {failure}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def parse(arguments):
    names = ", ".join(scenario.name for scenario in scenarios(Size()))
    parser = argparse.ArgumentParser(prog="tests/bench/run.sh", description=__doc__, epilog=f"Scenarios: {names}.")
    parser.add_argument("--rounds", type=int, help="how often each is measured (5, or 1 with --quick)")
    parser.add_argument("--quick", action="store_true", help="see that all works; the figures say little")
    parser.add_argument("--only", metavar="SCENARIO,…", default="", help="some of the scenarios")
    parser.add_argument("--no-install", action="store_true", help="install no packages")
    parser.add_argument("--build", metavar="DIR", default="build/release", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds is 1 or more")
    return options


def choose(known, only):
    wanted = [name for name in only.split(",") if name]
    unknown = set(wanted) - {scenario.name for scenario in known}
    if unknown:
        raise Failure(f"there is no scenario {', '.join(sorted(unknown))}; --help lists them")
    return [scenario for scenario in known if scenario.name in wanted or not wanted]


def within_limits(size):
    """A proxy has two files open for each connection."""
    most = (raise_descriptor_limit(2 * size.many + SPARE) - SPARE) // 2
    return dataclasses.replace(size, held=min(size.held, most), many=min(size.many, most))


def measure(build, size, chosen, count):
    """The table, and what must be said with it."""
    with tempfile.TemporaryDirectory(prefix="tidegate-bench-") as folder, Stage(Programs(build), folder, size) as stage:
        rounds = []
        for number in range(count):
            print(f"round {number + 1} of {count}", file=sys.stderr)
            rounds.append(one_round(stage, chosen, number))
        names = ["direct", *(proxy.name for proxy in stage.proxies)]
        return "\n".join([table.render(chosen, rounds, names), "", *remarks(stage, count)])


def one_round(stage, chosen, number):
    """Short slices, one after the other, in an order that is another each time."""
    figures = {}
    for at, scenario in enumerate(chosen):
        stage.lay_out(scenario.split)
        taking_part = [one for one in [stage.engine, *stage.proxies] if takes_part(one, scenario)]
        first = (number + at) % len(taking_part)
        for contestant in taking_part[first:] + taking_part[:first]:
            figures[scenario.name, contestant.name] = scenario.measure(stage, contestant)
    return figures


def takes_part(contestant, scenario):
    if contestant.name == "direct":
        return scenario.direct
    return contestant.most_connections > scenario.connections and (contestant.name == "tidegate" or not scenario.tidegate_only)


def remarks(stage, count):
    slices = f"slices of {stage.size.seconds} s or {stage.size.mebibytes} MiB"
    yield f"Rounds: {count}, {slices}; {os.cpu_count()} CPUs, {platform.system()} {platform.release()}, {haproxy_version()}."
    if stage.cpus[0] == stage.cpus[1]:
        yield "There is one CPU only: throughput was measured with everything on it."
    if not contestants.HAPROXY:
        yield "HAProxy is not installed: `apt-get install haproxy` fills the other columns."


def haproxy_version():
    if not contestants.HAPROXY:
        return "no HAProxy"
    said = subprocess.run([contestants.HAPROXY, "-v"], capture_output=True, text=True, check=False).stdout
    return " ".join(said.split()[:3]).replace(" version", "")


if __name__ == "__main__":
    main(sys.argv[1:])
