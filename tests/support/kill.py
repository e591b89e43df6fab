# SPDX-License-Identifier: Apache-2.0
"""Kills a program between two changes of its files, with strace."""

import collections
import os
import re
import shutil
import signal
import subprocess
import tempfile

# Whatever changes a file or folder, but for the mode and owner of a draft, which nobody reads. A name with "?" may be
# unknown on this architecture.
CHANGES = ("write", "fsync", "?rename", "?renameat", "?link", "?linkat", "?unlink", "?unlinkat", "?mkdir", "?mkdirat",
           "?chmod", "?fchmodat")  # fmt: skip
# A revocation that writes two lists has more states than that.
FEWEST_STATES = 3


def killed_at(call, number, command):
    """Runs `command` and kills it as it enters the system call of that number; returns whether it had so many."""
    done = strace(command, f"trace={call}", f"inject={call}:signal=KILL:when={number}")
    if done.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(f"{command} ends with {done.returncode}: {done.stderr}")
    return done.returncode != 0


def each_interruption(command, folder):
    """
    Runs `command`, which changes `folder`, again and again, and kills it at each of its changes in turn.

    Yields the call and its number if the folder is left in a state that no earlier kill has left: most calls change a
    draft only, or nothing. Each run begins with the folder as it was before.
    """
    with tempfile.TemporaryDirectory() as place:
        before = os.path.join(place, "before")
        if os.path.exists(folder):
            shutil.copytree(folder, before)
        seen = set()
        for call, calls in count_changes(command).items():
            for number in range(1, calls + 1):
                restore(folder, before)
                if not killed_at(call, number, command):
                    raise AssertionError(f"{command} has no {call} of number {number}")
                state = state_of(folder, before)
                if state not in seen:
                    seen.add(state)
                    yield call, number
        if len(seen) < FEWEST_STATES:
            raise AssertionError(f"{command} is killed in {len(seen)} states only")


def strace(command, *expressions, output=os.devnull):
    traced = ["strace", "-f", "-qq", "-o", output, *(part for one in expressions for part in ("-e", one)), *command]
    # The leak sanitizer cannot work in a process that is traced already.
    environment = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
    return subprocess.run(traced, env=environment, capture_output=True, text=True, timeout=60, check=False)


def count_changes(command):
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", errors="replace") as log:
        done = strace(command, f"trace={','.join(CHANGES)}", output=log.name)
        if done.returncode != 0:
            raise AssertionError(f"{command} ends with {done.returncode}: {done.stderr}")
        return collections.Counter(re.findall(r"^\d+ +(\w+)\(", log.read(), re.MULTILINE))


def restore(folder, before):
    shutil.rmtree(folder, ignore_errors=True)
    if os.path.exists(before):
        shutil.copytree(before, folder)


def state_of(folder, before):
    """Which files and folders are new, changed or as before, without what is random in their names."""
    found = []
    for where, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(where, name)
            old = os.path.join(before, os.path.relpath(path, folder))
            if not os.path.exists(old):
                name = re.sub(r"^[0-9A-F]+(\.pem)", r"SERIAL\1", re.sub(r"(\.draft)-\w{6}$", r"\1", name))
                change = "new"
            else:
                change = "changed" if name in files and contents(path) != contents(old) else "as before"
            mode = os.stat(path).st_mode if name in folders else ""
            found.append(f"{os.path.relpath(where, folder)}/{name} {change} {mode}")
    return tuple(sorted(found))


def contents(path):
    with open(path, "rb") as file:
        return file.read()
