"""What a test of a program that talks to Docker looks like with Drydock."""
import docker
import pytest


def deploy(client, image, attempts=3):
    """The code under test: pulls with patience, and replaces a container of the same name."""
    for attempt in range(attempts):
        try:
            client.images.pull(image, tag='latest')
            break
        except docker.errors.APIError:
            if attempt == attempts - 1:
                raise
    try:
        client.containers.get('app').remove(force=True)
    except docker.errors.NotFound:
        pass
    return client.containers.run(image, name='app', detach=True)


def test_a_flaky_registry(docker_client, drydock):
    drydock.fault('pull', 'rate_limit', of='nginx', times=2)
    assert deploy(docker_client, 'nginx').status in ('created', 'running')
    drydock.expect('pull', image='nginx', failed=True, times=2)
    drydock.expect('create', image='nginx', times=1)


def test_a_registry_that_never_recovers_leaves_nothing(docker_client, drydock):
    drydock.fault('pull', 'rate_limit', times=None)
    with pytest.raises(docker.errors.ImageNotFound):
        deploy(docker_client, 'nginx')
    assert drydock.leftovers() == []


def test_health_after_half_a_minute(docker_client, drydock):
    drydock.image('acme/db:1', behaviour={'stages': [
        {'do': [{'stdout': 'recovering'}]},
        {'after': '30s', 'do': [{'stdout': 'ready'}, {'healthy': True}]},
    ]})
    database = docker_client.containers.run('acme/db:1', name='db', detach=True)
    drydock.advance('20s')
    database.reload()
    assert database.attrs['State']['Health']['Status'] == 'starting'
    drydock.advance('12s')
    database.reload()
    assert database.attrs['State']['Health']['Status'] == 'healthy'
    assert database.logs() == b'recovering\nready\n'


def test_a_lost_connection(docker_client, drydock):
    docker_client.images.pull('alpine', tag='latest')
    drydock.fault('create', 'reset')
    with pytest.raises(Exception, match='[Cc]onnection'):
        docker_client.containers.create('alpine')
    assert drydock.leftovers() == []


def test_memory(docker_client, drydock):
    docker_client.images.pull('redis', tag='latest')
    cache = docker_client.containers.run('redis', name='cache', detach=True)
    drydock.ask('POST', 'faults', {'now': {'oom_kill': {'container': 'cache'}}})
    cache.reload()
    assert cache.attrs['State']['OOMKilled'] and cache.attrs['State']['ExitCode'] == 137


def test_every_test_begins_anew(docker_client, drydock):
    assert docker_client.containers.list(all=True) == []
    assert docker_client.images.list() == []


def test_what_the_suite_needs_of_drydock(drydock):
    assert drydock.ask('GET', 'coverage')['not_simulated'] == []
