#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How much product code there is: lines of sources, headers and tables by room. The stand-in engine is
counted for itself, for the daemon does not know it.

usage: count_lines.py [root]
"""

import collections
import pathlib
import sys

ROOMS = ("acl", "config", "tls", "proxy")
APART = "engine_stub"
SUFFIXES = (".cpp", ".hpp", ".inc")


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else ".")
    lines = collections.Counter()
    for room in ROOMS:
        for path in (root / room).rglob("*"):
            if path.suffix in SUFFIXES:
                apart = APART in str(path.relative_to(root))
                lines[APART if apart else room] += path.read_bytes().count(b"\n")
    product = sum(lines[room] for room in ROOMS)
    if not product:
        sys.exit(f"no sources below {root}")
    print(f"{product} lines of product code: " + ", ".join(f"{room} {lines[room]}" for room in ROOMS)
          + f"; besides, the stand-in engine {lines[APART]}")


if __name__ == "__main__":
    main(sys.argv[1:])
