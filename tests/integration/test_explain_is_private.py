# SPDX-License-Identifier: Apache-2.0
"""A client that `tidegate explain` runs cannot be led to another engine, and nothing that a running
daemon has is touched: neither its sockets and ports nor its files."""

import hashlib
import json
import os
import socket
import subprocess
import unittest

from tests.support.docker import docker_clients
from tests.support.explain import ALLOWED, INCONCLUSIVE, REFUSED, ExplainTest
from tests.support.fake_engine import FakeEngine, reply

PING = ("import os, socket; s = socket.socket(socket.AF_UNIX); s.connect(os.environ['DOCKER_HOST'][7:]);"
        "s.sendall(b'GET /_ping HTTP/1.0\\r\\n\\r\\n'); s.recv(99)")  # fmt: skip


class AnotherEngine(ExplainTest):
    """There is an engine that must hear nothing, and a user whose current context is that engine."""

    def setUp(self):
        super().setUp()
        self.real = FakeEngine(os.path.join(self.folder, "real.sock"), {"GET /_ping": reply(200, b"OK")})
        self.real.start()
        self.addCleanup(self.real.stop)
        self.host = "unix://" + self.real.path
        docker = os.path.join(self.folder, "home/.docker")
        context = os.path.join(docker, "contexts/meta", hashlib.sha256(b"real").hexdigest())
        os.makedirs(context)
        self.write(os.path.join(context, "meta.json"), json.dumps(
            {"Name": "real", "Metadata": {}, "Endpoints": {"docker": {"Host": self.host, "SkipTLSVerify": False}}}))  # fmt: skip
        self.write(os.path.join(docker, "config.json"), json.dumps({"currentContext": "real"}))
        self.home = {"HOME": os.path.dirname(docker)}

    def rehearse(self, *command, status, **environment):
        said = self.explain("--profile", "ci", "--", *command, status=status, environment={**self.home, **environment})
        self.assertEqual(self.real.accepted, [], (command, said))
        return said

    def assert_not_run(self, *command):
        """The client is not even started: nobody asks anybody."""
        said = self.complaint("--profile", "ci", "--", *command, environment=self.home)
        self.assertEqual(self.real.accepted, [], command)
        return said

    def test_is_what_the_user_s_configuration_leads_to(self):
        for client in docker_clients():
            variables = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")}
            subprocess.run([client, "ps"], env={**variables, **self.home}, capture_output=True, timeout=60, check=False)
            self.assertNotEqual(self.real.accepted, [])
            for connection in self.real.accepted:
                connection.close()
            self.real.accepted.clear()

    def test_is_not_found_by_options(self):
        client = [*docker_clients(), "docker"][0]
        tls = ("--tls", "--tlsverify", "--tlscacert=/x", "--tlscert", "--tlskey")
        for options in (
            ("-H", self.host), (f"-H{self.host}",), ("-H=" + self.host,), ("--host", self.host), ("--host=" + self.host,),
            ("-c", "real"), ("-creal",), ("-c=real",), ("--context", "real"), ("--context=real",),
            ("-DH", self.host), (f"-DH{self.host}",), ("-l", "debug", "-c", "real"), ("-ldebug", "-creal"),
            ("--log-level", "debug", "--host", self.host), ("--log-level=debug", "-D", "--context=real"),
            ("--config", self.home["HOME"] + "/.docker"), *((each,) for each in tls),
        ):  # fmt: skip
            self.assertIn("may lead to another engine", self.assert_not_run(client, *options, "ps"))
        compose = "/usr/bin/docker-compose"
        for command in (
            (client, "compose", "--context", "real", "up"), (client, "-D", "compose", "-f", "x", "-p", "y", "-H", self.host, "up"),
            (compose, "-H", self.host, "up"), (compose, "--ho", self.host, "up"), (compose, "-f", "x.yml", "-cr", "real", "up"),
            (client, "buildx", "--builder", "real", "ls"), (client, "buildx", "build", "--builder=real", "."),
            (client, "build", "--builder", "real", "."), (client, "builder", "prune", "--builder", "real"),
            (client, "stack", "deploy", "--orchestrator=kubernetes", "web"), (client, "stack", "ls", "--kubeconfig", "x"),
            ("podman", "--remote", "--url", self.host, "ps"), ("podman", "-r", "-c", "real", "ps"),
            ("timeout", "9", client, "-H", self.host, "ps"), ("nice", "-n", "5", compose, "--host=x", "up"),
            ("time", "-o", "docker", client, "-H", self.host, "ps"), ("timeout", "-k", "docker", "--signal=9", "9", client, "-creal", "ps"),
            ("nohup", "nice", "-n5", "timeout", "9", client, "--host", self.host, "ps"),
        ):  # fmt: skip
            self.assertIn("may lead to another engine", self.assert_not_run(*command))

    def test_is_not_found_by_programs_that_do_not_use_the_private_one(self):
        self.assertIn("without DOCKER_HOST", self.assert_not_run("sudo", "-E", "docker", "ps"))
        self.assertIn("environment", self.assert_not_run("env", "-u", "DOCKER_HOST", "docker", "ps"))
        self.assertIn("does not use the engine", self.assert_not_run("timeout", "9", "skopeo", "copy", "a", "docker-daemon:b"))
        self.assertIn("engines of its own", self.assert_not_run("podman", "--remote", "farm", "build", "."))
        self.assertIn("without DOCKER_HOST", self.assert_not_run("nice", "sudo", "docker", "ps"))
        self.assertIn("podman --remote", self.assert_not_run("podman", "--log-level", "error", "run", "alpine"))
        self.assertIn("must not create builders", self.assert_not_run("docker", "buildx", "create", "--bootstrap", self.host))

    def test_the_same_letters_behind_a_subcommand_are_the_client_s_own(self):
        for client in docker_clients():
            for command in (
                ("-l", "error", "run", "--rm", "-c", "512", "-h", "web", "alpine", "curl", "-H", "X: y", "--host", "z"),
                ("create", "--context", "x"),
            ):  # fmt: skip
                done = self.run_explain("--profile", "ci", "--", client, *command, environment=self.home)
                self.assertNotIn(b"another engine", done.stderr)
        self.assertEqual(self.real.accepted, [])

    def test_is_not_found_by_the_user_s_configuration_or_by_variables(self):
        docker = self.home["HOME"] + "/.docker"
        for client in docker_clients():
            for variables in (
                {}, {"DOCKER_CONTEXT": "real", "DOCKER_CONFIG": docker, "DOCKER_TLS": "1"},
                {"DOCKER_HOST": self.host, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": docker, "DOCKER_API_VERSION": "1.51"},
            ):  # fmt: skip
                said = self.rehearse(client, "ps", status=ALLOWED, **variables)
                self.assertRegex(said, "allowed +ContainerList ")

    def test_is_not_found_by_a_project_s_own_variables(self):
        self.write(".env", f"DOCKER_HOST={self.host}\nDOCKER_CONTEXT=real\n")
        file = self.write("docker-compose.yml", json.dumps({"version": "3.7", "services": {"a": {"image": "a"}}}))
        if os.path.exists("/usr/bin/docker-compose"):
            self.rehearse("/usr/bin/docker-compose", "-f", file, "-p", "proj", "ps", status=ALLOWED)

    def test_no_variable_names_it_and_all_name_the_private_one(self):
        script = "import os; [print(k, v) for k, v in os.environ.items() if k.startswith(('DOCKER', 'CONTAINER', 'BUILD'))];" + PING
        variables = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_CONFIG",
                     "DOCKER_API_VERSION", "CONTAINER_HOST", "CONTAINER_CONNECTION", "CONTAINER_SSHKEY", "BUILDX_BUILDER",
                     "BUILDX_CONFIG", "BUILDKIT_HOST")  # fmt: skip
        said = self.rehearse("python3", "-c", script, status=INCONCLUSIVE, **dict.fromkeys(variables, self.host))
        self.assertNotIn(self.host, said)
        found = dict(line.split(" ", 1) for line in said.splitlines() if line.split(" ")[0] in variables)
        self.assertEqual(set(found), {"DOCKER_HOST", "DOCKER_CONFIG", "CONTAINER_HOST", "BUILDX_CONFIG"})
        self.assertEqual(found["DOCKER_HOST"], found["CONTAINER_HOST"])

    def test_the_user_s_plugins_are_still_there(self):
        plugins = os.path.join(self.home["HOME"], ".docker/cli-plugins")
        os.makedirs(plugins)
        plugin = self.write(os.path.join(plugins, "docker-hello"), "\n".join((
            "#!/bin/sh", 'if [ "$1" = docker-cli-plugin-metadata ]; then',
            """echo '{"SchemaVersion": "0.1.0", "Vendor": "tests", "Version": "1", "ShortDescription": "hello"}'; exit; fi""",
            f'exec python3 -c "{PING}"')))  # fmt: skip
        os.chmod(plugin, 0o755)
        for client in docker_clients():
            said = self.rehearse(client, "hello", status=INCONCLUSIVE)
            self.assertRegex(said, "allowed +SystemPing ")
            self.assertIn("inconclusive: docker hello is not a client that explain knows", said)

    def test_a_program_that_explain_does_not_know_is_said_to_be_out_of_its_hands(self):
        done = self.run_explain("--profile", "ci", "--", "python3", "-c", PING)
        self.assertIn(b"python3 is not a client that explain knows", done.stderr)
        for client in docker_clients():
            self.assertEqual(self.run_explain("--profile", "ci", "--", client, "ps").stderr, b"")

    def test_may_have_heard_of_a_program_that_explain_does_not_know(self):
        ping = ("python3", "-c", PING)
        for command, unknown in (
            (ping, "python3"), (("sh", "-c", f'python3 -c "{PING}"', "docker", "ps"), "sh"),
            (("timeout", "60", "sh", "-c", f'python3 -c "{PING}"', "docker", "ps"), "sh"), (("nice", "-5", *ping, "docker"), "nice"),
            (("xargs", *ping, "docker", "ps"), "xargs"), (("timeout", "60", *ping, "docker"), "python3"),
        ):  # fmt: skip
            said = self.rehearse(*command, status=INCONCLUSIVE)
            self.assertRegex(said, "allowed +SystemPing ")
            self.assertIn(f"inconclusive: {unknown} is not a client that explain knows; it may have asked another engine", said)
        for client in docker_clients():
            renamed = os.path.join(self.folder, "renamed")
            os.symlink(client, renamed)
            self.assertIn("inconclusive: renamed is not", self.rehearse(renamed, "ps", status=INCONCLUSIVE))
            os.unlink(renamed)

    def test_may_have_heard_of_a_script_that_has_the_name_of_a_client(self):
        script = self.write("docker", f'#!/bin/sh\nexec python3 -c "{PING}"\n')
        os.chmod(script, 0o755)
        on_path = {"PATH": self.folder + ":" + os.environ["PATH"]}
        for command, variables in (((script, "ps"), {}), (("docker", "ps"), on_path), (("timeout", "60", "docker", "ps"), on_path)):
            said = self.rehearse(*command, status=INCONCLUSIVE, **variables)
            self.assertRegex(said, "inconclusive: the script .*docker is not a client that explain knows")

    def test_may_have_heard_of_a_plugin_that_is_a_script(self):
        """docker runs the first one that it finds; one that the user's configuration leads to comes before the user's own."""
        extra, users = os.path.join(self.folder, "extra"), os.path.join(self.home["HOME"], ".docker/cli-plugins")
        with open(os.path.join(self.home["HOME"], ".docker/config.json"), encoding="utf-8") as file:
            config = json.load(file)
        self.write(file.name, json.dumps({**config, "cliPluginsExtraDirs": [extra]}))
        metadata = '{"SchemaVersion": "0.1.0", "Vendor": "tests", "Version": "1", "ShortDescription": "hello"}'
        script = f"#!/bin/sh\nif [ \"$1\" = docker-cli-plugin-metadata ]; then echo '{metadata}'; exit; fi\nexec python3 -c \"{PING}\"\n"
        for folder in (users, extra):
            os.makedirs(folder)
            for name in ("docker-compose", "docker-buildx"):
                os.chmod(self.write(os.path.join(folder, name), script), 0o755)
            for client in docker_clients():
                for command, name in ((("compose", "ps"), "compose"), (("buildx", "ls"), "buildx")):
                    said = self.rehearse(client, *command, status=INCONCLUSIVE)
                    self.assertIn(f"inconclusive: the script {folder}/docker-{name} is not a client that explain knows", said)

    def test_a_client_behind_a_known_wrapper_is_known(self):
        for client in docker_clients():
            for wrapper in (("nice", "-n", "5"), ("nohup",), ("timeout", "--foreground", "-k", "5", "60"), ("nice", "timeout", "60")):
                self.assertRegex(self.rehearse(*wrapper, client, "ps", status=ALLOWED), "allowed +ContainerList ")

    def test_a_client_that_never_asked_the_private_one_is_told_of(self):
        said = self.rehearse("python3", "-c", "", status=INCONCLUSIVE)
        self.assertIn("inconclusive: no request reached the private engine", said)


class RunningDaemon(ExplainTest):
    """What the configuration names belongs to a daemon that runs, or is not there at all."""

    def setUp(self):
        super().setUp()
        self.paths = {name: os.path.join(self.folder, name) for name in ("engine.sock", "docker.sock", "admin.sock", "audit.log")}
        self.engine = FakeEngine(self.paths["engine.sock"])
        self.taken = FakeEngine(self.paths["docker.sock"])
        self.operators = FakeEngine(self.paths["admin.sock"])
        for each in (self.engine, self.taken, self.operators):
            each.start()
            self.addCleanup(each.stop)
        self.port = socket.socket()
        self.port.bind(("127.0.0.1", 0))
        self.port.listen()
        self.addCleanup(self.port.close)

    def assert_untouched(self, **settings):
        config = self.write("config", json.dumps({
            "upstream": "unix://" + self.paths["engine.sock"],
            "listeners": [{"address": "unix://" + self.paths["docker.sock"], "profile": "ci"}],
            "profiles": {"ci": {"allow": ["*"]}}, **settings,
        }))  # fmt: skip
        before = {name: os.stat(path).st_ino for name, path in self.paths.items() if os.path.exists(path)}
        said = self.explain("--listener", "0", "--", "python3", "-c", PING, status=INCONCLUSIVE, config=config)
        self.assertRegex(said, "allowed +SystemPing ")
        after = {name: os.stat(path).st_ino for name, path in self.paths.items() if os.path.exists(path)}
        self.assertEqual(before, after)
        for each in (self.engine, self.taken, self.operators):
            self.assertEqual(each.accepted, [])

    def test_its_sockets_and_its_engine_are_not_touched(self):
        self.assert_untouched()

    def test_its_admin_listener_may_be_in_use(self):
        self.assert_untouched(admin={"address": "unix://" + self.paths["admin.sock"]})
        self.assert_untouched(admin={"address": "tcp://127.0.0.1:%d" % self.port.getsockname()[1], "insecure": True})

    def test_its_records_are_not_written(self):
        self.assert_untouched(audit={"file": self.paths["audit.log"]})
        self.assertFalse(os.path.exists(self.paths["audit.log"]))

    def test_its_ports_may_be_in_use_and_certificates_need_not_be_there(self):
        address = "tcp://127.0.0.1:%d" % self.port.getsockname()[1]
        self.assert_untouched(listeners=[{"address": address, "insecure": True, "profile": "ci"}])
        tls = {"cert": "/nowhere/c.pem", "key": "/nowhere/k.pem", "client_ca": "/nowhere/ca.pem"}
        self.assert_untouched(listeners=[{"address": address, "tls": tls, "profile": "ci"}])

    def test_its_engine_may_be_behind_tls(self):
        tls = {name: f"/nowhere/{name}.pem" for name in ("ca", "cert", "key")}
        self.assert_untouched(upstream="tcp://127.0.0.1:%d" % self.port.getsockname()[1], upstream_tls=tls)


if __name__ == "__main__":
    unittest.main()
