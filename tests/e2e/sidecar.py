# SPDX-License-Identifier: Apache-2.0
"""tidegate's image, a client's image, and the compose files of deploy/ against the engine of a stage."""

import functools
import io
import json
import os
import re
import shutil
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


def run(*command, env=None, code=0, stdin=None, folder=None):
    """Runs a command; `code` is how it must end, None for any way. Returns the process with its output."""
    done = subprocess.run(
        command, capture_output=True, timeout=PATIENCE, check=False, input=stdin, cwd=folder,
        env={**os.environ, **(env or {})},
    )  # fmt: skip
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
        "--build-arg", "REVISION=0123abc", new_folder(), env={"DOCKER_BUILDKIT": "1"},
    )  # fmt: skip


def context_files(engine, source, new_folder):
    """The files of the folder `source` that `docker build` sends to the engine, by their paths there."""
    recipe = os.path.join(new_folder(), "Dockerfile")
    with open(recipe, "w", encoding="ascii") as file:
        file.write("FROM scratch\nCOPY . /\nCMD [\"none\"]\n")
    docker = [DOCKER, "-H", engine.host]
    run(*docker, "build", "-q", "-t", "context:e2e", "-f", recipe, source, env={"DOCKER_BUILDKIT": "1"})
    return exported_files(engine, "context:e2e")


def exported_files(engine, image):
    """The files of an image that have content, by their paths, with that content."""
    docker = [DOCKER, "-H", engine.host]
    container = run(*docker, "create", image).stdout.decode().strip()
    with tarfile.open(fileobj=io.BytesIO(run(*docker, "export", container).stdout)) as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar if entry.isfile() and entry.size}


def build_client(engine, new_folder):
    """Busybox with a docker CLI."""
    docker = [DOCKER, "-H", engine.host]
    run(*docker, "import", "-", "cli:e2e", stdin=tree(DOCKER, new_folder()))
    recipe = f"FROM cli:e2e AS cli\nFROM {IMAGE}\nCOPY --from=cli /image/ /\nENV PATH=/bin:/usr/bin\n"
    run(*docker, "build", "-q", "-t", CLIENT, "-", stdin=recipe.encode(), env={"DOCKER_BUILDKIT": "1"})


class Project:
    """One of deploy/compose/, in a folder of its own where a user would have it, up and running."""

    def __init__(self, engine, name, folder, **environment):
        self.engine = engine
        self.name = f"{name}-{os.getpid()}"
        self.folder = shutil.copytree(os.path.join(DEPLOY, "compose", name), os.path.join(folder, name))
        self.files = ["compose.yaml"]
        self.environment = {
            "DOCKER_HOST": engine.host,
            "DOCKER_SOCKET": engine.path,
            "COMPOSE_HTTP_TIMEOUT": str(int(PATIENCE)),
            "TIDEGATE_IMAGE": TIDEGATE,
            "AGENT_IMAGE": CLIENT,
            **environment,
        }
        self._write_env()

    def _write_env(self):
        """By the command in the compose file, so that `down` needs no variable."""
        with open(self.path("compose.yaml"), encoding="utf-8") as file:
            command = re.search(r'^#   (echo "DOCKER_GID=.*" > \.env)$', file.read(), re.M)[1]
        run("sh", "-c", f"cd {self.folder} && " + command.replace("/var/run/docker.sock", self.engine.path))

    def path(self, name):
        return os.path.join(self.folder, name)

    def rewrite(self, name, old, new):
        """Edits a file of the project as its user may have to."""
        with open(self.path(name), "r+", encoding="utf-8") as file:
            text = file.read()
            if old not in text:
                raise AssertionError(f"{name} has no {old}")
            file.seek(0)
            file.truncate()
            file.write(text.replace(old, new))

    def override(self, services):
        """Adds a compose file with `services` to that of the project."""
        self.files.append("override.yaml")
        with open(self.path("override.yaml"), "w", encoding="utf-8") as file:
            json.dump({"services": services}, file)

    def compose(self, *arguments, code=0):
        files = [word for file in self.files for word in ("-f", file)]
        command = ("/usr/bin/docker-compose", "-p", self.name, *files, *arguments)
        return run(*command, env=self.environment, code=code, folder=self.folder)

    def docker(self, *arguments, code=0):
        """As the one who owns the engine."""
        return run(DOCKER, "-H", self.engine.host, *arguments, code=code)

    def up(self):
        self.compose("up", "-d", "--no-build")

    def down(self):
        self.compose("down", "-v", "-t", "0")

    def agent(self, *command, code=0, service="agent"):
        """A command in the agent's container."""
        return self.docker("exec", self.container(service), *command, code=code)

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

    def inspect(self, template, service="tidegate"):
        return self.docker("inspect", "--format", template, self.container(service)).text.strip()

    def proc(self, name):
        """A file of tidegate's process in /proc."""
        with open(f"/proc/{self.inspect('{{.State.Pid}}')}/{name}", encoding="ascii") as file:
            return file.read()
