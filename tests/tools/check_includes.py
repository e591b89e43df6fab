#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Who may include whom. Rooms depend downwards only: proxy on config on acl, proxy on tls.
acl/text is below all of them.

usage: check_includes.py [--self-test] [root]
"""

import pathlib
import re
import sys

STANDARD = r"<[a-z_]+>|<c[a-z]+>"
SYSTEM = r"<(arpa/|netinet/|sys/)?[a-z_]+\.h>"

# Per folder: what an #include may look like. The longest folder that holds a file decides.
MAY_INCLUDE = {
    "acl": [STANDARD, r"<emmintrin\.h>", r'"acl/.*"'],
    "acl/text": [STANDARD, r"<arpa/inet\.h>", r'"acl/text/.*"'],
    "config": [STANDARD, r"<yaml-cpp/.*>", r"<nlohmann/.*>", SYSTEM, r'"(acl|config)/.*"'],
    "tls": [STANDARD, r"<openssl/.*>", SYSTEM, r'"tls/.*"', r'"acl/(text/.*|result\.hpp)"'],
    # The daemon knows neither the stand-in engine nor the command line.
    "proxy": [r"<.*>", r'"(acl|config|tls)/.*"', r'"proxy/(?!engine_stub/|explain/|verbs/|commands).*"'],
    "proxy/http": [r"<.*>", r'"(acl|config)/.*"', r'"proxy/(?!engine_stub/|explain/|verbs/|commands|session|server|worker).*"'],
    # The stand-in engine borrows how bytes arrive and leave, and nothing of what the proxy does with them.
    "proxy/engine_stub": [r"<.*>", r'"(acl/(headers|request|text/.*)|config/address)\.hpp"',
                          r'"proxy/(engine_stub/.*|http/writer\.hpp|(client|deadline|listener|socket)\.hpp)"'],
    **dict.fromkeys(["proxy/explain", "proxy/verbs", "proxy/commands.hpp", "proxy/commands.cpp", "proxy/main.cpp"],
                    [r"<.*>", r'"(acl|config|tls|proxy)/.*"']),
}
ROOMS = [folder for folder in MAY_INCLUDE if "/" not in folder]

# The policy is a function of its arguments: it has no clock, file, thread or stream to ask.
ACL_NEVER = "chrono ctime filesystem fstream iostream thread mutex shared_mutex atomic future random cstdlib cstdio".split()

# Libraries that one place alone may know.
ONLY_IN = {
    r"<llhttp\.h>": r"proxy/http/(chunks\.(cpp|hpp)|head_agreement\.cpp)",
    r"<arpa/inet\.h>": r"acl/text/ip\.cpp",
    r"<CLI/.*>": r"proxy/(main\.cpp|verbs/.*)",
    r"<yaml-cpp/.*>": r"config/.*",
}

INCLUDE = re.compile(r'^\s*#\s*include\s+(<[^>]+>|"[^"]+")')


def room_of(path):
    """The folder of the table that decides about a file."""
    return max((folder for folder in MAY_INCLUDE if path == folder or path.startswith(folder + "/")), key=len)


def problems(path, text):
    """What is wrong in one file; `path` is relative to the root."""
    room = room_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        included = match.group(1)
        if "../" in included:
            yield f"{path}:{number}: {included}: no relative includes"
        elif not any(re.fullmatch(allowed, included) for allowed in MAY_INCLUDE[room]):
            yield f"{path}:{number}: {room} may not include {included}"
        elif path.startswith("acl/") and included[1:-1] in ACL_NEVER:
            yield f"{path}:{number}: acl/ is pure and may not include {included}"
        for library, place in ONLY_IN.items():
            if re.fullmatch(library, included) and not re.fullmatch(place, path):
                yield f"{path}:{number}: {included} is for {place} alone"


def cycles(texts):
    """Headers that include each other in a circle. `texts` maps paths to contents."""
    edges = {path: [i[1:-1] for i in (m.group(1) for m in map(INCLUDE.match, text.splitlines()) if m) if i[0] == '"']
             for path, text in texts.items()}
    done, trail = set(), []

    def visit(path):
        if path in trail:
            yield " -> ".join([*trail[trail.index(path) :], path])
            return
        if path in done:
            return
        trail.append(path)
        for included in edges.get(path, []):
            yield from visit(included)
        trail.pop()
        done.add(path)

    for path in edges:
        yield from visit(path)


def self_test():
    bad = [
        ("acl/a.cpp", '#include "config/load.hpp"'),
        ("acl/a.cpp", "#include <chrono>"),
        ("acl/a.cpp", "#include <boost/asio.hpp>"),
        ("config/a.cpp", '#include "proxy/session.hpp"'),
        ("config/a.cpp", "#include <spdlog/spdlog.h>"),
        ("tls/a.cpp", '#include "acl/policy.hpp"'),
        ("proxy/a.cpp", "#include <llhttp.h>"),
        ("proxy/a.cpp", '#include "../acl/policy.hpp"'),
        ("proxy/a.cpp", '#include "proxy/engine_stub/serve.hpp"'),
        ("proxy/http/a.cpp", '#include "proxy/session.hpp"'),
        ("proxy/engine_stub/a.cpp", '#include "proxy/session.hpp"'),
        ("acl/text/a.cpp", '#include "acl/policy.hpp"'),
        ("acl/text/a.cpp", "#include <chrono>"),
    ]
    good = [
        ("acl/a.cpp", "#include <string>"),
        ("acl/a.cpp", '#include "acl/text/glob.hpp"'),
        ("proxy/a.cpp", '#include "acl/policy.hpp"'),
        ("proxy/http/chunks.cpp", "#include <llhttp.h>"),
        ("proxy/engine_stub/a.cpp", '#include "acl/request.hpp"'),
        ("proxy/explain/a.cpp", '#include "proxy/engine_stub/serve.hpp"'),
    ]
    assert all(list(problems(*case)) for case in bad), [case for case in bad if not list(problems(*case))]
    assert not any(list(problems(*case)) for case in good)
    assert list(cycles({"a": '#include "b"', "b": '#include "a"'}))


def main(arguments):
    if arguments[:1] == ["--self-test"]:
        return self_test()
    root = pathlib.Path(arguments[0] if arguments else ".")
    texts = {str(path.relative_to(root)): path.read_text(encoding="utf-8")
             for room in ROOMS for path in sorted((root / room).rglob("*.[chi][pn][pc]"))}
    if not texts:
        sys.exit(f"no sources below {root}")
    found = [problem for path, text in texts.items() for problem in problems(path, text)]
    found += [f"a circle of includes: {circle}" for circle in cycles(texts)]
    print("\n".join(found) or f"{len(texts)} files include what they may")
    sys.exit(bool(found))


if __name__ == "__main__":
    main(sys.argv[1:])
