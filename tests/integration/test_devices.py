# SPDX-License-Identifier: Apache-2.0
"""GPUs and CDI devices that a profile lists, as docker commands ask for them and as the engine gets them."""

import json
import os
import subprocess

from tests.support.daemon import DaemonTest
from tests.support.docker import docker_clients
from tests.support.fake_engine import reply
from tests.support.http import request

GPUS = {"Driver": "", "Count": -1, "DeviceIDs": None, "Capabilities": [["gpu"]], "Options": {}}
CDI = {"Driver": "cdi", "Count": 0, "DeviceIDs": ["vendor.com/gpu=0"], "Capabilities": None, "Options": None}
ENGINE = ("Api-Version: 1.48", "Ostype: linux")
CREATED = {"GET /_ping": reply(200, b"OK", *ENGINE), "HEAD /_ping": reply(200, b"", *ENGINE),
           "POST /containers/create": reply(201, b'{"Id":"c0ffee","Warnings":[]}')}


class Devices(DaemonTest):
    def serve_devices(self, *devices):
        self.serve(CREATED, profiles={"p": {"allow": ["*"], "containers": {"devices": list(devices)}}})

    def docker(self, client, *options):
        environment = {**os.environ, "DOCKER_HOST": f"unix://{self.path('in.sock')}", "DOCKER_CONFIG": self.folder}
        return subprocess.run([client, "create", "--pull", "never", *options, "image"], env=environment,
                              capture_output=True, text=True, timeout=60, check=False)

    def sent(self):
        """The HostConfig of the last container that was created."""
        created = [each for each in self.engine.requests if each.target.endswith("/containers/create")]
        return json.loads(created[-1].body)["HostConfig"] if created else None

    def create(self, device_request):
        body = {"Image": "image", "HostConfig": {"DeviceRequests": [device_request]}}
        return self.ask(request("POST", "/v1.48/containers/create", body=json.dumps(body).encode()))

    def test_all_gpus_reach_the_engine_as_the_client_asks_for_them(self):
        self.serve_devices({"gpu": "all"})
        for client in docker_clients():
            done = self.docker(client, "--gpus", "all")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(self.sent()["DeviceRequests"], [GPUS])
        self.assertRefused(self.create(CDI), 403, "constraint.devices")

    def test_a_gpu_reaches_the_engine_by_its_index_alone(self):
        self.serve_devices({"gpu": 1})
        for client in docker_clients():
            done = self.docker(client, "--gpus", "device=1")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(self.sent()["DeviceRequests"], [{**GPUS, "Count": 0, "DeviceIDs": ["1"]}])
            for gpus in ("all", "device=0", "2"):
                done = self.docker(client, "--gpus", gpus)
                self.assertIn("DeviceRequests[0]", done.stderr)
                self.assertNotEqual(done.returncode, 0)
        self.assertEqual(len([each for each in self.engine.requests if each.method == "POST"]), len(docker_clients()))

    def test_a_cdi_device_reaches_the_engine(self):
        self.serve_devices({"cdi": "vendor.com/gpu=0"})
        self.assertEqual(self.create(CDI).status, 201)
        self.assertEqual(self.sent()["DeviceRequests"], [CDI])
        for client in docker_clients():
            done = self.docker(client, "--device", "vendor.com/gpu=0")
            if "is not an absolute path" in done.stderr:  # a client of before 25, which knows paths only
                continue
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(self.sent()["DeviceRequests"][0]["DeviceIDs"], ["vendor.com/gpu=0"])

    def test_nothing_reaches_the_engine_of_what_is_not_listed(self):
        self.serve_devices({"path": "/dev/fuse"})
        self.assertIn("`containers.devices: [{gpu: all}]` would allow it",
                      self.assertRefused(self.create(GPUS), 403, "constraint.devices"))
        self.assertIn("`containers.devices: [{cdi: 'vendor.com/gpu=0'}]` would allow it",
                      self.assertRefused(self.create(CDI), 403, "constraint.devices"))
        self.assertEqual(self.engine.total, 0)


class TopLevel(DaemonTest):
    """docker-py's low-level API and dockerode's examples write fields of HostConfig at the top level."""

    BODY = {"Image": "image", "Memory": 64 << 20, "Cpuset": "0", "HostConfig": {"AutoRemove": True}}

    def create(self, body):
        return self.ask(request("POST", "/v1.41/containers/create", body=json.dumps(body).encode()))

    def test_they_reach_the_engine_in_host_config(self):
        self.serve(CREATED, profiles={"p": {"allow": ["*"], "containers": {"level": "unconfined"}}})
        self.assertEqual(self.create(self.BODY).status, 201)
        self.assertEqual(json.loads(self.engine.requests[-1].body),
                         {"Image": "image", "HostConfig": {"AutoRemove": True, "Memory": 64 << 20, "CpusetCpus": "0"}})

    def test_they_are_checked_there(self):
        self.serve(CREATED, profiles={"p": {"allow": ["*"], "containers": {"unknown_fields": "drop"}}})
        self.assertEqual(self.create(self.BODY).status, 201)
        body = {**self.BODY, "Privileged": True, "HostConfig": None}
        self.assertRefused(self.create(body), 403, "constraint.privileged")
        self.assertEqual(len(self.engine.requests), 1)

    def test_beside_a_host_config_few_fill_its_gaps(self):
        self.serve(CREATED, profiles={"p": {"allow": ["*"], "containers": {"unknown_fields": "drop"}}})
        body = {**self.BODY, "Privileged": True, "HostConfig": {"Memory": 8 << 20}}
        self.assertEqual(self.create(body).status, 201)
        self.assertEqual(json.loads(self.engine.requests[-1].body),
                         {"Image": "image", "HostConfig": {"Memory": 8 << 20, "CpusetCpus": "0"}})

    def test_empty_lists_do_not_unmask_paths(self):
        self.serve(CREATED, profiles={"p": {"allow": ["*"], "containers": {"client_habits": "keep"}}})
        for host_config in {}, {"HostConfig": None}:
            body = {"Image": "b", "MaskedPaths": [], "ReadonlyPaths": [], **host_config}
            self.assertRefused(self.create(body), 403, "body.top_level_host_config")
        self.assertEqual(self.create({"Image": "b", "Memory": 0, "New": 0}).status, 201)
        self.assertEqual([json.loads(each.body) for each in self.engine.requests], [{"Image": "b", "New": 0}])

    def test_in_shadow_mode_they_reach_the_engine_with_the_refusal_on_record(self):
        self.serve(CREATED, profiles={"p": {"allow": ["*"], "mode": "shadow"}})
        self.assertEqual(self.create({"Image": "x", "Binds": ["/:/h"]}).status, 201)
        self.assertEqual(json.loads(self.engine.requests[-1].body), {"Image": "x", "HostConfig": {"Binds": ["/:/h"]}})
        record = self.daemon.await_audit()[-1]
        self.assertEqual((record["would_deny"], record["reason"]), (True, "body.top_level_host_config"))
