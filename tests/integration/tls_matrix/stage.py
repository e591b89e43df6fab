# SPDX-License-Identifier: Apache-2.0
"""One daemon with a listener for each way to be configured, in front of one engine: hundreds of rows share it."""

import json
import os
import shutil
import tempfile

from tests.support.daemon import RECORD, Daemon, free_ports, socket_address
from tests.support.fake_engine import FakeEngine
from tests.support.wait import wait_until


class Stage:
    """`listeners` maps names to functions that make a listener's entry, without its address."""

    def __init__(self, listeners, **limits):
        self.folder = tempfile.mkdtemp(prefix="tidegate-matrix-")
        self.engine = FakeEngine(os.path.join(self.folder, "engine.sock"))
        self.names = list(listeners)
        self.audit = os.path.join(self.folder, "audit.log")
        ports = free_ports(len(listeners))
        entries = [{"address": f"tcp://127.0.0.1:{port}", **make()} for port, make in zip(ports, listeners.values())]
        self.daemon = Daemon(self.folder, self._config(entries, limits))
        self._read = 0  # bytes of the audit file
        self._bytes = 0  # what the engine had got before the row

    def _config(self, entries, limits):
        profiles = {"p"} | {rule["profile"] for entry in entries for rule in entry.get("clients", ())}
        return {
            "upstream": f"unix://{self.engine.path}",
            "listeners": entries,
            "profiles": {name: {"allow": ["*"]} for name in sorted(profiles)},
            "limits": {"drain_time": "1s", "upstream_spares": 0, **limits},
            "audit": {"file": self.audit},
            "log": {"level": "debug"},
        }

    def start(self):
        self.engine.start()
        self.daemon.start()
        self.daemon.await_ready()

    def stop(self):
        """Checks that all ended well, and that no row left a record behind that it did not expect."""
        self.daemon.stop()
        self.engine.stop()
        left = self._new_records()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.engine.errors or left:
            raise AssertionError(f"at the engine: {self.engine.errors}; records that no row expected: {left}")

    def address(self, name):
        return socket_address(self.daemon.config["listeners"][self.names.index(name)])

    def forget(self):
        """Before a row: what one that failed has left behind is not its fault."""
        self._new_records()
        self._bytes = self.engine.total

    def outcome(self, name):
        """The record of the row that has just run, and how many bytes it brought to the engine."""
        records = wait_until(self._new_records, f"a record of a client of {name!r}")
        reached = self.engine.total - self._bytes
        wanted = self.daemon.config["listeners"][self.names.index(name)]["address"]
        if len(records) != 1 or records[0]["listener"] != wanted:
            raise AssertionError(f"not one record of {name!r} ({wanted}): {records}")
        return records[0], reached

    def _new_records(self):
        if not os.path.exists(self.audit):
            return []
        with open(self.audit, "rb") as file:
            file.seek(self._read)
            whole = file.read().rpartition(b"\n")[0]
        self._read += len(whole) + 1 if whole else 0
        records = [json.loads(line) for line in whole.splitlines()]
        for record in records:
            RECORD.validate(record)
        return records
