# SPDX-License-Identifier: Apache-2.0
"""Each known way from a container to the host works on the bare engine, and ends at tidegate.

The same bytes go to the engine directly, where their effect shows, and to tidegate, which refuses them
without a word to the engine; beside each, the nearest harmless request passes.
"""

import json
import os
import shutil
import tempfile
import unittest

from tests.e2e import escapes
from tests.e2e.engine import IMAGE
from tests.e2e.relay import Relay
from tests.e2e.stage import StageTest
from tests.support.http import Client, request

PROFILE = {
    "allow": ["SystemPing", "SystemVersion", "SystemInfo", "@container", "@exec", "@image", "@network", "@volume"],
    "containers": {"level": "baseline"},
}
CREATE = "/v1.41/containers/create?name=escape"


def create(**config):
    return request("POST", CREATE, body=json.dumps({"Image": IMAGE, **config}).encode())


class EscapeTest(StageTest):
    """The engine's socket lies under /run here, as it does elsewhere: through a relay that sees what gets there."""

    profile = PROFILE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = cls.folder_in("/run")
        cls.relay = Relay(os.path.join(cls.folder, "engine.sock"), cls.engine.path)
        cls.addClassCleanup(cls.relay.stop)
        cls.disk = cls.folder_in("/tmp")
        cls.listed, cls.unlisted = (os.path.join(cls.disk, name) for name in ("listed", "host"))
        for path in (cls.listed, cls.unlisted):
            os.mkdir(path)
        with open(os.path.join(cls.unlisted, "secret"), "w", encoding="ascii") as file:
            file.write(escapes.SECRET)
        containers = {**cls.profile["containers"], "binds": [{"path": cls.listed}]}
        cls.gate = cls.stage.tidegate("ci", {**cls.profile, "containers": containers}, f"unix://{cls.relay.path}")
        cls.addClassCleanup(cls.gate.stop)

    @classmethod
    def folder_in(cls, place):
        folder = tempfile.mkdtemp(prefix="tg-", dir=place)
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        return folder

    def fill_in(self, text):
        for name, value in (("SOCKET", self.relay.path), ("FOLDER", self.folder), ("LISTED", self.listed),
                            ("HOST", self.unlisted), ("IMAGE", IMAGE)):  # fmt: skip
            text = text.replace(name, value)
        return text

    def ask(self, address, data):
        client = Client(address, patience=60)
        self.addCleanup(client.close)
        client.send(data)
        return client.response(data.split(b" ", 1)[0].decode())

    def direct(self, data):
        return self.ask(self.engine.path, data)

    def through(self, data):
        return self.ask(self.gate.config["listeners"][0]["address"].removeprefix("unix://"), data)

    def get(self, target):
        return json.loads(self.direct(request("GET", target)).body)

    def remove(self, name="escape"):
        self.assertIn(self.direct(request("DELETE", f"/containers/{name}?force=1&v=1")).status, (204, 404))

    def all_there_is(self):
        """What the engine holds: a refused request must leave it as it is."""
        names = {each["Id"]: each["Names"] for each in self.get("/containers/json?all=1")}
        volumes = sorted(each["Name"] for each in self.get("/volumes")["Volumes"] or [])
        return names, volumes, [each["Id"] for each in self.get("/images/json?all=1")]

    def assert_stopped(self, data, reason):
        """Those bytes are refused, and neither reach the engine nor change it."""
        heard, before = len(self.relay.sent), self.all_there_is()
        answer = self.through(data)
        self.assertIn(answer.status, range(400, 500), answer)
        self.assertEqual(answer.reason, reason, answer)
        # tidegate may have asked what an id stands for.
        sent = [line for line in bytes(self.relay.sent[heard:]).split(b"\r\n") if line.endswith(b" HTTP/1.1")]
        self.assertEqual([line for line in sent if not line.startswith((b"GET /version ", b"GET /v1."))], [])
        self.assertEqual(self.all_there_is(), before)

    def assert_passes(self, data, status=201):
        answer = self.through(data)
        self.assertEqual(answer.status, status, answer)
        return answer


class ContainerCreate(EscapeTest):
    def check(self, table):
        for escape in table:
            with self.subTest(escape.name):
                try:
                    self.check_one(escape, self.create(escape.body))
                finally:
                    self.remove()

    def check_one(self, escape, data):
        self.assert_takes_effect(escape, data)
        self.remove()
        self.assert_stopped(data, escape.reason)
        self.assert_passes(self.create(escape.harmless))

    def create(self, body):
        return request("POST", CREATE, body=self.fill_in(body).encode())

    def assert_takes_effect(self, escape, data):
        answer = self.direct(data)
        self.assertEqual(answer.status, 201, answer)
        if escape.shows:
            self.assertTrue(escape.shows(self.inspected()), f"the engine shows no effect of {escape.name}")
        if escape.prints:
            self.assertIn(escape.prints, self.output(), escape.name)

    def inspected(self):
        """Inspect's answer with the folder of this run as the table calls it."""
        answer = self.direct(request("GET", "/containers/escape/json"))
        return json.loads(answer.body.replace(self.unlisted.encode(), b"HOST"))

    def output(self):
        """Runs the container to its end; what it prints."""
        answer = self.direct(request("POST", "/containers/escape/start"))
        self.assertEqual(answer.status, 204, answer)
        self.direct(request("POST", "/containers/escape/wait"))
        return self.direct(request("GET", "/containers/escape/logs?stdout=1&stderr=1")).body.decode("utf-8", "replace")

    def test_namespaces_of_the_host(self):
        self.check(escapes.NAMESPACES)

    def test_capabilities(self):
        self.check(escapes.CAPABILITIES)

    def test_the_engine_s_socket(self):
        self.check(escapes.SOCKETS)

    def test_directories_of_the_host(self):
        self.check(escapes.MOUNTS)

    def test_links_below_a_listed_directory(self):
        for name, target in escapes.LINKS.items():
            self.make_link(name, self.fill_in(target))
        self.addCleanup(self.remove_links)
        self.check(escapes.BY_LINKS)

    def make_link(self, name, target):
        """As a client of tidegate can: in a container that has the listed directory."""
        body = create(Cmd=["ln", "-s", target, f"/c/{name}"], HostConfig={"Binds": [f"{self.listed}:/c"]})
        self.assert_passes(body)
        self.assertEqual(self.through(request("POST", "/v1.41/containers/escape/start")).status, 204)
        self.assertIn(b'"StatusCode":0', self.through(request("POST", "/v1.41/containers/escape/wait")).body)
        self.remove()

    def remove_links(self):
        for name in escapes.LINKS:
            os.unlink(os.path.join(self.listed, name))

    def test_fields_of_the_host_config(self):
        self.check(escapes.FIELDS)

    def test_spellings_that_the_engine_understands(self):
        self.check(escapes.SPELLINGS)


class OtherOperations(EscapeTest):
    def setUp(self):
        self.addCleanup(self.remove, "victim")
        self.make_victim()

    def make_victim(self):
        body = json.dumps({"Image": IMAGE, "Cmd": ["sleep", "600"]}).encode()
        self.assertEqual(self.direct(request("POST", "/v1.41/containers/create?name=victim", body=body)).status, 201)

    def victim(self):
        return self.get("/containers/victim/json")

    def test_a_volume_that_binds_a_directory_of_the_host(self):
        options = {"type": "none", "o": "bind", "device": self.unlisted}
        bad, good = (
            request("POST", "/v1.41/volumes/create", body=json.dumps({"Name": "vol", "Driver": "local", "DriverOpts": each}).encode())
            for each in (options, {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"})
        )
        self.assertEqual(self.direct(bad).status, 201)
        self.assertEqual(self.get("/volumes/vol")["Options"], options)
        self.direct(request("DELETE", "/volumes/vol"))
        self.assert_stopped(bad, "constraint.volumes")
        self.assert_passes(good)
        self.direct(request("DELETE", "/volumes/vol"))

    def test_a_privileged_exec(self):
        self.direct(request("POST", "/containers/victim/start"))
        bad, good = (
            request("POST", "/v1.41/containers/victim/exec", body=json.dumps({"Cmd": ["true"], "Privileged": each}).encode())
            for each in (True, False)
        )
        made = json.loads(self.direct(bad).body)["Id"]
        self.assertIs(self.get(f"/exec/{made}/json")["ProcessConfig"]["privileged"], True)
        before = self.victim()["ExecIDs"]
        self.assert_stopped(bad, "constraint.privileged")
        self.assertEqual(self.victim()["ExecIDs"], before)
        self.assert_passes(good)

    def test_a_form_that_overrides_the_query(self):
        target = "/v1.41/containers/victim/rename?name=said"
        bad = request("POST", target, "Content-Type: application/x-www-form-urlencoded", body=b"name=meant")
        self.assertEqual(self.direct(bad).status, 204)
        self.assertEqual(self.get("/containers/meant/json")["Name"], "/meant")
        self.direct(request("POST", "/containers/meant/rename?name=victim"))
        self.assert_stopped(bad, "body.form")
        self.assert_passes(request("POST", target), 204)
        self.direct(request("POST", "/containers/said/rename?name=victim"))

    def test_a_start_that_replaces_the_host_config(self):
        body = json.dumps({"Binds": [f"{self.folder}:/h"]}).encode()
        bad = request("POST", "/v1.23/containers/victim/start", body=body)
        self.assertEqual(self.direct(bad).status, 204)
        self.assertEqual([each["Source"] for each in self.victim()["Mounts"]], [self.folder])
        self.remove("victim")
        self.make_victim()
        self.assert_stopped(bad, "version.too_old")
        self.assertIs(self.victim()["State"]["Running"], False)
        self.assert_passes(request("POST", "/v1.24/containers/victim/start"), 204)


if __name__ == "__main__":
    unittest.main()
