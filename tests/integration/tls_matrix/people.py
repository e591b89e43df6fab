# SPDX-License-Identifier: Apache-2.0
"""Who takes part in many rows: the authorities and the usual client."""

from tests.support.pki import authority

SERVER_CA = authority("Server CA")  # clients trust it, and the listeners do not
SERVER = SERVER_CA.server()

ROOT = authority("Corp Root")  # most listeners trust it
STRANGER = authority("Another Root")  # none does
OPS = ROOT.client("ops-1")


def listener(client_ca=ROOT, shown=SERVER, clients=None, **tls):
    """A listener of the stage; `client_ca` is a certificate or a path."""
    ca = client_ca if isinstance(client_ca, str) else client_ca.cert
    who = {"clients": clients} if clients else {"profile": "p"}
    return {"tls": {"cert": shown.cert, "key": shown.key, "client_ca": ca, **tls}, **who}
