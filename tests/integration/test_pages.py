# SPDX-License-Identifier: Apache-2.0
"""What README.md and the pages of deploy/docs show can be used as it stands: configurations, commands and links."""

import functools
import os
import re
import subprocess
import tempfile
import textwrap
import unittest
from xml.etree import ElementTree

import yaml

from tests.support import pages

TIDEGATE = os.environ["TIDEGATE"]
DOCKER = "/usr/bin/docker"
COMPOSE = "/usr/bin/docker-compose"
SECTIONS = ("System", "Container", "Image", "Network", "Volume", "Exec", "Swarm", "Node", "Service", "Task", "Secret",
            "Config", "Plugin", "Distribution", "Checkpoint", "Build")  # fmt: skip


def whole(block):
    """A configuration that the lines of a block belong to."""
    shown = yaml.safe_load(block)
    if "allow" in shown:  # the keys of a profile
        shown = {"profiles": {"shown": shown}}
    names = {rule["profile"] for listener in shown.get("listeners", []) for rule in listener.get("clients", [listener])}
    profiles = shown.setdefault("profiles", {name: {"allow": []} for name in names})
    shown.setdefault("listeners", [{"address": f"unix:///run/{name}.sock", "profile": name} for name in profiles])
    return yaml.safe_dump(shown)


def yaml_blocks():
    """(page and number, contents) of each YAML block."""
    for path in pages.paths():
        for number, block in enumerate(pages.blocks(path, "yaml"), 1):
            yield f"{path}, YAML {number}", block


def sides_of_swaps():
    """What stands before and after each change that a page shows, as a service of a compose file."""
    for path in pages.paths():
        for block in pages.blocks(path, "diff"):
            for left_out in "+-":
                lines = [line[1:] for line in block.splitlines() if not line.startswith(left_out)]
                service = textwrap.indent(textwrap.dedent("\n".join(lines)), "    ")
                yield "services:\n  tidegate:\n" + service + "\n"


def run(*command, input=None, **environment):  # pylint: disable=redefined-builtin
    return subprocess.run(
        command, input=input, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


@functools.cache
def help_of(*command):
    """What `command --help` prints; fails if there is no such command."""
    done = run(*command, "--help")
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)} --help: {done.stdout}{done.stderr}")
    return done.stdout


def options(words):
    """The long options among the words of a command, without those of a command that it starts."""
    own = words[: words.index("--")] if "--" in words else words
    return [word.partition("=")[0] for word in own if word.startswith("--")]


class Pages(unittest.TestCase):
    def test_every_configuration_passes_its_check(self):
        for where, block in yaml_blocks():
            if "services" not in yaml.safe_load(block):
                with self.subTest(where):
                    done = run(TIDEGATE, "check", "--policy", "-", input=whole(block))
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_every_compose_file_and_both_sides_of_every_swap_are_right(self):
        shown = {"services": {}, "networks": {}}
        for block in [*(block for _, block in yaml_blocks()), *sides_of_swaps()]:
            for name, section in yaml.safe_load(block).items():
                if name in ("services", "networks") and "services" in block:
                    shown[name].update((f"{key}-{len(shown[name])}" if name == "services" else key, value)
                                       for key, value in section.items())  # fmt: skip
        self.assertGreater(len(shown["services"]), 6)
        done = run(COMPOSE, "-f", "-", "config", "-q", input=yaml.safe_dump(shown), DOCKER_GID="999")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_command_exists_with_its_options(self):
        for path in pages.paths():
            for line in pages.command_lines(path) + pages.inline_commands(path):
                for words in pages.commands(line):
                    with self.subTest(page=path, command=" ".join(words)):
                        self.check_command(words)

    def check_command(self, words):
        if words[0] == "tidegate":
            verbs = [word for word in words[1:3] if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-")]
            self.check_options(words, [TIDEGATE, *verbs[: 2 if verbs[0] in ("certs", "presets") else 1]])
        elif words[0] == "docker":
            verbs = [word for word in words[1:] if word in ("build", "run", "ps")]
            self.check_options(words[: words.index("tidegate") if "run" in verbs and "tidegate" in words else None],
                               [DOCKER, *verbs[:1]])  # fmt: skip
        elif "/" in words[0]:
            self.assertTrue(os.access(os.path.join(pages.ROOT, words[0]), os.X_OK))

    def check_options(self, words, command):
        told = help_of(*command)
        for option in options(words):
            self.assertRegex(told, rf"(?<![\w-]){option}(?![\w-])")

    def test_every_link_leads_somewhere(self):
        for path in pages.paths():
            for file, anchor in pages.links(path):
                with self.subTest(page=path, to=f"{file}#{anchor}"):
                    self.assertTrue(os.path.exists(os.path.join(pages.ROOT, file)))
                    if anchor:
                        self.assertIn(anchor, pages.anchors(file))

    def test_the_picture_reads_on_any_background(self):
        """Each of its texts begins on a box with a colour of its own."""
        svg = "{http://www.w3.org/2000/svg}"
        picture = ElementTree.parse(os.path.join(pages.ROOT, "deploy", "docs", "tidegate.svg"))
        boxes = [[float(box.get(key)) for key in ("x", "y", "width", "height")] for box in picture.iter(svg + "rect")]
        texts = list(picture.iter(svg + "text"))
        self.assertGreater(len(texts), 10)
        for text in texts:
            x, y = float(text.get("x")), float(text.get("y"))
            on = [box for box in boxes if box[0] < x < box[0] + box[2] and box[1] < y < box[1] + box[3]]
            self.assertTrue(on, text.text)

    def test_every_page_is_in_the_index(self):
        listed = {file for file, _ in pages.links("deploy/docs/README.md")}
        self.assertEqual(set(pages.paths()) - listed, {"README.md", "deploy/docs/README.md"})

    def test_every_operation_that_is_named_exists(self):
        known = set(re.findall(r"^\| `(\w+)` \| `[A-Z]+ /", pages.text("deploy/docs/operations.md"), re.M))
        self.assertGreater(len(known), 100)
        for path in pages.paths():
            named = re.findall(rf"`((?:{'|'.join(SECTIONS)})[A-Z]\w+)`", pages.prose(path))
            with self.subTest(page=path):
                self.assertEqual(set(named) - known, set())


class Commands(unittest.TestCase):
    """Those that need no daemon and no engine run in a folder that has the page's configuration as tidegate.yaml."""

    RUNS = r"(\w+=\S+ )*tidegate (certs|explain|presets|schema|check --env|check --policy|check --print)|openssl "

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tidegate-pages-")
        self.addCleanup(self.folder.cleanup)
        os.symlink(os.path.abspath(TIDEGATE), os.path.join(self.folder.name, "tidegate"))

    def run_page(self, path):
        """Runs the commands of a page in their order; returns the status of each."""
        whole_files = [block for block in pages.blocks(path, "yaml") if "listeners:" in block and "profiles:" in block]
        with open(os.path.join(self.folder.name, "tidegate.yaml"), "w", encoding="utf-8") as file:
            file.write(re.sub(r"^ +group: .*\n", "", whole_files[0], flags=re.M))  # a group that is not here
        statuses = {}
        for line in filter(re.compile(self.RUNS).match, pages.command_lines(path)):
            done = subprocess.run(
                ["/bin/bash", "-c", line.replace("/var/lib/tidegate/certs", "certs")], cwd=self.folder.name,
                env={**os.environ, "PATH": f"{self.folder.name}:/usr/bin:/bin"}, capture_output=True, text=True, check=False,
            )  # fmt: skip
            statuses[line] = done.returncode
            self.assertIn(done.returncode, (0, 1) if " explain " in line else (0,), line + done.stdout + done.stderr)
        return statuses

    def test_readme_makes_certificates_and_asks_about_a_privileged_container(self):
        statuses = self.run_page("README.md")
        self.assertEqual([status for line, status in statuses.items() if "--privileged" in line], [1])
        self.assertTrue(os.path.exists(os.path.join(self.folder.name, "certs", "clients", "ops-anna", "key.pem")))

    def test_an_admin_gets_a_certificate_for_a_key_that_stays_where_it_is(self):
        self.assertEqual(len(self.run_page("deploy/docs/remote-admins.md")), 8)
        clients = os.path.join(self.folder.name, "certs", "clients")
        self.assertTrue(os.path.exists(os.path.join(clients, "ops-bob", "cert.pem")))
        self.assertFalse(os.path.exists(os.path.join(clients, "ops-bob", "key.pem")))

    def test_a_policy_is_found_and_asked(self):
        statuses = self.run_page("deploy/docs/policies.md")
        self.assertEqual([status for line, status in statuses.items() if "--privileged" in line], [1])
        self.assertGreater(len(statuses), 6)

    def test_a_refusal_reads_as_the_pages_show_it(self):
        seen = 0
        for path in pages.paths():
            for block in pages.blocks(path, "console"):
                for command, told, name in re.findall(r"^\$ (docker .*)\n(docker: .*profile '(\w+)'.*)$", block, re.M):
                    seen += 1
                    with self.subTest(page=path, command=command):
                        self.assertIn(told.rstrip("…"), self.refused(re.sub(r"-H \S+ ", "", command), name, told))
        self.assertEqual(seen, 2)

    def refused(self, command, name, told):
        """What the command prints where its profile only reads, or may also make containers that a level allows."""
        allow = ["@read", "@container"] if "level" in told else ["@read"]
        file = os.path.join(self.folder.name, "refusing.yaml")
        with open(file, "w", encoding="utf-8") as out:
            out.write(whole(yaml.safe_dump({"profiles": {name: {"allow": allow}}})))
        done = run(TIDEGATE, "explain", "--config", file, "--profile", name, "--refuse", "--", *command.split())
        return done.stdout + done.stderr

    def test_variables_become_a_file(self):
        self.assertEqual(len(self.run_page("deploy/docs/migration.md")), 3)


if __name__ == "__main__":
    unittest.main()
