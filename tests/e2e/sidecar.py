# SPDX-License-Identifier: Apache-2.0
"""tidegate's image, a client's image, and the compose files of deploy/ against the engine of a stage."""

import functools
import io
import os
import subprocess
import tarfile

from tests.e2e.engine import IMAGE
from tests.support.wait import wait_until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEPLOY = os.path.join(ROOT, "deploy")
DOCKER = "/usr/bin/docker"  # Debian's: its libraries are at hand
TIDEGATE = "tidegate:e2e"
CLIENT = "client:e2e"
PATIENCE = 120.0  # seconds for one command


def run(*command, env=None, code=0, stdin=None):
    """Runs a command; `code` is how it must end, None for any way. Returns the process with its output."""
    done = subprocess.run(
        command, capture_output=True, timeout=PATIENCE, check=False, input=stdin, env={**os.environ, **(env or {})}
    )
    if code is not None and done.returncode != code:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout!r}\n{done.stderr!r}")
    done.text = (done.stdout + done.stderr).decode("utf-8", "replace")
    return done


def tree(program, folder):
    """A tar of /image: a program with its libraries, as deploy/image_root.sh puts them together."""
    root = os.path.join(folder, "image")
    run(os.path.join(DEPLOY, "image_root.sh"), program, root)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        tar.add(root, "image")
    return out.getvalue()


def build_tidegate(engine, new_folder):
    """The image of deploy/Dockerfile, but for its compiling: the binary is the one under test."""
    docker = [DOCKER, "-H", engine.host]
    run(*docker, "import", "-", "root:e2e", stdin=tree(os.environ["TIDEGATE"], new_folder()))
    run(
        *docker, "build", "-q", "--build-arg", "ROOT=root:e2e", "-t", TIDEGATE, "-f", os.path.join(DEPLOY, "Dockerfile"),
        new_folder(), env={"DOCKER_BUILDKIT": "1"},
    )  # fmt: skip


def build_client(engine, new_folder):
    """Busybox with a docker CLI."""
    docker = [DOCKER, "-H", engine.host]
    run(*docker, "import", "-", "cli:e2e", stdin=tree(DOCKER, new_folder()))
    recipe = f"FROM cli:e2e AS cli\nFROM {IMAGE}\nCOPY --from=cli /image/ /\nENV PATH=/bin:/usr/bin\n"
    run(*docker, "build", "-q", "-t", CLIENT, "-", stdin=recipe.encode(), env={"DOCKER_BUILDKIT": "1"})


class Project:
    """One of deploy/compose/, up and running."""

    def __init__(self, engine, name, **environment):
        self.engine = engine
        self.name = f"{name}-{os.getpid()}"
        self.file = os.path.join(DEPLOY, "compose", name, "compose.yaml")
        self.environment = {
            "DOCKER_HOST": engine.host,
            "DOCKER_SOCKET": engine.path,
            "DOCKER_GID": str(os.stat(engine.path).st_gid),
            "TIDEGATE_IMAGE": TIDEGATE,
            "AGENT_IMAGE": CLIENT,
            **environment,
        }

    def compose(self, *arguments, code=0):
        return run(
            "/usr/bin/docker-compose", "-p", self.name, "-f", self.file, *arguments, env=self.environment, code=code
        )

    def docker(self, *arguments, code=0):
        """As the one who owns the engine."""
        return run(DOCKER, "-H", self.engine.host, *arguments, code=code)

    def up(self):
        self.compose("up", "-d", "--no-build")

    def down(self):
        self.compose("down", "-v", "-t", "0")

    def agent(self, *command, code=0):
        """A command in the agent's container."""
        return self.docker("exec", self.container("agent"), *command, code=code)

    def await_tidegate(self):
        """Waits until the agent is answered, be it by a refusal."""
        wait_until(
            lambda: "Server:" in self.agent("docker", "version", code=None).text,
            f"an answer of tidegate: {self.logs()}", PATIENCE,
        )  # fmt: skip

    def logs(self):
        return self.compose("logs", "--no-color", "tidegate", code=None).text[-4000:]

    @functools.cache
    def container(self, service="tidegate"):
        """The id of a service's container."""
        return self.compose("ps", "-q", service).text.strip()

    def inspect(self, template):
        return self.docker("inspect", "--format", template, self.container()).text.strip()

    def proc(self, name):
        """A file of tidegate's process in /proc."""
        with open(f"/proc/{self.inspect('{{.State.Pid}}')}/{name}", encoding="ascii") as file:
            return file.read()
