# SPDX-License-Identifier: Apache-2.0
"""What a workflow said and how it ended, with all that may differ from run to run taken out."""

import os
import re
import subprocess

PATIENCE = 180.0  # seconds for one command; sanitizer builds move hundreds of megabytes in it

# Order matters: longer forms before their parts.
VARIABLE = [
    (r"SWMTKN-\S+", "TOKEN"),
    (r"\b[0-9a-f]{64}\b", "ID"),
    (r"\b[0-9a-f]{12}\b", "ID"),
    (r"\b(?=[a-z]*[0-9])[0-9a-z]{25}\b", "ID"),
    (r"\b(?=[a-z]*[0-9])[0-9a-z]{12}\b", "ID"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?[-+]\d{4} UTC|Z|[-+]\d\d:\d\d)?", "TIME"),
    (r"\b\d{10}\.\d+\b", "TIME"),
    (r"\b(About |Less than )?(an?|\d+) (second|minute)s?\b", "AGE"),
    (r"\b\d+(\.\d+)?(ms|µs|s)\b", "SPAN"),
    (r"\b172\.\d+\.\d+\.\d+\b", "ADDRESS"),
    (r"\b(02:42|[0-9a-f]{2}:[0-9a-f]{2}):[0-9a-f:]{11}\b", "MAC"),
]

# docker run sends its wait before its start, and may or may not say that the first was given up.
RACE = "error waiting for container: context canceled"


def normal(text):
    for pattern, word in VARIABLE:
        text = re.sub(pattern, word, text)
    return text


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def text(self):
        return self.out.decode("utf-8", "replace").strip()


class Transcript:
    """Runs the commands of one workflow with DOCKER_HOST set, and writes down what they do."""

    def __init__(self, host, folder, command="docker"):
        self.host = host
        self.folder = folder  # scratch space of this run
        self.command = command
        self.lines = []

    def note(self, line):
        self.lines.append(normal(line.replace(self.folder, "FOLDER").replace(self.host, "HOST")))

    def docker(self, *arguments, **options):
        return self.run(self.command, *arguments, **options)

    def run(self, *command, stdin=b"", code=0, quiet=False, env=None):
        """Runs a command to its end and records it. `quiet` leaves its output out of the record."""
        done = subprocess.run(
            command, input=stdin, capture_output=True, timeout=PATIENCE, env=self.environment(env), cwd=self.folder,
            check=False,
        )  # fmt: skip
        result = Result(done.returncode, done.stdout, done.stderr)
        self.note(f"$ {os.path.basename(command[0])} {' '.join(command[1:])}  -> {result.code}")
        if not quiet:
            self.note_output(result)
        if code is not None and result.code != code:
            raise AssertionError(
                f"{' '.join(command)} ended with {result.code}, not {code}:\n"
                f"{done.stdout[-2000:]!r}\n{done.stderr[-2000:]!r}"
            )
        return result

    def note_output(self, result):
        for name, data in (("out", result.out), ("err", result.err)):
            for line in data.decode("utf-8", "replace").splitlines():
                if RACE in line:
                    continue
                self.note(f"  {name}: {line}")

    def start(self, *command, **options):
        """A command that runs beside the others; its owner ends it."""
        return subprocess.Popen(command, env=self.environment(), cwd=self.folder, **options)

    def environment(self, more=None):
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "NODE_PATH") if name in os.environ}
        # An empty HOME: no login, context or plugin of the user's own takes part.
        return {**kept, "DOCKER_HOST": self.host, "HOME": self.folder, "TERM": "xterm", **(more or {})}

    def path(self, name):
        return os.path.join(self.folder, name)

    def text(self):
        return "\n".join(self.lines)
