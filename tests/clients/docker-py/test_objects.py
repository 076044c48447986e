"""Images, networks, volumes and the daemon itself as docker-py's users handle them."""
import io

import docker
import docker.errors
import pytest


def test_the_daemon_introduces_itself(client):
    assert client.ping()
    version = client.version()
    assert (version['Version'], version['ApiVersion'], version['MinAPIVersion']) == ('29.7.2', '1.55', '1.40')
    assert client.info()['Containers'] == 0


def test_images_are_pulled_tagged_saved_and_loaded(client):
    image = client.images.pull('alpine', tag='latest')
    assert image.tag('mine', 'one')
    saved = b''.join(client.images.get('mine:one').save(named='mine:one'))
    client.images.remove('mine:one')
    assert client.images.load(saved)[0].tags == ['alpine:latest', 'mine:one']


def test_a_build_tells_its_steps(client):
    dockerfile = io.BytesIO(b'FROM busybox\nENV A=1\nRUN echo to-stderr >&2\nRUN touch /made\n')
    image, log = client.images.build(fileobj=dockerfile, tag='built')
    lines = [entry.get('stream', '') for entry in log]
    assert 'built:latest' in image.tags
    assert 'Step 1/4 : FROM busybox' in ''.join(lines)
    assert '\x1b[91mto-stderr\n\x1b[0m' in lines
    dockerfile.seek(0)
    _, log = client.images.build(fileobj=dockerfile)
    assert ''.join(entry.get('stream', '') for entry in log).count('Using cache') == 3


def test_a_build_that_fails_says_where(client):
    with pytest.raises(docker.errors.BuildError, match='returned a non-zero code: 7'):
        client.images.build(fileobj=io.BytesIO(b'FROM busybox\nRUN exit 7\n'))


def test_a_commit_keeps_the_changes(client):
    container = client.containers.run('busybox', 'touch /kept', detach=True)
    container.wait()
    assert {'Path': '/kept', 'Kind': 1} in container.diff()
    container.commit('kept', changes='LABEL made=here')
    assert client.images.get('kept').labels == {'made': 'here'}
    assert client.containers.run('kept', 'ls /kept', remove=True) == b'/kept\n'


def test_names_resolve_on_a_network_of_ones_own(client):
    network = client.networks.create('net', driver='bridge')
    web = client.containers.run('nginx', name='web', network='net', detach=True)
    assert b'Welcome' in client.containers.run('busybox', 'wget -qO- http://web', network='net', remove=True)
    with pytest.raises(docker.errors.APIError, match='has active endpoints'):
        network.remove()
    web.remove(force=True)
    network.remove()


def test_volumes_outlive_containers(client):
    client.volumes.create('data')
    mount = {'data': {'bind': '/data', 'mode': 'rw'}}
    client.containers.run('busybox', ['sh', '-c', 'echo kept > /data/file'], volumes=mount, remove=True)
    assert client.containers.run('busybox', 'cat /data/file', volumes=mount, remove=True) == b'kept\n'
    client.volumes.get('data').remove()


def test_there_is_no_swarm(client):
    assert client.swarm.leave(force=True) is True
    with pytest.raises(docker.errors.APIError, match='not a swarm manager'):
        client.services.list()


def test_an_old_client_is_served_and_a_stone_age_one_is_not(drydock):
    old = docker.APIClient(base_url=drydock.url, version='1.40')
    assert old.containers() == []
    old.close()
    ancient = docker.APIClient(base_url=drydock.url, version='1.24')
    with pytest.raises(docker.errors.APIError, match='client version 1.24 is too old'):
        ancient.containers()
    ancient.close()
