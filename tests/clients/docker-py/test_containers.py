"""Containers as docker-py's users handle them."""
import io
import tarfile
import threading

import docker.errors
import pytest
import requests


def test_run_gives_the_output(client):
    assert client.containers.run('busybox', 'echo hello', remove=True) == b'hello\n'
    assert client.containers.list(all=True) == []


def test_a_failure_carries_code_and_stderr(client):
    with pytest.raises(docker.errors.ContainerError) as caught:
        client.containers.run('busybox', ['sh', '-c', 'echo why >&2; exit 3'])
    assert (caught.value.exit_status, caught.value.stderr) == (3, b'why\n')


def test_a_missing_image_is_told_of(client):
    with pytest.raises(docker.errors.ImageNotFound):
        client.containers.run('nobody/nothing:1')


def test_logs_follow_until_the_end(client):
    container = client.containers.run('busybox', ['sh', '-c', 'for i in 1 2 3; do echo $i; sleep 0.1; done'], detach=True)
    assert b''.join(container.logs(stream=True, follow=True)) == b'1\n2\n3\n'
    assert container.wait()['StatusCode'] == 0


def test_exec_tells_streams_apart(client):
    container = client.containers.run('alpine', 'sleep 60', detach=True)
    code, (out, err) = container.exec_run(['sh', '-c', 'echo out; echo err >&2; exit 4'], demux=True)
    assert (code, out, err) == (4, b'out\n', b'err\n')
    container.remove(force=True)


def test_who_starts_an_exec_says_how_it_is_framed(client):
    container = client.containers.run('alpine', 'sleep 60', detach=True)
    made = client.api.exec_create(container.id, ['sh', '-c', 'echo out; echo err >&2'], tty=True)
    assert client.api.exec_start(made, demux=True) == (b'out\r\nerr\r\n', None)
    made = client.api.exec_create(container.id, ['echo', 'raw'], tty=True)
    assert client.api.exec_start(made, tty=True) == b'raw\r\n'
    container.remove(force=True)


def test_attach_types_and_reads(client):
    client.images.pull('busybox', tag='latest')
    container = client.containers.create('busybox', 'cat', stdin_open=True)
    socket = container.attach_socket(params={'stdin': 1, 'stdout': 1, 'stream': 1})
    container.start()
    socket._sock.sendall(b'through\n')
    socket._sock.shutdown(1)
    got = b''
    while chunk := socket._sock.recv(4096):
        got += chunk
    assert got == b'\x01\0\0\0\0\0\0\x08through\n'
    assert container.wait()['StatusCode'] == 0


def test_archives_go_in_and_out(client):
    client.images.pull('busybox', tag='latest')
    container = client.containers.create('busybox', 'cat /in/a.txt')
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode='w') as archive:
        info = tarfile.TarInfo('in/a.txt')
        info.size = 5
        archive.addfile(info, io.BytesIO(b'hello'))
    assert container.put_archive('/', packed.getvalue())
    container.start()
    assert container.wait()['StatusCode'] == 0
    assert container.logs() == b'hello'
    pieces, stat = container.get_archive('/in/a.txt')
    with tarfile.open(fileobj=io.BytesIO(b''.join(pieces))) as archive:
        assert archive.extractfile('a.txt').read() == b'hello'
    assert (stat['name'], stat['size']) == ('a.txt', 5)


def test_a_restarted_run_ends_a_wait(client):
    policy = {'Name': 'always', 'MaximumRetryCount': 0}
    container = client.containers.run('busybox', 'sleep 0.2', restart_policy=policy, detach=True)
    assert container.wait(timeout=20)['StatusCode'] == 0
    with pytest.raises(docker.errors.APIError, match='stop the container before'):
        container.remove()
    container.remove(force=True)


def test_a_published_port_answers(client):
    container = client.containers.run('nginx', ports={'80/tcp': ('127.0.0.1', None)}, detach=True)
    container.reload()
    port = container.ports['80/tcp'][0]['HostPort']
    assert 'Welcome to nginx!' in requests.get(f'http://127.0.0.1:{port}', timeout=10).text
    container.remove(force=True)


def test_events_tell_of_a_life(client):
    seen, ready = [], threading.Event()

    def listen():
        stream = client.events(decode=True, filters={'type': 'container'})
        ready.set()
        for event in stream:
            seen.append(event['Action'])
            if event['Action'] == 'destroy':
                stream.close()
                return

    listener = threading.Thread(target=listen)
    listener.start()
    ready.wait(5)
    client.containers.run('busybox', 'true', remove=True)
    listener.join(20)
    assert [a for a in seen if a in ('create', 'start', 'die', 'destroy')] == ['create', 'start', 'die', 'destroy']


def test_stats_and_top(client):
    container = client.containers.run('busybox', 'sleep 60', detach=True)
    assert container.stats(stream=False)['memory_stats']['usage'] > 0
    assert any('sleep 60' in row for row in container.top()['Processes'][0])
    container.remove(force=True)
