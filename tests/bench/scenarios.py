# SPDX-License-Identifier: Apache-2.0
"""What is measured, and what is wanted of tidegate."""

import dataclasses
import os
from collections.abc import Callable

API = "/v1.50"
PING, LIST, CREATE = "/_ping", f"{API}/containers/json", f"{API}/containers/create"
BODY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "container_create.json")
STREAM = "stream=1&stdin=1&stdout=1"

KEEP_ALIVE = ("--connections", 16)
ASK_PING = ("--path", PING, *KEEP_ALIVE)
ASK_PING_FEW = ("--path", PING, "--connections", 4)  # handshakes are counted too, so few of them
ASK_LIST = ("--path", LIST, *KEEP_ALIVE)
ASK_CREATE = ("--path", CREATE, "--body", BODY, "--expect", 201, *KEEP_ALIVE)
ASK_REFUSED = ("--path", f"{API}/secrets", "--expect", 403, *KEEP_ALIVE)
CONNECT_AND_PING = ("--path", PING, "--each", 1, "--connections", 4)
CONNECT_AND_ASK = ("--path", PING, "--path", LIST, "--each", 2, "--connections", 4)


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table."""

    title: str
    wanted: str
    beside: str = ""  # how it is shown: "added" to direct, as a "share" of direct, or by itself


@dataclasses.dataclass(frozen=True)
class Scenario:
    """What is measured in one go: a figure for each row."""

    name: str
    rows: list[Row]
    measure: Callable  # of a stage and a contestant
    direct: bool = False  # whether the engine by itself is measured too
    split: bool = False  # whether clients and engine have a CPU of their own
    connections: int = 0  # that a contestant must be able to hold
    tidegate_only: bool = False


def cpu_per_request(stage, proxy, words, over="unix"):
    """Microseconds of the proxy's CPU time."""
    before = proxy.process.cpu_time()
    made = stage.load(proxy, "requests", "--seconds", stage.size.seconds, *words, over=over)["requests"]
    return (proxy.process.cpu_time() - before) / made


def cpu_per_gigabyte(stage, proxy, verb, path, over="unix"):
    """Seconds of the proxy's CPU time."""
    before = proxy.process.cpu_time()
    moved = stage.load(proxy, verb, "--path", API + path, "--mebibytes", stage.size.mebibytes, over=over)["bytes"]
    return (proxy.process.cpu_time() - before) / 1e6 / (moved / 1e9)


def requests(name, title, wanted, words, over="unix"):
    return Scenario(name, [Row(f"{title}, CPU µs per request", wanted)], lambda s, p: [cpu_per_request(s, p, words, over)])


def bulk(name, title, wanted, verb, path, over="unix"):
    return Scenario(name, [Row(f"{title}, CPU s/GB", wanted)], lambda s, p: [cpu_per_gigabyte(s, p, verb, path, over)])


def latency(stage, contestant):
    """Of one connection, one request at a time."""
    took = stage.load(contestant, "requests", "--seconds", stage.size.seconds, "--path", LIST)
    return [took["p50"], took["p99"]]


def throughput(name, title, wanted, words):
    def measure(stage, contestant):
        made = stage.load(contestant, "requests", "--seconds", stage.size.seconds, *words)
        return [made["requests"] / made["seconds"]]

    return Scenario(name, [Row(f"{title}, requests/s as a share of direct", wanted, "share")], measure, direct=True, split=True)


def echo(stage, contestant):
    return [stage.load(contestant, "echo", "--seconds", stage.size.seconds, "--path", f"{API}/containers/echo/attach?{STREAM}")["p50"]]


def memory(stage, proxy):
    """Of a fresh one at rest, of the same with idle connections, and of another with streams."""
    with stage.another(proxy) as fresh:
        at_rest = fresh.process.memory()
        with stage.held(fresh, stage.size.held, PING):
            idle = fresh.process.memory()
    with stage.another(proxy) as fresh, stage.held(fresh, stage.size.held, f"{API}/events"):
        return [at_rest, idle, fresh.process.memory()]


def growth_with_connections(stage, proxy):
    alone = cpu_per_request(stage, proxy, ASK_PING)
    with stage.held(proxy, stage.size.many, PING):
        return [cpu_per_request(stage, proxy, ASK_PING) / alone]


def growth(**options):
    """Measured where rules and profiles are looked for: at the beginning of a connection."""

    def measure(stage, tidegate):
        with stage.another(tidegate) as one, stage.another(tidegate, **options) as many:
            return [cpu_per_request(stage, many, CONNECT_AND_ASK) / cpu_per_request(stage, one, CONNECT_AND_ASK)]

    return measure


def scenarios(size):
    """All of them, in the order of the table."""
    halved, shipped, parity = "≤ 0.45 × Tecnativa, ≤ 0.95 × tuned", "≤ {} × Tecnativa".format, "≤ 1.1 × tuned"
    ask_bulk, grown = f"{size.mebibytes}/get", "× the CPU of a request with"
    enough = "≥ 0.55 × direct, ≥ 2.2 × Tecnativa"
    return [
        requests("ping", "ping", halved, ASK_PING),
        requests("list", "list of 2 KiB", halved, ASK_LIST),
        requests("create", "create", shipped(0.65), ASK_CREATE),
        requests("connect", "a client per connection (connect, ping, list, close)", shipped(0.65), CONNECT_AND_ASK),
        requests("refusal", "refusal", shipped(0.6), ASK_REFUSED),
        requests("tcp-ping", "ping over TCP", shipped(0.55), ASK_PING, "tcp"),
        Scenario("latency", [Row("list on one connection, p50 µs, added to direct", "≤ 30", "added"),
                             Row("list on one connection, p99 µs, added to direct", shipped(0.4), "added")], latency, direct=True),
        throughput("ping-throughput", "ping", enough, ASK_PING),
        throughput("create-throughput", "create", enough, ASK_CREATE),
        bulk("save", "image save, chunked", shipped(0.6), "download", f"/images/chunked-{ask_bulk}"),
        bulk("save-sized", "image save, content-length", shipped(0.25), "download", f"/images/sized-{ask_bulk}"),
        bulk("load", "image load, chunked", shipped(0.6), "upload", "/images/load"),
        bulk("tunnel", "output of an attached container", shipped(0.25), "stream", f"/containers/bulk-{size.mebibytes}/attach?{STREAM}"),
        Scenario("echo", [Row("64 bytes through an attached container and back, p50 µs", parity)], echo, direct=True),
        requests("tls-handshake", "mutual TLS: full handshake and ping", shipped(0.7), CONNECT_AND_PING, "tls"),
        requests("tls-ping", "mutual TLS: ping", shipped(0.6), ASK_PING_FEW, "tls"),
        bulk("tls-save", "mutual TLS: image save", shipped(0.7), "download", f"/images/chunked-{ask_bulk}", "tls"),
        bulk("tls-load", "mutual TLS: image load", shipped(0.7), "upload", "/images/load", "tls"),
        Scenario("memory", [Row("memory at rest, MiB", "≤ 6"), Row(f"memory with {size.held:,} idle connections, MiB", "≤ 14"),
                            Row(f"memory with {size.held:,} streams of events, MiB", "≤ 16")], memory),
        Scenario("connections", [Row(f"{size.many:,} idle connections beside, {grown}out", "≤ 1.1")], growth_with_connections,
                 connections=size.many),
        Scenario("rules", [Row(f"{size.rules:,} rules, {grown} 1", "≤ 1.1")], growth(rules=size.rules), tidegate_only=True),
        Scenario("profiles", [Row(f"{size.profiles:,} profiles, {grown} 1", "≤ 1.1")], growth(profiles=size.profiles),
                 tidegate_only=True),
    ]  # fmt: skip
