# SPDX-License-Identifier: Apache-2.0
"""tidegate in a container beside its client, as deploy/compose/ has it: the client gets what its profile allows."""

import io
import os
import re
import subprocess
import tarfile

from tests.e2e import sidecar
from tests.e2e.engine import IMAGE
from tests.e2e.sidecar import CLIENT, DOCKER, TIDEGATE, Project
from tests.e2e.stage import StageTest
from tests.support.daemon import free_port
from tests.support.wait import wait_until


class SidecarTest(StageTest):
    built = set()  # engines that have the images

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.engine.path not in SidecarTest.built:
            sidecar.build_tidegate(cls.engine, cls.stage.new_folder)
            sidecar.build_client(cls.engine, cls.stage.new_folder)
            SidecarTest.built.add(cls.engine.path)

    def project(self, name, **environment):
        project = Project(self.engine, name, **environment)
        self.addCleanup(project.down)
        project.up()
        return project

    def assert_refused(self, done, what):
        self.assertNotEqual(done.returncode, 0, done.text)
        self.assertRegex(done.text, rf"tidegate: \w+ refused for profile '\w+': .*{what}")

    def assert_confined(self, project):
        """As the kernel sees it, not as the compose file asks for it."""
        status = project.proc("status")
        self.assertRegex(status, r"\nUid:\t65532\t65532\t65532\t65532\n")
        self.assertRegex(status, r"\nCapEff:\t0{16}\n")
        self.assertRegex(status, r"\nCapBnd:\t0{16}\n")
        self.assertRegex(status, r"\nNoNewPrivs:\t1\n")
        self.assertRegex(status, r"\nSeccomp:\t2\n")
        root = [line.split() for line in project.proc("mountinfo").splitlines() if line.split()[4] == "/"]
        self.assertEqual([fields[5].split(",")[0] for fields in root], ["ro"])

    def await_health(self, project):
        """The engine asks at once, then every 30 seconds."""
        wait_until(lambda: project.inspect("{{.State.Health.Status}}") == "healthy", project.logs(), sidecar.PATIENCE)


class Image(SidecarTest):
    def test_holds_tidegate_and_its_libraries_and_nothing_else(self):
        container = self.docker("create", TIDEGATE).stdout.decode().strip()
        exported = self.docker("export", container).stdout
        with tarfile.open(fileobj=io.BytesIO(exported)) as tar:
            files = [entry.name for entry in tar if entry.isfile() and entry.size]
        others = [name for name in files if not re.fullmatch(r"lib(64)?/(.*/)?[\w+.-]+\.so[.\d]*", name)]
        self.assertEqual(sorted(others), ["etc/group", "etc/nsswitch.conf", "etc/passwd", "usr/bin/tidegate"])

    def test_runs_without_a_writable_root(self):
        said = self.docker("run", "--rm", "--read-only", "--network", "none", TIDEGATE, "version")
        self.assertRegex(said.text, r"^tidegate \d+\.\d+")

    def test_its_user_is_a_number_that_is_not_root(self):
        user = self.docker("inspect", "--format", "{{.Config.User}}", TIDEGATE).text.strip()
        self.assertEqual(user, "65532:65532")

    def docker(self, *arguments):
        return sidecar.run(DOCKER, "-H", self.engine.host, *arguments)


class CiSidecar(SidecarTest):
    def test_the_agent_gets_what_the_profile_allows(self):
        project = self.project("ci-sidecar")
        project.await_tidegate()
        self.assert_confined(project)
        self.await_health(project)
        self.check_allowed(project)
        self.check_refused(project)
        self.check_apart(project)

    def check_allowed(self, project):
        self.assertIn("ran", project.agent("docker", "run", "--rm", IMAGE, "echo", "ran").text)
        build = f"printf 'FROM {IMAGE}\\nRUN echo step' | DOCKER_BUILDKIT=0 docker build --network none -"
        self.assertIn("Successfully built", project.agent("sh", "-c", build).text)

    def check_refused(self, project):
        for option, what in (
            ("--privileged", "Privileged"),
            ("--pid=host", "PidMode"),
            ("--volume=/:/host", "Binds"),
            (f"--volume={self.engine.path}:/engine.sock", "Binds"),
            (f"--volumes-from={project.container()}", "VolumesFrom"),
        ):
            with self.subTest(option=option):
                self.assert_refused(project.agent("docker", "run", "--rm", option, IMAGE, "id", code=None), what)
        # Else `exec` would start a tidegate of the agent's own, with the engine's socket at hand.
        self.assert_refused(
            project.agent("docker", "exec", project.container(), "tidegate", "version", code=None), "does not allow"
        )

    def check_apart(self, project):
        """The agent has no other way to the engine, and nobody but the agent has this one."""
        project.agent("ls", "/var/run/docker.sock", code=1)
        networks = project.inspect("{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}").split()
        self.assertEqual(networks, [f"{project.name}_gate"])
        inner = project.docker("network", "inspect", "--format", "{{.Internal}}", networks[0]).text.strip()
        self.assertEqual(inner, "true")
        self.assertEqual(project.inspect("{{.HostConfig.PortBindings}}"), "map[]")


class Monitor(SidecarTest):
    def test_the_agent_sees_and_changes_nothing(self):
        project = self.project("monitor")
        project.await_tidegate()
        self.assert_confined(project)
        self.await_health(project)
        self.assertIn(CLIENT, project.agent("docker", "ps").text)
        self.assert_refused(project.agent("docker", "run", IMAGE, "true", code=None), "does not allow")
        self.assert_refused(project.agent("docker", "logs", project.container(), code=None), "does not allow")
        devices = [line.split(":")[0].strip() for line in project.proc("net/dev").splitlines()[2:]]
        self.assertEqual(devices, ["lo"])
        self.check_strangers(project)

    def check_strangers(self, project):
        """The volume alone does not do: the socket is its group's."""

        def ask(*options):
            ask_there = ("docker", "-H", "unix:///run/tidegate/monitor.sock", "ps")
            volumes = f"--volumes-from={project.container('agent')}"
            return project.docker("run", "--rm", volumes, "--user=1001:1001", *options, CLIENT, *ask_there, code=None)

        self.assertIn("permission denied", ask().text)
        self.assertIn(CLIENT, ask("--group-add=65532").text)


class DropIn(SidecarTest):
    def test_variables_say_what_the_agent_gets(self):
        project = self.project("drop-in")
        project.await_tidegate()
        self.assert_confined(project)
        self.await_health(project)
        self.assertIn(CLIENT, project.agent("docker", "ps").text)
        self.assertIn(IMAGE.split(":", maxsplit=1)[0], project.agent("docker", "images").text)
        self.assert_refused(project.agent("docker", "run", IMAGE, "true", code=None), "")
        self.assert_refused(project.agent("docker", "volume", "ls", code=None), "")


class RemoteAdmin(SidecarTest):
    def certs(self, *arguments):
        """By the image, so that files belong to whom tidegate runs as."""
        volume = f"{self.folder}:/certs"
        sidecar.run(DOCKER, "-H", self.engine.host, "run", "--rm", "-v", volume, TIDEGATE, "certs", *arguments, "--dir=/certs")

    def setUp(self):
        super().setUp()
        self.folder = self.stage.new_folder()
        os.chown(self.folder, 65532, 65532)
        self.certs("init", "--host", "localhost", "--host", "127.0.0.1")
        for name in ("admin-kim", "ops-kim", "guest-kim"):
            self.certs("client", name)
        self.port = free_port()

    def ask(self, name, *arguments, code=0):
        env = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": os.path.join(self.folder, "clients", name)}
        return sidecar.run(DOCKER, "-H", f"tcp://127.0.0.1:{self.port}", *arguments, env=env, code=code)

    def test_a_certificate_says_who_comes(self):
        project = self.project(
            "remote-admin", CERTIFICATES=os.path.join(self.folder, "server"), TIDEGATE_ADDRESS=f"127.0.0.1:{self.port}"
        )
        wait_until(lambda: self.ask("ops-kim", "version", code=None).returncode == 0, project.logs())
        self.assert_confined(project)
        self.await_health(project)
        self.assertIn("ran", self.ask("admin-kim", "run", "--rm", IMAGE, "echo", "ran").text)
        self.assert_refused(self.ask("admin-kim", "run", "--privileged", IMAGE, code=None), "Privileged")
        self.assert_refused(self.ask("admin-kim", "exec", project.container(), "tidegate", code=None), "does not allow")
        self.assertIn(TIDEGATE, self.ask("ops-kim", "ps").text)
        self.assert_refused(self.ask("ops-kim", "run", IMAGE, code=None), "does not allow")
        self.assertIn("no rule under `clients`", self.ask("guest-kim", "ps", code=None).text)
        plain = subprocess.run([DOCKER, "-H", f"tcp://127.0.0.1:{self.port}", "ps"], capture_output=True, check=False)
        self.assertNotEqual(plain.returncode, 0)


if __name__ == "__main__":
    import unittest

    unittest.main()
