#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Files and functions stay small enough to be read at a sitting. Tables (*.inc) are exempt.

usage: check_sizes.py [--self-test] [root]
"""

import pathlib
import re
import sys

ROOMS = ("acl", "config", "tls", "proxy")
FILE = {"median": 150, "p90": 300, "max": 500}  # lines
FUNCTION = {"median": 10, "p90": 35, "max": 60}  # lines, from its signature to its last brace
COLUMNS = 100

NO_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
NO_FUNCTION = re.compile(r"\s*(?:namespace|class|struct|enum|union|extern|template\s*<[^{]*>\s*(?:class|struct)|concept)\b")


def functions(text):
    """(first line, lines, signature) of each function body: a brace scan, good enough for our style."""
    code = NO_CODE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    code = re.sub(r"^\s*#.*(?:\\\n.*)*$", lambda m: re.sub(r"[^\n]", " ", m.group()), code, flags=re.M)
    open_braces, start = [], 0
    for at, char in enumerate(code):
        if char == "{":
            head = code[start:at]
            inside = any(brace is not None for brace in open_braces)
            is_function = not inside and "(" in head and not NO_FUNCTION.match(head)
            open_braces.append((start + len(head) - len(head.lstrip()), head) if is_function else None)
            start = at + 1
        elif char == "}":
            opened = open_braces.pop() if open_braces else None
            if opened:
                first = code.count("\n", 0, opened[0]) + 1
                yield first, code.count("\n", 0, at) + 2 - first, " ".join(opened[1].split())
            start = at + 1
        elif char == ";" or (char == ":" and code[start:at].strip() in ("public", "private", "protected")):
            start = at + 1


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0


def over(values, bounds, what):
    for name, share in (("median", 0.5), ("p90", 0.9)):
        if quantile(values, share) > bounds[name]:
            yield f"the {name} {what} has {quantile(values, share)} lines, more than {bounds[name]}"


def check(texts):
    """All that is too large; `texts` maps paths to contents."""
    sizes, bodies = [], []
    for path, text in texts.items():
        lines = text.splitlines()
        sizes.append(len(lines))
        if len(lines) > FILE["max"]:
            yield f"{path}: {len(lines)} lines, more than {FILE['max']}"
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS:
                yield f"{path}:{number}: {len(line)} columns, more than {COLUMNS}"
        for number, length, signature in functions(text):
            bodies.append(length)
            if length > FUNCTION["max"]:
                yield f"{path}:{number}: {length} lines, more than {FUNCTION['max']}: {signature[:60]}"
    yield from over(sizes, FILE, "file")
    yield from over(bodies, FUNCTION, "function")


def self_test():
    small = "namespace a {\nint f(int x) {\n  if (x) { return 1; }\n  return '{';\n}\nstruct S {\n  int g() const { return 2; }\n};\n}\n"
    assert [(first, lines) for first, lines, _ in functions(small)] == [(2, 4), (7, 1)], list(functions(small))
    long = "void f() {\n" + "  g();\n" * 60 + "}\n"
    assert any("62 lines" in problem for problem in check({"a.cpp": long}))
    assert any("columns" in problem for problem in check({"a.cpp": "x" * 101}))
    assert any("501 lines" in problem for problem in check({"a.cpp": "\n" * 501}))
    assert any("median file" in problem for problem in check({"a.cpp": "\n" * 160}))
    assert not list(check({"a.cpp": small}))


def main(arguments):
    if arguments[:1] == ["--self-test"]:
        return self_test()
    root = pathlib.Path(arguments[0] if arguments else ".")
    texts = {str(path.relative_to(root)): path.read_text(encoding="utf-8")
             for room in ROOMS for path in sorted((root / room).rglob("*.[ch]pp"))}
    if not texts:
        sys.exit(f"no sources below {root}")
    found = list(check(texts))
    lengths = [length for text in texts.values() for _, length, _ in functions(text)]
    print("\n".join(found))
    print(f"{len(texts)} files, {len(lengths)} functions; function median {quantile(lengths, 0.5)}, "
          f"p90 {quantile(lengths, 0.9)}, longest {max(lengths, default=0)}")
    sys.exit(bool(found))


if __name__ == "__main__":
    main(sys.argv[1:])
