"""Fixtures to copy: one Drydock for the whole run, and every test begins at the same moment of it.

    docker_client   a client of docker-py
    drydock         the control of the simulation: clock, faults, behaviours, journal, snapshots

`pip install docker pytest`; DRYDOCK names the binary (default target/debug/drydock of this repository)."""
import http.client
import json
import os
import pathlib
import socket
import subprocess

import docker
import pytest

BINARY = os.environ.get('DRYDOCK', str(pathlib.Path(__file__).resolve().parents[3] / 'target/debug/drydock'))


class Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__('localhost')
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Drydock:
    """`/_drydock/…` of a `drydock serve`."""

    def __init__(self, path):
        self.path = path

    def ask(self, method, what, body=None):
        connection = Connection(self.path)
        connection.request(method, f'/_drydock/{what}', json.dumps(body) if body is not None else None,
                           {'Content-Type': 'application/json'})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 400:
            raise AssertionError(json.loads(text)['message'])
        return json.loads(text) if text else None

    def snapshot(self):
        return self.ask('POST', 'snapshot')['name']

    def restore(self, name):
        self.ask('POST', 'restore', {'name': name})

    def advance(self, span):
        self.ask('POST', 'clock', {'advance': span})

    def fault(self, on, effect, **more):
        self.ask('POST', 'faults', {'on': on, 'effect': effect, **more})

    def image(self, image, **more):
        self.ask('POST', 'behaviours', {'image': image, **more})

    def expect(self, operation, **more):
        self.ask('POST', 'journal', {'operation': operation, **more})

    def leftovers(self):
        return self.ask('GET', 'journal')['leftovers']


@pytest.fixture(scope='session')
def drydock_socket(tmp_path_factory):
    path = tmp_path_factory.mktemp('drydock') / 'docker.sock'
    server = subprocess.Popen([BINARY, 'serve', '-H', f'unix://{path}', '--seed', '7', '--time', 'virtual'],
                              stdout=subprocess.PIPE, text=True)
    assert 'API listen' in server.stdout.readline()
    yield str(path)
    server.terminate()
    server.wait(10)


@pytest.fixture
def drydock(drydock_socket):
    control = Drydock(drydock_socket)
    moment = control.snapshot()
    control.ask('POST', 'journal')
    yield control
    control.restore(moment)


@pytest.fixture
def docker_client(drydock_socket, drydock):
    client = docker.DockerClient(base_url=f'unix://{drydock_socket}')
    yield client
    client.close()
