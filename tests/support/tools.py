# SPDX-License-Identifier: Apache-2.0
"""Programs that a test calls and that not every machine has."""

import os
import shutil
import unittest


def tool(name, package):
    """The path of a program. If it is missing the test is skipped, or fails with CI=true."""
    path = shutil.which(name)
    if path:
        return path
    if os.environ.get("CI") == "true":
        raise AssertionError(f"{name} is missing (package {package})")
    raise unittest.SkipTest(f"{name} is missing (package {package})")
