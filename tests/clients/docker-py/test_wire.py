"""What no client should send: it is refused, and the server goes on."""
import json
import random
import socket

import pytest

HEAD = 'Host: d\r\nContent-Type: application/json\r\n'


@pytest.fixture
def wire(drydock):
    """Sends bytes over a connection of its own, gives what comes back until the server closes or says no more."""
    def send(data, patience=2):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(patience)
            connection.connect(str(drydock.socket))
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            answer = b''
            try:
                while chunk := connection.recv(65536):
                    answer += chunk
            except OSError:
                pass
            return answer

    yield send
    assert b'200 OK' in send(b'GET /_ping HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n')
    assert drydock.process.poll() is None


def status(answer):
    return int(answer.split(b' ', 2)[1])


def post(path, body, kind='application/json'):
    head = f'POST {path} HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Type: {kind}\r\n'
    return f'{head}Content-Length: {len(body)}\r\n\r\n'.encode() + body


def test_what_is_no_http(wire):
    chance = random.Random(7)
    for _ in range(40):
        answer = wire(chance.randbytes(chance.randrange(1, 400)) + b'\r\n\r\n')
        assert not answer or status(answer) == 400


def test_a_head_without_end(wire):
    answer = wire(b'GET /_ping HTTP/1.1\r\n' + b'X-Long: ' + b'a' * (1 << 20) + b'\r\n\r\n')
    assert not answer or status(answer) in (400, 431)


def test_a_body_that_lies_about_its_length(wire):
    for body in (b'Content-Length: nine\r\n\r\n', b'Transfer-Encoding: chunked\r\n\r\nzz\r\n', b'Content-Length: 99\r\n\r\n{}'):
        answer = wire(b'POST /containers/create HTTP/1.1\r\n' + HEAD.encode() + body)
        assert not answer or status(answer) == 400


@pytest.mark.parametrize('path', ['/containers/create', '/networks/create', '/volumes/create', '/auth', '/commit'])
def test_what_is_no_json(wire, path):
    deep = b'[' * 100_000
    for body in (b'{', b'[]', b'"text"', b'\xff\xfe', deep, b'{} {}'):
        answer = wire(post(path, body))
        assert 400 <= status(answer) < 500, (body[:20], answer[:200])
        assert 'message' in json.loads(answer.split(b'\r\n\r\n', 1)[1])


@pytest.mark.parametrize('path', ['/build', '/images/load', '/images/create?fromSrc=-'])
def test_what_is_no_archive(wire, path):
    chance = random.Random(7)
    for body in (b'x', chance.randbytes(5000), b'\x1f\x8b' + chance.randbytes(500), b'\0' * 300 + b'ustar' + b'9' * 5000):
        answer = wire(post(path, body, 'application/x-tar'), 10)
        said = answer.split(b'\r\n\r\n', 1)[1]
        assert status(answer) in (400, 500) or b'error' in said, answer[:300]


def test_garbage_after_an_upgrade(wire, client):
    client.images.pull('busybox', tag='latest')
    container = client.containers.create('busybox', 'cat', stdin_open=True)
    chance = random.Random(7)
    targets = [('/grpc', 'h2c', ''), ('/session', 'h2c', 'X-Docker-Expose-Session-Uuid: me\r\n'),
               (f'/containers/{container.id}/attach?stream=1&stdin=1&stdout=1', 'tcp', ''),
               (f'/containers/{container.id}/attach/ws?stream=1&stdin=1', 'websocket', 'Sec-WebSocket-Key: bWU=\r\n')]
    for path, to, more in targets:
        method = 'GET' if path.endswith('stdin=1') and '/ws' in path else 'POST'
        head = f'{method} {path} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: {to}\r\n{more}\r\n'
        for _ in range(5):
            answer = wire(head.encode() + chance.randbytes(3000), 1)
            assert not answer or status(answer) in (101, 400)
    container.start()
    container.remove(force=True)
