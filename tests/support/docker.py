# SPDX-License-Identifier: Apache-2.0
"""The docker CLIs of this machine."""

import os


def docker_clients():
    """Paths of the Docker clients: Debian's, and another if there is one. With CI=true at least one must exist."""
    paths = [path for path in ("/usr/local/bin/docker", "/usr/bin/docker") if os.path.exists(path)]
    if not paths and os.environ.get("CI") == "true":
        raise AssertionError("no docker CLI is installed")
    return sorted({os.path.realpath(path): path for path in paths}.values())
