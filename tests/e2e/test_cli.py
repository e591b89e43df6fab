# SPDX-License-Identifier: Apache-2.0
"""What people do with the docker command all day gives the same output and exit codes through tidegate."""

import os
import random
import subprocess
import time
import unittest

from tests.e2e.engine import IMAGE
from tests.e2e.stage import DebianClient, OtherClient, StageTest
from tests.support.wait import wait_until

MIB = 1 << 20
# What the engine tells every client on a machine that forwards nothing; the tests' engine leaves that alone.
NO_FORWARDING = b"WARNING: IPv4 forwarding is disabled. Networking will not work.\n"


def noise(size, seed=1):
    return random.Random(seed).randbytes(size)


class CliWorkflows:
    def test_run(self):
        def workflow(t):
            t.docker("version", "--format", "{{.Server.Version}} {{.Server.APIVersion}} {{.Client.APIVersion}}")
            t.docker("info", "--format", "{{.ServerVersion}} {{.Driver}} {{.OSType}}")
            t.docker("run", "--rm", IMAGE, "sh", "-c", "echo out; echo err >&2; exit 3", code=3)
            t.docker("run", "--rm", IMAGE, "no-such-program", code=127)
            t.docker("run", "--rm", "-e", "A=b c", "-w", "/tmp", "-u", "nobody", IMAGE, "sh", "-c", "echo $A; pwd; id -u")
            t.docker("run", "--rm", "--memory", "64m", "--cpus", "0.5", "--read-only", IMAGE, "true")
            t.docker("run", "--rm", "no-such-image.invalid/x", code=125, quiet=True)

        self.assert_same(workflow)

    def test_run_with_a_mebibyte_on_stdin(self):
        data = noise(MIB)

        def workflow(t):
            back = t.docker("run", "-i", "--rm", IMAGE, "cat", stdin=data, quiet=True)
            self.assertTrue(back.out == data, f"{len(back.out)} other bytes came back")
            # The answer comes only after the end of input: the half-close must get there, and the rest back.
            t.docker("run", "-i", "--rm", IMAGE, "sh", "-c", "sha256sum; echo done >&2; exit 5", stdin=data, code=5)

        self.assert_same(workflow)

    def test_exec(self):
        data = noise(MIB, 2)

        def workflow(t):
            t.docker("run", "-d", "--name", "ex", IMAGE, "sleep", "600", quiet=True)
            t.docker("exec", "ex", "sh", "-c", "echo out; echo err >&2; exit 4", code=4)
            back = t.docker("exec", "-i", "ex", "sh", "-c", "cat; exit 7", stdin=data, code=7, quiet=True)
            self.assertTrue(back.out == data, f"{len(back.out)} other bytes came back")
            t.docker("exec", "-e", "A=1", "-w", "/tmp", "ex", "sh", "-c", "echo $A; pwd")
            t.docker("exec", "-d", "ex", "touch", "/tmp/made")
            t.docker("exec", "ex", "sh", "-c", "until test -e /tmp/made; do sleep 0.1; done; echo there")
            top = t.docker("top", "ex", "-o", "pid,args", quiet=True).text().splitlines()
            t.note(str([line.split()[1:] for line in top]))
            t.docker("rm", "-f", "ex")

        self.assert_same(workflow)

    def test_attach_to_a_container_without_a_terminal(self):
        def workflow(t):
            t.docker("create", "-i", "--name", "at", IMAGE, "sh", "-c", "tr a-z A-Z; exit 6", quiet=True)
            t.docker("start", "-a", "-i", "at", stdin=b"shout\n", code=6)
            t.docker("run", "-d", "-i", "--name", "at2", IMAGE, "sh", "-c", "read x; echo got $x; exit 8", quiet=True)
            # The engine closes an attached output with the input, so the input stays open until the answer is there.
            attached = t.start(t.command, "attach", "at2", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            attached.stdin.write(b"word\n")
            attached.stdin.flush()
            t.note(f"{attached.stdout.readline()!r} {attached.communicate(timeout=60)!r} {attached.returncode}")
            t.docker("wait", "at2")
            t.docker("rm", "at", "at2")

        self.assert_same(workflow)

    def test_logs(self):
        def workflow(t):
            t.docker("run", "-d", "--name", "lo", IMAGE, "sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.2; done; echo e >&2")
            t.docker("logs", "-f", "lo")
            t.docker("logs", "--tail", "2", "-t", "lo")
            t.docker("run", "-d", "--name", "big", IMAGE, "sh", "-c", "seq 1 100000", quiet=True)
            t.docker("wait", "big")
            lines = t.docker("logs", "big", quiet=True).out
            self.assertEqual(lines.split(), [b"%d" % n for n in range(1, 100001)])
            t.docker("rm", "lo", "big")

        self.assert_same(workflow)

    def test_events(self):
        def workflow(t):
            watcher = t.start(
                t.command, "events", "--filter", "container=ev", "--format", "{{.Type}} {{.Action}} {{.Actor.Attributes.name}}",
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            # Nothing tells when the engine has the subscription, so events go on until one is seen.
            t.docker("create", "--name", "ev", IMAGE, "true", quiet=True)
            os.set_blocking(watcher.stdout.fileno(), False)
            wait_until(lambda: rename(t) or "rename" in (watcher.stdout.read() or ""), "an event", 60)
            os.set_blocking(watcher.stdout.fileno(), True)
            t.docker("start", "-a", "ev")
            t.docker("rm", "ev", quiet=True)
            for line in watcher.stdout:
                if "rename" not in line:
                    t.note(line.strip())
                if "destroy" in line:
                    break
            watcher.terminate()
            watcher.communicate()
            since = str(time.time() - 0.001)
            t.docker("run", "--rm", "--name", "past", IMAGE, "true")
            t.docker("events", "--since", since, "--until", str(time.time()), "--filter", "container=past", "--format", "{{.Action}}")

        self.assert_same(workflow)

    def test_stats(self):
        def workflow(t):
            t.docker("run", "-d", "--name", "st", "--memory", "32m", IMAGE, "sleep", "600", quiet=True)
            t.docker("stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}", "st")
            t.docker("stats", "--no-stream", "--format", "{{.Name}}")
            t.docker("rm", "-f", "st")

        self.assert_same(workflow)

    def test_copy_both_ways(self):
        data = noise(3 * MIB, 3)

        def workflow(t):
            os.makedirs(t.path("tree/deep"))
            for name in ("one", "tree/two", "tree/deep/three"):
                with open(t.path(name), "wb") as file:
                    file.write(data + name.encode())
            t.docker("create", "--name", "co", IMAGE, "sh", "-c", "cd /tmp && find one tree -type f | sort | xargs sha256sum", quiet=True)
            t.docker("cp", t.path("one"), "co:/tmp", quiet=True)
            t.docker("cp", t.path("tree"), "co:/tmp", quiet=True)
            t.docker("start", "-a", "co")
            t.docker("cp", "co:/tmp/tree", t.path("back"), quiet=True)
            with open(t.path("back/deep/three"), "rb") as file:
                self.assertTrue(file.read() == data + b"tree/deep/three")
            tar = t.docker("cp", "co:/tmp/one", "-", quiet=True).out
            t.docker("cp", "-", "co:/root", stdin=tar, quiet=True)
            t.docker("cp", "co:/root/one", t.path("again"), quiet=True)
            with open(t.path("again"), "rb") as file:
                self.assertTrue(file.read() == data + b"one")
            t.docker("cp", "co:/no/such", t.path("x"), code=1)
            for line in sorted(t.docker("diff", "co", quiet=True).text().splitlines()):
                t.note(line)
            t.docker("rm", "co")

        self.assert_same(workflow)

    def test_volumes(self):
        def workflow(t):
            t.docker("volume", "create", "--label", "who=me", "vo")
            t.docker("run", "--rm", "-v", "vo:/v", IMAGE, "sh", "-c", "echo kept > /v/file")
            t.docker("run", "--rm", "-v", "vo:/v:ro", IMAGE, "sh", "-c", "cat /v/file; touch /v/x", code=1)
            t.docker("volume", "ls", "--filter", "label=who=me", "-q")
            t.docker("volume", "inspect", "--format", "{{json .Labels}}", "vo")
            t.docker("volume", "rm", "vo")
            t.docker("volume", "inspect", "vo", code=1)

        self.assert_same(workflow)

    def test_networks(self):
        def workflow(t):
            t.docker("network", "create", "--label", "a=b", "--subnet", self.engine.addresses.spare, "net")
            t.docker("run", "-d", "--name", "web", "--network", "net", IMAGE, "sh", "-c", "echo hi > /tmp/i; httpd -f -h /tmp", quiet=True)
            t.docker("run", "--rm", "--network", "net", IMAGE, "sh", "-c", "until wget -q -O - http://web/i; do sleep 0.1; done 2>/dev/null")
            t.docker("network", "create", "net2", quiet=True)
            t.docker("network", "connect", "--alias", "other", "net2", "web")
            t.docker("network", "inspect", "net2", "--format", "{{range .Containers}}{{.Name}}{{end}}")
            t.docker("network", "disconnect", "net2", "web")
            t.docker("network", "ls", "--filter", "label=a=b", "--format", "{{.Name}} {{.Driver}}")
            t.docker("rm", "-f", "web")
            t.docker("network", "rm", "net", "net2")

        self.assert_same(workflow)

    def test_life_of_a_container(self):
        def workflow(t):
            t.docker("run", "-d", "--name", "wa", "--label", "l=1", IMAGE, "sh", "-c", "trap 'exit 9' TERM; sleep 600 & wait", quiet=True)
            t.docker("ps", "--filter", "name=wa", "--format", "{{.Names}} {{.Image}} {{.Status}}")
            t.docker("inspect", "--format", "{{.Name}} {{.State.Status}} {{json .Config.Labels}}", "wa")
            t.docker("pause", "wa")
            t.docker("unpause", "wa")
            t.docker("update", "--memory", "64m", "--memory-swap", "64m", "wa", quiet=True)
            t.docker("rename", "wa", "wa2")
            waiter = t.start(t.command, "wait", "wa2", stdout=subprocess.PIPE)
            t.docker("kill", "--signal", "TERM", "wa2")
            t.note(f"wait says {waiter.communicate(timeout=60)[0]!r}")
            t.docker("start", "wa2")
            t.docker("restart", "-t", "0", "wa2")
            t.docker("stop", "-t", "0", "wa2")
            t.docker("commit", "-m", "words", "wa2", "copy:1", quiet=True)
            t.docker("tag", "copy:1", "copy:2")
            t.docker("history", "--format", "{{.Comment}}", "copy:2")
            t.docker("rmi", "copy:1", "copy:2", quiet=True)
            t.docker("rm", "wa2")
            t.docker("rm", "wa2", code=1)
            t.docker("inspect", "wa2", code=1)

        self.assert_same(workflow)

    def test_prune(self):
        def workflow(t):
            t.docker("create", "--name", "pr", IMAGE, quiet=True)
            t.docker("container", "prune", "-f")
            t.docker("volume", "create", "pr")
            t.docker("volume", "prune", "-f", "--filter", "label!=keep", quiet=True)
            t.docker("network", "create", "pr", quiet=True)
            t.docker("network", "prune", "-f")
            t.docker("image", "prune", "-f")
            t.docker("system", "df", quiet=True)
            t.docker("system", "prune", "-f")

        self.assert_same(workflow)

    def test_build_by_the_classic_builder(self):
        def workflow(t):
            write_build_context(t)
            classic = {"DOCKER_BUILDKIT": "0"}
            t.docker("build", "--no-cache", "--network", "none", "--build-arg", "WHO=me", "-t", "built", ".", env=classic)
            t.docker("run", "--rm", "built")
            t.docker("build", "--no-cache", "--network", "none", "-f", "Broken", ".", env=classic, code=11)
            t.docker("build", "-q", "-", stdin=f"FROM {IMAGE}\nLABEL from=stdin\n".encode(), env=classic)
            t.docker("rmi", "built", quiet=True)
            t.docker("image", "prune", "-f", quiet=True)

        self.assert_same(workflow)

    def test_fifty_containers_at_a_time(self):
        t = self.through()
        started = [
            t.start(t.command, "run", "--rm", IMAGE, "sh", "-c", f"echo {n}; exit {n}", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for n in range(50)
        ]
        ends = []
        for process in started:
            out, err = process.communicate(timeout=300)
            err = err.removeprefix(NO_FORWARDING)
            ends.append((process.returncode, out, err))
        self.assertEqual(ends, [(n, b"%d\n" % n, b"") for n in range(50)])
        wait_until(lambda: t.docker("ps", "-q").out == b"", "the removal of the containers", 60)


def rename(t):
    for names in (("ev", "ev2"), ("ev2", "ev")):
        subprocess.run([t.command, "rename", *names], env=t.environment(), check=True, capture_output=True, timeout=60)


def write_build_context(t):
    files = {
        "Dockerfile": f"FROM {IMAGE}\nARG WHO\nCOPY data /data\nRUN echo for $WHO > /who\nCMD cat /who && sha256sum /data\n",
        "Broken": f"FROM {IMAGE}\nRUN echo before; exit 11\n",
        "data": noise(2 * MIB, 4),
    }
    for name, content in files.items():
        with open(t.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
    os.utime(t.path("data"), (0, 0))


class DebianCli(CliWorkflows, DebianClient, StageTest):
    def test_build_by_buildkit(self):
        def workflow(t):
            write_build_context(t)
            with open(t.path("secret"), "w", encoding="ascii") as file:
                file.write("hush")
            with open(t.path("Secret"), "w", encoding="ascii") as file:
                file.write(f"FROM {IMAGE}\nCOPY data /data\nRUN --mount=type=secret,id=s cp /run/secrets/s /told\nCMD cat /told\n")
            kit = {"DOCKER_BUILDKIT": "1"}
            # Its progress is in no fixed order and full of times, so the built image speaks for it.
            t.docker("build", "--no-cache", "--network", "none", "--build-arg", "WHO=kit", "-t", "kit", ".", env=kit, quiet=True)
            t.docker("run", "--rm", "kit")
            t.docker("build", "--no-cache", "--secret", "id=s,src=secret", "-f", "Secret", "-t", "kit", ".", env=kit, quiet=True)
            t.docker("run", "--rm", "kit")
            t.docker("build", "--no-cache", "--network", "none", "-f", "Broken", ".", env=kit, code=1, quiet=True)
            t.docker("build", "--no-cache", "-o", t.path("out"), "-f", "Dockerfile", "--network", "none", ".", env=kit, quiet=True)
            with open(t.path("out/data"), "rb") as file:
                self.assertTrue(file.read() == noise(2 * MIB, 4))
            t.docker("builder", "prune", "-a", "-f", quiet=True)
            t.docker("rmi", "kit", quiet=True)

        self.assert_same(workflow)


class OtherCli(CliWorkflows, OtherClient, StageTest):
    pass


if __name__ == "__main__":
    unittest.main()
