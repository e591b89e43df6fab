# SPDX-License-Identifier: Apache-2.0
"""`tidegate engine-stub`: the stand-in engine answers from memory, echoes, and says what it is."""

import io
import json
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import threading
import unittest
from urllib.parse import quote

from tests.support.docker import docker_clients
from tests.support.http import Client, request
from tests.support.wait import PATIENCE, wait_until

try:
    import docker as docker_py
except ImportError:
    docker_py = None

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
        """One request; the status and the body, decoded where it is JSON; of progress a list of records."""
        client = self.client()
        data = json.dumps(body).encode() if body is not None else None
        client.send(request(method, target, *headers, body=data))
        answer = client.response(method)
        client.close()
        if answer.header("Content-Type") != "application/json":
            return answer.status, answer.body
        records = [json.loads(line) for line in answer.body.splitlines()]
        return answer.status, records[0] if len(records) == 1 else records

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
        status, body = self.ask("POST", "/swarm/init", body={})
        self.assertEqual(status, 501)
        self.assertIn("stand-in engine cannot do this: SwarmInit", body["message"])
        status, body = self.ask("GET", "/containers/json?filters=" + quote('{"since":["web"]}'))
        self.assertEqual(status, 501)
        self.assertIn("lists are not filtered by since", body["message"])

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


def filters(**values):
    """?filters= as docker-py writes it."""
    return "filters=" + quote(json.dumps({name.replace("_not", "!"): value for name, value in values.items()}))


class Objects(StubTest):
    def names(self, target, key="Name"):
        body = self.ask("GET", target)[1]
        return [each[key] for each in (body["Volumes"] if "Volumes" in body else body)]

    def test_networks_are_made_joined_left_and_removed(self):
        made = self.ask("POST", "/networks/create", body={"Name": "inner", "Labels": {"a": "b"}})
        self.assertEqual(made[0], 201)
        self.assertEqual(self.ask("POST", "/networks/create", body={"Name": "inner"})[0], 409)
        self.assertEqual(self.names("/networks?" + filters(label=["a=b"])), ["inner"])
        self.assertEqual(self.names("/networks?" + filters(label=["a=c"])), [])
        self.assertEqual(self.names("/networks?" + filters(name=["inn"])), ["inner"])
        self.assertEqual(self.names("/networks?" + filters(type=["custom"])), ["inner"])
        web = self.create()
        self.assertEqual(self.ask("POST", "/networks/inner/connect", body={"Container": "web", "EndpointConfig": {"Aliases": ["w"]}})[0], 200)
        endpoint = self.ask("GET", "/containers/web/json")[1]["NetworkSettings"]["Networks"]["inner"]
        self.assertEqual((endpoint["NetworkID"], endpoint["Aliases"]), (made[1]["Id"], ["w"]))
        self.assertEqual(list(self.ask("GET", "/networks/inner")[1]["Containers"]), [web])
        self.assertEqual(self.ask("DELETE", "/networks/inner")[0], 403)
        self.assertEqual(self.ask("POST", "/networks/inner/disconnect", body={"Container": web})[0], 200)
        self.assertEqual(self.ask("DELETE", "/networks/inner")[0], 204)
        self.assertEqual(self.ask("DELETE", "/networks/bridge")[0], 403)

    def test_volumes_come_with_the_containers_that_name_them(self):
        self.create(Image="tidegate/demo", Volumes={"/anonymous": {}}, HostConfig={
            "Binds": ["kept:/kept:ro", "/etc:/etc"], "Mounts": [{"Type": "volume", "Source": "other", "Target": "/o"}]})  # fmt: skip
        mounts = self.ask("GET", "/containers/web/json")[1]["Mounts"]
        self.assertEqual([(m["Type"], m["Destination"]) for m in mounts],
                         [("volume", "/kept"), ("bind", "/etc"), ("volume", "/o"), ("volume", "/anonymous")])  # fmt: skip
        names = self.names("/volumes")
        self.assertEqual(names[:2], ["kept", "other"])
        self.assertEqual(self.ask("DELETE", "/volumes/kept")[0], 409)
        self.assertEqual(self.ask("POST", "/volumes/prune")[1]["VolumesDeleted"], [])
        self.ask("DELETE", "/containers/web")
        self.assertEqual(self.ask("POST", "/volumes/prune")[1]["VolumesDeleted"], names)

    def test_containers_are_listed_by_what_they_are(self):
        self.create(Image="tidegate/demo", Labels={"a": "b", "c": ""})
        for asked, found in (({"label": ["a=b", "c"]}, ["/web"]), ({"label": ["a=b", "d"]}, []), ({"label": {"a": True}}, ["/web"]),
                             ({"name": ["^/we$"]}, []), ({"name": ["^/web$"]}, ["/web"]), ({"name": ["we"]}, ["/web"]),
                             ({"status": ["created"]}, ["/web"]), ({"status": ["running", "exited"]}, []),
                             ({"ancestor": ["tidegate/demo:latest"]}, ["/web"]), ({"network": ["bridge"]}, ["/web"]),
                             ({"volume": ["v"]}, []), ({}, ["/web"])):  # fmt: skip
            listed = self.ask("GET", "/containers/json?all=1&" + filters(**asked))[1]
            self.assertEqual([name for each in listed for name in each["Names"]], found, asked)
        self.assertEqual(self.ask("GET", "/containers/json?filters=x")[0], 400)

    def test_pruning_leaves_what_runs_and_what_is_labelled_otherwise(self):
        for name, labels in (("one", {"keep": ""}), ("two", {}), ("three", {})):
            self.ask("POST", f"/containers/create?name={name}", body={"Image": "tidegate/demo", "Labels": labels})
        self.ask("POST", "/containers/three/start")
        gone = self.ask("POST", "/containers/prune?" + filters(label_not=["keep"]))[1]
        self.assertEqual((len(gone["ContainersDeleted"]), gone["SpaceReclaimed"]), (1, 0))
        self.assertEqual([each["Names"] for each in self.ask("GET", "/containers/json?all=1")[1]], [["/one"], ["/three"]])

    def test_images_are_pulled_tagged_built_and_removed(self):
        self.assertEqual(self.ask("POST", "/containers/create", body={"Image": "alpine"})[0], 404)
        self.assertEqual(self.ask("POST", "/images/create?fromImage=docker.io/library/alpine&tag=latest")[0], 200)
        self.assertEqual(self.ask("POST", "/containers/create", body={"Image": "alpine"})[0], 201)
        self.assertEqual(self.ask("POST", "/images/alpine/tag?repo=mine&tag=1")[0], 201)
        self.assertEqual(self.names("/images/json?" + filters(reference=["mine"]), "RepoTags"), [["alpine:latest", "mine:1"]])
        self.assertEqual(self.ask("DELETE", "/images/mine:1")[1], [{"Untagged": "mine:1"}])
        self.assertEqual(self.ask("DELETE", "/images/alpine")[0], 409)
        client = self.client()
        client.send(request("POST", "/build?t=own:2&t=own:3&labels=" + quote('{"a":"b"}'), "Content-Type: application/x-tar", body=b"tar" * 99999))
        records = [json.loads(line) for line in client.response("POST").body.splitlines()]
        self.assertIn({"stream": "Successfully tagged own:2\n"}, records)
        image = self.ask("GET", "/images/own:3/json")[1]
        self.assertEqual((image["Id"], image["Config"]["Labels"]), (records[1]["aux"]["ID"], {"a": "b"}))
        self.assertEqual(self.ask("POST", "/images/prune")[1]["ImagesDeleted"], [])
        self.ask("POST", "/images/prune?" + filters(dangling=["false"]))
        self.assertEqual(self.names("/images/json", "RepoTags"), [["alpine:latest"]])

    def test_ports_are_published_when_a_container_starts(self):
        self.create(Image="tidegate/demo", ExposedPorts={"80/tcp": {}, "81/tcp": {}},
                    HostConfig={"PortBindings": {"80/tcp": [{"HostPort": ""}]}})  # fmt: skip
        self.ask("POST", "/containers/web/start")
        ports = self.ask("GET", "/containers/web/json")[1]["NetworkSettings"]["Ports"]
        self.assertEqual(ports, {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "32768"}], "81/tcp": None})

    def test_services_secrets_and_configs_are_kept(self):
        for kind in ("services", "secrets", "configs"):
            body = {"Name": "one", "Labels": {"a": "b"}, "Data": "c2VjcmV0"}
            made = self.ask("POST", f"/{kind}/create", body=body)[1]["ID"]
            self.assertEqual([each["ID"] for each in self.ask("GET", f"/{kind}?" + filters(label=["a"]))[1]], [made])
            self.assertEqual("Data" in self.ask("GET", f"/{kind}/one")[1]["Spec"], kind != "secrets")
            self.assertLess(self.ask("DELETE", f"/{kind}/{made}")[0], 300)
            self.assertEqual(self.ask("GET", f"/{kind}/one")[0], 404)

    def test_events_are_filtered(self):
        client = self.client()
        client.send(request("GET", "/events?" + filters(type=["container"], event=["start"], label=["a=b"])))
        pieces = client.body_pieces(client.response_head())
        self.ask("POST", "/volumes/create", body={"Name": "v"})
        self.create(Image="tidegate/demo", Labels={"a": "b"})
        self.ask("POST", "/containers/web/start")
        self.assertEqual(json.loads(next(pieces))["Actor"]["Attributes"]["name"], "web")

    def test_a_kind_is_kept_up_to_a_thousand(self):
        client = self.client()
        for name in range(1000):
            client.send(request("POST", "/volumes/create", body=json.dumps({"Name": str(name)}).encode()))
            self.assertEqual(client.response("POST").status, 201)
        self.assertEqual(self.ask("POST", "/volumes/create", body={"Name": "one more"})[0], 501)


class Rehearsals(StubTest):
    """What tools ask for, one after the other, as seen on the wire."""

    def expect(self, status, method, target, *headers, body=None):
        answered, said = self.ask(method, target, *headers, body=body)
        self.assertEqual(answered, status, (method, target, said))
        return said

    def test_testcontainers(self):
        session = {"org.testcontainers.sessionId": "s1"}
        self.expect(200, "GET", "/info")
        self.expect(404, "GET", "/images/testcontainers/ryuk:0.8.1/json")
        self.expect(200, "POST", "/images/create?fromImage=testcontainers/ryuk&tag=0.8.1")
        ryuk = self.expect(201, "POST", "/containers/create?name=ryuk", body={
            "Image": "testcontainers/ryuk:0.8.1", "Labels": session, "ExposedPorts": {"8080/tcp": {}}, "HostConfig": {
                "AutoRemove": True, "Binds": ["/var/run/docker.sock:/var/run/docker.sock"], "PublishAllPorts": True}})["Id"]  # fmt: skip
        self.expect(204, "POST", f"/containers/{ryuk}/start")
        self.assertTrue(self.expect(200, "GET", f"/containers/{ryuk}/json")["NetworkSettings"]["Ports"]["8080/tcp"][0]["HostPort"])
        self.expect(200, "POST", "/images/create?fromImage=redis&tag=7")
        network = self.expect(201, "POST", "/networks/create", body={"Name": "n", "Labels": session})["Id"]
        made = self.expect(201, "POST", "/containers/create", body={
            "Image": "redis:7", "Labels": session, "HostConfig": {"NetworkMode": network},
            "NetworkingConfig": {"EndpointsConfig": {network: {"Aliases": ["cache"]}}}})["Id"]  # fmt: skip
        self.expect(200, "PUT", f"/containers/{made}/archive?path=/", "Content-Type: application/x-tar", body={})
        self.expect(204, "POST", f"/containers/{made}/start")
        self.assertEqual(list(self.expect(200, "GET", f"/containers/{made}/json")["NetworkSettings"]["Networks"]), ["n"])
        self.assertIn(b"Not run: echo", self.expect(200, "GET", f"/containers/{made}/logs?stdout=1&stderr=1&since=0&timestamps=1"))
        ran = self.expect(201, "POST", f"/containers/{made}/exec", body={"Cmd": ["redis-cli", "ping"], "AttachStdout": True})["Id"]
        client = self.attach(f"/exec/{ran}/start", body=b'{"Detach":false}')
        self.assertIn(b"Not run: redis-cli ping", written(client.read_to_end(), 2))
        self.assertEqual(self.expect(200, "GET", f"/exec/{ran}/json")["ExitCode"], 0)
        own = filters(label=["org.testcontainers.sessionId=s1"])
        for each in self.expect(200, "GET", "/containers/json?all=1&" + own):
            self.expect(204, "DELETE", f"/containers/{each['Id']}?v=1&force=1")
        for each in self.expect(200, "GET", "/networks?" + own):
            self.expect(204, "DELETE", f"/networks/{each['Id']}")
        self.assertEqual(self.expect(200, "GET", "/containers/json?all=1"), [])

    def test_gitlab_runner(self):
        labels = {"com.gitlab.gitlab-runner.managed": "true"}
        self.expect(200, "POST", "/images/create?fromImage=gitlab/gitlab-runner-helper&tag=x86_64-v17")
        helper = self.expect(200, "GET", "/images/gitlab/gitlab-runner-helper:x86_64-v17/json")["Id"]
        self.expect(201, "POST", "/volumes/create", body={"Name": "runner-cache", "Labels": labels})
        permission = self.expect(201, "POST", "/containers/create", body={
            "Image": helper, "Cmd": ["gitlab-runner-helper", "cache-init", "/builds"], "Labels": labels,
            "AttachStdout": True, "HostConfig": {"Binds": ["runner-cache:/builds"]}})["Id"]  # fmt: skip
        self.expect(204, "POST", f"/containers/{permission}/start")
        self.assertEqual(self.expect(200, "POST", f"/containers/{permission}/wait?condition=not-running")["StatusCode"], 0)
        self.expect(204, "DELETE", f"/containers/{permission}?force=1&v=1")
        self.expect(200, "POST", "/images/create?fromImage=alpine&tag=3.20")
        image = self.expect(200, "GET", "/images/alpine:3.20/json")["Id"]
        for name in ("predefined", "build"):
            self.create_step(name, image, labels)
        self.expect(204, "DELETE", "/volumes/runner-cache")
        self.assertEqual(self.expect(200, "POST", "/containers/prune?" + filters(label=["com.gitlab.gitlab-runner.managed=true"]))["SpaceReclaimed"], 0)

    def create_step(self, name, image, labels):
        """A script is a container's input; its end is the container's."""
        made = self.expect(201, "POST", f"/containers/create?name={name}", body={
            "Image": image, "Cmd": ["sh"], "Labels": labels, "OpenStdin": True, "StdinOnce": True, "AttachStdin": True,
            "AttachStdout": True, "AttachStderr": True, "HostConfig": {"Binds": ["runner-cache:/builds"]}})["Id"]  # fmt: skip
        attached = self.attach(f"/containers/{made}/attach?stream=1&stdin=1&stdout=1&stderr=1")
        self.expect(204, "POST", f"/containers/{made}/start")
        attached.send(b"set -e\necho hello\n")
        attached.half_close()
        self.assertEqual(written(attached.read_to_end(), 1), b"set -e\necho hello\n")
        self.assertEqual(self.expect(200, "POST", f"/containers/{made}/wait?condition=not-running")["StatusCode"], 0)
        for network in self.expect(200, "GET", f"/containers/{made}/json")["NetworkSettings"]["Networks"]:
            self.expect(200, "POST", f"/networks/{network}/disconnect", body={"Container": made, "Force": True})
        self.expect(204, "DELETE", f"/containers/{made}?force=1&v=1")

    def test_docker_py(self):
        if not docker_py:
            self.skipTest("docker-py is not installed")
        client = docker_py.DockerClient(base_url=f"unix://{self.path}", timeout=PATIENCE)
        self.addCleanup(client.close)
        self.assertEqual(client.images.pull("alpine", tag="3.20").tags, ["alpine:3.20"])
        network = client.networks.create("inner", labels={"a": "b"})
        self.assertEqual(client.networks.list(filters={"label": "a=b"}), [network])
        box = client.containers.run("alpine:3.20", ["sleep", "9"], detach=True, name="box", network="inner", labels={"a": "b"})
        self.assertEqual([each.name for each in client.containers.list(filters={"label": "a=b"})], ["box"])
        self.assertEqual(box.exec_run("ls").exit_code, 0)
        self.assertIn(b"Not run: sleep 9", box.logs(tail=1))
        box.put_archive("/", b"tar")
        box.rename("box2")
        box.pause()
        box.reload()
        self.assertEqual((box.name, box.status), ("box2", "paused"))
        box.unpause()
        box.restart()
        box.stop()
        self.assertEqual(box.wait()["StatusCode"], 143)
        box.remove()
        image, _ = client.images.build(fileobj=io.BytesIO(b"FROM alpine"), tag="own", rm=True)
        self.assertEqual(image.tags, ["own:latest"])
        network.remove()
        self.assertEqual(client.containers.list(all=True), [])


COMPOSE = """
version: "3.7"
services:
  db:
    image: postgres:16
    volumes: ["data:/var/lib/postgresql/data"]
    networks: [inner]
  web:
    build: .
    depends_on: [db]
    ports: ["8080:80"]
    networks: [inner]
volumes: {data: {}}
networks: {inner: {}}
"""


@unittest.skipUnless(os.path.exists("/usr/bin/docker-compose"), "docker-compose is not installed")
class Compose(StubTest):
    def test_a_project_goes_up_and_down(self):
        for name, content in (("docker-compose.yml", COMPOSE), ("Dockerfile", "FROM alpine\n")):
            with open(os.path.join(self.folder, name), "w", encoding="ascii") as file:
                file.write(content)
        self.compose("up", "-d")
        listed = self.ask("GET", "/containers/json?" + filters(label=["com.docker.compose.project=proj"]))[1]
        self.assertEqual(sorted(each["Names"][0] for each in listed), ["/proj_db_1", "/proj_web_1"])
        for each in listed:
            self.assertEqual(list(each["NetworkSettings"]["Networks"]), ["proj_inner"])
        self.assertEqual(len(self.compose("ps", "-q").split()), 2)
        self.assertIn(b"Not run", self.compose("logs", "--no-color", "web"))
        self.compose("up", "-d")
        self.compose("down", "-v", "--rmi", "local")
        self.assertEqual(self.ask("GET", "/containers/json?all=1")[1], [])
        self.assertEqual(self.ask("GET", "/volumes")[1]["Volumes"], [])
        self.assertEqual(self.ask("GET", "/networks?" + filters(type=["custom"]))[1], [])

    def compose(self, *arguments):
        command = ["/usr/bin/docker-compose", "--no-ansi", "-p", "proj", *arguments]
        environment = {**os.environ, "DOCKER_HOST": f"unix://{self.path}"}
        done = subprocess.run(command, capture_output=True, timeout=100, check=False, cwd=self.folder, env=environment)
        self.assertEqual(done.returncode, 0, (command, done.stdout, done.stderr))
        return done.stdout


class DockerClient(StubTest):
    def setUp(self):
        if not docker_clients():
            self.skipTest("no docker CLI is installed")
        super().setUp()

    def docker(self, client, *arguments, stdin=b"", status=0):
        command = [client, "-H", f"unix://{self.path}", *arguments]
        environment = {**os.environ, "DOCKER_BUILDKIT": "0"}
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=60, check=False, env=environment)
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
        self.objects(docker)

    def objects(self, docker):
        docker("network", "create", "--label", "a=b", "inner")
        docker("run", "-d", "--name", "web", "--network", "inner", "-v", "kept:/kept", "-p", "80", "alpine:3.20")
        self.assertEqual(docker("ps", "-q", "--filter", "name=no"), b"")
        self.assertEqual(docker("ps", "--format", "{{.Names}}", "--filter", "network=inner"), b"web\n")
        self.assertRegex(docker("port", "web", "80"), rb"^0\.0\.0\.0:327\d\d\n$")
        docker("network", "rm", "inner", status=1)
        docker("network", "disconnect", "inner", "web")
        built = docker("build", "-t", "own", "-", stdin=b"FROM alpine\n")
        self.assertIn(b"Successfully tagged own:latest", built)
        self.assertIn(b"sha256:", docker("build", "-q", "-", stdin=b"FROM alpine\n"))
        docker("tag", "own", "own:2")
        docker("rmi", "own")
        docker("rm", "-f", "web")
        self.assertIn(b"inner", docker("system", "prune", "-f"))
        self.assertEqual(docker("volume", "ls", "-q"), b"kept\n")
        docker("volume", "prune", "-f")
        docker("image", "prune", "-af")
        self.assertEqual(docker("images", "-q"), b"")
        docker("run", "--rm", "tidegate/demo", status=0)


if __name__ == "__main__":
    unittest.main()
