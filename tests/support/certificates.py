# SPDX-License-Identifier: Apache-2.0
"""Certificate authorities for tests, made with the openssl command and so without any code of tidegate."""

import collections
import os
import subprocess
import tempfile
import time

Pair = collections.namedtuple("Pair", "cert key")  # paths of PEM files

CONFIGURATION = """
[req]
distinguished_name = nobody
[nobody]
[ca]
default_ca = it
[it]
database = {0}/index
serial = {0}/serial
new_certs_dir = {0}
certificate = {0}/ca.pem
private_key = {0}/ca-key.pem
default_md = sha256
default_days = 90
default_crl_days = 90
policy = any
unique_subject = no
[any]
organizationalUnitName = optional
commonName = optional
"""
CA_EXTENSIONS = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def openssl(*arguments):
    """Runs the command and returns its output. If it fails, the test fails with its error message."""
    done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"openssl {' '.join(arguments)}: {done.stderr.decode()}")
    return done.stdout


def days_from_now(days):
    """A time in the format of openssl ca."""
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * 86400))


class Authority:
    """Signs certificates and revocation lists, and writes them to `folder`."""

    def __init__(self, folder, name="Test CA", issuer=None, begins=-1, ends=90):
        """Signed by itself, or by `issuer` for the time from `begins` to `ends`, in days from now."""
        self.folder = tempfile.mkdtemp(prefix="ca-", dir=folder)
        self.name = name
        self.cert = self._path("ca.pem")
        self._write("index", "")
        self._write("serial", "1000\n")
        self._write("openssl.cnf", CONFIGURATION.format(self.folder))
        if issuer:
            issuer.sign_authority(self, begins, ends)
            return
        extensions = [word for extension in CA_EXTENSIONS for word in ("-addext", extension)]
        openssl("req", "-config", self._path("openssl.cnf"), "-x509", *CURVE, "-utf8", "-subj", f"/CN={name}", "-days", str(ends),
                *extensions, "-keyout", self._path("ca-key.pem"), "-out", self.cert)

    def intermediate(self, name, **times):
        """An authority that this one has signed."""
        return Authority(self.folder, name, self, **times)

    def sign_authority(self, other, begins, ends):
        request, extensions = other._path("request.pem"), other._path("extensions")
        other._write("extensions", "\n".join(CA_EXTENSIONS) + "\n")
        openssl("req", "-config", other._path("openssl.cnf"), "-new", *CURVE, "-subj", f"/CN={other.name}",
                "-keyout", other._path("ca-key.pem"), "-out", request)
        self._ca("-in", request, "-out", other.cert, "-extfile", extensions, "-notext",
                 "-startdate", days_from_now(begins), "-enddate", days_from_now(ends))

    def with_chain(self, pair):
        """The same pair, whose file brings this authority's certificate along."""
        chained = pair.cert + ".chain"
        with open(chained, "w", encoding="ascii") as out:
            for path in (pair.cert, self.cert):
                with open(path, encoding="ascii") as file:
                    out.write(file.read())
        return Pair(chained, pair.key)

    def client(self, name, **options):
        """A pair for clients. `sans` in the format of openssl: "DNS:a", "IP:::1", "URI:spiffe://corp/a"."""
        return self.issue(name, "clientAuth", **options)

    def server(self, name="localhost", sans=("DNS:localhost", "IP:127.0.0.1"), **options):
        return self.issue(name, "serverAuth", sans=sans, **options)

    def issue(self, name, usage, sans=(), begins=-1, ends=90, units=()):
        """A pair that is valid from `begins` to `ends`, in days from now; `units` are its subject's."""
        folder = tempfile.mkdtemp(prefix="pair-", dir=self.folder)
        pair = Pair(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
        request, extensions = os.path.join(folder, "request.pem"), os.path.join(folder, "extensions")
        with open(extensions, "w", encoding="ascii") as file:
            file.write(f"basicConstraints=CA:FALSE\nextendedKeyUsage={usage}\n")
            if sans:
                file.write(f"subjectAltName={','.join(sans)}\n")
        subject = "".join(f"/OU={unit}" for unit in units) + "/CN=" + name.replace("/", "\\/")
        openssl("req", "-config", self._path("openssl.cnf"), "-new", *CURVE, "-utf8", "-subj", subject,
                "-keyout", pair.key, "-out", request)
        self._ca("-in", request, "-out", pair.cert, "-extfile", extensions, "-notext",
                 "-startdate", days_from_now(begins), "-enddate", days_from_now(ends))
        return pair

    def revoke(self, pair):
        self._ca("-revoke", pair.cert)

    def revocation_list(self, path=None, begins=-1, ends=90):
        """Writes atomically a list of what has been revoked so far; returns its path."""
        path = path or self._path("crl.pem")
        self._ca("-gencrl", "-out", path + ".new", "-crl_lastupdate", days_from_now(begins),
                 "-crl_nextupdate", days_from_now(ends))
        os.rename(path + ".new", path)
        return path

    def _ca(self, *arguments):
        openssl("ca", "-config", self._path("openssl.cnf"), "-batch", *arguments)

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _write(self, name, text):
        with open(self._path(name), "w", encoding="ascii") as file:
            file.write(text)


def serial_of(pair):
    return openssl("x509", "-in", pair.cert, "-noout", "-serial").decode().strip().partition("=")[2]


def key_sha256_of(pair):
    """The hash of the public key, in the format of the configuration's key_sha256."""
    public = openssl("x509", "-in", pair.cert, "-noout", "-pubkey")
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=public, capture_output=True, check=True).stdout
    digest = subprocess.run(["openssl", "dgst", "-sha256"], input=der, capture_output=True, check=True).stdout
    return digest.decode().split()[-1]
