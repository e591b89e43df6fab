# SPDX-License-Identifier: Apache-2.0
"""tidegate in front of a real `dockerd --tlsverify`: the engine's socket on another machine."""

import unittest

from tests.e2e.engine import IMAGE
from tests.e2e.stage import DebianClient
from tests.e2e.test_cli import CliWorkflows
from tests.e2e.tls_stage import TlsStage, TlsStageTest
from tests.support.daemon import free_port


class TlsEngineStage(TlsStage):
    """TLS on both sides of tidegate; what is compared with is the engine's unix socket."""

    clients = ("ops", "ci", "gate")

    def start(self):
        self.port = free_port()
        self.engine.options += [
            "--host", f"tcp://127.0.0.1:{self.port}", "--tlsverify", "--tlscacert", self.path("ca/ca.pem"),
            "--tlscert", self.path("server/cert.pem"), "--tlskey", self.path("server/key.pem"),
        ]  # fmt: skip
        super().start()

    def upstream_tls(self):
        folder = self.client("gate")
        return {"ca": f"{folder}/ca.pem", "cert": f"{folder}/cert.pem", "key": f"{folder}/key.pem"}

    def tidegate(self, name, profile, upstream=None, **sections):
        return super().tidegate(name, profile, upstream or f"tcp://localhost:{self.port}",
                                **{"upstream_tls": self.upstream_tls(), **sections})


class EngineBehindTls(DebianClient, TlsStageTest):
    stage_kind = TlsEngineStage

    test_run = CliWorkflows.test_run
    test_run_with_a_mebibyte_on_stdin = CliWorkflows.test_run_with_a_mebibyte_on_stdin
    test_exec = CliWorkflows.test_exec
    test_attach = CliWorkflows.test_attach_to_a_container_without_a_terminal
    test_logs = CliWorkflows.test_logs
    test_copy_both_ways = CliWorkflows.test_copy_both_ways

    def test_an_engine_that_does_not_trust_tidegate(self):
        gate = self.stage.tidegate("gate", {"allow": ["*"]}, upstream_tls={"ca": self.stage.path("ca/ca.pem")})
        self.addCleanup(gate.stop)
        t = self.through()
        t.host = gate.host
        self.assertIn(b"tidegate: ", t.docker("run", "--rm", IMAGE, "true", code=125).err)
        gate.await_log("upstream.tls")


if __name__ == "__main__":
    unittest.main()
