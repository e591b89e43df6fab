# SPDX-License-Identifier: Apache-2.0
"""How many instructions a request costs, counted by callgrind in the daemon as it is shipped.

Instructions, for time says more of the machine and of what else it does. A request costs what 400 of
them cost more than 200 do, so that the daemon's start and end make no difference.

When the daemon has become cheaper, this prints the table of limits anew:

    TIDEGATE=build/release/tidegate /usr/bin/python3 -m tests.bench.test_instructions --measure
"""

import concurrent.futures
import os
import re
import shutil
import sys
import tempfile
import unittest

from tests.support.daemon import Daemon
from tests.support.fake_engine import FakeEngine, reply
from tests.support.http import Client, request
from tests.support.tools import tool
from tests.support.wait import PATIENCE, wait_until

# Instructions a request: what was counted, and 15 % of room for the next minor version of compiler and
# libraries.
LIMITS = {
    "ping": 16_000,
    "connection": 29_000,
    "list": 20_000,
    "create": 60_000,
    "refusal": 13_000,
    "refused_create": 24_000,
}
ROOM = 1.15

FEW, MANY = 200, 400
MUCH_PATIENCE = 6 * PATIENCE  # callgrind makes it fifty times slower, and the machine may be busy
TRIES = 3
HERE = os.path.dirname(os.path.abspath(__file__))
AGENT = "User-Agent: Docker-Client/28.2.2 (linux)"


def docker_run():
    """The body that `docker run --rm alpine echo hi` sends, 1,735 bytes."""
    with open(os.path.join(HERE, "container_create.json"), "rb") as file:
        return file.read()


class Script:
    """The same request again and again, on one connection unless each has its own."""

    def __init__(self, sent, status, own_connection=False):
        self.sent = sent
        self.status = status
        self.own_connection = own_connection

    def play(self, address, times):
        client = Client(address, MUCH_PATIENCE)
        for _ in range(times):
            if self.own_connection:
                client.close()
                client = Client(address, MUCH_PATIENCE)
            client.send(self.sent)
            answer = client.response()
            if answer.status != self.status:
                raise AssertionError(f"{self.status} was expected, not {answer}")
        client.close()


ANSWERS = {
    "GET /_ping": reply(200, b"OK", "Api-Version: 1.50", content_type="text/plain; charset=utf-8"),
    "GET /containers/json": reply(200, b"[" + b" " * 2046 + b"]", "Api-Version: 1.50"),
    "POST /containers/create": reply(201, b'{"Id":"0123456789abcdef","Warnings":[]}', "Api-Version: 1.50"),
}

PING = request("GET", "/_ping", AGENT)
LIST = request("GET", "/v1.50/containers/json?all=1", AGENT)
CREATE = request("POST", "/v1.50/containers/create", AGENT, body=docker_run())
KILL = request("POST", "/v1.50/containers/web/kill", AGENT)
PRIVILEGED = request("POST", "/v1.50/containers/create", AGENT,
                     body=b'{"Image":"alpine","HostConfig":{"Privileged":true}}')

SCRIPTS = {
    "ping": Script(PING, 200),
    "connection": Script(PING, 200, own_connection=True),  # to tidegate, and from it to the engine
    "list": Script(LIST, 200),  # of 2 KiB
    "create": Script(CREATE, 201),  # checked at level baseline, and rebuilt
    "refusal": Script(KILL, 403),  # by the operation
    "refused_create": Script(PRIVILEGED, 403),  # by the body
}

# What happens every 20 or 50 ms and not once a request: the slower the machine, the more of it. It is not
# counted; what is left of it, setting timers and waking up for them, is up to 10 % of a ping.
BY_THE_CLOCK = (
    "proxy::AuditLog::flush()",
    "proxy::Deadlines::on_tick()",
    "proxy::LineQueue::Shared::run()",
)


class Counted(Daemon):
    """The daemon under callgrind, with one worker so that every run goes the same way."""

    def __init__(self, folder, engine):
        super().__init__(folder, {
            "upstream": f"unix://{engine.path}",
            "listeners": [{"address": f"unix://{folder}/in.sock", "mode": "0600", "profile": "p"}],
            "profiles": {"p": {"allow": ["*"], "deny": ["ContainerKill"], "containers": {"level": "baseline"}}},
            "audit": {"file": os.path.join(folder, "audit.log")},
            "workers": 1,
        })
        self.counts = os.path.join(folder, "callgrind.out")
        self.under = (tool("valgrind", "valgrind"), "--tool=callgrind", f"--callgrind-out-file={self.counts}",
                      *(f"--toggle-collect={function}" for function in BY_THE_CLOCK),
                      "--collect-atstart=yes")  # behind --toggle-collect, which would begin with nothing

    def await_ready(self):
        wait_until(lambda: self._accepts(self.config["listeners"][0]), self._diagnosis(), MUCH_PATIENCE)

    def stop(self):
        self.signal()
        self.wait(MUCH_PATIENCE)

    def total(self):
        """Instructions of the whole run, once it has ended."""
        with open(self.counts, encoding="utf-8", errors="replace") as file:
            return int(re.search(r"^(?:summary|totals): (\d+)", file.read(), re.M).group(1))


def count(script, times, folder):
    """Instructions of one run of the daemon that serves so many requests; leaves callgrind.out in `folder`."""
    engine = FakeEngine(os.path.join(folder, "engine.sock"), ANSWERS)
    engine.start()
    daemon = Counted(folder, engine)
    daemon.start()
    try:
        daemon.await_ready()
        script.play(os.path.join(folder, "in.sock"), times)
    finally:
        daemon.stop()
        engine.stop()
    if engine.errors:
        raise engine.errors[0]
    return daemon.total()


def cost(name):
    """Instructions a request; and callgrind's account of the longer run, a file beside the binary."""
    account = os.path.join(os.path.dirname(os.environ["TIDEGATE"]), f"{name}.callgrind")
    with tempfile.TemporaryDirectory(prefix="tidegate-") as folder, concurrent.futures.ThreadPoolExecutor() as both:
        folders = [os.path.join(folder, str(times)) for times in (FEW, MANY)]
        for each in folders:
            os.mkdir(each)
        few, many = both.map(count, [SCRIPTS[name]] * 2, (FEW, MANY), folders)
        shutil.copy(os.path.join(folders[1], "callgrind.out"), account)
    return (many - few) // (MANY - FEW), account


def least_cost(name, limit):
    """As cost(), of up to three tries where the first is over the limit: waiting has its price, too."""
    tries = [cost(name)]
    while tries[-1][0] > limit and len(tries) < TRIES:
        tries.append(cost(name))
    return min(tries)


def complaint(name, counted, limit, account):
    """A sentence where a request costs more than it may, or hardly anything; else nothing."""
    if counted < limit // 3:
        return f"one {name} costs {counted:,} instructions of {limit:,}: measure the limits anew, or was it served at all?"
    if counted <= limit:
        return ""
    return (f"one {name} costs {counted:,} instructions, {counted - limit:,} more than its limit of {limit:,}; "
            f"callgrind_annotate {account} says where they go")


class Instructions(unittest.TestCase):
    def test_no_request_costs_more_than_its_limit(self):
        tool("valgrind", "valgrind")
        self.assertEqual(LIMITS.keys(), SCRIPTS.keys())
        for name, limit in LIMITS.items():
            with self.subTest(name):
                counted, account = least_cost(name, limit)
                said = complaint(name, counted, limit, account)
                if said:
                    self.fail(said)
                os.unlink(account)

    def test_a_request_over_its_limit_is_named_with_what_it_costs_too_much(self):
        said = complaint("ping", 51_000, 43_000, "/tmp/f")
        self.assertIn("one ping costs 51,000 instructions, 8,000 more than its limit of 43,000", said)
        self.assertIn("callgrind_annotate /tmp/f", said)
        self.assertEqual("", complaint("ping", 43_000, 43_000, "/tmp/f"))
        self.assertIn("measure the limits anew", complaint("ping", 600, 43_000, "/tmp/f"))


def measure():
    print("LIMITS = {")
    for name in SCRIPTS:
        counted, account = cost(name)
        limit = round(counted * ROOM / 1000) * 1000
        print(f'    "{name}": {limit:_},  # {counted:_} counted; callgrind_annotate {account}', flush=True)
    print("}")


if __name__ == "__main__":
    if sys.argv[1:] == ["--measure"]:
        measure()
    else:
        unittest.main()
