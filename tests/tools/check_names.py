#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A name in an unnamed namespace is one file's of its folder: release builds compile a folder's files
together (CMakeLists.txt, in_batches), and two of a name would not compile there, or overload each other.

usage: check_names.py [--self-test] [root]
"""

import collections
import pathlib
import re
import sys

ROOMS = ("acl", "config", "tls", "proxy")

NO_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|^\s*#.*?(?<!\\)$', re.S | re.M)
TYPE = re.compile(r"(?:template <.*> *)?(?:struct|class|enum(?: class)?|union|using) (\w+)\b(?! *::)")
OTHER = re.compile(r"(?!namespace|using|template|static_assert)\w[\w:<>,*&\[\] ]*?[\s*&](\w+) *[(={\[;]")


def names(text):
    """(line, name) of what the unnamed namespaces of a file declare: a scan, good enough for our style,
    which puts each declaration at the first column."""
    code = NO_CODE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    depth = None  # of braces within the unnamed namespace; None outside of it
    for number, line in enumerate(code.splitlines(), 1):
        if depth is None:
            depth = 0 if line.startswith("namespace {") else None
            continue
        found = (TYPE.match(line) or OTHER.match(line)) if depth == 0 else None
        if found:
            yield number, found.group(1)
        depth += line.count("{") - line.count("}")
        if depth < 0:
            depth = None


def clashes(texts):
    """What two files of a folder declare. `texts` maps paths to contents."""
    places = collections.defaultdict(dict)
    for path, text in texts.items():
        for number, name in names(text):
            places[path.rpartition("/")[0], name].setdefault(path, f"{path}:{number}")
    for (_, name), found in places.items():
        first, *others = found.values()
        for other in others:
            yield f"{other}: {name} is in the unnamed namespace of {first} too; share it or rename it"


def self_test():
    one = "namespace a {\nnamespace {\n\nint f(int x) {\n  int y = 0;\n  return x;\n}\nstruct S {\n  int g();\n};\nconstexpr int k = 1;\n}  // namespace\nint h() {}\n}\n"
    assert list(names(one)) == [(4, "f"), (8, "S"), (11, "k")], list(names(one))
    assert len(list(clashes({"r/a.cpp": one, "r/b.cpp": one}))) == 3
    assert not list(clashes({"r/a.cpp": one, "r/s/b.cpp": one}))


def main(arguments):
    if arguments[:1] == ["--self-test"]:
        return self_test()
    root = pathlib.Path(arguments[0] if arguments else ".")
    texts = {str(path.relative_to(root)): path.read_text(encoding="utf-8")
             for room in ROOMS for path in sorted((root / room).rglob("*.cpp"))}
    if not texts:
        sys.exit(f"no sources below {root}")
    found = list(clashes(texts))
    count = sum(len(list(names(text))) for text in texts.values())
    print("\n".join(found) or f"{count} names in unnamed namespaces, each in one file of its folder")
    sys.exit(bool(found))


if __name__ == "__main__":
    main(sys.argv[1:])
