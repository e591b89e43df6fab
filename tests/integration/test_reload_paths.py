# SPDX-License-Identifier: Apache-2.0
"""A new configuration comes into force whatever on the way to its file is replaced: a link, a directory, one above."""

import ctypes
import json
import os
import shutil
import threading
import unittest

from tests.integration.test_reload import CHANGED, CREATE, GONE, ReloadTest
from tests.support.daemon import Daemon

RENAME_EXCHANGE = 2
AT_FDCWD = -100


def exchange(one, other):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(AT_FDCWD, one.encode(), AT_FDCWD, other.encode(), RENAME_EXCHANGE) != 0:
        raise OSError(ctypes.get_errno(), "renameat2")


class Paths(ReloadTest):
    def lay(self, name, *operations):
        """A directory with a configuration that allows these operations."""
        os.mkdir(self.path(name))
        config = {**self.daemon.config, "profiles": {"p": {"allow": list(operations)}}}
        with open(self.path(f"{name}/tidegate.yaml"), "w", encoding="utf-8") as file:
            json.dump(config, file)

    def serve_from(self, name, **config):
        """Starts with the configuration in another directory, and waits until it is watched."""
        self.daemon = Daemon(self.folder, self.config(**config))
        self.lay("1", "*")
        self.lay("2", "@read")
        if name == "conf":
            os.rename(self.path("1"), self.path(name))
        else:
            os.symlink("1", self.path(name))
        self.daemon.file = self.path(f"{name}/tidegate.yaml")
        self.daemon.write = lambda: None
        self.daemon.start()
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready()

    def assertNewPolicyOnce(self):
        self.daemon.await_log(CHANGED)
        self.assertEqual(self.status(CREATE), 403)
        self.assertEqual(self.daemon.log().count("reload ("), 1)

    def test_a_link_above_the_file_that_is_moved_to_another_release(self):
        self.serve_from("current")
        os.symlink("2", self.path("next"))
        os.rename(self.path("next"), self.path("current"))
        self.assertNewPolicyOnce()

    def test_a_link_that_never_keeps_still(self):
        """The policy that it leads to comes into force all the same."""
        self.serve_from("current")
        ended = threading.Event()

        def move():
            while not ended.wait(0.1):
                os.symlink("2", self.path("next"))
                os.rename(self.path("next"), self.path("current"))

        mover = threading.Thread(target=move)
        mover.start()
        self.addCleanup(mover.join)
        self.addCleanup(ended.set)
        self.daemon.await_log(CHANGED)
        self.assertEqual(self.status(CREATE), 403)
        self.assertNotIn(" error ", self.daemon.log())

    def test_a_link_that_leads_nowhere(self):
        """The log does not say that what cannot be read is in force."""
        self.serve_from("current")
        for times, target in enumerate(("current", "nowhere"), 1):
            os.symlink(target, self.path("next"))
            os.rename(self.path("next"), self.path("current"))
            self.daemon.await_log(f"reload (a file has changed): {self.daemon.file} is not there: what was read from it stays in force", times)
        self.assertNotIn("in force for the next request", self.daemon.log())
        self.assertEqual(self.status(CREATE), 200)
        os.symlink("2", self.path("next"))
        os.rename(self.path("next"), self.path("current"))
        self.daemon.await_log(CHANGED)
        self.assertEqual(self.status(CREATE), 403)

    def test_a_directory_that_takes_the_place_of_another(self):
        self.serve_from("conf")
        os.rename(self.path("conf"), self.path("old"))
        os.rename(self.path("2"), self.path("conf"))
        self.assertNewPolicyOnce()

    def test_two_directories_that_are_exchanged(self):
        self.serve_from("conf")
        exchange(self.path("2"), self.path("conf"))
        self.assertNewPolicyOnce()

    def test_a_directory_that_is_removed_and_made_anew(self):
        self.serve_from("conf")
        shutil.rmtree(self.path("conf"))
        self.daemon.await_log(f"{self.daemon.file} {GONE}")
        os.mkdir(self.path("conf"))
        shutil.copy(self.path("2/tidegate.yaml"), self.daemon.file)
        self.assertNewPolicyOnce()
        self.assertEqual(self.daemon.log().count(GONE), 1)

    @unittest.skipUnless(os.getuid() == 0, "root reads everything, and only root may become somebody else")
    def test_a_directory_below_one_that_may_not_be_read(self):
        """Only the directory itself can then tell that it has been moved."""
        somebody = 54323
        self.serve_from("conf")
        self.daemon.stop()
        os.mkdir(self.path("closed"))
        os.rename(self.path("conf"), self.path("closed/conf"))
        self.daemon.file = self.path("closed/conf/tidegate.yaml")
        os.chmod(self.path("closed"), 0o711)
        for path in (self.folder, self.path("audit.log")):
            os.chown(path, somebody, somebody)
        self.daemon.preexec = lambda: os.setuid(somebody)
        self.daemon.start()
        self.daemon.await_ready()
        os.rename(self.path("closed/conf"), self.path("closed/old"))
        os.rename(self.path("2"), self.path("closed/conf"))
        self.daemon.await_log(CHANGED)
        self.assertNotIn("cannot watch", self.daemon.log())
