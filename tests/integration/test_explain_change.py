# SPDX-License-Identifier: Apache-2.0
"""The change that `tidegate explain` shows: added to the configuration it lets exactly that request pass."""

import json
import re
import unittest

import yaml

from tests.support.explain import ALLOWED, CONFIG, REFUSED, ExplainTest

CREATE, NETWORK, SERVICE = "POST /containers/create", "POST /networks/create", "POST /services/create"
RESTRICTED = {"level": "restricted"}
HARDENED = {"ReadonlyRootfs": True, "CapDrop": ["ALL"], "SecurityOpt": ["no-new-privileges"], "Memory": 67108864, "NanoCpus": 500000000, "PidsLimit": 50}


def host(**members):
    return {"Image": "a", "HostConfig": members}


def hardened(**members):
    return {"Image": "a", "User": "1000:1000", "HostConfig": {**HARDENED, **members}}


# The profile's `containers`, the request, its body, and the change under `containers`: no other key
# or value would do with less.
CHANGES = (
    ({}, CREATE, host(Privileged=True), ["waive: [privileged]"]),
    ({}, CREATE, host(Privileged=True, Binds=["/srv/x:/x"]), ["waive: [privileged]", 'binds: [{path: /srv/x}]']),
    ({}, CREATE, host(Binds=["/srv/a:/a", "/srv/b:/b:ro"]), ["binds: [{path: /srv/a}, {path: /srv/b, read_only: true}]"]),
    ({}, CREATE, host(Binds=["/srv/a:/a", "/etc:/e:ro"]), ["binds: [{path: /srv/a}, {path: /etc, read_only: true}]"]),
    ({"binds": [{"path": "/opt", "read_only": True}]}, CREATE, host(Binds=["/opt:/o", "/srv:/s"]),
     ["binds: [{path: /opt, read_only: false}, {path: /srv}]"]),
    ({"binds": [{"path": "/opt"}]}, CREATE, host(Binds=["/opt/x:/o"]), ["waive: [binds]"]),
    ({}, CREATE, host(Binds=["/opt/*:/o"]), ["waive: [binds]"]),
    ({}, CREATE, host(Binds=["/var/run/docker.sock:/s"]), ["docker_socket: allow", "binds: [{path: /run/docker.sock}]"]),
    ({}, CREATE, host(CapAdd=["SYS_ADMIN"]), ["capabilities: {add: [AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, "
     "NET_BIND_SERVICE, NET_RAW, SETFCAP, SETGID, SETPCAP, SETUID, SYS_CHROOT, SYS_ADMIN]}"]),
    ({"capabilities": {"add": ["CHOWN"]}}, CREATE, host(CapAdd=["CHOWN", "NET_ADMIN"]), ["capabilities: {add: [NET_ADMIN]}"]),
    (RESTRICTED, CREATE, hardened(CapAdd=["NET_BIND_SERVICE", "KILL"]), ["capabilities: {add: [NET_BIND_SERVICE, KILL]}"]),
    ({}, CREATE, host(Devices=[{"PathOnHost": "/dev/sda", "CgroupPermissions": "r"}, {"PathOnHost": "/dev/fuse"}]),
     ["devices: [{path: /dev/sda, permissions: r}, {path: /dev/fuse}]"]),
    ({}, CREATE, host(LogConfig={"Type": "syslog"}), ["log_drivers: [json-file, local, journald, none, syslog]"]),
    ({}, "POST /volumes/create", {"Name": "v", "Driver": "rclone"}, ["volume_drivers: [local, rclone]"]),
    ({}, NETWORK, {"Name": "n", "Driver": "macvlan"}, ["network_drivers: [bridge, overlay, none, \"null\", default, macvlan]"]),
    ({"sysctls": []}, CREATE, host(Sysctls={"net.core.somaxconn": "1"}), ["sysctls: [net.core.somaxconn]"]),
    ({}, "POST /build?networkmode=ci", None, ["build: {networks: [default, none, ci]}"]),
    ({"memory": {"max": "64m"}}, CREATE, host(), ["enforce: {memory: 67108864}"]),
    ({"memory": {"max": "4g"}}, CREATE, host(Memory=0), ["enforce: {memory: 512m}"]),
    ({"memory": {"max": "64m"}}, CREATE, host(Memory=134217728, MemorySwap=536870912), ["memory: {max: 268435456}"]),
    ({"cpus": {"max": 0.5}}, CREATE, host(), ["enforce: {cpus: 0.5}"]),
    ({"pids": {"max": 10}}, CREATE, host(PidsLimit=0), ["enforce: {pids: 10}"]),
    ({"pids": {"max": 10}}, CREATE, host(PidsLimit=-1), ["waive: [resources.pids]"]),
    ({"ulimits": {"nofile": 10}}, CREATE, host(Ulimits=[{"Name": "nofile", "Soft": 30, "Hard": 20}]), ["ulimits: {nofile: 30}"]),
    (RESTRICTED, CREATE, {"Image": "a"}, [
        "enforce: {drop_all_capabilities: true, no_new_privileges: true, user: \"1000:1000\", read_only_rootfs: true, memory: 512m, "
        "cpus: 1, pids: 256}"]),
    (RESTRICTED, CREATE, hardened(PortBindings={"80/tcp": [{"HostIp": "", "HostPort": "80"}]}), ["waive: [ports]"]),
    (RESTRICTED, CREATE, hardened(PortBindings={"80/tcp": [{"HostIp": "10.0.0.1"}, {"HostIp": "127.0.0.1"}]}),
     ["ports: {addresses: [\"127.0.0.1\", \"::1\", \"10.0.0.1\"]}"]),
    ({"networks": ["web"]}, CREATE, host(NetworkMode="host"), ["waive: [namespaces.network]"]),
    ({"networks": ["web"]}, CREATE, host(NetworkMode="my-net"), ["networks: [my-net]"]),
    ({"images": ["alpine"], "require_digest": True, "build": {"images": "any"}}, CREATE, {"Image": "b:1"},
     ["images: [b:1]", "require_digest: false"]),
    ({"images": ["alpine"], "build": {"images": "any"}}, "POST /images/b/tag?repo=a&tag=1", None, ["images_write: [a:1]"]),
    ({}, NETWORK, {"Name": "n", "IPAM": {"Config": [{"Subnet": "10.20.0.0/16"}]}}, ["subnets: [\"10.20.0.0/16\"]"]),
    ({}, CREATE, {"Image": "a", "Frob": 1}, ["unknown_fields: drop"]),
    ({}, CREATE, {"Image": "a", "Frob": 1, "HostConfig": {"PidMode": "host"}}, ["unknown_fields: drop", "waive: [namespaces.pid]"]),
    ({}, CREATE, host(VolumesFrom=["web"], PidMode="container:web"), ["container_namespaces: true", "volumes_from: true"]),
    ({"tmpfs": {"max": "1m"}}, CREATE, host(Tmpfs={"/x": "size=2m"}, ShmSize=4194304), ["tmpfs: {max: 4194304}"]),
)


class Changes(ExplainTest):
    def run_judge(self, profile, request, body):
        config = self.write("asked", yaml.safe_dump({
            "version": 1, "listeners": [{"address": "unix:///run/a.sock", "profile": "ci"}], "profiles": {"ci": profile},
        }))  # fmt: skip
        more = ["--body", json.dumps(body)] if body is not None else []
        return self.run_explain("--profile", "ci", "--json", *request.split(" "), *more, config=config)

    def judge(self, profile, request, body, status):
        done = self.run_judge(profile, request, body)
        self.assertEqual(done.returncode, status, (profile, done.stdout, done.stderr))
        return json.loads(done.stdout)["requests"][0]

    def assert_change(self, profile, request, body, change):
        """It is shown, it makes the request pass, and no line of it can be left out."""
        told = self.judge(profile, request, body, REFUSED)
        self.assertEqual(sorted(told.get("change", [])), sorted("profiles.ci." + line for line in change), told["message"])
        wider = changed(profile, told["change"])
        self.judge(wider, request, body, ALLOWED)
        for i in range(len(change)) if len(change) > 1 else ():
            fewer = self.run_judge(changed(profile, told["change"][:i] + told["change"][i + 1 :]), request, body)
            self.assertIn(fewer.returncode, (REFUSED, CONFIG), told["change"])
        return wider

    def test_of_containers_lets_the_request_pass(self):
        for containers, request, body, change in CHANGES:
            with self.subTest(request, containers=containers, body=body):
                profile = {"allow": ["*", "ServiceCreate"], "containers": containers}
                self.assert_change(profile, request, body, ["containers." + line for line in change])

    def test_lets_nothing_else_pass(self):
        everything = {"allow": ["*"]}
        for body, another in (
            (host(Binds=["/etc/ssl:/e:ro"]), host(Binds=["/etc/ssl:/e"])), (host(Binds=["/:/e"]), host(Binds=["/etc:/e"])),
            (host(CapAdd=["SYS_ADMIN"]), host(CapAdd=["ALL"])), (host(Devices=[{"PathOnHost": "/dev/sda"}]), host(Devices=[{"PathOnHost": "/dev/sdb"}])),
        ):  # fmt: skip
            told = self.judge(everything, CREATE, body, REFUSED)
            self.judge(changed(everything, told["change"]), CREATE, another, REFUSED)

    def test_takes_nothing_away(self):
        for body, usual in (
            (host(CapAdd=["NET_ADMIN"]), host(CapAdd=["CHOWN"])), (host(LogConfig={"Type": "gelf"}), host(LogConfig={"Type": "local"})),
            (host(Sysctls={"kernel.msgmax": "1"}), host(Sysctls={"net.ipv4.tcp_syncookies": "1"})),
        ):  # fmt: skip
            told = self.judge({"allow": ["*"]}, CREATE, body, REFUSED)
            self.judge(changed({"allow": ["*"]}, told["change"]), CREATE, usual, ALLOWED)

    def test_of_allow_and_deny_lets_the_operation_pass(self):
        logs = "GET /containers/web/logs"
        others = ", ".join(name for name in self.read_sensitive() if name != "ContainerLogs")
        for profile, request, change in (
            ({"allow": ["ContainerList"]}, logs, ["allow: [ContainerLogs]"]),
            ({"allow": ["@read"], "deny": ["ContainerLogs"]}, logs, ["deny: without ContainerLogs"]),
            ({"allow": ["ContainerList"], "deny": ["ContainerLogs"]}, logs, ["allow: [ContainerLogs]", "deny: without ContainerLogs"]),
            ({"allow": ["@read"], "deny": ["@read-sensitive"]}, logs, [f'deny: [{others}], in place of "@read-sensitive"']),
            ({"allow": ["@read"], "deny": ["@read-sensitive", "ContainerLogs"]}, logs,
             [f'deny: [{others}], in place of "@read-sensitive"', "deny: without ContainerLogs"]),
            ({"allow": ["ContainerList"], "containers": {"images": ["alpine"]}}, "POST /build",
             ["allow: [ImageBuild]", "containers.build: {images: any}"]),
        ):  # fmt: skip
            with self.subTest(profile):
                wider = self.assert_change(profile, request, None, change)
                self.judge(wider, "POST /containers/prune", None, REFUSED)

    def read_sensitive(self):
        """The names of the group, as a profile that has nothing else prints them."""
        told = self.judge({"allow": ["@read"], "deny": ["@read-sensitive"]}, "GET /containers/web/logs", None, REFUSED)
        names = re.search(r"\[(.*)\]", told["change"][0]).group(1).split(", ")
        self.assertIn("ContainerExport", names)
        return names

    def test_is_said_to_be_none_where_no_addition_would_do(self):
        body = {"Image": "a", "HostConfig": {"Binds": "no list"}}
        for request, asked in (("POST /nothing", None), (CREATE, body), ("GET /containers/a//json", None)):
            self.assertNotIn("change", self.judge({"allow": ["*"]}, request, asked, REFUSED))
        said = self.explain("--profile", "ci", "POST", "/nothing", status=REFUSED)
        self.assertLine(said, "operation", "unknown")
        self.assertLine(said, "allow by", "nothing to add to profile ci")

    def test_names_a_missing_limit_once(self):
        told = self.judge({"allow": ["*"], "containers": RESTRICTED}, CREATE, hardened(PidsLimit=0), REFUSED)
        self.assertEqual(told["message"].count("PidsLimit"), 1)


def changed(profile, lines):
    """The profile with the lines of a change: lists grow, maps are joined, other values replaced."""
    profile = json.loads(json.dumps(profile))
    for line in lines:
        path, value = line.removeprefix("profiles.ci.").split(": ", 1)
        denied = re.fullmatch(r'(?:(\[.*\]), in place of "(.*)"|without (.*))', value) if path == "deny" else None
        if denied:
            profile["deny"].remove(denied[2] or denied[3])
            profile["deny"] += yaml.safe_load(denied[1] or "[]")
            continue
        value = yaml.safe_load(value)
        for key in reversed(path.split(".")):
            value = {key: value}
        extend(profile, value)
    return profile


def extend(to, more):
    for key, value in more.items():
        if isinstance(value, dict) and key in to:
            extend(to[key], value)
        elif isinstance(value, list) and key in to:
            paths = [each["path"] for each in value if isinstance(each, dict)]
            to[key] = [each for each in to[key] if not (isinstance(each, dict) and each["path"] in paths)] + value
        else:
            to[key] = value


if __name__ == "__main__":
    unittest.main()
