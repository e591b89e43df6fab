# SPDX-License-Identifier: Apache-2.0
"""A stage whose tidegate is reached over TLS, with certificates made by `tidegate certs`."""

import os
import subprocess

from tests.e2e.stage import Stage, StageTest
from tests.e2e.transcript import Transcript
from tests.support.daemon import free_port


class TlsStage(Stage):
    clients = ("ops", "ci")

    def __init__(self):
        super().__init__()
        self.certificates = os.path.join(self.folder, "certs")

    def start(self):
        self.certs("init", "--host", "localhost", "--host", "127.0.0.1")
        for client in self.clients:
            self.certs("client", client)
        super().start()

    def certs(self, *arguments):
        command = [os.environ["TIDEGATE"], "certs", *arguments, "--dir", self.certificates]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def tidegate(self, name, profile, upstream=None, **sections):
        """`ops` gets the profile, and `ci` what only reads."""
        listener = {
            "address": f"tcp://127.0.0.1:{free_port()}",
            "tls": {"cert": self.path("server/cert.pem"), "key": self.path("server/key.pem"),
                    "client_ca": self.path("ca/ca.pem"), "crl": [self.path("ca/crl.pem")],
                    "min_version": "1.2"},  # docker-py before 7 speaks no other
            "clients": [{"certificate": {"common_name": "ops"}, "profile": name},
                        {"certificate": {"common_name": "ci"}, "profile": "reader"}],
        }  # fmt: skip
        profiles = {name: profile, "reader": {"allow": ["@read"]}}
        return super().tidegate(name, profile, upstream, **{"listeners": [listener], "profiles": profiles, **sections})

    def path(self, name):
        return os.path.join(self.certificates, name)

    def client(self, name):
        """The folder that DOCKER_CERT_PATH names."""
        return self.path(f"clients/{name}")


class TlsTranscript(Transcript):
    """Runs commands as a client with a certificate."""

    certificates = None

    def environment(self, more=None):
        return super().environment({"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": self.certificates, **(more or {})})


class TlsStageTest(StageTest):
    """Through tidegate it goes as the client `ops`, over TLS."""

    stage_kind = TlsStage

    def through(self, client="ops"):
        t = self.transcript(self.stage.gate.host, TlsTranscript)
        t.certificates = self.stage.client(client)
        return t
