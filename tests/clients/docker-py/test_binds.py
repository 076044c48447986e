"""Bind mounts of this computer's files: both sides see what the other changes."""
import docker.errors
import pytest


def bind(path, target='/data', mode='rw'):
    return {str(path): {'bind': target, 'mode': mode}}


def test_a_container_sees_the_files_and_changes_them(client, tmp_path):
    (tmp_path / 'sub').mkdir()
    (tmp_path / 'sub/in.txt').write_text('from outside\n')
    (tmp_path / 'goes').write_text('')
    command = ['sh', '-c', 'cat /data/sub/in.txt; echo from inside > /data/out.txt; mkdir /data/new; rm /data/goes']
    assert client.containers.run('busybox', command, volumes=bind(tmp_path), remove=True) == b'from outside\n'
    assert (tmp_path / 'out.txt').read_text() == 'from inside\n'
    assert (tmp_path / 'new').is_dir() and not (tmp_path / 'goes').exists()


def test_a_running_container_sees_what_changes_outside(client, tmp_path):
    page = tmp_path / 'index.html'
    page.write_text('one')
    container = client.containers.run('nginx', volumes=bind(tmp_path, '/usr/share/nginx/html', 'ro'), detach=True)
    fetch = lambda: container.exec_run('cat /usr/share/nginx/html/index.html').output
    assert fetch() == b'one'
    page.write_text('two')
    assert fetch() == b'two'
    container.remove(force=True)
    assert page.read_text() == 'two'


def test_a_single_file_and_a_directory_that_is_made(client, tmp_path):
    file = tmp_path / 'file'
    file.write_text('alone')
    volumes = {**bind(file, '/file', 'ro'), **bind(tmp_path / 'made', '/made')}
    assert client.containers.run('busybox', ['sh', '-c', 'cat /file; touch /made/x'], volumes=volumes) == b'alone'
    assert (tmp_path / 'made/x').exists()


def test_links_do_not_lead_out(client, tmp_path):
    outside = tmp_path / 'outside'
    outside.mkdir()
    shared = tmp_path / 'shared'
    shared.mkdir()
    command = ['sh', '-c', f'ln -s {outside} /data/link; echo x > /data/link/file || true']
    client.containers.run('busybox', command, volumes=bind(shared), remove=True)
    assert (shared / 'link').is_symlink() and list(outside.iterdir()) == []


def test_the_systems_own_files_are_the_simulations(client):
    assert b'root:' in client.containers.run('busybox', 'cat /p', volumes=bind('/etc/passwd', '/p', 'ro'), remove=True)


def test_what_is_too_large_is_refused(client, tmp_path):
    with open(tmp_path / 'large', 'wb') as file:
        file.truncate(300 << 20)
    with pytest.raises(docker.errors.APIError, match='not simulated by Drydock'):
        client.containers.run('busybox', 'true', volumes=bind(tmp_path))
