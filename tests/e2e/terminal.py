# SPDX-License-Identifier: Apache-2.0
"""A command on a terminal of its own, driven as a person would: read, then type."""

import fcntl
import os
import pty
import select
import struct
import termios
import time

from tests.e2e.transcript import Result

DETACH = b"\x10\x11"  # Ctrl-P Ctrl-Q, docker's default

# The client may still try to tell a size to a container that has ended, or not.
RESIZED_TOO_LATE = b"failed to resize tty, using default size\r\n"


class Terminal:
    def __init__(self, transcript, *command, rows=40, columns=100):
        self.transcript = transcript
        self.command = command
        self.seen = b""
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._leader = leader
        self._process = transcript.start(
            *command, stdin=follower, stdout=follower, stderr=follower,
            preexec_fn=lambda: (os.setsid(), fcntl.ioctl(0, termios.TIOCSCTTY, 0)),
        )  # fmt: skip
        os.close(follower)

    def type(self, data):
        os.write(self._leader, data)

    def expect(self, mark, patience=60.0):
        """Reads until `mark` is on the screen after what an earlier expect() found."""
        end = time.monotonic() + patience
        while mark not in self.seen:
            if not self._read(end):
                raise AssertionError(f"no {mark!r} on the terminal, but {self.seen!r}")
        before, _, self.seen = self.seen.partition(mark)
        self.transcript.note(f"  terminal: {before + mark!r}")

    def finish(self, code=0, patience=60.0):
        """Waits for the command's end and records it with what is left on the screen."""
        end = time.monotonic() + patience
        while self._read(end):
            pass
        result = Result(self._process.wait(patience), self.seen, b"")
        os.close(self._leader)
        name = os.path.basename(self.command[0])
        self.transcript.note(f"$ (terminal) {name} {' '.join(self.command[1:])}  -> {result.code}")
        self.transcript.note(f"  terminal: {self.seen.replace(RESIZED_TOO_LATE, b'')!r}")
        if code is not None and result.code != code:
            raise AssertionError(f"{self.command} ended with {result.code}, not {code}: {self.seen!r}")
        return result

    def _read(self, end):
        """False at the end of the terminal."""
        left = max(0.0, end - time.monotonic())
        if not select.select([self._leader], [], [], left)[0]:
            self._process.kill()
            raise AssertionError(f"{self.command} hangs; on its terminal: {self.seen!r}")
        try:
            data = os.read(self._leader, 65536)
        except OSError:  # EIO: the other side is closed
            return False
        self.seen += data
        return bool(data)
