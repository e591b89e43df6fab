# SPDX-License-Identifier: Apache-2.0
"""The Debian package, on a copy of this machine that is gone afterwards: what it installs, keeps and takes away."""

import glob
import gzip
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from tests.support.tools import tool

BUILD = os.path.dirname(os.environ["TIDEGATE"])
CONFIGURATION = "/etc/tidegate/tidegate.yaml"

# The machine's files below, and what is written to them in memory; the mounts end with the process that holds them.
HOLD = """set -e
mount -t tmpfs none "$0"
mkdir "$0/upper" "$0/work" "$0/top"
mount -t overlay overlay -o "lowerdir=/,upperdir=$0/upper,workdir=$0/work" "$0/top"
mount --bind /dev "$0/top/dev"
mount -t proc proc "$0/top/proc"
rm -rf "$0/top/run/systemd/system"
echo held
exec cat
"""


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


class Machine:
    """A copy of this machine's file system."""

    def __init__(self, folder):
        self.top = os.path.join(folder, "top")
        self._holder = subprocess.Popen(
            ["unshare", "-m", "--propagation", "private", "sh", "-c", HOLD, folder],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.is_there = self._holder.stdout.readline() == "held\n"

    def run(self, command):
        """Runs a line of shell on the machine."""
        return run("nsenter", "-t", str(self._holder.pid), "-m", "chroot", self.top, "sh", "-c", command)

    def close(self):
        self._holder.communicate("")


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tidegate-package-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        tool("dpkg-shlibdeps", "dpkg-dev")
        made = run("cpack", "--config", os.path.join(BUILD, "CPackConfig.cmake"), "-B", cls.folder, cwd=BUILD)
        if made.returncode != 0:
            raise AssertionError(made.stdout + made.stderr)
        (cls.package,) = glob.glob(os.path.join(cls.folder, "tidegate_*.deb"))
        cls.tree = os.path.join(cls.folder, "tree")
        subprocess.run(["dpkg-deb", "-R", cls.package, cls.tree], check=True)

    def machine(self):
        if os.geteuid() != 0:
            self.skipTest("only root can mount a copy of this machine")
        place = tempfile.mkdtemp(prefix="machine-", dir=self.folder)
        machine = Machine(place)
        self.addCleanup(machine.close)
        if not machine.is_there and os.environ.get("CI") != "true":
            self.skipTest("this machine's files cannot be mounted as an overlay")
        self.assertTrue(machine.is_there)
        return machine

    def assertDone(self, done):
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def newer(self):
        """The package with a later version and another configuration, as in a next release."""
        tree = shutil.copytree(self.tree, os.path.join(self.folder, "newer"))
        control = os.path.join(tree, "DEBIAN", "control")
        with open(control, encoding="utf-8") as file:
            text = re.sub(r"^Version: .*$", "Version: 99.0", file.read(), flags=re.M)
        with open(control, "w", encoding="utf-8") as file:
            file.write(text)
        with open(tree + CONFIGURATION, "a", encoding="utf-8") as file:
            file.write("# of the next release\n")
        package = os.path.join(self.folder, "newer.deb")
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, package], check=True, stdout=subprocess.DEVNULL)
        return package

    def test_it_is_installed_upgraded_and_purged(self):
        machine = self.machine()
        shutil.copy(self.package, self.folder + "/first.deb")
        with self.subTest("what is installed is enabled, and the configuration is valid"):
            self.assertDone(self.put(machine, self.folder + "/first.deb", "dpkg --no-triggers --force-unsafe-io -i"))
            self.assertDone(machine.run("getent passwd tidegate && getent group docker tidegate-clients"))
            self.assertDone(machine.run("systemctl is-enabled tidegate.socket tidegate.service"))
            self.assertNotEqual(machine.run("systemctl is-enabled tidegate-certs.timer").returncode, 0)
            self.assertDone(machine.run(f"runuser -u tidegate -- tidegate check {CONFIGURATION}"))
            self.assertEqual(self.assertDone(machine.run("stat -c '%U %a' /run/tidegate")), "tidegate 755\n")
        with self.subTest("logrotate moves a record of yesterday"):
            tool("logrotate", "logrotate")
            self.assertDone(machine.run("install -d -o tidegate -g tidegate -m 750 /var/log/tidegate && runuser -u tidegate"
                                        " -- sh -c 'echo {} >/var/log/tidegate/audit.json'"))
            self.assertDone(machine.run("logrotate --force --state /tmp/state /etc/logrotate.d/tidegate"))
            self.assertEqual(self.assertDone(machine.run("ls /var/log/tidegate")), "audit.json.1\n")
        with self.subTest("an upgrade keeps a configuration that the administrator has changed"):
            self.assertDone(machine.run(f"echo '# of the administrator' >>{CONFIGURATION}"))
            self.assertDone(self.put(machine, self.newer(), "dpkg --no-triggers --force-unsafe-io --force-confdef --force-confold -i"))
            self.assertIn("# of the administrator", self.assertDone(machine.run(f"cat {CONFIGURATION}")))
            self.assertIn("# of the next release", self.assertDone(machine.run(f"cat {CONFIGURATION}.dpkg-dist")))
        with self.subTest("a purge leaves only an authority, which it names"):
            self.assertDone(machine.run("tidegate certs init --dir /var/lib/tidegate/certs --host x.test"))
            said = machine.run("dpkg --no-triggers --force-unsafe-io -P tidegate")
            self.assertDone(said)
            self.assertIn("/var/lib/tidegate/certs is kept", said.stderr)
            left = "find /etc /var/log /var/lib /run -path '*tidegate*' -not -path '/var/lib/tidegate*' -not -path '/var/lib/dpkg/*'"
            self.assertEqual(self.assertDone(machine.run(left + " -xdev")), "")

    def put(self, machine, package, command):
        """Gives a package to the machine, and runs a command on it there."""
        with open(package, "rb") as file:
            given = subprocess.run(
                ["nsenter", "-t", str(machine._holder.pid), "-m", "tee", machine.top + "/tmp/given.deb"],
                stdin=file, stdout=subprocess.DEVNULL, check=True,
            )  # fmt: skip
        self.assertEqual(given.returncode, 0)
        return machine.run(command + " /tmp/given.deb")

    def test_lintian_finds_no_error(self):
        done = run(tool("lintian", "lintian"), "--fail-on", "error", "--no-tag-display-limit", "--allow-root", self.package)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_changelog_is_of_this_version_and_maintainer(self):
        with open(self.tree + "/DEBIAN/control", encoding="utf-8") as file:
            control = dict(line.split(": ", 1) for line in file.read().split("\n") if ": " in line)
        with gzip.open(self.tree + "/usr/share/doc/tidegate/changelog.gz", "rt", encoding="utf-8") as file:
            log = file.read()
        self.assertTrue(log.startswith(f"tidegate ({control['Version']}) "), log)
        self.assertIn(f"\n -- {control['Maintainer']}  ", log)

    def test_the_man_page_has_every_verb_and_option(self):
        with gzip.open(self.tree + "/usr/share/man/man1/tidegate.1.gz", "rt", encoding="utf-8") as file:
            page = file.read().replace("\\-", "-")
        told = run(os.environ["TIDEGATE"], "--help").stdout
        verbs = re.findall(r"^  ([a-z-]+)  ", told[told.index("Subcommands:"):], re.M)
        self.assertIn("serve", verbs)
        for verb in verbs:
            self.assertIn(f".SS tidegate {verb}\n", page)
            for option in re.findall(r"^\s+(--[a-z0-9-]+)", run(os.environ["TIDEGATE"], verb, "--help").stdout, re.M):
                self.assertIn(f".B {option}", page, verb)
        shown = run("man", "--warnings", "-l", self.tree + "/usr/share/man/man1/tidegate.1.gz", env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))

    def completed(self, *words):
        script = 'source "$0"; COMP_WORDS=(tidegate "$@"); COMP_CWORD=$#; _tidegate tidegate "${!#}"; printf "%s\\n" "${COMPREPLY[@]}"'
        return self.assertDone(run("bash", "-c", script, self.tree + "/usr/share/bash-completion/completions/tidegate", *words)).split()

    def test_bash_completes_verbs_and_options(self):
        self.assertEqual(self.completed("ser"), ["serve"])
        self.assertEqual(self.completed("certs", "roll"), ["rollover"])
        self.assertEqual(self.completed("certs", "client", "--cs"), ["--csr"])
        self.assertEqual(self.completed("serve", "--config", self.package[:-3]), [self.package])


if __name__ == "__main__":
    unittest.main()
