# SPDX-License-Identifier: Apache-2.0
"""Addresses for an engine's networks, so that several engines can run side by side."""

import fcntl
import os
import tempfile

BLOCKS = 32  # more than there are files, so that no count of CPUs runs out of them


class Addresses:
    """A block of 172.31.0.0/16 that no other test has while this object, or its process, lives."""

    def __init__(self):
        self._lock, block = _first_free_block()
        self.bridge = f"172.31.{block * 8}.1/24"  # docker0's stand-in
        self.spare = f"172.31.{block * 8 + 2}.0/24"  # for a network that a client gives a subnet
        self.of_the_host = f"172.31.{block * 8 + 3}.0/24"  # for one that the host has
        self.pool = f"base=172.31.{block * 8 + 4}.0/22,size=26"  # for 16 networks that clients create

    def release(self):
        os.close(self._lock)


def _first_free_block():
    for block in range(BLOCKS):
        path = os.path.join(tempfile.gettempdir(), f"tidegate-e2e-addresses-{block}")
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock, block
        except BlockingIOError:
            os.close(lock)
    raise AssertionError(f"{BLOCKS} engines of these tests are running already")
