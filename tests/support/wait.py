# SPDX-License-Identifier: Apache-2.0
"""Bounded waiting. A test that waits longer than this has failed."""

import time

PATIENCE = 30.0  # seconds; generous, since sanitizer builds on busy machines are slow


def wait_until(condition, what, patience=PATIENCE):
    """Polls `condition` until it holds and returns its value, or fails with `what`."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience:.0f} s in vain for {what}")
        time.sleep(0.002)
