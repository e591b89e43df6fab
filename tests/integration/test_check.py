# SPDX-License-Identifier: Apache-2.0
"""What `tidegate check` finds, on the machine of a configuration and on any other; and what the command line suggests."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from tests.support.certificates import Authority
from tests.support.daemon import DaemonTest

OK, USAGE, CONFIG = 0, 64, 78
PROFILES = "profiles:\n  p: {allow: [\"@read\"]}\n"


def tidegate(*words, text=None, user=None):
    return subprocess.run([os.environ["TIDEGATE"], *words], input=text, capture_output=True, text=True,
                          timeout=60, check=False, user=user, group=user, extra_groups=None if user is None else [])  # fmt: skip


class CheckTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tidegate-check-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, text):
        path = os.path.join(self.folder, "tidegate.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def check(self, text, *options, status=OK, user=None):
        """What is said on both outputs."""
        done = tidegate("check", *options, self.write(text), user=user)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr


class AnyMachine(CheckTest):
    TEXT = ("version: 1\nlisteners:\n  - address: unix:///run/a.sock\n    group: no-such-group\n"
            "    clients: [{ uid: no-such-user, profile: p }, { uid: another-one, profile: p }]\n" + PROFILES)  # fmt: skip

    def test_groups_and_users_of_the_host_are_left_out(self):
        self.assertIn("there is no group 'no-such-group'", self.check(self.TEXT, status=CONFIG))
        self.assertIn("no mistakes: 1 listener", self.check(self.TEXT, "--policy"))

    def test_mistakes_of_the_policy_are_found_all_the_same(self):
        said = self.check(self.TEXT.replace("@read", "@rea"), "--policy", status=CONFIG)
        self.assertRegex(said, r"tidegate.yaml:7: profiles.p.allow\[0\]: .*did you mean '@read'\?")

    def test_standard_input(self):
        done = tidegate("check", "--policy", "-", text=self.TEXT)
        self.assertEqual((done.returncode, done.stderr), (OK, ""))
        self.assertIn("stdin: no mistakes", done.stdout)
        done = tidegate("check", "--policy", "-", text=self.TEXT.replace("@read", "@rea"))
        self.assertEqual(done.returncode, CONFIG)
        self.assertIn("stdin:7: profiles.p.allow[0]", done.stderr)
        done = tidegate("check", "-", text=self.TEXT)
        self.assertIn("there is no group 'no-such-group'", done.stderr)

    def test_a_mistake_says_nothing_of_a_start(self):
        said = self.check("listeners: []\n" + PROFILES, status=CONFIG)
        self.assertTrue(said.endswith("\n1 mistake\n"), said)
        done = tidegate("serve", "--config", self.write("listeners: []\n" + PROFILES))
        self.assertTrue(done.stderr.endswith("\n1 mistake; nothing was started\n"), done.stderr)


class Certificates(CheckTest):
    def text(self, cert, key, client_ca, crl):
        return ("version: 1\nupstream: tcp://engine.invalid:2375\nlisteners:\n  - address: tcp://127.0.0.1:2376\n    profile: p\n    tls:\n"
                f"      cert: {cert}\n      key: {key}\n      client_ca: {client_ca}\n      crl: [{crl}]\n" + PROFILES)  # fmt: skip

    def test_each_missing_file_is_a_mistake_with_its_line(self):
        said = self.check(self.text("/nowhere/c.pem", "/nowhere/k.pem", "/nowhere/a.pem", "/nowhere/l.pem"), status=CONFIG)
        for line, key, file in ((7, "cert", "c"), (8, "key", "k"), (9, "client_ca", "a"), (10, r"crl\[0\]", "l")):
            self.assertRegex(said, rf"tidegate.yaml:{line}: listeners\[0\].tls.{key}: /nowhere/{file}.pem cannot be opened: ")
        self.assertIn("\n4 mistakes\n", said)

    def test_a_credential_without_its_unit_is_a_mistake_that_names_the_units_line(self):
        authority = Authority(self.folder)
        pair = authority.server()
        text = self.text(pair.cert, "credential:tls-key", authority.cert, authority.revocation_list())
        said = self.check(text, status=CONFIG)
        self.assertRegex(said, r"tidegate.yaml:8: listeners\[0\].tls.key: credential:tls-key cannot be opened: ")
        self.assertIn("CREDENTIALS_DIRECTORY is not set", said)
        self.assertIn("LoadCredential=tls-key:/", said)
        self.check(text, "--policy")
        self.assertIn("key: credential:tls-key\n", self.check(text, "--print"))

    def test_a_damaged_file_is_a_mistake_with_its_line(self):
        authority = Authority(self.folder)
        pair = authority.server()
        broken = os.path.join(self.folder, "broken.pem")
        with open(broken, "w", encoding="ascii") as file:
            file.write("nothing\n")
        said = self.check(self.text(pair.cert, pair.key, broken, authority.revocation_list()), status=CONFIG)
        self.assertRegex(said, rf"tidegate.yaml:9: listeners\[0\].tls.client_ca: {broken} holds no certificate")

    def test_what_has_expired_or_soon_will_is_a_warning_with_its_line(self):
        authority = Authority(self.folder)
        pair = authority.server("gate", begins=-20, ends=-10)
        crl = authority.revocation_list(begins=-20, ends=3)
        said = self.check(self.text(pair.cert, pair.key, authority.cert, crl))
        self.assertRegex(said, rf"warning: \S+:7: listeners\[0\].tls.cert: {pair.cert}: gate expired on \d{{4}}-")
        self.assertRegex(said, rf"warning: \S+:10: listeners\[0\].tls.crl\[0\]: {crl}: Test CA expires on .* no client is served")
        self.assertIn("no mistakes, 2 warnings", said)
        self.assertNotIn("warning", self.check(self.text(pair.cert, pair.key, authority.cert, crl), "--policy"))

    def test_what_is_not_valid_yet_is_a_warning_with_its_line(self):
        authority = Authority(self.folder)
        pair = authority.server("gate", begins=2)
        crl = authority.revocation_list(begins=3)
        said = self.check(self.text(pair.cert, pair.key, authority.cert, crl))
        self.assertRegex(said, rf"warning: \S+:7: listeners\[0\].tls.cert: {pair.cert}: gate is not valid before \d{{4}}-")
        self.assertRegex(said, rf"warning: \S+:10: listeners\[0\].tls.crl\[0\]: {crl}: Test CA is not valid before .* no client is served")

    def test_files_of_the_wrong_authority_are_a_mistake_with_their_line(self):
        authority, other = Authority(self.folder), Authority(self.folder, "Other CA")
        pair = authority.server()
        text = self.text(pair.cert, pair.key, authority.cert, other.revocation_list())
        said = self.check(text, status=CONFIG)
        self.assertRegex(said, r":10: listeners\[0\].tls.crl\[0\]: \S+ is not signed by an authority of \S+ \(Test CA\)")
        said = self.check(self.text(pair.cert, pair.key, other.server().cert, authority.revocation_list()), status=CONFIG)
        self.assertRegex(said, r":9: listeners\[0\].tls.client_ca: \S+: localhost is no authority")
        done = tidegate("serve", "--config", self.write(text))
        self.assertEqual(done.returncode, CONFIG)
        self.assertIn("is not signed by an authority of", done.stderr)

    def test_a_new_certificate_and_list_are_no_warning(self):
        authority = Authority(self.folder)
        pair = authority.server(ends=31)
        crl = authority.revocation_list(ends=8)
        self.assertNotIn("warning", self.check(self.text(pair.cert, pair.key, authority.cert, crl)))


class Sockets(CheckTest):
    """What only this machine shows of the sockets of a configuration, and of the file for records."""

    def text(self, address="", audit=""):
        address = address or f"unix://{self.folder}/in.sock"
        return (f"version: 1\nupstream: unix://{self.folder}/engine.sock\nlisteners:\n  - address: {address}\n    profile: p\n"
                f"    insecure: {'true' if address.startswith('tcp') else 'false'}\n" + PROFILES + audit)  # fmt: skip

    def setUp(self):
        super().setUp()
        self.listen("engine.sock")

    def listen(self, name):
        listening = socket.socket(socket.AF_UNIX)
        self.addCleanup(listening.close)
        listening.bind(os.path.join(self.folder, name))
        listening.listen()
        return os.path.join(self.folder, name)

    def serve(self, text):
        done = tidegate("serve", "--config", self.write(text))
        self.assertEqual(done.returncode, CONFIG, done.stderr)
        return done.stderr

    def test_that_can_be_made_are_no_warning(self):
        said = self.check(self.text())
        self.assertTrue(said.endswith(f"no mistakes: 1 listener in front of unix://{self.folder}/engine.sock\n"), said)

    def test_of_a_running_tidegate_are_no_warning(self):
        self.listen("in.sock")
        self.assertNotIn("warning", self.check(self.text()))
        with socket.socket() as port:
            port.bind(("127.0.0.1", 0))
            port.listen()
            self.assertNotIn("warning", self.check(self.text("tcp://127.0.0.1:%d" % port.getsockname()[1])))

    def test_in_a_directory_that_is_missing_are_a_warning(self):
        text = self.text("unix:///nowhere/in.sock", "audit: {file: /nowhere/audit.log}\n")
        said = self.check(text)
        self.assertRegex(said, r"warning: \S+:4: listeners\[0\].address: there is no directory /nowhere: create it")
        self.assertRegex(said, r"warning: \S+:9: audit.file: there is no directory /nowhere: create it")
        self.assertIn("unix:///nowhere/in.sock: there is no directory /nowhere: create it", self.serve(text))
        self.assertNotIn("warning", self.check(text, "--policy"))

    def test_where_something_else_is_are_a_mistake(self):
        path = os.path.join(self.folder, "in.sock")
        for make, said in ((os.mkdir, "exists and is a directory: remove it"), (self.touch, "exists and is not a socket: remove it")):
            with self.subTest(said):
                make(path)
                self.assertRegex(self.check(self.text(), status=CONFIG), rf":4: listeners\[0\].address: {path} {said}")
                self.assertIn(f"{path} {said}", self.serve(self.text()))
                self.assertNotIn("exists", self.check(self.text(), "--policy"))
                (os.rmdir if os.path.isdir(path) else os.unlink)(path)

    def touch(self, path):
        with open(path, "w", encoding="ascii"):
            pass

    @unittest.skipUnless(os.getuid() == 0, "root becomes somebody else here, who may do less")
    def test_that_this_user_may_not_make_are_a_warning(self):
        os.chmod(self.folder, 0o755)
        text = (f"version: 1\nupstream: tcp://engine.invalid:2375\nlisteners:\n  - address: unix://{self.folder}/in.sock\n    group: '1234'\n"
                "    profile: p\n" + PROFILES + f"audit: {{file: {self.folder}/audit.log}}\n")  # fmt: skip
        said = self.check(text, user=54326)
        self.assertRegex(said, rf"warning: \S+:4: listeners\[0\].address: user 54326 may not make a file in {self.folder}: ")
        self.assertRegex(said, r"warning: \S+:5: listeners\[0\].group: user 54326 may not give the socket away: add tidegate's user to the group 1234")
        self.assertRegex(said, rf"warning: \S+:9: audit.file: user 54326 may not make a file in {self.folder}: ")
        self.touch(os.path.join(self.folder, "audit.log"))
        self.assertIn(f"user 54326 may not write to {self.folder}/audit.log", self.check(text, user=54326))
        os.chmod(self.folder, 0o711)
        self.assertNotIn("warning", self.check(text))

    def test_that_no_client_can_reach_are_a_warning(self):
        text = self.text().replace("    insecure: false\n", "    group: '1234'\n")
        os.chmod(self.folder, 0o700)
        self.assertRegex(self.check(text), rf":4: listeners\[0\].address: {self.folder} may not be entered by clients of the group 1234: run `chgrp 1234")
        os.chmod(self.folder, 0o711)
        self.assertNotIn("entered", self.check(text))
        os.chmod(self.folder, 0o710)
        text = self.text().replace("insecure: false", "insecure: true\n    mode: '0666'")
        self.assertIn("may not be entered by clients: run `chmod o+x", self.check(text))

    def test_of_an_engine_that_is_not_there_are_a_warning(self):
        os.unlink(os.path.join(self.folder, "engine.sock"))
        self.assertRegex(self.check(self.text()), r"warning: \S+:2: upstream: .*No such file or directory.*start the engine")

    def test_of_an_engine_that_does_not_listen_are_a_warning(self):
        os.unlink(os.path.join(self.folder, "engine.sock"))
        self.leave_stale("engine.sock")
        self.assertRegex(self.check(self.text()), r"warning: \S+:2: upstream: .*nobody listens on it; start the engine")
        with socket.socket() as port:
            port.bind(("127.0.0.1", 0))  # and does not listen
            address = "tcp://127.0.0.1:%d" % port.getsockname()[1]
            text = self.text().replace(f"unix://{self.folder}/engine.sock", address)
            self.assertRegex(self.check(text), rf"warning: \S+:2: upstream: .*{address}: Connection refused .*; start the engine")
            port.listen()
            self.assertNotIn("warning", self.check(text))
            self.assertNotIn("warning", self.check(text.replace(address, "tcp://no-such-host.invalid:1")))

    def leave_stale(self, name):
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(os.path.join(self.folder, name))
        return os.path.join(self.folder, name)

    def test_through_a_link_to_the_engines_own_are_a_mistake(self):
        os.mkdir(os.path.join(self.folder, "real"))
        os.symlink("real", os.path.join(self.folder, "link"))
        os.symlink("real/docker.sock", os.path.join(self.folder, "engine-link.sock"))
        engine = self.leave_stale("real/docker.sock")
        before = os.lstat(engine).st_ino
        for upstream, listener in (("real/docker.sock", "link/docker.sock"), ("link/docker.sock", "real/docker.sock"),
                                   ("engine-link.sock", "link/docker.sock")):  # fmt: skip
            with self.subTest(upstream):
                text = self.text(f"unix://{self.folder}/{listener}").replace(f"{self.folder}/engine.sock", f"{self.folder}/{upstream}")
                said = rf":4: listeners\[0\].address: '{self.folder}/{listener}' leads to the same file as `upstream`: write another path"
                self.assertRegex(self.check(text, status=CONFIG), said)
                self.assertRegex(self.serve(text), said)
                self.assertEqual(os.lstat(engine).st_ino, before)
                self.assertIn("no mistakes", self.check(text, "--policy"))

    def test_of_two_listeners_through_a_link_are_a_mistake(self):
        os.symlink(".", os.path.join(self.folder, "link"))
        other = f"  - address: unix://{self.folder}/link/in.sock\n    profile: p\n"
        text = self.text().replace("profiles:", other + "profiles:")
        said = r"listeners\[1\].address: \S+ leads to the same file as listeners\[0\].address"
        self.assertRegex(self.check(text, status=CONFIG), said)
        self.assertRegex(self.serve(text), said)
        text = self.text(audit=f"admin: {{address: 'unix://{self.folder}/link/in.sock'}}\n")
        self.assertRegex(self.check(text, status=CONFIG), r"admin.address: \S+ leads to the same file as listeners\[0\].address")

    def test_and_records_are_no_file_of_tidegates_own(self):
        os.symlink(".", os.path.join(self.folder, "link"))
        for name, owner in (("tidegate.yaml", "the configuration"), (".in.sock.lock", r"the lock of listeners\[0\]"),
                            ("link/tidegate.yaml", "the configuration"), ("link/in.sock", r"listeners\[0\].address")):  # fmt: skip
            with self.subTest(name):
                text = self.text(audit=f"audit: {{file: {self.folder}/{name}}}\n")
                said = rf":9: audit.file: '{self.folder}/{name}' leads to the same file as {owner}: write another path"
                self.assertRegex(self.check(text, status=CONFIG), said)
                self.assertRegex(self.serve(text), said)
        authority = Authority(self.folder)
        pair = authority.server()
        tls = (f"    tls: {{cert: {pair.cert}, key: {pair.key}, client_ca: {authority.cert}, crl: []}}\n"
               f"    profile: p\n{PROFILES}audit: {{file: {pair.key}}}\n")  # fmt: skip
        text = self.text("tcp://127.0.0.1:2376").split("    profile")[0] + tls
        self.assertRegex(self.check(text, status=CONFIG), rf"audit.file: '{pair.key}' leads to the same file as the certificates")

    @unittest.skipUnless(os.getuid() == 0, "the socket must belong to another user than the clients")
    def test_that_no_user_of_clients_may_use_are_a_warning(self):
        os.chmod(self.folder, 0o755)
        text = self.text().replace("    profile: p\n", "    mode: '0600'\n    clients: [{uid: nobody, profile: p}]\n")
        said = r"warning: \S+:4: listeners\[0\].clients: none of these users may connect: the socket has mode 0600, user 0"
        self.assertRegex(self.check(text), said)
        self.assertRegex(self.check(text.replace("'0600'", "'0660'")), said.replace("0600", "0660"))
        for change in (("'0600'", "'0600'\n    owner: nobody"), ("'0600'", "'0660'\n    group: nogroup"),
                       ("{uid: nobody", "{uid: root, profile: p}, {uid: nobody"), ("profile: p}]", "profile: p}, {profile: p}]")):  # fmt: skip
            with self.subTest(change):
                self.assertNotIn("warning", self.check(text.replace(*change)))

    @unittest.skipUnless(os.getuid() == 0, "the directory must belong to another user than the socket")
    def test_below_a_directory_that_keeps_their_owner_out_are_a_warning(self):
        os.makedirs(os.path.join(self.folder, "a/b"), mode=0o755)
        text = self.text(f"unix://{self.folder}/a/b/in.sock").replace("    profile: p\n", "    owner: nobody\n    profile: p\n")
        os.chmod(self.folder, 0o700)
        self.assertRegex(self.check(text), rf":4: listeners\[0\].address: {self.folder} may not be entered by the owner nobody: run `chmod o\+x")
        os.chmod(self.folder, 0o711)
        self.assertNotIn("warning", self.check(text))

    def test_on_an_address_of_another_machine_are_a_warning(self):
        text = self.text("tcp://192.0.2.1:2375")
        self.assertRegex(self.check(text), r"warning: \S+:4: listeners\[0\].address: .*this machine has no address 192.0.2.1")
        self.assertIn("this machine has no address 192.0.2.1", self.serve(text))

    def test_take_no_records(self):
        text = self.text(audit=f"audit: {{file: {self.folder}/engine.sock}}\n")
        said = rf":9: audit.file: '{self.folder}/engine.sock' is a socket, which cannot be opened"
        self.assertRegex(self.check(text, status=CONFIG), said)
        self.assertRegex(self.serve(text), said)


class Log(DaemonTest):
    def test_has_the_same_warnings_at_start_and_at_each_reload(self):
        profiles = {**self.config()["profiles"], "spare": {"allow": ["@read"]}}
        self.serve(profiles=profiles)
        warning = "profiles.spare: nobody gets this profile"
        self.daemon.await_log(warning)
        self.daemon.signal(signal.SIGHUP)
        self.daemon.await_log(warning, times=2)
        self.daemon.await_log("in force for the next request")
        self.assertEqual(self.daemon.log().count(warning), 2)


class Suggestions(CheckTest):
    def test_for_options_and_verbs(self):
        for words, meant in ((("serve", "--lisen", "unix:///x"), "--listen"), (("serve", "--confg=x"), "--config"),
                             (("check", "--pollicy", "x"), "--policy"), (("chek", "x"), "check")):  # fmt: skip
            with self.subTest(words=words):
                done = tidegate(*words)
                self.assertEqual(done.returncode, USAGE)
                self.assertIn(f"did you mean '{meant}'?", done.stderr)

    def test_for_a_profile(self):
        config = self.write("version: 1\nlisteners: [{address: unix:///run/a.sock, profile: monitor}]\n"
                            "profiles: {monitor: {allow: [\"@read\"]}}\n")  # fmt: skip
        done = tidegate("explain", "--config", config, "--profile", "moniter", "GET", "/info")
        self.assertIn("no profile is named 'moniter'; did you mean 'monitor'?", done.stderr)

    @unittest.skipUnless(os.getuid() == 0, "root becomes somebody else here, who may not give a socket away")
    def test_for_a_group_that_one_is_not_in(self):
        os.chmod(self.folder, 0o777)
        config = self.write(f"version: 1\nlisteners: [{{address: 'unix://{self.folder}/a.sock', group: '1234', profile: p}}]\n"
                            + PROFILES)  # fmt: skip
        nobody = pwd.getpwnam("nobody").pw_uid
        done = subprocess.run([os.environ["TIDEGATE"], "serve", "--config", config], capture_output=True, text=True,
                              timeout=60, check=False, user=nobody, group=nobody, extra_groups=[])  # fmt: skip
        self.assertEqual(done.returncode, CONFIG, done.stderr)
        self.assertIn("add tidegate's user to the group 1234 (in a container: `group_add`), or run tidegate as root", done.stderr)


if __name__ == "__main__":
    unittest.main()
