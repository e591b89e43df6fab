# SPDX-License-Identifier: Apache-2.0
"""README.md and the pages of deploy/docs, for tests of what they show."""

import glob
import os
import re
import shlex

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def paths():
    """README.md and every page of deploy/docs, from the root of the project."""
    found = glob.glob(os.path.join(ROOT, "deploy", "docs", "*.md"))
    return ["README.md", *sorted(os.path.relpath(path, ROOT) for path in found)]


def text(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def blocks(path, language):
    """The contents of the fenced blocks in that language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text(path), re.M | re.S)


def prose(path):
    """The page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text(path), flags=re.M | re.S)


def command_lines(path):
    """What a reader would enter: all of `sh` blocks, and lines behind a `$` in `console` blocks."""
    lines = [line for block in blocks(path, "sh") for line in block.replace("\\\n", " ").splitlines()]
    for block in blocks(path, "console"):
        lines += re.findall(r"^\$ (.*)$", block, re.M)
    return [line for line in lines if line.strip()]


def inline_commands(path):
    """Commands of tidegate's that the text names: `tidegate certs list`."""
    return [" ".join(span.split()) for span in re.findall(r"`(tidegate [a-z][^`]*)`", prose(path))]


def commands(line):
    """The simple commands of a line, each as its words; variables set in front of one are left out."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    found = [[]]
    for word in lexer:
        if set(word) <= set("();<>|&"):
            found.append([])
        elif found[-1] or not re.match(r"\w+=", word):
            found[-1].append(word)
    return [words for words in found if words]


def anchors(path):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", prose(path), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(path):
    """(file from the root, anchor or "") of each link to the project's own files."""
    targets = re.findall(r"\]\(([^)\s]+)\)", prose(path))
    for target in targets:
        if not re.match(r"[a-z]+:", target):
            file, _, anchor = target.partition("#")
            yield os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path, anchor
