# SPDX-License-Identifier: Apache-2.0
"""Signals in any order, however close to each other: after SIGTERM tidegate ends, well and in time.

TIDEGATE_STORMS=500 runs that many storms instead of a few.
"""

import os
import random
import signal
import time

from tests.support.daemon import Daemon, DaemonTest
from tests.support.http import Client, request
from tests.support.wait import PATIENCE

STORMS = int(os.environ.get("TIDEGATE_STORMS", "25"))
OTHERS = (signal.SIGHUP, signal.SIGUSR1)


def events(connection, _):
    connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    connection.wait_closed()


class SignalStorm(DaemonTest):
    def test_signals_in_any_order(self):
        self.engine.answers["GET /events"] = events
        for seed in range(STORMS):
            with self.subTest(seed=seed):
                self.storm(random.Random(seed))

    def storm(self, dice):
        daemon = Daemon(self.folder, self.config(limits={"drain_time": "50ms"}))
        daemon.start()
        self.addCleanup(daemon.stop)
        daemon.await_ready()
        before = len(daemon.audit())
        stream = Client(self.path("in.sock"))
        stream.send(request("GET", "/events"))
        stream.response_head()
        order = [dice.choice(OTHERS) for _ in range(dice.randint(2, 8))]
        order.insert(dice.randint(0, len(order)), signal.SIGTERM)
        if dice.random() < 0.3:
            order.insert(dice.randint(0, len(order)), signal.SIGTERM)
        for number in order:
            daemon.signal(number)
            time.sleep(dice.choice((0, 0, 0.0005, 0.002, 0.02)))
        daemon.wait()
        stream.close()
        records = daemon.audit()[before:]
        self.assertEqual([record["operation"] for record in records], ["SystemEvents"], order)

    def test_a_stop_while_a_large_configuration_is_being_reloaded(self):
        profiles = {f"p{i}": {"allow": ["ContainerList"]} for i in range(300)} | {"p": {"allow": ["*"]}}
        for _ in range(2):
            self.serve(profiles=profiles)
            self.daemon.signal(signal.SIGHUP)
            time.sleep(0.02)
            self.daemon.signal()
            self.daemon.signal(signal.SIGHUP)
            self.daemon.wait(3 * PATIENCE)  # both reloads may come first
