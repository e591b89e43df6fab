# SPDX-License-Identifier: Apache-2.0
"""`tidegate engine-stub`: the stand-in engine answers from memory, echoes, and says what it is."""

import json
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import threading
import unittest

from tests.support.docker import docker_clients
from tests.support.http import Client, request
from tests.support.wait import PATIENCE, wait_until

ECHO = {"Image": "tidegate/demo", "OpenStdin": True, "StdinOnce": True, "AttachStdout": True}
UPGRADE = ("Upgrade: tcp", "Connection: Upgrade")


class StubTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tidegate-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.path = os.path.join(self.folder, "engine.sock")
        self.process = subprocess.Popen([os.environ["TIDEGATE"], "engine-stub", "--listen", f"unix://{self.path}"])
        self.addCleanup(self.stop)
        wait_until(self.accepts, "the stand-in's socket")

    def accepts(self):
        self.assertIsNone(self.process.poll())
        try:
            Client(self.path).close()
            return True
        except (FileNotFoundError, ConnectionRefusedError):
            return False

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(PATIENCE), 0)
        self.assertFalse(os.path.exists(self.path))

    def client(self):
        client = Client(self.path)
        self.addCleanup(client.close)
        return client

    def ask(self, method, target, *headers, body=None):
        """One request; the status and the body, decoded where it is JSON."""
        client = self.client()
        data = json.dumps(body).encode() if body is not None else None
        client.send(request(method, target, *headers, body=data))
        answer = client.response(method)
        client.close()
        is_json = answer.header("Content-Type") == "application/json"
        return answer.status, json.loads(answer.body) if is_json else answer.body

    def create(self, **config):
        status, body = self.ask("POST", "/v1.41/containers/create?name=web", body=config or ECHO)
        self.assertEqual(status, 201, body)
        return body["Id"]

    def attach(self, target="/containers/web/attach?stream=1&stdin=1&stdout=1", body=None):
        client = self.client()
        client.send(request("POST", target, *UPGRADE, body=body))
        head = client.response_head()
        self.assertEqual(head.status, 101)
        return client


def frames(data):
    """[(stream, payload)] of a multiplexed stream; anything that is none fails."""
    found = []
    while data:
        stream, size = struct.unpack(">BxxxI", data[:8])
        found.append((stream, data[8 : 8 + size]))
        data = data[8 + size :]
    return found


def written(data, stream):
    return b"".join(payload for number, payload in frames(data) if number == stream)


class Says(StubTest):
    def test_what_clients_look_for_in_a_ping(self):
        for method, body in (("GET", b"OK"), ("HEAD", b"")):
            client = self.client()
            client.send(request(method, "/_ping"))
            answer = client.response(method)
            self.assertEqual((answer.status, answer.body), (200, body))
            self.assertEqual(answer.header("Api-Version"), "1.41")
            for name in ("Docker-Experimental", "Ostype", "Builder-Version", "Server"):
                self.assertTrue(answer.header(name), name)

    def test_that_it_is_a_stand_in(self):
        for target in ("/version", "/info"):
            status, body = self.ask("GET", target)
            self.assertEqual((status, body["Name"]), (200, "tidegate-engine-stub"))
        self.assertEqual(self.ask("GET", "/version")[1]["Version"], "0 (tidegate stand-in)")
        self.assertEqual(self.ask("GET", "/info")[1]["ServerVersion"], "0 (tidegate stand-in)")

    def test_what_it_cannot_do(self):
        status, body = self.ask("POST", "/containers/prune")
        self.assertEqual(status, 501)
        self.assertIn("stand-in engine cannot do this: ContainerPrune", body["message"])

    def test_what_is_not_there_in_the_engine_s_words(self):
        for method, target in (("GET", "/containers/x/json"), ("POST", "/containers/x/start"),
                               ("POST", "/containers/x/attach"), ("GET", "/containers/x/logs?stdout=1"),
                               ("POST", "/containers/x/wait"), ("DELETE", "/containers/x")):  # fmt: skip
            self.assertEqual(self.ask(method, target), (404, {"message": "No such container: x"}), target)
        self.assertEqual(self.ask("GET", "/images/y/json"), (404, {"message": "No such image: y"}))
        self.assertEqual(self.ask("POST", "/exec/z/start")[1]["message"], "No such exec instance: z")
        self.assertEqual(self.ask("GET", "/nothing"), (404, {"message": "page not found"}))

    def test_no_to_versions_that_it_does_not_speak(self):
        status, body = self.ask("GET", "/v1.42/version")
        self.assertEqual(status, 400)
        self.assertIn("too new. Maximum supported API version is 1.41", body["message"])

    def test_its_one_image_and_the_other_lists(self):
        self.assertEqual(self.ask("GET", "/images/json")[1][0]["RepoTags"], ["tidegate/demo:latest"])
        self.assertEqual(self.ask("GET", "/images/tidegate/demo/json")[0], 200)
        self.assertEqual(self.ask("GET", "/networks")[1][0]["Name"], "bridge")
        self.assertEqual(self.ask("GET", "/volumes")[1]["Volumes"], [])


class Containers(StubTest):
    def test_live_from_create_to_delete(self):
        self.create(Image="tidegate/demo", Cmd=["sleep", "1"])
        self.assertEqual(self.ask("GET", "/containers/json")[1], [])
        self.assertEqual(self.ask("GET", "/containers/json?all=1")[1][0]["State"], "created")
        self.assertEqual(self.ask("POST", "/containers/web/start")[0], 204)
        self.assertEqual(self.ask("POST", "/containers/web/start")[0], 304)
        details = self.ask("GET", "/containers/web/json")[1]
        self.assertEqual((details["Path"], details["Args"], details["State"]["Running"]), ("sleep", ["1"], True))
        self.assertEqual(self.ask("DELETE", "/containers/web")[0], 409)
        self.assertEqual(self.ask("POST", "/containers/web/stop")[0], 204)
        self.assertEqual(self.ask("POST", "/containers/web/wait")[1], {"StatusCode": 143})
        self.assertEqual(self.ask("DELETE", "/containers/web")[0], 204)
        self.assertEqual(self.ask("GET", "/containers/json?all=1")[1], [])

    def test_are_found_by_the_beginning_of_their_id(self):
        whole = self.create()
        self.assertEqual(self.ask("GET", f"/containers/{whole[:12]}/json")[1]["Id"], whole)

    def test_have_names_of_their_own(self):
        self.create()
        self.assertEqual(self.ask("POST", "/containers/create?name=web", body=ECHO)[0], 409)

    def test_are_killed_with_the_signal_s_exit_code(self):
        self.create(Image="tidegate/demo")
        self.ask("POST", "/containers/web/start")
        self.assertEqual(self.ask("POST", "/containers/web/kill?signal=WINCH")[0], 204)
        self.assertTrue(self.ask("GET", "/containers/web/json")[1]["State"]["Running"])
        self.assertEqual(self.ask("POST", "/containers/web/kill")[0], 204)
        self.assertEqual(self.ask("POST", "/containers/web/wait")[1], {"StatusCode": 137})

    def test_are_waited_for_before_they_start(self):
        self.create(Image="tidegate/demo", AttachStdout=True)
        waiting = self.client()
        waiting.send(request("POST", "/containers/web/wait?condition=next-exit"))
        head = waiting.response_head()
        self.assertEqual(head.status, 200)
        self.ask("POST", "/containers/web/start")
        self.assertEqual(json.loads(b"".join(waiting.body_pieces(head))), {"StatusCode": 0})

    def test_tell_in_their_log_that_nothing_runs(self):
        self.create(Image="tidegate/demo", Cmd=["echo", "hi"], AttachStdout=True)
        self.ask("POST", "/containers/web/start")
        log = self.ask("GET", "/containers/web/logs?stdout=1&stderr=1")[1]
        self.assertEqual(frames(log), [(2, b"tidegate's stand-in engine runs no programs. Not run: echo hi\n")])


class Streams(StubTest):
    def test_attach_echoes_input_that_came_before_the_start(self):
        self.create()
        client = self.attach()
        client.send(b"hello\n")
        client.half_close()
        self.ask("POST", "/containers/web/start")
        self.assertEqual(written(client.read_to_end(), 1), b"hello\n")
        self.assertEqual(self.ask("POST", "/containers/web/wait")[1], {"StatusCode": 0})

    def test_attach_echoes_much_more_than_is_kept(self):
        self.create()
        client = self.attach()
        self.ask("POST", "/containers/web/start")
        data = os.urandom(1 << 16) * 64
        sender = threading.Thread(target=lambda: (client.send(data), client.half_close()))
        sender.start()
        received = client.read_to_end()
        sender.join()
        self.assertEqual(written(received, 1), data)

    def test_a_terminal_is_raw(self):
        self.create(**ECHO, Tty=True)
        self.ask("POST", "/containers/web/start")
        client = self.attach()
        client.send(b"abc\x04")
        self.assertEqual(client.read_to_end(), b"abc")

    def test_without_an_upgrade_the_stream_follows_a_200(self):
        self.create()
        self.ask("POST", "/containers/web/start")
        client = self.client()
        client.send(request("POST", "/containers/web/attach?stream=1&stdin=1&stdout=1"))
        self.assertEqual(client.response_head().status, 200)
        client.send(b"x")
        client.half_close()
        self.assertEqual(frames(client.read_to_end()), [(1, b"x")])

    def test_exec_echoes_in_a_running_container(self):
        self.create(Image="tidegate/demo")
        self.assertEqual(self.ask("POST", "/containers/web/exec", body={"Cmd": ["cat"]})[0], 409)
        self.ask("POST", "/containers/web/start")
        made = self.ask("POST", "/containers/web/exec", body={"Cmd": ["cat"], "AttachStdin": True})[1]["Id"]
        client = self.attach(f"/exec/{made}/start", body=b"{}")
        client.send(b"there")
        client.half_close()
        self.assertEqual(written(client.read_to_end(), 1), b"there")
        self.assertEqual(self.ask("GET", f"/exec/{made}/json")[1]["ExitCode"], 0)

    def test_events_come_as_they_happen(self):
        client = self.client()
        client.send(request("GET", "/events"))
        pieces = client.body_pieces(client.response_head())
        self.create(Image="tidegate/demo", AttachStdout=True)
        self.ask("POST", "/containers/web/start")
        seen = b""
        while seen.count(b"\n") < 3:
            seen += next(pieces)
        self.assertEqual([json.loads(line)["status"] for line in seen.splitlines()], ["create", "start", "die"])

    def test_logs_are_followed_to_the_end(self):
        self.create()
        self.ask("POST", "/containers/web/start")
        client = self.client()
        client.send(request("GET", "/containers/web/logs?stdout=1&follow=1"))
        head = client.response_head()
        attached = self.attach()
        attached.send(b"line\n")
        attached.half_close()
        self.assertEqual(frames(b"".join(client.body_pieces(head))), [(1, b"line\n")])


class DockerClient(StubTest):
    def setUp(self):
        if not docker_clients():
            self.skipTest("no docker CLI is installed")
        super().setUp()

    def docker(self, client, *arguments, stdin=b"", status=0):
        command = [client, "-H", f"unix://{self.path}", *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, status, (command, done.stdout, done.stderr))
        return done.stdout

    def test_works(self):
        for client in docker_clients():
            with self.subTest(client):
                self.workflow(lambda *a, client=client, **k: self.docker(client, *a, **k))

    def workflow(self, docker):
        self.assertIn(b"tidegate stand-in", docker("version"))
        self.assertIn(b"tidegate stand-in", docker("info"))
        self.assertIn(b"tidegate/demo", docker("images"))
        docker("create", "-i", "--name", "web", "tidegate/demo", "cat")
        self.assertIn(b"web", docker("ps", "-a"))
        self.assertEqual(docker("start", "-ai", "web", stdin=b"echo\n"), b"echo\n")
        self.assertEqual(docker("logs", "web"), b"echo\n")
        self.assertEqual(docker("wait", "web"), b"0\n")
        self.assertEqual(docker("inspect", "-f", "{{.State.Status}}", "web"), b"exited\n")
        docker("rm", "web")
        data = os.urandom(3 << 20)
        self.assertEqual(docker("run", "--rm", "-i", "tidegate/demo", stdin=data), data)
        self.assertEqual(docker("run", "--rm", "tidegate/demo", "true"), b"")
        docker("run", "-d", "--name", "back", "tidegate/demo")
        self.assertEqual(docker("exec", "-i", "back", "cat", stdin=b"in"), b"in")
        docker("stop", "back")
        self.assertEqual(docker("inspect", "-f", "{{.State.ExitCode}}", "back"), b"143\n")
        docker("rm", "back")
        self.assertEqual(docker("ps", "-aq"), b"")
        docker("inspect", "nothing", status=1)


if __name__ == "__main__":
    unittest.main()
