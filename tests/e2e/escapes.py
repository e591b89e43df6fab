# SPDX-License-Identifier: Apache-2.0
"""Bodies of ContainerCreate that give a container power over the host, each beside a harmless neighbour.

IMAGE, SOCKET (the engine's), FOLDER (which holds it), HOST (a directory that no profile lists) and
LISTED (one that the profile does, beside it) are filled in where the engine is known.
"""

import json
from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Escape:
    name: str
    body: str
    reason: str  # of tidegate's refusal
    harmless: str  # the nearest body that passes
    shows: Callable = None  # whether what the engine's inspect says of the container proves the escape
    prints: str = None  # what the container prints where it got what the body asks for


def host(name, value):
    """Inspect shows that field of the HostConfig with that value."""
    return lambda container: container["HostConfig"][name] == value


def mounted(source):
    return lambda container: source in [each.get("Source") for each in container["Mounts"]]


def create(config="", **fields):
    """A body: `fields` of the HostConfig, or whatever text stands for it."""
    config = config or '"HostConfig": ' + json.dumps(fields)
    return '{"Image": "IMAGE", "Cmd": ["true"], ' + config + "}"


def field(name, value, reason, harmless):
    """An escape by one field of the HostConfig, which inspect shows as it was sent."""
    return Escape(
        f"{name} {json.dumps(value)}", create(**{name: value}), f"constraint.{reason}", create(**{name: harmless}),
        shows=host(name, value),
    )  # fmt: skip


def capability(spelling):
    """The container's effective set, bit 21: the engine has understood SYS_ADMIN."""
    script = "test $((0x$(grep CapEff /proc/self/status | cut -f 2) >> 21 & 1)) = 1 && echo has it"
    command = '"Cmd": ["sh", "-c", ' + json.dumps(script) + "], "
    return Escape(
        f"CapAdd {spelling}", '{"Image": "IMAGE", ' + command + '"HostConfig": {"CapAdd": ' + spelling + "}}",
        "constraint.capabilities.add", create(CapAdd=["CHOWN"]), prints="has it",
    )  # fmt: skip


def socket(how, at, **fields):
    """A mount by `fields` that shows the engine's socket in the container, at the path `at`."""
    command = '"Cmd": ["sh", "-c", "test -S ' + at + ' && echo the socket"], '
    return Escape(
        f"socket mount: {how}", '{"Image": "IMAGE", ' + command + '"HostConfig": ' + json.dumps(fields) + "}",
        "constraint.docker_socket", create(Binds=["LISTED:/h"]), prints="the socket",
    )  # fmt: skip


def bind(source):
    return {"Binds": [f"{source}:/h"]}


def mount(source, **more):
    return {"Mounts": [{"Type": "bind", "Source": source, "Target": "/h", **more}]}


def local_volume(device):
    options = {"type": "none", "o": "bind", "device": device}
    return {"Type": "volume", "Target": "/h", "VolumeOptions": {"DriverConfig": {"Name": "local", "Options": options}}}


PLAIN_VOLUME = create(Mounts=[{"Type": "volume", "Target": "/h", "VolumeOptions": {"DriverConfig": {"Name": "local"}}}])

NAMESPACES = [
    field("PidMode", "host", "namespaces.pid", ""),
    field("NetworkMode", "host", "namespaces.network", "none"),
    field("IpcMode", "host", "namespaces.ipc", "private"),
    field("UTSMode", "host", "namespaces.uts", ""),
    field("UsernsMode", "host", "namespaces.user", ""),
    # CgroupnsMode is not here: "host" is the default of engines on version 1 of cgroups.
]

CAPABILITIES = [
    capability('["SYS_ADMIN"]'),
    capability('["CAP_SYS_ADMIN"]'),
    capability('["sys_admin"]'),
    capability('["\u017fys_admin"]'),  # Go's ToUpper makes it an S
    capability('"SYS_ADMIN"'),
]

SOCKETS = [
    socket("itself", "/h", **bind("SOCKET")),
    socket("by /var/run", "/h", **bind("/varSOCKET")),
    socket("its directory", "/h/engine.sock", **bind("FOLDER")),
    socket("its directory read-only", "/h/engine.sock", Binds=["FOLDER:/h:ro"]),
    socket("/run", "/hFOLDER/engine.sock", **bind("/run/..")),
    socket("/", "/hSOCKET", **bind("/")),
    socket("by ..", "/h", **bind("LISTED/../../..SOCKET")),
    socket("double slashes", "/h", **bind("/SOCKET")),
    socket("a slash at the end", "/h/engine.sock", **bind("FOLDER/")),
    socket("a dot at the end", "/h/engine.sock", **bind("FOLDER/.")),
    socket("Mounts", "/h", **mount("SOCKET")),
    socket("Mounts of its directory by /var/run", "/h/engine.sock", **mount("/varFOLDER")),
    socket("Mounts by a link of a process", "/h", **mount("/proc/self/rootSOCKET")),
    Escape(
        "/proc, where each process has a link to its root", create(Binds=["/proc:/h"]), "constraint.docker_socket",
        create(Binds=["LISTED:/h"]), shows=mounted("/proc"),
    ),
    socket("a volume's device", "/h/engine.sock", Mounts=[local_volume("FOLDER")]),
]  # fmt: skip

MOUNTS = [
    Escape(
        "a directory that is not listed", create(Binds=["HOST:/h"]), "constraint.binds", create(Binds=["LISTED:/h"]),
        shows=mounted("HOST"),
    ),
    Escape(
        "out of the listed directory by ..", create(Binds=["LISTED/../host:/h"]), "constraint.binds",
        create(Binds=["LISTED/./:/h"]), shows=mounted("HOST"),
    ),
    Escape(
        "shared propagation", create(**mount("LISTED", BindOptions={"Propagation": "rshared"})), "constraint.binds",
        create(**mount("LISTED", BindOptions={"Propagation": "rprivate"})),
        shows=lambda container: container["Mounts"][0]["Propagation"] == "rshared",
    ),
    Escape(
        "a volume that the driver binds", create(Mounts=[local_volume("HOST")]), "constraint.volumes", PLAIN_VOLUME,
        shows=lambda container: container["Mounts"][0]["Driver"] == "local",
    ),
]  # fmt: skip

SECRET = "a secret of the host"

# Names in the listed directory, and what a container has made them lead to.
LINKS = {"host": "HOST", "sockets": "FOLDER"}


def by_link(how, path, harmless, **fields):
    """A mount by `fields` that shows the host's secret in the container, at `path`."""
    return Escape(
        f"by a link below the listed directory: {how}",
        '{"Image": "IMAGE", "Cmd": ["cat", "' + path + '"], "HostConfig": ' + json.dumps(fields) + "}",
        "constraint.binds", create(**harmless), prints=SECRET,
    )  # fmt: skip


BY_LINKS = [
    by_link("Binds", "/h/secret", bind("LISTED"), **bind("LISTED/host")),
    by_link("a file", "/h", bind("LISTED"), **bind("LISTED/host/secret")),
    by_link("read-only", "/h/secret", bind("LISTED"), Binds=["LISTED/host:/h:ro"]),
    by_link("Mounts", "/h/secret", mount("LISTED"), **mount("LISTED/host")),
    by_link("Mounts, read-only", "/h/secret", mount("LISTED", ReadOnly=True), **mount("LISTED/host", ReadOnly=True)),
    Escape(
        "the engine's socket by a link",
        '{"Image": "IMAGE", "Cmd": ["sh", "-c", "test -S /s && echo the socket"], '
        '"HostConfig": {"Binds": ["LISTED/sockets/engine.sock:/s"]}}',
        "constraint.binds", create(Binds=["LISTED:/h"]), prints="the socket",
    ),
]  # fmt: skip

DEVICE = {"PathOnHost": "/dev/null", "PathInContainer": "/dev/x", "CgroupPermissions": "rwm"}

FIELDS = [
    field("Privileged", True, "privileged", False),
    field("CapAdd", ["ALL"], "capabilities.add", []),
    field("SecurityOpt", ["seccomp=unconfined"], "security_opt.seccomp", ["no-new-privileges"]),
    field("SecurityOpt", ["seccomp:unconfined"], "security_opt.seccomp", ["no-new-privileges:true"]),
    field("SecurityOpt", ["apparmor=unconfined"], "security_opt.apparmor", []),
    field("SecurityOpt", ["label=disable"], "security_opt.label", []),
    field("MaskedPaths", [], "security_opt.systempaths", None),
    field("ReadonlyPaths", [], "security_opt.systempaths", None),
    field("Devices", [DEVICE], "devices", []),
    field("DeviceCgroupRules", ["b *:* rwm"], "devices", []),
    field("OomScoreAdj", -500, "resources.oom", 500),
    field("CgroupParent", "/elsewhere", "cgroup_parent", ""),
    field("Sysctls", {"kernel.msgmax": "65536"}, "sysctls", {"net.ipv4.ip_unprivileged_port_start": "0"}),
    field("Sysctls", {"net.ipv4.ip_forward": "1"}, "sysctls", {"kernel.shm_rmid_forced": "1"}),
]

SPELLINGS = [
    Escape(
        "HostConfig at the top level", create('"Privileged": true'), "body.top_level_host_config", create('"Tty": true'),
        shows=host("Privileged", True),
    ),
    Escape(
        "HostConfig at the top level, folded", create('"pIDmODE": "host"'), "body.top_level_host_config", create('"tTY": true'),
        shows=host("PidMode", "host"),
    ),
    Escape(
        "a key with U+017F", create('"Ho\u017ftConfig": {"Privileged": true}'), "body.key_not_ascii",
        create('"hostconfig": {"Privileged": false}'), shows=host("Privileged", True),
    ),
    Escape(
        "a key with U+212A", create('"HostConfig": {"Networ\u212aMode": "host"}'), "body.key_not_ascii",
        create('"HostConfig": {"networkmode": "none"}'), shows=host("NetworkMode", "host"),
    ),
    Escape(
        "an escaped key", create('"HostConfig": {"\\u0050rivileged": true}'), "constraint.privileged",
        create('"HostConfig": {"\\u0050rivileged": false}'), shows=host("Privileged", True),
    ),
    Escape(
        "false, then true in another spelling", create('"HostConfig": {"Privileged": false, "privileged": true}'),
        "body.duplicate_key", create('"HostConfig": {"privileged": false}'), shows=host("Privileged", True),
    ),
    Escape(
        "null after true", create('"HostConfig": {"Privileged": true, "Privileged": null}'),
        "body.duplicate_key", create('"HostConfig": {"Privileged": null}'), shows=host("Privileged", True),
    ),
    Escape(
        "two objects merged", create('"HostConfig": {"Privileged": true}, "HostConfig": {"Memory": 0}'),
        "body.duplicate_key", create('"HostConfig": {"Memory": 0}'), shows=host("Privileged", True),
    ),
    Escape(
        "two arrays merged, element into element",
        create('"HostConfig": {"Mounts": [{"Type": "bind", "Source": "HOST", "Target": "/h"}], "Mounts": [{"ReadOnly": true}]}'),
        "body.duplicate_key", create(**mount("LISTED", ReadOnly=True)), shows=mounted("HOST"),
    ),
    Escape(
        "something behind the value", create(Privileged=False) + create(Privileged=True), "body.trailing_data",
        create(Privileged=False) + "\n", shows=host("Privileged", False),
    ),
]  # fmt: skip
