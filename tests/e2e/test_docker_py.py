# SPDX-License-Identifier: Apache-2.0
"""docker-py, the library under Ansible, compose 1 and many scripts, works through tidegate."""

import io
import tarfile
import threading
import unittest

import docker

from tests.e2e.engine import IMAGE
from tests.e2e.stage import StageTest


class DockerPy(StageTest):
    def client(self, t):
        client = docker.DockerClient(base_url=t.host, timeout=60)
        self.addCleanup(client.close)
        return client

    def test_containers(self):
        def workflow(t):
            client = self.client(t)
            t.note(str(client.ping()))
            # The engine reads the two from two pipes, so their order is not given.
            both = client.containers.run(IMAGE, ["sh", "-c", "echo out; echo err >&2"], remove=True, stdout=True, stderr=True)
            t.note(str(sorted(both.split())))
            with self.assertRaises(docker.errors.ContainerError) as raised:
                client.containers.run(IMAGE, ["false"], remove=True)
            t.note(str(raised.exception.exit_status))
            box = client.containers.run(IMAGE, ["sleep", "600"], detach=True, name="py", labels={"who": "me"}, mem_limit="32m")
            t.note(str([each.name for each in client.containers.list(filters={"label": "who=me"})]))
            t.note(str(box.exec_run(["sh", "-c", "echo $A; exit 3"], environment={"A": "b c"})))
            t.note(str(box.exec_run(["sh", "-c", "echo out; echo err >&2"], demux=True)))
            box.put_archive("/tmp", tar_of("file", b"words" * 1000))
            pieces, about = box.get_archive("/tmp/file")
            t.note(f"{about['name']} {about['size']} {content_of(b''.join(pieces))[:10]}")
            t.note(str(sorted(box.stats(stream=False))))
            box.rename("py2")
            box.reload()
            t.note(box.name)
            box.kill()
            t.note(str(box.wait()))
            box.remove()
            with self.assertRaises(docker.errors.NotFound) as raised:
                client.containers.get("py2")
            t.note(raised.exception.explanation)

        self.assert_same(workflow)

    def test_attached_socket_with_half_close(self):
        def workflow(t):
            client = self.client(t)
            box = client.containers.create(IMAGE, ["sh", "-c", "wc -c; exit 4"], stdin_open=True)
            attached = box.attach_socket(params={"stdin": 1, "stdout": 1, "stream": 1})
            box.start()
            attached._sock.sendall(b"x" * 300000)
            attached._sock.shutdown(1)
            t.note(str(attached.read()))
            t.note(str(box.wait()["StatusCode"]))
            attached.close()
            box.remove()

        self.assert_same(workflow)

    def test_logs_and_events(self):
        def workflow(t):
            client = self.client(t)
            events = client.events(decode=True, filters={"type": "container"})
            seen = []
            reader = threading.Thread(target=lambda: seen.extend(until_destroyed(events)))
            reader.start()
            box = client.containers.run(IMAGE, ["sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.1; done"], detach=True)
            t.note(str(b"".join(box.logs(stream=True, follow=True))))
            box.wait()
            box.remove()
            reader.join(60)
            self.assertFalse(reader.is_alive(), "the events do not arrive")
            t.note(str([event["Action"] for event in seen]))

        self.assert_same(workflow)

    def test_images_volumes_networks(self):
        def workflow(t):
            client = self.client(t)
            image, lines = client.images.build(fileobj=io.BytesIO(f"FROM {IMAGE}\nLABEL made=here\n".encode()), tag="py:1", rm=True)
            t.note(str([line.get("stream", "").strip() for line in lines]))
            saved = b"".join(image.save(named=True))
            client.images.remove("py:1")
            t.note(str([each.tags for each in client.images.load(saved)]))
            t.note(client.images.get("py:1").labels["made"])
            client.images.remove("py:1")
            volume = client.volumes.create("pyvol", labels={"x": "y"})
            t.note(f"{volume.name} {volume.attrs['Labels']}")
            volume.remove()
            network = client.networks.create("pynet", driver="bridge")
            t.note(str([each.name for each in client.networks.list(names=["pynet"])]))
            network.remove()

        self.assert_same(workflow)


def until_destroyed(events):
    for event in events:
        yield event
        if event["Action"] == "destroy":
            events.close()
            return


def tar_of(name, content):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def content_of(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return tar.extractfile(tar.next()).read()


if __name__ == "__main__":
    unittest.main()
