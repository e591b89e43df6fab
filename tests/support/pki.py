# SPDX-License-Identifier: Apache-2.0
"""Certificates and revocation lists of every shape, the wrong ones included.

certificates.py calls the openssl command, which refuses much of what must be tested here and takes a hundred
times as long. A Certificate is only described when it is made; its key and its signature are made at first use.
"""

import datetime
import functools
import ipaddress
import os
import shutil
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.datetime.utcnow().replace(microsecond=0)
PURPOSES = {
    "clientAuth": ExtendedKeyUsageOID.CLIENT_AUTH,
    "serverAuth": ExtendedKeyUsageOID.SERVER_AUTH,
    "codeSigning": ExtendedKeyUsageOID.CODE_SIGNING,
    "emailProtection": ExtendedKeyUsageOID.EMAIL_PROTECTION,
    "any": ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
}
KEY_USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
              "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
CURVES = {"P-192": ec.SECP192R1, "P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1,
          "secp256k1": ec.SECP256K1, "brainpoolP256r1": ec.BrainpoolP256R1}  # fmt: skip


@functools.cache
def scratch():
    """The folder of all files of this process; release() removes it."""
    return tempfile.mkdtemp(prefix="tidegate-pki-")


def release():
    shutil.rmtree(scratch(), ignore_errors=True)
    scratch.cache_clear()


def written(data, mode=0o600):
    """The path of a new file with these bytes."""
    handle, path = tempfile.mkstemp(suffix=".pem", dir=scratch())
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    os.chmod(path, mode)
    return path


def days_from_now(days):
    return NOW + datetime.timedelta(days=days)


def new_key(kind):
    """A private key: "RSA 2048", "Ed25519", "Ed448" or a curve."""
    family, _, bits = kind.partition(" ")
    if family == "RSA":
        return rsa.generate_private_key(65537, int(bits))
    if kind in CURVES:
        return ec.generate_private_key(CURVES[kind]())
    return {"Ed25519": ed25519.Ed25519PrivateKey, "Ed448": ed448.Ed448PrivateKey}[kind].generate()


def digest_for(key, digest):
    return None if isinstance(key, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)) else digest


def alternative_name(text):
    """ "DNS:a.corp", "IP:192.0.2.1", "URI:spiffe://corp/a", "email:a@corp". """
    kind, _, value = text.partition(":")
    if kind == "IP":
        return x509.IPAddress(ipaddress.ip_address(value))
    return {"DNS": x509.DNSName, "URI": x509.UniformResourceIdentifier, "email": x509.RFC822Name}[kind](value)


def key_usage(names):
    return x509.KeyUsage(**{name: name in names for name in KEY_USAGES})


class Certificate:
    """One certificate. Without an issuer it signs itself.

    begins, ends: days from now, or a datetime
    purposes: its extendedKeyUsage; () for none
    usages: its keyUsage, or None for none
    ca, pathlen: its basicConstraints; ca=None for none
    critical: whether its purposes are critical
    extra: [(extension, critical)]
    key_of: a certificate whose key this one shares
    signed_by: a certificate whose key signs this one in place of the issuer's
    """

    def __init__(self, name, issuer=None, *, key="P-256", begins=-1, ends=90, purposes=("clientAuth",), critical=False,
                 usages=None, ca=False, pathlen=None, sans=(), subject=None, digest=None, extra=(), key_of=None,
                 signed_by=None, serial=None):  # fmt: skip
        self.name, self.issuer, self.kind = name, issuer, key
        self.begins, self.ends = begins, ends
        self.purposes, self.critical, self.usages = purposes, critical, usages
        self.ca, self.pathlen, self.sans = ca, pathlen, sans
        self.subject = subject or [(NameOID.COMMON_NAME, name)] if name is not None else []
        self.digest, self.extra = digest or hashes.SHA256(), extra
        self.key_of, self.signed_by = key_of, signed_by
        self.serial = serial or x509.random_serial_number()

    @functools.cached_property
    def private_key(self):
        return self.key_of.private_key if self.key_of else new_key(self.kind)

    @property
    def distinguished_name(self):
        return x509.Name([x509.NameAttribute(kind, value) for kind, value in self.subject])

    @functools.cached_property
    def made(self):
        issuer = self.issuer or self
        signer = (self.signed_by or issuer).private_key
        made = (
            x509.CertificateBuilder(extensions=[])
            .subject_name(self.distinguished_name)
            .issuer_name(issuer.distinguished_name)
            .serial_number(self.serial)
            .public_key(self.private_key.public_key())
            .not_valid_before(self._time(self.begins))
            .not_valid_after(self._time(self.ends))
        )
        for extension, critical in self._extensions():
            made = made.add_extension(extension, critical)
        return made.sign(signer, digest_for(signer, self.digest))

    def _extensions(self):
        if self.ca is not None:
            yield x509.BasicConstraints(self.ca, self.pathlen), True
        if self.purposes:
            yield x509.ExtendedKeyUsage([PURPOSES[purpose] for purpose in self.purposes]), self.critical
        if self.usages is not None:
            yield key_usage(self.usages), True
        if self.sans:
            yield x509.SubjectAlternativeName([alternative_name(name) for name in self.sans]), False
        yield from self.extra

    def _time(self, at):
        return at if isinstance(at, datetime.datetime) else days_from_now(at)

    @property
    def pem(self):
        return self.made.public_bytes(serialization.Encoding.PEM)

    @functools.cached_property
    def cert(self):
        """The path of the certificate alone."""
        return written(self.pem)

    @functools.cached_property
    def key(self):
        """The path of the private key."""
        form = serialization.PrivateFormat.PKCS8
        return written(self.private_key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))

    @property
    def key_sha256(self):
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        digest = hashes.Hash(hashes.SHA256())
        digest.update(self.private_key.public_key().public_bytes(serialization.Encoding.DER, form))
        return digest.finalize().hex()

    # -- what it signs

    def client(self, name="ops-1", **options):
        return Certificate(name, self, **options)

    def server(self, name="localhost", sans=("DNS:localhost", "IP:127.0.0.1"), **options):
        return Certificate(name, self, sans=sans, **{"purposes": ("serverAuth",), **options})

    def sub(self, name, **options):
        """An authority below this one."""
        return authority(name, self, **options)

    def revocation_list(self, *revoked, begins=-1, ends=90, number=None, extra=(), signed_by=None, reason=None, digest=None):
        """The PEM bytes of a list of the given certificates."""
        made = x509.CertificateRevocationListBuilder(
            issuer_name=self.distinguished_name, last_update=self._time(begins), next_update=self._time(ends)
        )
        if number is not None:
            made = made.add_extension(x509.CRLNumber(number), False)
        for extension, critical in extra:
            made = made.add_extension(extension, critical)
        for each in revoked:
            entry = x509.RevokedCertificateBuilder(each if isinstance(each, int) else each.serial, NOW)
            if reason:
                entry = entry.add_extension(x509.CRLReason(reason), False)
            made = made.add_revoked_certificate(entry.build())
        signer = (signed_by or self).private_key
        return made.sign(signer, digest_for(signer, digest or hashes.SHA256())).public_bytes(serialization.Encoding.PEM)


def authority(name, issuer=None, **options):
    return Certificate(name, issuer, **{"ca": True, "purposes": (), "usages": ("key_cert_sign", "crl_sign"), **options})


def bundle(*certificates):
    """The path of a file with all of them, in this order."""
    return written(b"".join(each if isinstance(each, bytes) else each.pem for each in certificates))


class Shown:
    """What a client shows: its certificate, and the others that it sends behind it."""

    def __init__(self, leaf, *chain):
        self.leaf, self.chain = leaf, chain

    @functools.cached_property
    def cert(self):
        return bundle(self.leaf, *self.chain)

    @property
    def key(self):
        return self.leaf.key
