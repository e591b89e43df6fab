# SPDX-License-Identifier: Apache-2.0
"""tidegate with its records counted as they are written, to a file or to a FIFO."""

import json
import os
import re
import signal
import subprocess
import threading

from tests.support.daemon import Daemon
from tests.support.http import Client, request
from tests.support.wait import wait_until

PROFILE = {"allow": ["*"], "containers": {"level": "unconfined"}}
MARK = re.compile(r"/containers/soak-(\d+)-")


class Records:
    """Counts records, and remembers which of the numbered requests have one."""

    def __init__(self):
        self.count = self.notices = 0
        self.numbers = []
        self._rest = b""

    def add(self, data):
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._add_record(json.loads(line))  # a torn line ends the soak

    def _add_record(self, record):
        if "decision" not in record:  # a notice of what has only begun
            self.notices += 1
            return
        self.count += 1
        if mark := MARK.search(record.get("target", "")):
            self.numbers.append(int(mark[1]))


class Gate:
    """A tidegate with an admin listener. `sink` is where its records go."""

    def __init__(self, name, folder, engine, sink):
        self.name, self.records, self.reloads = name, Records(), 0
        self.path, self.host = f"{folder}/in.sock", f"unix://{folder}/in.sock"
        self.sink = sink
        self.daemon = Daemon(folder, {
            "version": 1,
            "upstream": engine.host,
            "listeners": [{"address": self.host, "mode": "0600", "profile": "soak"}],
            "profiles": {"soak": PROFILE},
            "audit": {"file": sink.path},
            "admin": {"address": f"unix://{folder}/admin.sock", "mode": "0600"},
        })  # fmt: skip
        self.admin = f"{folder}/admin.sock"

    def start(self):
        self.sink.begin(self.records)
        self.daemon.start()
        self.daemon.await_ready()
        self.daemon.await_log("metrics and health on")

    def look(self, path):
        client = Client(self.admin, patience=30)
        try:
            client.send(request("GET", path))
            return client.response()
        finally:
            client.close()

    def figure(self, name):
        """The sum of a metric over its labels."""
        pattern = re.compile(rf"^tidegate_{name}(?:\{{.*\}})? (\S+)$", re.MULTILINE)
        return int(sum(float(value) for value in pattern.findall(self.look("/metrics").body.decode())))

    def reload(self):
        """The file changes, so that tidegate may also notice by itself; it reloads once or twice."""
        self.reloads += 1
        before = self.figure("reloads_total")
        self.daemon.write(f"{self.daemon.text()}\n# {self.reloads}\n")
        self.daemon.signal(signal.SIGHUP)
        wait_until(lambda: self.figure("reloads_total") > before, "the reload", 30)

    def is_quiet(self):
        return self.figure("connections_open") == 0 and self.figure("audit_failed") == 0

    def balance(self):
        """Requests that have neither a record nor were counted as lost. 0 is what we want."""
        self.sink.read()
        return self.figure("requests_total") - self.records.count - self.figure("audit_lost_total")

    def state(self):
        return {
            "fds": self.daemon.open_files(), "rss_kib": self.daemon.resident_bytes() // 1024,
            "requests": self.figure("requests_total"), "records": self.records.count,
            "notices": self.records.notices, "lost": self.figure("audit_lost_total"),
        }  # fmt: skip


class FileSink:
    """A file on a small disk. Rotation reads the old file and removes it."""

    def __init__(self, folder, size):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
        self.is_broken = False
        self._folder = folder
        self.path = f"{folder}/audit.log"
        self._filler = f"{folder}/filler"

    def begin(self, records):
        self._records, self._read_to = records, 0

    def read(self):
        self._read_file(self.path)

    def _read_file(self, path):
        with open(path, "rb") as file:
            file.seek(self._read_to)
            data = file.read()
        # While the disk is full the last line may be cut off again: only whole ones are taken.
        whole = data[: data.rfind(b"\n") + 1]
        self._read_to += len(whole)
        self._records.add(whole)

    def rotate(self, daemon):
        reopened = daemon.log().count("reopened")
        os.rename(self.path, f"{self.path}.1")
        daemon.signal(signal.SIGUSR1)
        daemon.await_log("reopened", reopened + 1)
        self._read_file(f"{self.path}.1")
        os.remove(f"{self.path}.1")
        self._read_to = 0

    def fail(self):
        self.is_broken = True
        with open(self._filler, "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(1 << 16))
            except OSError:
                pass  # full

    def mend(self):
        if self.is_broken:
            os.remove(self._filler)
            self.is_broken = False

    def remove(self):
        subprocess.run(["umount", self._folder], check=False)


class FifoSink:
    """A reader that can be stalled."""

    def __init__(self, folder):
        self.path = f"{folder}/audit.fifo"
        os.mkfifo(self.path)
        self.is_broken = False
        self._may_read = threading.Event()
        self._may_read.set()

    def begin(self, records):
        self._records = records
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            with open(self.path, "rb", buffering=0) as fifo:
                while data := fifo.read(1 << 16):
                    self._records.add(data)
                    self._may_read.wait()

    def read(self):
        """The thread reads."""

    def rotate(self, daemon):
        """A FIFO is not rotated; opening it again must lose nothing all the same."""
        reopened = daemon.log().count("reopened")
        daemon.signal(signal.SIGUSR1)
        daemon.await_log("reopened", reopened + 1)

    def fail(self):
        self.is_broken = True
        self._may_read.clear()

    def mend(self):
        self.is_broken = False
        self._may_read.set()

    def remove(self):
        """The folder takes it away."""
