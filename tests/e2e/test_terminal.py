# SPDX-License-Identifier: Apache-2.0
"""Terminals work through tidegate: typing, window sizes, detaching, exit codes."""

import unittest

from tests.e2e.engine import IMAGE
from tests.e2e.stage import DebianClient, OtherClient, StageTest
from tests.e2e.terminal import DETACH, Terminal

# The client tells the engine its window's size only after the start, so the size is waited for.
AWAIT_SIZE = 'until test "$(stty size 2>/dev/null)" = "40 100"; do sleep 0.1; done; echo sized; '


class TerminalWorkflows:
    def test_run_on_a_terminal(self):
        def workflow(t):
            screen = Terminal(t, t.command, "run", "-it", "--rm", IMAGE, "sh", "-c", AWAIT_SIZE + "read x; echo got $x; exit 3")
            screen.expect(b"sized\r\n")
            screen.type(b"words\r")
            screen.expect(b"got words\r\n")
            screen.finish(3)

        self.assert_same(workflow)

    def test_exec_on_a_terminal(self):
        def workflow(t):
            t.docker("run", "-d", "--name", "ex", IMAGE, "sleep", "600", quiet=True)
            screen = Terminal(t, t.command, "exec", "-it", "ex", "sh", "-c", AWAIT_SIZE + "read x; echo got $x; exit 4")
            screen.expect(b"sized\r\n")
            screen.type(b"more\r")
            screen.finish(4)
            t.docker("rm", "-f", "ex")

        self.assert_same(workflow)

    def test_attach_detach_and_attach_again(self):
        def workflow(t):
            t.docker("run", "-dit", "--name", "at", IMAGE, "sh", "-c", "while read x; do echo got $x; done; exit 5", quiet=True)
            screen = Terminal(t, t.command, "attach", "at")
            screen.type(b"one\r")
            screen.expect(b"got one\r\n")
            screen.type(DETACH)
            screen.finish(None)  # 20.10 and 28 disagree about the code; what matters is that both ways agree
            t.docker("inspect", "--format", "{{.State.Running}}", "at")
            screen = Terminal(t, t.command, "attach", "--detach-keys", "ctrl-x", "at")
            screen.type(b"two\r")
            screen.expect(b"got two\r\n")
            screen.type(b"\x18")
            screen.finish(None)
            screen = Terminal(t, t.command, "attach", "at")
            screen.type(b"three\r")
            screen.expect(b"got three\r\n")
            screen.type(b"\x04")  # end of input
            screen.finish(5)
            t.docker("rm", "at")

        self.assert_same(workflow)

    def test_interrupt_from_the_keyboard(self):
        def workflow(t):
            program = "trap 'echo stopped; exit 6' INT; echo ready; while :; do sleep 0.1; done"
            screen = Terminal(t, t.command, "run", "-it", "--rm", IMAGE, "sh", "-c", program)
            screen.expect(b"ready\r\n")
            screen.type(b"\x03")
            screen.expect(b"stopped\r\n")
            screen.finish(6)

        self.assert_same(workflow)


class DebianTerminal(TerminalWorkflows, DebianClient, StageTest):
    pass


class OtherTerminal(TerminalWorkflows, OtherClient, StageTest):
    pass


if __name__ == "__main__":
    unittest.main()
