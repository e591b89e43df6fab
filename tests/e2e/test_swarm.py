# SPDX-License-Identifier: Apache-2.0
"""A swarm of one is made, runs a service and is left through tidegate as without it."""

import unittest

from tests.e2e.engine import IMAGE
from tests.e2e.stage import DebianClient, OtherClient, StageTest
from tests.support.wait import wait_until


class SwarmWorkflow:
    def test_init_service_leave(self):
        def workflow(t):
            t.docker("swarm", "init", "--advertise-addr", "127.0.0.1")
            t.docker("node", "ls", "--format", "{{.Status}} {{.ManagerStatus}}")
            t.docker("secret", "create", "hush", "-", stdin=b"secret words", quiet=True)
            t.docker("config", "create", "plain", "-", stdin=b"plain words", quiet=True)
            program = "cat /run/secrets/hush /plain; echo; sleep 600"
            t.docker(
                "service", "create", "-d", "--name", "svc", "--network", "host", "--secret", "hush", "--config", "plain",
                "--no-resolve-image", IMAGE, "sh", "-c", program, quiet=True,
            )  # fmt: skip
            wait_until(lambda: running_tasks(t) == 1, "one running task", 60)
            wait_until(lambda: b"plain words" in logs(t), "the service's output", 30)
            t.docker("service", "ls", "--format", "{{.Name}} {{.Mode}} {{.Replicas}}")
            t.docker("service", "inspect", "--format", "{{.Spec.Name}} {{.Spec.TaskTemplate.ContainerSpec.Image}}", "svc")
            t.docker("service", "scale", "-d", "svc=2", quiet=True)
            wait_until(lambda: running_tasks(t) == 2, "two running tasks", 60)
            t.docker("service", "rm", "svc")
            t.docker("secret", "ls", "--format", "{{.Name}}")
            t.docker("swarm", "leave", code=1)
            t.docker("swarm", "leave", "--force")

        def running_tasks(t):
            quiet = type(t)(t.host, t.folder, t.command)
            return quiet.docker("service", "ps", "-f", "desired-state=running", "--format", "{{.CurrentState}}", "svc").text().count("Running")

        def logs(t):
            return type(t)(t.host, t.folder, t.command).docker("service", "logs", "--raw", "svc").out

        self.assert_same(workflow)


class DebianSwarm(SwarmWorkflow, DebianClient, StageTest):
    pass


class OtherSwarm(SwarmWorkflow, OtherClient, StageTest):
    pass


if __name__ == "__main__":
    unittest.main()
