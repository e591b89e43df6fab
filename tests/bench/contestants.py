# SPDX-License-Identifier: Apache-2.0
"""What is measured: the engine by itself, tidegate, and HAProxy in two configurations."""

import json
import os
import shutil
import socket

from tests.bench.processes import PATIENCE, Failure, Process, await_that, run

HERE = os.path.dirname(os.path.abspath(__file__))
HAPROXY = shutil.which("haproxy", path=os.environ.get("PATH", "") + ":/usr/sbin")

# What Tecnativa's image would be given for a CI agent; the profile below says the same.
SWITCHES = {"CONTAINERS": "1", "EVENTS": "1", "EXEC": "1", "IMAGES": "1", "PING": "1", "POST": "1", "VERSION": "1"}
PROFILE = {
    "allow": ["SystemPing", "SystemPingHead", "SystemVersion", "SystemEvents", "@container", "@exec", "@image"],
    "containers": {"level": "baseline"},
}


class Contestant:
    """Something that answers as an engine does. It listens in `folder`, and on two ports of 127.0.0.1."""

    most_connections = 16384
    options = {}  # what another one of its kind is made with

    def __init__(self, name, folder):
        self.name = name
        self.folder = folder
        os.mkdir(folder)
        self.socket = f"{folder}/socket"
        self.ports = {"tcp": free_port(), "tls": free_port()}
        self.to = {"unix": f"unix:{self.socket}"} | {kind: f"tcp:127.0.0.1:{port}" for kind, port in self.ports.items()}

    def start(self, *command, cpu, environment=None):
        self.process = Process(command, cpu, f"{self.folder}/log", environment)
        try:
            await_that(self._answers, f"an answer of {self.name}")
        except Failure:
            self.stop()
            raise

    def _answers(self):
        self.process.check()
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE)
            try:
                client.connect(self.socket)
                client.sendall(b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")
                return b" 200 " in client.recv(64)
            except (FileNotFoundError, ConnectionRefusedError):
                return False

    def stop(self):
        self.process.stop()


class Engine(Contestant):
    """The stand-in that is behind everybody; by itself it is `direct`."""

    def __init__(self, stage, folder):
        super().__init__("direct", folder)
        self.start(stage.programs.engine, self.socket, cpu=stage.cpus[0])


class Tidegate(Contestant):
    """One worker, the level `baseline`, each request on record."""

    def __init__(self, stage, folder, rules=1, profiles=1):
        super().__init__("tidegate", folder)
        self._rules, self._profiles = rules, profiles
        with open(f"{folder}/tidegate.yaml", "w", encoding="utf-8") as file:
            json.dump(self._configuration(stage), file)
        self.start(stage.programs.tidegate, "serve", "--config", file.name, cpu=stage.cpus[0])

    def _configuration(self, stage):
        return {
            "upstream": f"unix://{stage.engine.socket}",
            "workers": 1,
            "limits": {
                "connections_per_client": self.most_connections,
                "handshakes": self.most_connections,
                "handshakes_per_client": self.most_connections,
            },
            "listeners": [
                {"address": f"unix://{self.socket}", "mode": "0600", "clients": self._clients()},
                {"address": f"tcp://127.0.0.1:{self.ports['tcp']}", "profile": "ci-0", "insecure": True},
                {"address": f"tcp://127.0.0.1:{self.ports['tls']}", "profile": "ci-0", "tls": stage.certificates.server()},
            ],
            "profiles": {f"ci-{number}": PROFILE for number in range(self._profiles)},
        }

    def _clients(self):
        """The rule that matches comes last."""
        others = [{"uid": str(100_000 + number), "profile": "ci-0"} for number in range(self._rules - 1)]
        return others + [{"uid": str(os.getuid()), "profile": "ci-0"}]


class HaProxy(Contestant):
    """The rules of Tecnativa's image; haproxy.cfg says what differs where it is `tuned`."""

    def __init__(self, stage, folder, tuned):
        super().__init__("tuned" if tuned else "tecnativa", folder)
        self.options = {"tuned": tuned}
        if not tuned:
            self.most_connections = 3000
        environment = {
            "SOCKET_PATH": stage.engine.socket,
            "LISTEN_UNIX": self.socket,
            "LISTEN_TCP": str(self.ports["tcp"]),
            "LISTEN_TLS": str(self.ports["tls"]),
            "SERVER_PEM": stage.certificates.server_pem,
            "CLIENT_CA": stage.certificates.ca,
            "LOG_LEVEL": "info",
            **SWITCHES,
            **({"TUNED": "1", "MOST_CONNECTIONS": str(stage.size.many + 100)} if tuned else {}),
        }
        self.start(HAPROXY, "-W", "-db", "-f", f"{HERE}/haproxy.cfg", cpu=stage.cpus[0], environment=environment)


class Certificates:
    """Throw-away ones of `tidegate certs`."""

    def __init__(self, programs, folder):
        self._folder = folder
        for words in (("init", "--host", "localhost"), ("client", "bench")):
            run([programs.tidegate, "certs", words[0], "--dir", folder, *words[1:]])
        self.client_folder = f"{folder}/clients/bench"
        self.ca = f"{folder}/server/ca.pem"
        self.server_pem = f"{folder}/haproxy.pem"
        with open(self.server_pem, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as both:
            for name in ("cert.pem", "key.pem"):
                with open(f"{folder}/server/{name}", "rb") as one:
                    both.write(one.read())

    def server(self):
        return {"cert": f"{self._folder}/server/cert.pem", "key": f"{self._folder}/server/key.pem", "client_ca": self.ca}


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
