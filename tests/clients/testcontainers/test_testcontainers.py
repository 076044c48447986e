"""What the users of testcontainers do: wait for a container in each of its ways, talk to it, give it files and
networks, and leave the clearing up to ryuk."""
import socket
import subprocess
import sys
import time
from datetime import timedelta

import docker
import psycopg2
import pytest
import requests
from redis import Redis
from testcontainers.core.container import DockerContainer, Reaper
from testcontainers.core.network import Network
from testcontainers.core.wait_strategies import (CompositeWaitStrategy, ContainerStatusWaitStrategy, ExecWaitStrategy,
                                                 HealthcheckWaitStrategy, HttpWaitStrategy, LogMessageWaitStrategy,
                                                 PortWaitStrategy)
from testcontainers.community.postgres import PostgresContainer


def alpine(script):
    return DockerContainer('alpine').with_command(['sh', '-c', script])


def patient(strategy, seconds=20):
    return strategy.with_startup_timeout(timedelta(seconds=seconds))


def address(container, port):
    return f'http://{container.get_container_host_ip()}:{container.get_exposed_port(port)}'


def test_hello_world():
    with DockerContainer('hello-world').waiting_for(patient(LogMessageWaitStrategy('Hello from Docker!'))) as hello:
        assert hello.wait() == 0
        stdout, stderr = hello.get_logs()
        assert b'installation appears to be working' in stdout and stderr == b''


def test_waits_for_a_log_message_as_often_as_told():
    beats = alpine('for i in 1 2 3; do echo beat >&2; sleep 0.1; done; sleep 60')
    with beats.waiting_for(patient(LogMessageWaitStrategy('(?s)(beat.*){3}'))) as container:
        assert container.get_logs() == (b'', b'beat\n' * 3)


def test_a_log_message_that_never_comes_is_given_up():
    with pytest.raises(TimeoutError):
        alpine('sleep 60').waiting_for(patient(LogMessageWaitStrategy('never'), 1)).start()


def test_waits_for_http():
    hello = DockerContainer('testcontainers/helloworld:1.3.0').with_exposed_ports(8080, 8081).with_env('DELAY_START_MSEC', '300')
    with hello.waiting_for(patient(HttpWaitStrategy(8080, '/ping').for_status_code(200))) as container:
        assert requests.get(address(container, 8080) + '/ping', timeout=5).text == 'PONG'
        one, two = (requests.get(address(container, port) + '/uuid', timeout=5).text for port in (8080, 8081))
        assert one == two and len(one) == 36
        assert requests.get(address(container, 8080) + '/nowhere', timeout=5).status_code == 404


def test_waits_for_a_port_and_a_state_and_a_command():
    wait = CompositeWaitStrategy(PortWaitStrategy(80), ContainerStatusWaitStrategy(),
                                 ExecWaitStrategy(['test', '-f', '/etc/nginx/nginx.conf']))
    with DockerContainer('nginx:alpine').with_exposed_ports(80).waiting_for(patient(wait)) as container:
        assert 'Welcome to nginx' in requests.get(address(container, 80), timeout=5).text


def test_waits_for_health():
    health = {'test': ['CMD-SHELL', 'test -f /ready'], 'interval': 100_000_000, 'retries': 100}
    container = alpine('sleep 0.3; touch /ready; sleep 60').with_kwargs(healthcheck=health)
    with container.waiting_for(patient(HealthcheckWaitStrategy())) as ready:
        assert ready.get_wrapped_container().attrs['State']['Health']['Status'] == 'healthy'


def test_exec_tells_output_and_code():
    with alpine('sleep 60') as container:
        code, output = container.exec(['sh', '-c', 'echo one; echo two >&2; exit 3'])
        assert (code, sorted(output.splitlines())) == (3, [b'one', b'two'])
        assert container.exec(['no-such-program']).exit_code == 127


def test_files_go_in_before_the_start_and_come_out_again(tmp_path):
    (tmp_path / 'conf').mkdir()
    (tmp_path / 'conf/a.txt').write_text('from a folder\n')
    container = alpine('cat /in/bytes /in/conf/a.txt > /out; echo written; sleep 60')
    container.with_copy_into_container(b'bytes\n', '/in/bytes', 0o600)
    container.with_copy_into_container(tmp_path / 'conf', '/in')
    with container.waiting_for(patient(LogMessageWaitStrategy('written'))) as running:
        assert running.exec(['cat', '/out']).output == b'bytes\nfrom a folder\n'
        assert running.exec(['stat', '-c', '%a', '/in/bytes']).output == b'600\n'
        running.copy_from_container('/out', tmp_path / 'copy')
        assert (tmp_path / 'copy').read_text() == 'bytes\nfrom a folder\n'


def test_containers_find_each_other_on_a_network():
    with Network() as network:
        server = DockerContainer('nginx:alpine').with_network(network).with_network_aliases('web')
        with server, alpine('sleep 60').with_network(network) as client:
            reply = client.exec(['sh', '-c', 'for i in 1 2 3 4 5; do wget -qO- http://web && break; sleep 0.2; done'])
            assert reply.exit_code == 0 and b'Welcome to nginx' in reply.output


def test_volumes_and_tmpfs_and_environment(tmp_path):
    (tmp_path / 'seen').write_text('outside\n')
    container = alpine('cat /data/seen; echo $WORD; df /scratch | tail -1; sleep 60').with_env('WORD', 'inside')
    container.with_volume_mapping(tmp_path, '/data').with_tmpfs_mount('/scratch', 'size=8m')
    with container.waiting_for(patient(LogMessageWaitStrategy('/scratch'))) as running:
        lines = running.get_logs()[0].decode().splitlines()
        assert lines[:2] == ['outside', 'inside'] and lines[2].split()[:2] == ['tmpfs', '8192']


def test_postgres():
    with PostgresContainer('postgres:16', driver=None) as postgres:
        query = ['psql', '-U', postgres.username, '-d', postgres.dbname, '-tAc', 'select 6 * 7']
        assert postgres.exec(query).output == b'42\n'
        # The protocol of its clients is not simulated, and says so.
        with pytest.raises(psycopg2.OperationalError, match='not simulated by Drydock'):
            psycopg2.connect(postgres.get_connection_url())


def test_redis():
    container = DockerContainer('redis:7').with_exposed_ports(6379)
    with container.waiting_for(patient(ExecWaitStrategy(['redis-cli', 'ping']))) as redis:
        # The third version of the protocol, which newer clients begin with, is not simulated.
        host, port = redis.get_container_host_ip(), redis.get_exposed_port(6379)
        with Redis(host, port, protocol=2) as client:
            client.set('key', 'value')
            assert client.get('key') == b'value'


def test_ryuk_answers_and_keeps_what_is_in_use():
    with alpine('sleep 60') as container:
        reaper = Reaper.get_instance() and Reaper._container
        with socket.create_connection((reaper.get_container_host_ip(), int(reaper.get_exposed_port(8080)))) as line:
            line.settimeout(5)
            line.sendall(b'label=nobody=has-this\n')
            assert line.recv(64) == b'ACK\n'
        time.sleep(1.5)
        container.reload()
        assert container.status == 'running'


def test_ryuk_clears_up_behind_a_process_that_dies():
    script = ('import os; from testcontainers.core.container import DockerContainer as C\n'
              'print(C("alpine").with_command("sleep 600").start().get_wrapped_container().id, flush=True)\nos._exit(1)')
    died = subprocess.run([sys.executable, '-c', script], stdout=subprocess.PIPE, text=True, timeout=30)
    left, client = died.stdout.strip(), docker.from_env()
    assert client.containers.get(left).status == 'running'
    for _ in range(100):
        try:
            client.containers.get(left)
        except docker.errors.NotFound:
            return
        time.sleep(0.1)
    pytest.fail('the container is still there')
