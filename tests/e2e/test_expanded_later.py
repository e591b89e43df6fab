# SPDX-License-Identifier: Apache-2.0
"""What the engine, swarm and the drivers make of a text after the check: sent directly it takes effect,
through tidegate it does not, and the nearest harmless text passes.
"""

import json
import subprocess
import unittest
import urllib.parse

from tests.e2e.engine import IMAGE
from tests.e2e.test_escapes import CREATE, PROFILE, EscapeTest
from tests.support.http import request
from tests.support.wait import wait_until


def post(target, body=None):
    return request("POST", target, body=json.dumps(body or {}).encode())


class ExpandedTest(EscapeTest):
    def output_of(self, data):
        """Creates the container `escape` directly and runs it to its end; what it prints."""
        self.addCleanup(self.remove)
        created = self.direct(data)
        self.assertEqual(created.status, 201, created)
        started = self.direct(request("POST", "/containers/escape/start"))
        self.assertEqual(started.status, 204, started)
        self.direct(request("POST", "/containers/escape/wait"))
        printed = self.direct(request("GET", "/containers/escape/logs?stdout=1&details=1")).body.decode("utf-8", "replace")
        self.remove()
        return printed


class Containers(ExpandedTest):
    def container(self, program, **host_config):
        return post(CREATE, {"Image": IMAGE, "Cmd": ["sh", "-c", program], "HostConfig": host_config})

    def logged(self, **options):
        return self.container("echo a line", LogConfig={"Type": "json-file", "Config": options})

    def test_a_log_tag_that_the_engine_pads(self):
        bad = self.logged(tag='{{pad "x" 1000000 1}}')
        self.assertGreater(len(self.output_of(bad)), 1_000_000)
        self.assert_stopped(bad, "constraint.log_driver")
        self.assert_passes(self.logged(tag="{{.ImageName}}/{{.Name}}"))
        self.remove()

    def test_log_files_without_end(self):
        options = {"max-size": "1", "max-file": "1000000"}
        bad = self.logged(**options)
        self.assertEqual(self.direct(bad).status, 201)
        self.assertEqual(self.get("/containers/escape/json")["HostConfig"]["LogConfig"]["Config"], options)
        self.remove()
        self.assert_stopped(bad, "constraint.log_driver")
        self.assert_passes(self.logged(**{"max-size": "10m", "max-file": "3"}))
        self.remove()

    def test_a_tmpfs_larger_than_the_profile_says(self):
        program = "grep ' /x ' /proc/mounts"
        bad = self.container(program, Tmpfs={"/x": "size=100g"})
        self.assertIn("size=104857600k", self.output_of(bad))
        self.assert_stopped(bad, "constraint.tmpfs")
        good = self.container(program, Tmpfs={"/x": "rw,noexec,nosuid,size=65536k"})
        self.assert_passes(good)
        self.remove()
        self.assertIn("size=65536k", self.output_of(good))

    def test_a_volume_in_memory_larger_than_the_profile_says(self):
        def volume(options):
            return post("/v1.41/volumes/create", {"Name": "vol", "DriverOpts": {"type": "tmpfs", "device": "tmpfs", "o": options}})

        self.assertEqual(self.direct(volume("size=100g")).status, 201)
        mounted = self.container("grep ' /x ' /proc/mounts", Binds=["vol:/x"])
        self.assertIn("size=104857600k", self.output_of(mounted))
        self.direct(request("DELETE", "/volumes/vol"))
        self.assert_stopped(volume("size=100g"), "constraint.tmpfs")
        self.assert_passes(volume("size=64m"))
        self.direct(request("DELETE", "/volumes/vol"))


class Images(ExpandedTest):
    profile = {**PROFILE, "containers": {"level": "baseline", "images": [IMAGE.split(":")[0], "listed/*"]}}

    def setUp(self):
        self.addCleanup(self.remove, "victim")
        self.assertEqual(self.direct(post("/v1.41/containers/create?name=victim", {"Image": IMAGE, "Cmd": ["true"]})).status, 201)

    def commit(self, change):
        return post(f"/v1.41/commit?container=victim&changes={urllib.parse.quote(change)}")

    def test_a_label_by_an_instruction(self):
        bad = self.commit("LABEL com.docker.swarm.service.id=spoof")
        made = json.loads(self.direct(bad).body)["Id"]
        self.assertEqual(self.get(f"/images/{made}/json")["Config"]["Labels"]["com.docker.swarm.service.id"], "spoof")
        self.direct(request("DELETE", f"/images/{made}"))
        self.assert_stopped(bad, "constraint.labels")
        made = json.loads(self.assert_passes(self.commit("LABEL com.example.id=mine")).body)["Id"]
        self.direct(request("DELETE", f"/images/{made}"))

    def test_lines_that_go_on_in_the_next_instruction(self):
        target = "/v1.41/commit?container=victim&changes=LABEL%20a=b%20%5C&changes=com.docker.swarm.x=spoof"
        made = json.loads(self.direct(post(target)).body)["Id"]
        self.assertEqual(self.get(f"/images/{made}/json")["Config"]["Labels"]["com.docker.swarm.x"], "spoof")
        self.direct(request("DELETE", f"/images/{made}"))
        self.assert_stopped(post(target), "constraint.changes")

    def test_other_content_under_a_listed_name(self):
        bad = request("POST", f"/v1.41/images/{IMAGE}/tag?repo=listed/app&tag=1")
        self.assertEqual(self.direct(bad).status, 201)
        self.assertEqual(self.direct(post(CREATE, {"Image": "listed/app:1"})).status, 201)
        self.remove()
        self.direct(request("DELETE", "/images/listed/app:1"))
        self.assert_stopped(bad, "constraint.images")


class Users(ExpandedTest):
    profile = {
        "allow": PROFILE["allow"],
        "containers": {"level": "restricted", "waive": ["read_only_rootfs", "capabilities.drop", "resources.memory",
                                                        "resources.cpus", "resources.pids", "security_opt.no_new_privileges"]},
    }  # fmt: skip

    def test_a_user_without_a_group_is_in_group_root(self):
        for user in ("1000", "1000:"):
            with self.subTest(user):
                bad = post(CREATE, {"Image": IMAGE, "User": user, "Cmd": ["sh", "-c", "echo group $(id -g)."]})
                self.assertIn("group 0.", self.output_of(bad))
                self.assert_stopped(bad, "constraint.user")
        good = post(CREATE, {"Image": IMAGE, "User": "1000:1000", "Cmd": ["sh", "-c", "echo group $(id -g)."]})
        self.assert_passes(good)
        self.remove()
        self.assertIn("group 1000.", self.output_of(good))


class Services(ExpandedTest):
    profile = {**PROFILE, "allow": [*PROFILE["allow"], "@service", "@task", "@swarm"]}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        command = ["/usr/bin/docker", "-H", cls.engine.host, "swarm"]
        subprocess.run([*command, "init", "--advertise-addr", "127.0.0.1"], check=True, capture_output=True)
        cls.addClassCleanup(subprocess.run, [*command, "leave", "--force"], check=True, capture_output=True)

    def setUp(self):
        self.addCleanup(self.remove_service)

    def service(self, **container):
        return post("/v1.41/services/create", {"Name": "svc", "TaskTemplate": {"ContainerSpec": {"Image": IMAGE, **container}}})

    def remove_service(self):
        self.direct(request("DELETE", "/services/svc"))
        wait_until(lambda: not self.get("/containers/json?all=1"), "the tasks' containers to go", 60)

    def config_of_a_task(self):
        """Of any that there is: a task that fails is replaced."""
        for each in self.get("/containers/json?all=1"):
            answer = self.direct(request("GET", f"/containers/{each['Id']}/json"))
            if answer.status == 200:
                return json.loads(answer.body)["Config"]
        return None

    def volume_options(self):
        answer = self.direct(request("GET", "/volumes/expanded"))
        return json.loads(answer.body)["Options"] if answer.status == 200 else None

    def test_templates_that_make_a_bind_of_a_volume_in_memory(self):
        options = {"type": "tmpfs", "o": 'size=1k{{printf "%cbind" 44}}', "device": '{{printf "%c" 47}}'}
        mount = {"Type": "volume", "Source": "expanded", "Target": "/h", "VolumeOptions": {"DriverConfig": {"Name": "local", "Options": options}}}
        bad = self.service(Command=["sleep", "600"], Mounts=[mount])
        self.assertEqual(self.direct(bad).status, 201)
        wait_until(self.volume_options, "the volume of the task", 60)
        self.assertEqual(self.volume_options(), {"type": "tmpfs", "o": "size=1k,bind", "device": "/"})
        self.remove_service()
        self.direct(request("DELETE", "/volumes/expanded"))
        answer = self.through(bad)
        self.assertEqual(answer.status, 403, answer)
        self.assertIn("templates", answer.body.decode())
        self.assertEqual(self.get("/services"), [])

    def test_templates_in_the_environment(self):
        bad = self.service(Command=["sleep", "600"], Env=['A={{printf "%c" 47}}'])
        self.assert_stopped(bad, "constraint.templates")
        self.assert_passes(self.service(Command=["sleep", "600"], Hostname="h-{{.Task.Slot}}", Env=["NODE={{.Node.Hostname}}"]))
        wait_until(self.config_of_a_task, "the task's container", 60)
        config = self.config_of_a_task()
        self.assertEqual(config["Hostname"], "h-1")
        self.assertNotIn("{{", str(config["Env"]))


if __name__ == "__main__":
    unittest.main()
