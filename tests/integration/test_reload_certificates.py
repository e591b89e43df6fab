# SPDX-License-Identifier: Apache-2.0
"""Certificates, revocation lists and client rules change while connections live on."""

import os
import re
import shutil
import signal
import threading
import time

from tests.support.certificates import Authority, Pair, serial_of
from tests.support.daemon import policy_in_lines, socket_address
from tests.support.http import Client, request
from tests.support.tls import TlsSocket
from tests.support.tls_test import TlsTest
from tests.support.wait import wait_until

CHANGED = "reload (a file has changed): in force for the next request of every client"
KEPT = "reload (a file has changed): nothing has changed, because of"
UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
ATTACH = request("POST", "/containers/x/attach?stream=1", "Connection: Upgrade", "Upgrade: tcp")


def echo(connection, _):
    connection.send(UPGRADED)
    while piece := connection.read_some():
        connection.send(piece)
    connection.close()


class Certificates(TlsTest):
    def setUp(self):
        super().setUp()
        # Its own authority, since tests revoke and replace.
        self.authority = Authority(self.folder)
        self.server_pair, self.client_pair = self.authority.server(), self.authority.client("ops-1")

    def put(self, pair, at):
        """Renamed over the old files, certificate first: as certificate tools do it."""
        for new, old in zip(pair, at):
            shutil.copy2(new, old + ".new")
            os.rename(old + ".new", old)

    def asks(self, client):
        client.send(request("GET", "/info"))
        return client.response().status

    def edit(self, **listener):
        self.daemon.config["listeners"][0].update(listener)
        self.daemon.write()

    def test_a_replaced_certificate_is_for_the_next_connection(self):
        self.serve({"POST /containers/x/attach": echo})
        old, tunnel = self.client(), self.client()
        tunnel.send(ATTACH)
        tunnel.response_head()
        self.put(self.authority.server(), self.server_pair)
        self.daemon.await_log(CHANGED)
        new = self.client()
        self.assertNotEqual(new.peer_serial, old.peer_serial)
        self.assertEqual([self.asks(client) for client in (old, new)], [200, 200])
        tunnel.send(b"still there")
        self.assertEqual(tunnel.read_exactly(11), b"still there")

    def test_a_bad_certificate_keeps_the_old_one(self):
        self.serve()
        before = self.client().peer_serial
        for times, content in enumerate((b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 1):
            with open(self.server_pair.cert + ".new", "wb") as file:
                file.write(content)
            os.rename(self.server_pair.cert + ".new", self.server_pair.cert)
            self.daemon.await_log(KEPT, times)
            self.assertIn(self.server_pair.cert, self.daemon.log())
            self.assertEqual(self.client().peer_serial, before)

    def test_a_key_of_another_certificate_keeps_both(self):
        self.serve()
        before = self.client().peer_serial
        shutil.copy2(self.authority.server().key, self.server_pair.key + ".new")
        os.rename(self.server_pair.key + ".new", self.server_pair.key)
        self.daemon.await_log(KEPT)
        self.assertEqual(self.client().peer_serial, before)

    def test_a_client_that_is_revoked_is_refused_at_its_next_handshake(self):
        crl = self.authority.revocation_list(self.path("crl.pem"))
        self.serve(listeners=[self.listener(crl=[crl])])
        context = self.context()
        client = self.client(context=context)
        self.assertEqual(self.asks(client), 200)
        session = client.socket.tls.session
        self.authority.revoke(self.client_pair)
        self.authority.revocation_list(crl)
        self.daemon.await_log(CHANGED)
        self.assertTurnedAway(context=context)
        self.assertTurnedAway(context=context, session=session)
        self.assertEqual(self.status(self.authority.client("ops-2")), 200)
        reasons = [record.get("reason") for record in self.daemon.await_audit(4)]
        self.assertCountEqual(reasons, [None, "tls.revoked", "tls.revoked", None])

    def bytes_read_by_worker(self):
        """What the only worker's thread, the first of the process, has read so far."""
        pid = self.daemon.process.pid
        with open(f"/proc/{pid}/task/{pid}/io", encoding="ascii") as io:
            return int(io.readline().split()[1])

    def test_a_large_list_is_read_on_a_thread_that_serves_nobody(self):
        crl = self.authority.revocation_list(self.path("crl.pem"))
        self.serve(listeners=[self.listener(crl=[crl])], workers=1)
        client = self.client()
        self.assertEqual(self.asks(client), 200)
        before = self.bytes_read_by_worker()
        self.authority.revoke(self.client_pair)
        self.authority.revocation_list(crl + ".new")
        size = 8 << 20
        with open(crl + ".new", "a", encoding="ascii") as file:
            file.write(("#" * 63 + "\n") * (size // 64))  # PEM allows any text around a block
        os.rename(crl + ".new", crl)
        self.daemon.await_log(CHANGED)
        client.send(request("GET", "/info"))
        self.assertRefused(client.response(), 403, "tls.revoked")
        self.assertLess(self.bytes_read_by_worker() - before, size)

    def test_another_authority_for_clients(self):
        self.serve()
        context = self.context()
        shutil.copy2(Authority(self.folder, "Other CA").cert, self.authority.cert + ".new")
        os.rename(self.authority.cert + ".new", self.authority.cert)
        self.daemon.await_log(CHANGED)
        self.assertTurnedAway(context=context)
        self.assertEqual(self.daemon.await_audit()[0]["reason"], "tls.untrusted")

    def test_a_rule_for_clients_changes_for_connections_that_exist(self):
        rule = {"certificate": {"common_name": "ops-*"}, "profile": "p"}
        self.serve(listeners=[self.listener([rule])])
        client = self.client()
        self.assertEqual(self.asks(client), 200)
        self.edit(clients=[{"certificate": {"common_name": "ci-*"}, "profile": "p"}])
        self.daemon.await_log(CHANGED)
        client.send(request("GET", "/info"))
        self.assertRefused(client.response(), 403, "client.unknown")
        self.assertEqual(client.wait_closed(), b"")
        self.assertEqual(self.status(self.authority.client("ci-1")), 200)

    def test_other_files_for_the_same_listener(self):
        self.serve()
        before = self.client().peer_serial
        other = self.authority.server()
        self.edit(tls={"cert": other.cert, "key": other.key, "client_ca": self.authority.cert})
        self.daemon.await_log(CHANGED)
        self.assertNotEqual(self.client().peer_serial, before)
        self.put(self.authority.server(), other)  # and these are watched from now on
        self.daemon.await_log(CHANGED, 2)

    def test_a_file_that_is_missing_is_taken_when_it_appears(self):
        """As when a deployment brings the configuration first and the certificates after it."""
        self.serve()
        before, other = self.client().peer_serial, self.authority.server()
        os.mkdir(self.path("late"))
        late = [self.path(f"late/{name}") for name in ("cert.pem", "key.pem")]
        self.edit(tls={"cert": late[0], "key": late[1], "client_ca": self.authority.cert})
        self.daemon.await_log(KEPT)
        for new, old in zip(other, late):
            os.rename(new, old)
        self.daemon.await_log(CHANGED)
        self.assertNotEqual(self.client().peer_serial, before)

    def test_a_certificate_counts_while_the_configuration_is_half_written(self):
        """By truncate(2) nobody closes the file: it stays half, and a new mode does not finish it."""
        self.serve(deny=["SystemInfo"])
        half, whole = policy_in_lines(self.daemon.config, allow=["*"], deny=["SystemInfo"])
        self.daemon.write(whole)
        self.daemon.await_log(CHANGED)
        before = self.client().peer_serial
        os.truncate(self.daemon.file, len(half))
        os.chmod(self.daemon.file, 0o600)
        self.put(self.authority.server(), self.server_pair)
        self.daemon.await_log(CHANGED, 2)
        client = self.client()
        self.assertNotEqual(client.peer_serial, before)
        self.assertEqual(self.asks(client), 403)

    def test_the_configuration_counts_while_a_certificate_is_half_written(self):
        self.serve()
        before = self.client().peer_serial
        new, half = self.authority.server(), open(self.server_pair.cert, "w", encoding="ascii")
        self.addCleanup(half.close)
        with open(new.cert, encoding="ascii") as file:
            text = file.read()
        half.write(text[:100])
        half.flush()
        self.daemon.config["profiles"]["p"]["allow"] = ["SystemVersion"]
        self.daemon.write()
        self.daemon.await_log(CHANGED)
        client = self.client()
        self.assertEqual((client.peer_serial, self.asks(client)), (before, 403))
        half.write(text[100:])
        half.close()
        os.rename(new.key, self.server_pair.key)
        self.daemon.await_log(CHANGED, 2)
        self.assertNotEqual(self.client().peer_serial, before)

    def test_a_certificate_that_is_renamed_into_place_half_written_is_awaited(self):
        self.serve()
        before = self.client().peer_serial
        new = self.authority.server()
        with open(new.cert, encoding="ascii") as file:
            text = file.read()
        with open(self.path("half.pem"), "w", encoding="ascii") as file:
            file.write(text[:100])
            file.flush()
            os.rename(file.name, self.server_pair.cert)
            os.rename(new.key, self.server_pair.key)
            word = f"{self.server_pair.cert} is not read, and what was read from it stays in force"
            wait_until(lambda: word in self.daemon.log(), "the log's word", 15)
            self.assertEqual(self.client().peer_serial, before)
            file.write(text[100:])
        self.daemon.await_log(CHANGED)
        wait_until(lambda: self.client().peer_serial != before, "the new certificate")
        self.assertNotIn(KEPT, self.daemon.log())

    def test_a_list_that_is_half_written_revokes_nobody_and_frees_nobody(self):
        crl = self.authority.revocation_list(self.path("crl.pem"))
        self.authority.revoke(self.client_pair)
        new = self.authority.revocation_list(self.path("new.pem"))
        self.serve(listeners=[self.listener(crl=[crl])])
        with open(new, encoding="ascii") as file:
            text = file.read()
        with open(crl, "w", encoding="ascii") as file:
            file.write(text[:100])
            file.flush()
            self.put(self.authority.server(), self.server_pair)
            self.assertEqual(self.asks(self.client()), 200)
            file.write(text[100:])
        self.daemon.await_log(CHANGED)
        self.assertTurnedAway()
        self.assertNotIn(KEPT, self.daemon.log())

    def test_a_certificate_that_is_gone_stays_in_force(self):
        self.serve()
        before = self.client().peer_serial
        os.unlink(self.server_pair.cert)
        self.daemon.await_log(f"{self.server_pair.cert} is gone: what was read from it stays in force")
        self.assertEqual(self.client().peer_serial, before)
        self.assertNotIn("reload (", self.daemon.log())

    def test_the_configuration_counts_while_a_certificate_a_key_or_a_list_is_gone(self):
        crl = self.authority.revocation_list(self.path("crl.pem"))
        self.serve(listeners=[self.listener(crl=[crl])])
        before = self.client().peer_serial
        for times, file in enumerate((self.server_pair.cert, self.server_pair.key, crl), 1):
            os.rename(file, file + ".old")
            self.daemon.await_log(f"{file} is gone: what was read from it stays in force")
            self.daemon.config["profiles"]["p"]["allow"] = ["SystemVersion"] if times % 2 else ["*"]
            self.daemon.write()
            self.daemon.await_log(CHANGED, times)
            client = self.client()
            self.assertEqual((client.peer_serial, self.asks(client)), (before, 403 if times % 2 else 200))
            self.assertIn(f"{file} is not there: what was read from it stays in force", self.daemon.log())
        self.assertNotIn(KEPT, self.daemon.log())

    def test_sighup_wants_every_certificate_to_be_there(self):
        self.serve()
        before = self.client().peer_serial
        os.unlink(self.server_pair.key)
        self.daemon.signal(signal.SIGHUP)
        self.daemon.await_log("reload (SIGHUP): nothing has changed, because of")
        self.assertEqual(self.client().peer_serial, before)

    def lay(self, name, *revoked):
        """A folder with a certificate, its key and a list that has these on it; returns the certificate's pair."""
        os.mkdir(self.path(name))
        made = self.authority.server()
        pair = Pair(self.path(f"{name}/cert.pem"), self.path(f"{name}/key.pem"))
        for source, target in zip(made, pair):
            shutil.copy2(source, target)
        for client in revoked:
            self.authority.revoke(client)
        self.authority.revocation_list(self.path(f"{name}/crl.pem"))
        return pair

    def test_a_link_in_two_steps_above_certificate_key_and_list_that_is_moved(self):
        """`current` leads to `stage`, which leads to a release. Another file of the folder changes all the time."""
        releases = [self.lay("rel1"), self.lay("rel2", self.client_pair)]
        os.symlink("rel1", self.path("stage"))
        os.symlink("stage", self.path("current"))
        files = {name: self.path(f"current/{name}.pem") for name in ("cert", "key")}
        self.serve(listeners=[self.listener(crl=[self.path("current/crl.pem")], **files)])
        client = self.client()
        self.assertEqual(int(client.peer_serial, 16), int(serial_of(releases[0]), 16))
        ended = threading.Event()

        def make_noise():
            while not ended.wait(0.1):
                for folder in ("", "rel1/", "rel2/"):
                    with open(self.path(folder + "noise"), "a", encoding="ascii") as file:
                        file.write(".")

        noise = threading.Thread(target=make_noise)
        noise.start()
        self.addCleanup(noise.join)
        self.addCleanup(ended.set)
        os.symlink("rel2", self.path("next"))
        os.rename(self.path("next"), self.path("stage"))
        self.daemon.await_log(CHANGED)
        self.assertTurnedAway()
        other = self.client(pair=self.authority.client("ops-2"))
        self.assertEqual(int(other.peer_serial, 16), int(serial_of(releases[1]), 16))

    def test_tls_cannot_be_taken_away(self):
        self.serve()
        listener = dict(self.daemon.config["listeners"][0], insecure=True)
        del listener["tls"]
        self.daemon.config["listeners"] = [listener]
        self.daemon.write()
        self.daemon.signal(signal.SIGHUP)
        self.daemon.await_log("listeners[0].tls cannot change while tidegate runs: restart it")
        self.assertEqual(self.asks(self.client(address=("127.0.0.1", int(listener["address"].rpartition(":")[2])))), 200)

    def test_a_handshake_under_way_ends_with_the_certificate_it_began_with(self):
        self.serve()
        before, files = self.client().peer_serial, self.daemon.open_files()
        client = Client(socket_address(self.daemon.config["listeners"][0]))
        self.addCleanup(client.close)
        wait_until(lambda: self.daemon.open_files() > files, "the connection")
        tls = TlsSocket(client.socket, self.context(), "localhost")
        hello = tls.hello()
        client.send(hello[:50])
        self.put(self.authority.server(), self.server_pair)
        self.daemon.await_log(CHANGED)
        client.send(hello[50:])
        tls.handshake()
        self.assertEqual(tls.tls.getpeercert()["serialNumber"], before)


class Expiry(TlsTest):
    def test_what_ends_within_thirty_days_is_warned_of_at_the_start(self):
        soon = self.authority.server("soon.corp", ends=9.5)
        self.serve(listeners=[self.listener(cert=soon.cert, key=soon.key)])
        self.daemon.await_log(f"{soon.cert}: soon.corp expires on ")
        self.assertIn(", in 9 days", self.daemon.log())

    def test_a_revocation_list_is_warned_of_too(self):
        crl = self.authority.revocation_list(self.path("crl.pem"), ends=3.5)
        self.serve(listeners=[self.listener(crl=[crl])])
        self.daemon.await_log(f"{crl}: Test CA expires on ")

    def test_of_two_authorities_of_one_name_the_one_that_ends_is_warned_of_and_is_the_metric(self):
        ending = Authority(self.certificates, self.authority.name, ends=9)
        both, socket = self.path("both.pem"), self.path("admin.sock")
        with open(both, "w", encoding="ascii") as file:
            for authority in (self.authority, ending):
                with open(authority.cert, encoding="ascii") as part:
                    file.write(part.read())
        self.serve(listeners=[self.listener(client_ca=both)], admin={"address": "unix://" + socket})
        self.daemon.await_log(f"{both}: Test CA expires on ")
        self.assertEqual(self.daemon.log().count(f"{both}: Test CA "), 1)
        wait_until(lambda: "metrics and health on" in self.daemon.log(), "the admin listener")
        client = Client(socket)
        self.addCleanup(client.close)
        client.send(request("GET", "/metrics"))
        page = client.response().body.decode()
        values = re.findall(rf'certificate_expiry_timestamp_seconds{{file="{both}",subject="Test CA"}} (\d+)', page)
        self.assertEqual(len(values), 1, page)
        self.assertLess(int(values[0]), time.time() + 10 * 86400)

    def test_what_lasts_longer_is_not_mentioned(self):
        lasting = self.authority.server("lasting.corp", ends=40)
        self.serve(listeners=[self.listener(cert=lasting.cert, key=lasting.key)])
        self.assertEqual(self.status(), 200)
        self.assertNotIn("lasting.corp", self.daemon.log())

    def test_after_a_reload_the_new_files_are_warned_of(self):
        pair = self.authority.server("lasting.corp", ends=40)
        self.serve(listeners=[self.listener(cert=pair.cert, key=pair.key)])
        for new, old in zip(self.authority.server("soon.corp", ends=5.5), pair):
            os.rename(new, old)
        self.daemon.await_log("soon.corp expires on ")
