# SPDX-License-Identifier: Apache-2.0
"""The daemon's memory, with private keys and what clients send, is for itself alone."""

import os
import re
import signal
import unittest
from unittest import mock

from tests.support.certificates import openssl
from tests.support.daemon import DaemonTest, is_sanitized
from tests.support.tls_test import TlsTest
from tests.support.wait import wait_until

NOBODY = 65534


def secret_of(pair):
    """The inner bytes of a P-256 key's secret number: they are the same in DER and, reversed, in OpenSSL's numbers."""
    text = openssl("pkey", "-in", pair.key, "-noout", "-text").decode()
    digits = re.search(r"priv:\n((?: +[0-9a-f:]+\n)+)", text)[1]
    return bytes.fromhex(re.sub("[^0-9a-f]", "", digits))[-28:-4]


def readable_memory(pid):
    """The contents of each region that the process may read."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            addresses, access = line.split()[:2]
            first, last = (int(word, 16) for word in addresses.split("-"))
            if access[0] != "r" or "[v" in line:
                continue
            memory.seek(first)
            try:
                yield memory.read(last - first)
            except OSError:
                continue  # beyond the end of a mapped file


class Memory(DaemonTest):
    def become_nobody(self):
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)

    def test_it_is_neither_dumped_nor_shown_to_the_same_user(self):
        if os.geteuid() == 0:
            os.chown(self.folder, NOBODY, NOBODY)
        os.chmod(self.engine.path, 0o666)
        self.serve(preexec=self.become_nobody)
        pid = self.daemon.process.pid
        with open(f"/proc/{pid}/limits", encoding="ascii") as limits:
            self.assertRegex(limits.read(), r"Max core file size +0 +0 ")
        self.assertEqual(os.stat(f"/proc/{pid}/status").st_uid, 0, "as the kernel shows a process that is not dumpable")


@unittest.skipUnless(os.geteuid() == 0, "only root can read the daemon's memory")
class Keys(TlsTest):
    def copies(self):
        secret = secret_of(self.server_pair)
        regions = list(readable_memory(self.daemon.process.pid))
        return sum(region.count(secret) + region.count(secret[::-1]) for region in regions)

    def test_reloads_leave_one_copy_of_the_key(self):
        if is_sanitized():
            self.skipTest("a sanitizer's memory is too large to be searched")
        self.serve()
        self.assertEqual(self.copies(), 1)
        for done in range(1, 5):
            self.daemon.signal(signal.SIGHUP)
            self.daemon.await_log("reload (SIGHUP): in force", done)
        wait_until(lambda: self.copies() == 1, "one copy")
        self.assertEqual(self.status(), 200)


class Credentials(TlsTest):
    def unit_has(self, **files):
        """Starts what follows as systemd does with LoadCredential."""
        folder = self.path("credentials")
        os.mkdir(folder)
        for name, path in files.items():
            os.symlink(path, os.path.join(folder, name))
        patch = mock.patch.dict(os.environ, {"CREDENTIALS_DIRECTORY": folder})
        patch.start()
        self.addCleanup(patch.stop)

    def test_a_key_and_the_rest_may_be_credentials(self):
        self.unit_has(key=self.server_pair.key, cert=self.server_pair.cert, ca=self.authority.cert,
                      list=self.authority.revocation_list())  # fmt: skip
        tls = {"key": "credential:key", "cert": "credential:cert", "client_ca": "credential:ca", "crl": ["credential:list"]}
        self.serve(listeners=[self.listener(**tls)])
        self.assertEqual(self.status(), 200)

    def test_a_credential_that_is_replaced_is_noticed(self):
        self.unit_has(key=self.server_pair.key, cert=self.server_pair.cert)
        self.serve(listeners=[self.listener(key="credential:key", cert="credential:cert")])
        before, new = self.client().peer_serial, self.authority.server()
        for name, path in (("cert", new.cert), ("key", new.key)):
            os.symlink(path, self.path("next"))
            os.rename(self.path("next"), os.path.join(self.path("credentials"), name))
        self.daemon.await_log("reload (a file has changed): in force")
        self.assertNotEqual(self.client().peer_serial, before)
