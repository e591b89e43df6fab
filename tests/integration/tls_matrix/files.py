# SPDX-License-Identifier: Apache-2.0
"""What `tidegate check` says of a listener's files: what cannot be served is refused before anybody comes."""

import functools
import json
import os
import subprocess

from cryptography.hazmat.primitives import hashes, serialization

from tests.integration.tls_matrix.people import OPS, ROOT, SERVER, SERVER_CA, STRANGER
from tests.support.pki import authority, bundle, scratch, written

CONFIG = 78  # the exit status for a configuration that is not accepted
MUTE = authority("Root without cRLSign", usages=("key_cert_sign",))


class FileRow:
    """`files` makes what the usual listener gets in addition. `is_accepted` and `words` are what is said."""

    def __init__(self, name, files, is_accepted, words=None):
        self.name, self.files, self.is_accepted, self.words = name, files, is_accepted, words

    def run(self, test, _):
        tls = {"cert": SERVER.cert, "key": SERVER.key, "client_ca": ROOT.cert, "crl": [], **self.files()}
        config = {
            "upstream": "unix:///run/docker.sock",
            "listeners": [{"address": "tcp://127.0.0.1:2376", "profile": "p", "tls": tls}],
            "profiles": {"p": {"allow": ["SystemPing"]}},
        }
        command = [os.environ["TIDEGATE"], "check", written(json.dumps(config).encode())]
        done = subprocess.run(command, capture_output=True, check=False)
        said = (done.stdout + done.stderr).decode()
        test.assertEqual(done.returncode, 0 if self.is_accepted else CONFIG, said)
        if self.words:
            test.assertIn(self.words, said)
        else:
            test.assertNotIn(scratch(), said.replace(command[-1], ""), "a word about a file")


def refused(name, words, **files):
    return FileRow(name, lambda: {key: make() for key, make in files.items()}, False, words)


def warned(name, words, **files):
    return FileRow(name, lambda: {key: make() for key, make in files.items()}, True, words)


def accepted(name, **files):
    return FileRow(name, lambda: {key: make() for key, make in files.items()}, True)


def shows(pair):
    return {"cert": lambda: pair.cert, "key": lambda: pair.key}


def server(**options):
    return shows(SERVER_CA.server(**options))


def certificates():
    der = serialization.Encoding.DER
    yield accepted("the usual files")
    yield accepted("a certificate with its chain", cert=lambda: bundle(SERVER, SERVER_CA))
    yield refused("a certificate that is not there", "cannot be opened", cert=lambda: "/nowhere/cert.pem")
    yield refused("a certificate that is a folder", "is not a regular file", cert=scratch)
    yield refused("a certificate that is empty", "is empty", cert=lambda: written(b""))
    yield refused("a certificate that is a key", "holds no certificate", cert=lambda: SERVER.key)
    yield refused("a certificate in DER", "holds no certificate", cert=lambda: written(SERVER.made.public_bytes(der)))
    yield refused("a certificate that is cut off", "is damaged", cert=lambda: written(SERVER.pem[:300]))
    yield refused("a second certificate that is cut off", "certificate number 2 is damaged",
                  cert=lambda: written(SERVER.pem + SERVER_CA.pem[:300]))  # fmt: skip
    yield refused("a certificate for clients", "is not a certificate for a server", **server(purposes=("clientAuth",)))
    yield refused("a certificate of RSA 1024", "cannot be used", **server(key="RSA 1024"))
    yield refused("a certificate signed with SHA-1", "cannot be used", **server(digest=hashes.SHA1()))
    yield refused("an authority before the certificate", "is not a certificate for a server",
                  cert=lambda: bundle(SERVER_CA, SERVER))  # fmt: skip
    yield warned("a certificate that ended yesterday", "expired on", **server(begins=-9, ends=-1))
    yield warned("a certificate that begins tomorrow", "is not valid before", **server(begins=1))
    yield warned("a certificate without alternative names", "has no DNS name", **shows(SERVER_CA.server("gate", sans=())))


def encrypted():
    form = serialization.PrivateFormat.PKCS8
    return SERVER.private_key.private_bytes(serialization.Encoding.PEM, form, serialization.BestAvailableEncryption(b"secret"))


def key_with_mode(mode):
    with open(SERVER.key, "rb") as file:
        return written(file.read(), mode)


def keys():
    yield accepted("a key that its group may read", key=lambda: key_with_mode(0o640))
    for mode in (0o644, 0o660, 0o602):
        yield refused(f"a key of mode {mode:o}", "that other users can read or change",
                      key=functools.partial(key_with_mode, mode))  # fmt: skip
    yield refused("a key that is not there", "cannot be opened", key=lambda: "/nowhere/key.pem")
    yield refused("a key that is empty", "is empty", key=lambda: written(b""))
    yield refused("a key that is a certificate", "holds no private key", key=lambda: written(SERVER.pem))
    yield refused("a key with a passphrase", "is encrypted", key=lambda: written(encrypted()))
    yield refused("another certificate's key", "is not the key of the first certificate", key=lambda: STRANGER.key)


def authorities():
    yield accepted("several authorities", client_ca=lambda: bundle(ROOT, STRANGER))
    yield accepted("an intermediate authority", client_ca=lambda: ROOT.sub("Sub").cert)
    yield refused("an authority that is not there", "cannot be opened", client_ca=lambda: "/nowhere/ca.pem")
    yield refused("an authority that is a server", "is no authority", client_ca=lambda: SERVER.cert)
    yield refused("an authority of RSA 1024", "has a key that is too weak",
                  client_ca=lambda: authority("W", key="RSA 1024").cert)  # fmt: skip
    yield warned("a client in place of its authority", "is no authority", client_ca=lambda: OPS.cert)
    yield warned("a server beside an authority", "is no authority", client_ca=lambda: bundle(ROOT, SERVER))


def one(data):
    return lambda: [written(data())]


def lists():
    yield accepted("a list", crl=one(lambda: ROOT.revocation_list(OPS)))
    yield refused("a list that is not there", "cannot be opened", crl=lambda: ["/nowhere/crl.pem"])
    yield refused("a list that is empty", "is empty", crl=one(lambda: b""))
    yield refused("a list that is a certificate", "holds no revocation list", crl=one(lambda: ROOT.pem))
    yield refused("a list that is cut off", "is damaged", crl=one(lambda: ROOT.revocation_list()[:200]))
    yield refused("another authority's list", "is not signed by an authority of", crl=one(STRANGER.revocation_list))
    yield refused("a list by another key", "is not signed by an authority of",
                  crl=one(lambda: ROOT.revocation_list(signed_by=STRANGER)))  # fmt: skip
    yield refused("a list of an authority that may sign none", "keyUsage has no cRLSign",
                  client_ca=lambda: MUTE.cert, crl=one(MUTE.revocation_list))  # fmt: skip
    yield warned("a list that has ended", "expired on", crl=one(lambda: ROOT.revocation_list(begins=-9, ends=-1)))
    yield warned("one list of two authorities", "has no list in `crl`",
                 client_ca=lambda: bundle(ROOT, STRANGER), crl=one(ROOT.revocation_list))  # fmt: skip


CERTIFICATES = [*certificates()]
KEYS = [*keys()]
AUTHORITIES = [*authorities()]
LISTS = [*lists()]
