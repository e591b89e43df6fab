# SPDX-License-Identifier: Apache-2.0
"""Serves one of this folder's policies between two unix sockets, for a corpus runner:

    serve.py BINARY UPSTREAM LISTEN POLICY

UPSTREAM and LISTEN are paths of sockets; POLICY names a file here, without `.yaml`. The places are
written in front of the file, which holds the profile alone, and the binary takes this process over.
"""

import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def configuration(upstream, listen, policy):
    """The text of a whole configuration file."""
    with open(os.path.join(HERE, f"{policy}.yaml"), encoding="utf-8") as file:
        profile = file.read()
    return (
        f'upstream: "unix://{upstream}"\n'
        f'listeners: [{{address: "unix://{listen}", mode: "0600", profile: {policy}}}]\n'
    ) + profile


def main():
    binary, upstream, listen, policy = sys.argv[1:]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False, encoding="utf-8") as file:
        file.write(configuration(upstream, listen, policy))
    os.execv(binary, [binary, "serve", "--config", file.name])


if __name__ == "__main__":
    main()
