# SPDX-License-Identifier: Apache-2.0
"""tidegate in a container beside its client, as deploy/compose/ has it: the client gets what its profile allows."""

import json
import os
import re
import shutil
import subprocess

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
        project = Project(self.engine, name, self.stage.new_folder(), **environment)
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

    def await_health(self, project, service="tidegate"):
        wait_until(
            lambda: project.inspect("{{.State.Health.Status}}", service) == "healthy", project.logs(), sidecar.PATIENCE
        )

    def check_asked_by_the_image_alone(self, project):
        """A second health check in a compose file could differ from the image's."""
        asked = "{{json .Config.Healthcheck}}"
        own = self.docker("inspect", "--format", asked, TIDEGATE).text
        self.assertIn('["CMD","tidegate","health","--ready"]', own)
        self.assertEqual(project.inspect(asked), own.strip())

    def check_log_is_bounded(self, project):
        log = json.loads(project.inspect("{{json .HostConfig.LogConfig}}"))
        self.assertEqual((log["Type"], set(log["Config"])), ("json-file", {"max-size", "max-file"}))

    def docker(self, *arguments):
        return sidecar.run(DOCKER, "-H", self.engine.host, *arguments)


class Image(SidecarTest):
    def test_holds_tidegate_and_its_libraries_and_nothing_else(self):
        files = sidecar.exported_files(self.engine, TIDEGATE)
        libraries = [name for name in files if re.fullmatch(r"lib(64)?/(.*/)?[\w+.-]+\.so[.\d]*", name)]
        told = [name for name in files if name.startswith(("usr/share/", "var/lib/dpkg/status.d/"))]
        own = ["etc/group", "etc/nsswitch.conf", "etc/os-release", "etc/passwd", "usr/bin/tidegate"]
        self.assertEqual(sorted(files), sorted([*libraries, *told, *own]))
        self.assertNotIn(b".symtab", files["usr/bin/tidegate"], "symbols are left")
        self.check_licences(files)

    def check_licences(self, files):
        """Where a scanner looks: what each package is, and under which licence it is here."""
        packages = {name.rpartition("/")[2]: text for name, text in files.items() if "/status.d/" in name}
        for name in ("libc6", "libssl3", "libstdc++6", "libboost1.81-dev", "nlohmann-json3-dev", "node-llhttp"):
            self.assertRegex(packages[name], rb"(?m)^Version: \d")
        licensed = {name.split("/")[3] for name in files if name.endswith("/copyright")}
        self.assertEqual(licensed, {"tidegate", *packages} - {"libboost1.81-dev"})
        self.assertIn(b"Apache License", files["usr/share/doc/tidegate/copyright"])
        self.assertIn("usr/share/common-licenses/LGPL-2.1", files)  # to which glibc's copyright file refers

    def test_says_what_it_was_made_of(self):
        labels = json.loads(self.docker("inspect", "--format", "{{json .Config.Labels}}", TIDEGATE).text)
        version = self.docker("run", "--rm", TIDEGATE, "version").text.split()[1]
        self.assertEqual(labels["org.opencontainers.image.version"], version)
        self.assertEqual(labels["org.opencontainers.image.revision"], "0123abc")

    def test_is_made_of_sources_alone(self):
        """Not of keys that an example has made, nor of documents whose edit would compile it again."""
        source = os.path.join(self.stage.new_folder(), "source")
        shutil.copytree(sidecar.ROOT, source, ignore=shutil.ignore_patterns("build", ".git"))
        for planted in ("deploy/compose/remote-admin/certs/ca/ca-key.pem", "deploy/compose/monitor/.env", "key.pem", "build/a.o"):
            path = os.path.join(source, planted)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="ascii") as file:
                file.write("secret")
        files = set(sidecar.context_files(self.engine, source, self.stage.new_folder))
        compiled = r"(acl|config|proxy|tls|deploy/cmake)/.*\.(cpp|hpp|inc|in|cmake|yaml)"
        rooms = {name for name in files if re.fullmatch(compiled, name)}
        self.assertGreater(len(rooms), 400)
        others = ["CMakeLists.txt", "CMakePresets.json", "LICENSE", "deploy/image_root.sh", "deploy/packages.sh"]
        self.assertEqual(sorted(files - rooms), others)

    def test_runs_without_a_writable_root(self):
        said = self.docker("run", "--rm", "--read-only", "--network", "none", TIDEGATE, "version")
        self.assertRegex(said.text, r"^tidegate \d+\.\d+")

    def test_its_user_is_a_number_that_is_not_root(self):
        user = self.docker("inspect", "--format", "{{.Config.User}}", TIDEGATE).text.strip()
        self.assertEqual(user, "65532:65532")

    def test_without_a_socket_says_what_to_mount(self):
        container = self.docker("run", "-d", TIDEGATE).stdout.decode().strip()
        wanted = "`-v /var/run/docker.sock:/var/run/docker.sock --group-add $(stat -c %g /var/run/docker.sock)`"
        wait_until(lambda: wanted in self.docker("logs", container).text, wanted, sidecar.PATIENCE)

    def test_with_the_socket_alone_is_healthy(self):
        group = str(os.stat(self.engine.path).st_gid)
        socket = f"{self.engine.path}:/var/run/docker.sock"
        container = self.docker("run", "-d", "-v", socket, "--group-add", group, TIDEGATE).stdout.decode().strip()
        health = ("inspect", "--format", "{{.State.Health.Status}}", container)
        wait_until(lambda: self.docker(*health).text.strip() == "healthy", "a healthy container", sidecar.PATIENCE)


class CiSidecar(SidecarTest):
    def test_the_agent_gets_what_the_profile_allows(self):
        project = self.project("ci-sidecar")
        project.await_tidegate()
        self.assert_confined(project)
        self.await_health(project)
        self.check_asked_by_the_image_alone(project)
        self.check_log_is_bounded(project)
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


class Homelab(SidecarTest):
    programs = ("traefik", "dozzle", "homepage", "watchtower")

    def start(self):
        """With docker's client in the place of each program, and subnets that are free here."""
        images = {f"{name.upper()}_IMAGE": CLIENT for name in self.programs}
        addresses = {f"{name.upper()}_ADDRESS": f"127.0.0.1:{free_port()}" for name in self.programs}
        project = Project(self.engine, "homelab", self.stage.new_folder(), **images, **addresses)
        self.addCleanup(project.down)
        for file in ("compose.yaml", "config/tidegate.yaml"):
            project.rewrite(file, "172.30.241.", self.engine.addresses.spare.removesuffix("0/24"))
        project.override({
            name: {"command": ["sleep", "1d"], "environment": {"DOCKER_HOST": "tcp://tidegate:2375"}}
            for name in self.programs
        })  # fmt: skip
        project.environment["COMPOSE_PROFILES"] = ",".join(self.programs)
        project.up()
        return project

    def test_each_program_gets_its_own_profile(self):
        project = self.start()
        self.assert_confined(project)
        self.docker("run", "-d", "--name", "web", IMAGE, "sh", "-c", "echo hello; sleep 600")
        for program, allowed in (
            ("traefik", {"ps"}),
            ("dozzle", {"ps", "logs web", "info"}),
            ("homepage", {"ps"}),
            ("watchtower", {"ps", "info", f"create {IMAGE} true", "stop -t 0 web"}),
        ):
            for command in ("ps", "logs web", "info", f"create {IMAGE} true", "exec web true", "stop -t 0 web"):
                with self.subTest(program=program, command=command):
                    done = project.agent("docker", *command.split(), code=None, service=program)
                    if command in allowed:
                        self.assertEqual(done.returncode, 0, done.text)
                    else:
                        self.assertIn("tidegate: ", done.text)
                        self.assertIn(f"refused for profile '{program}'", done.text)
        self.check_apart(project)

    def check_apart(self, project):
        """Each is alone with tidegate, and a container of another network is served nothing."""
        gates = {f"{project.name}_{name}-gate" for name in self.programs}
        for name in gates:
            members = self.docker("network", "inspect", "--format", "{{len .Containers}} {{.Internal}}", name).text
            self.assertEqual(members.strip(), "2 true")
        self.assertEqual(set(json.loads(project.inspect("{{json .NetworkSettings.Networks}}"))), gates)


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

    def list_of_revoked(self):
        with open(os.path.join(self.folder, "server", "crl.pem"), encoding="ascii") as file:
            return file.read()

    def test_a_certificate_says_who_comes(self):
        signed_before = self.list_of_revoked()
        project = self.project(
            "remote-admin", CERTIFICATES=self.folder, TIDEGATE_ADDRESS=f"127.0.0.1:{self.port}"
        )
        wait_until(lambda: self.ask("ops-kim", "version", code=None).returncode == 0, project.logs())
        self.assert_confined(project)
        self.await_health(project)
        wait_until(lambda: self.list_of_revoked() != signed_before, "a list that `renewal` has signed", sidecar.PATIENCE)
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
