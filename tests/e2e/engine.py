# SPDX-License-Identifier: Apache-2.0
"""A private Docker Engine: Debian's dockerd with everything it owns in one folder."""

import io
import os
import shutil
import signal
import subprocess
import tarfile

from tests.e2e.addresses import Addresses
from tests.support.http import Client
from tests.support.wait import wait_until

DOCKERD = "/usr/sbin/dockerd"
IMAGE = "busybox:e2e"
PATIENCE = 60.0


class Engine:
    """One dockerd on a unix socket. Leaves the host's own engine, its bridge and its rules alone."""

    def __init__(self, folder, options=()):
        self.folder = folder
        self.options = list(options)  # more of dockerd's
        self.path = os.path.join(folder, "engine.sock")
        self.host = f"unix://{self.path}"
        self.process = None
        self._bridge = f"tg{os.getpid()}"
        self.addresses = Addresses()

    def start(self):
        self._add_bridge()
        with open(self.log_path(), "ab") as log:
            self.process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._answers, f"the engine; its log is {self.log_path()}", PATIENCE)

    def _command(self):
        def at(name):
            return os.path.join(self.folder, name)

        return [
            DOCKERD, "--host", self.host, "--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("pid"),
            "--config-file", self._empty_config(),
            # A containerd that the host runs already is shared with its own engine: keep apart by name.
            "--containerd-namespace", self._bridge, "--containerd-plugins-namespace", f"{self._bridge}-plugins",
            "--iptables=false", "--ip-forward=false", "--ip-masq=false", *self._bridge_option(),
            "--default-address-pool", self.addresses.pool, *self.options,
        ]  # fmt: skip

    def _empty_config(self):
        """The host's /etc/docker/daemon.json is not ours to obey."""
        path = os.path.join(self.folder, "daemon.json")
        with open(path, "w", encoding="ascii") as file:
            file.write("{}")
        return path

    def _add_bridge(self):
        """docker0 may belong to the host's engine, so this one gets a bridge of its own."""
        if not os.path.exists(f"/sys/class/net/{self._bridge}"):
            subprocess.run(["ip", "link", "add", self._bridge, "type", "bridge"], check=False)
            subprocess.run(["ip", "addr", "add", self.addresses.bridge, "dev", self._bridge], check=False)

    def _bridge_option(self):
        return ["--bridge", self._bridge if os.path.exists(f"/sys/class/net/{self._bridge}") else "none"]

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"dockerd ended with {self.process.returncode}:\n{self.log()[-4000:]}")
        try:
            client = Client(self.path)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        try:
            client.send(b"GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n")
            return client.response().status == 200
        except TimeoutError:  # it is slow to start
            return False
        finally:
            client.close()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)

    def remove(self):
        """Stops the engine and takes away what it left on the machine."""
        self.stop()
        subprocess.run(["ip", "link", "del", self._bridge], check=False, stderr=subprocess.DEVNULL)
        # Networks with containers keep a mount there that outlives dockerd.
        subprocess.run(["umount", os.path.join(self.folder, "exec/netns/default")], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.addresses.release()

    def load_image(self):
        """Makes IMAGE from the host's static busybox: no registry is needed."""
        subprocess.run(
            ["/usr/bin/docker", "-H", self.host, "import", "-c", 'CMD ["sh"]', "-c", "ENV PATH=/bin", "-", IMAGE],
            input=busybox_tree(), stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip

    def log_path(self):
        return os.path.join(self.folder, "log")

    def log(self):
        with open(self.log_path(), encoding="utf-8", errors="replace") as file:
            return file.read()


def busybox_tree():
    """The file system of IMAGE as a tar."""
    applets = subprocess.run(["/bin/busybox", "--list"], stdout=subprocess.PIPE, check=True, text=True).stdout.split()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for folder, mode in (("bin", 0o755), ("etc", 0o755), ("root", 0o700), ("tmp", 0o1777)):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            tar.addfile(entry)
        with open("/bin/busybox", "rb") as file:
            _add_file(tar, "bin/busybox", file.read(), 0o755)
        _add_file(tar, "etc/passwd", b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n", 0o644)
        for applet in applets:
            if applet != "busybox":
                link = tarfile.TarInfo(f"bin/{applet}")
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(link)
    return out.getvalue()


def _add_file(tar, name, content, mode):
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, io.BytesIO(content))
