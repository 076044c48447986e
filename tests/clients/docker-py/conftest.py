"""A `drydock serve` of its own for every test, and a client that talks to it."""
import os, subprocess, tempfile, time
from pathlib import Path

import docker
import pytest

BINARY = os.environ.get('DRYDOCK', str(Path(__file__).resolve().parents[3] / 'target/debug/drydock'))


class Drydock:
    """A running server."""

    def __init__(self, folder, *options):
        self.socket = Path(folder) / 'drydock.sock'
        self.url = f'unix://{self.socket}'
        self.process = subprocess.Popen([BINARY, 'serve', '-H', self.url, *options],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            if self.socket.exists():
                return
            time.sleep(0.02)
        raise RuntimeError('drydock serve does not listen')

    def stop(self):
        self.process.terminate()
        assert self.process.wait(10) == 0


@pytest.fixture
def drydock():
    with tempfile.TemporaryDirectory(prefix='drydock-') as folder:
        server = Drydock(folder)
        yield server
        server.stop()


@pytest.fixture
def client(drydock):
    client = docker.DockerClient(base_url=drydock.url)
    yield client
    client.close()
