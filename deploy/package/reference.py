#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the man page and the completions for bash, zsh and fish from what `tidegate --help` prints, and the changelog
that a Debian package needs. Its date is SOURCE_DATE_EPOCH, or now.

usage: reference.py PROGRAM DIRECTORY MAINTAINER
"""

import email.utils
import gzip
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field

OPTION = re.compile(r"^\s+(?:-\w,)?(--[\w-]+)(?: ((?:TEXT|U?INT|FLOAT)\S*))?")


@dataclass
class Verb:
    """One verb as its help describes it. `words` is how it is called, such as ["certs", "client"]."""

    words: list
    summary: str = ""
    usage: str = ""
    options: list = field(default_factory=list)  # (row, --name, takes a value, meaning)
    positionals: list = field(default_factory=list)  # (row, meaning)
    below: list = field(default_factory=list)  # Verb
    footer: list = field(default_factory=list)  # lines


def help_of(program, words):
    done = subprocess.run([program, *words, "--help"], capture_output=True, text=True, check=True)
    return done.stdout.rstrip("\n").split("\n")


def read(program, words=()):
    """Asks for the help of a verb and of those below it."""
    verb, section, lines = Verb(list(words)), "summary", help_of(program, words)
    for at, line in enumerate(lines):
        if line.startswith("Usage: "):
            verb.usage, section = line[len("Usage: "):], ""
        elif line.strip() in ("Options:", "Positionals:", "Subcommands:"):
            section = line.strip(" :")
        elif section == "summary":
            verb.summary = f"{verb.summary} {line}".strip()
        elif not line and section:
            section = "" if any(follows.strip(" :") in ("Options", "Subcommands") or follows.startswith("[Option Group")
                                for follows in lines[at + 1:]) else "footer"
        elif section == "footer":
            verb.footer.append(line)
        elif section:
            add_row(program, verb, section, line)
    return verb


def add_row(program, verb, section, line):
    """Takes one row; a meaning may stand on the line after its option."""
    option = OPTION.match(line)
    row, _, meaning = re.sub(r"^\s+|\s{2,}", "\0", line).strip("\0").partition("\0")
    if section == "Subcommands":
        verb.below.append(read(program, [*verb.words, row]))
    elif section == "Options" and option:
        verb.options.append([row, option[1], bool(option[2]), meaning])
    elif section == "Positionals" and re.match(r"^  \S", line):
        verb.positionals.append([row, meaning])
    elif verb.options and section == "Options" and not verb.options[-1][3] and not line.startswith("["):
        verb.options[-1][3] = line.strip()


def all_of(verb):
    yield verb
    for below in verb.below:
        yield from all_of(below)


def roff(text):
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("'", "\\(aq")
    return "\\&" + escaped if escaped.startswith(".") else escaped


def man_section(verb):
    lines = [f".SS {roff('tidegate ' + ' '.join(verb.words))}", roff(verb.summary), ".PP", f".B {roff(verb.usage)}"]
    for row, meaning in verb.positionals + [(row, meaning) for row, name, _, meaning in verb.options if name != "--help"]:
        lines += [".TP", f".B {roff(row)}", roff(meaning) or "\\&"]
    if verb.footer:
        lines += [".PP", ".nf", *(roff(line) or ".sp" for line in verb.footer), ".fi"]
    return lines


def man_page(top, version):
    lines = [
        f'.TH TIDEGATE 1 "" "tidegate {version}" "User Commands"',
        ".SH NAME", "tidegate \\- filtering proxy for the socket of the Docker Engine",
        ".SH SYNOPSIS", f".B tidegate {roff('VERB')}", "[OPTIONS]",
        ".SH DESCRIPTION", roff(top.summary),
        ".SH VERBS",
    ]  # fmt: skip
    for verb in all_of(top):
        if verb is not top:
            lines += man_section(verb)
    lines += [
        ".SH FILES", ".TP", ".I /etc/tidegate/tidegate.yaml", "The configuration of the service.",
        ".TP", ".I /usr/share/doc/tidegate/config.md", "Every key of the configuration.",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def names(verb):
    return [below.words[-1] for below in verb.below] + [option[1] for option in verb.options]


def bash_completion(top):
    rows = "\n".join(f'    "{" ".join(verb.words)}") words="{" ".join(names(verb))}" ;;' for verb in all_of(top))
    paths = "|".join(f'"{" ".join(verb.words)}"' for verb in all_of(top) if verb.words)
    values = "|".join(sorted({option[1] for verb in all_of(top) for option in verb.options if option[2]}))
    return f"""# bash completion for tidegate, made from its --help
_tidegate() {{
  local path="" next word words=""
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    next="${{path:+$path }}$word"
    case "$next" in {paths}) path=$next ;; esac
  done
  case "${{COMP_WORDS[COMP_CWORD-1]}}" in
    {values}) COMPREPLY=($(compgen -f -- "$2")); return ;;
  esac
  case "$path" in
{rows}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$2"))
  [[ -n ${{COMPREPLY[*]}} ]] || COMPREPLY=($(compgen -f -- "$2"))
}}
complete -o filenames -F _tidegate tidegate
"""


def zsh_completion(top):
    return "#compdef tidegate\nautoload -Uz bashcompinit && bashcompinit\n" + bash_completion(top)


def fish_completion(top):
    lines = ["# fish completion for tidegate, made from its --help"]
    for verb in all_of(top):
        here = " && ".join(f"__fish_seen_subcommand_from {word}" for word in verb.words)
        if verb.below:
            others = " ".join(below.words[-1] for below in verb.below)
            condition = " && ".join(filter(None, [here, f"not __fish_seen_subcommand_from {others}"]))
            for below in verb.below:
                lines.append(f"complete -c tidegate -f -n {quoted(condition)} -a {below.words[-1]} -d {quoted(below.summary)}")
        for _, name, takes_value, meaning in verb.options:
            value = " -r" if takes_value else ""
            condition = f" -n {quoted(here)}" if here else ""
            lines.append(f"complete -c tidegate{condition} -l {name[2:]}{value} -d {quoted(meaning)}")
    return "\n".join(lines) + "\n"


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def changelog(version, maintainer):
    date = email.utils.formatdate(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())), localtime=False)
    return f"""tidegate ({version}) unstable; urgency=medium

  * CHANGELOG.md in this directory says what has changed.

 -- {maintainer}  {date}
"""


def main(program, directory, maintainer):
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout.split()[1]
    top = read(program)
    os.makedirs(directory, exist_ok=True)
    for name, text in (("tidegate.1.gz", man_page(top, version)), ("changelog.gz", changelog(version, maintainer))):
        with open(os.path.join(directory, name), "wb") as file:
            file.write(gzip.compress(text.encode(), mtime=0))
    for name, text in (("tidegate", bash_completion(top)), ("_tidegate", zsh_completion(top)), ("tidegate.fish", fish_completion(top))):
        with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
