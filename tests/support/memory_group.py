# SPDX-License-Identifier: Apache-2.0
"""A control group with little memory for one process, if this user may create one."""

import os
import pathlib
import re

MOUNT = pathlib.Path("/sys/fs/cgroup")


class MemoryGroup:
    """Below this process's own group (v1), or beside it (v2: a group has processes or parts)."""

    def __init__(self, folder, limits):
        self.folder = folder
        self._limits = limits
        folder.mkdir()

    @classmethod
    def make(cls, limit):
        """Returns None if it cannot be created."""
        groups = pathlib.Path("/proc/self/cgroup").read_text(encoding="ascii")
        name = f"tidegate-test-{os.getpid()}"
        first = re.search(r"^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:/(.*)$", groups, re.M)
        second = re.search(r"^0::/(.*)$", groups, re.M)
        if first:
            places = [(MOUNT / "memory" / first.group(1) / name, ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes"))]
        else:
            own = MOUNT / second.group(1)
            places = [(own.parent / name, ("memory.max", "memory.swap.max"))] if own != MOUNT else []
        for folder, (memory, swap) in places:
            group = None
            try:
                group = cls(folder, {memory: limit, swap: 0 if memory == "memory.max" else limit})
                group.set()
                return group
            except OSError:
                if group:
                    group.remove()
        return None

    def set(self):
        (memory, limit), (swap, most) = self._limits.items()
        (self.folder / memory).write_text(str(limit), encoding="ascii")
        if (self.folder / swap).exists():
            (self.folder / swap).write_text(str(most), encoding="ascii")

    def enter(self):
        """Joins the group; runs in the child process before it becomes the program."""
        (self.folder / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")

    def remove(self):
        self.folder.rmdir()
