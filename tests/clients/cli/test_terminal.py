"""The `docker` program at a terminal: its size, its keys and its signals reach the container, and it can leave and come
back."""
import signal
import time

SHELL = ['alpine', 'sh']
PROMPT = r'/ # (\x1b\[6n)?$'


def state(docker, name):
    return docker('inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', name).strip()


def sees_size(shell, rows, columns):
    """Asks the shell for its size until it is this one: the client tells it a moment after the start."""
    for _ in range(50):
        shell.send('stty size\r')
        seen = shell.expect(r'\r\n(\d+) (\d+)\r\n').groups()
        shell.expect(PROMPT)
        if seen == (str(rows), str(columns)):
            return
        time.sleep(0.1)
    raise AssertionError(f'the size stays {seen}')


def test_a_shell_of_its_own(docker):
    with docker.at_terminal('run', '-it', '--rm', *SHELL) as shell:
        shell.expect(PROMPT)
        shell.send('echo $((6 * 7)); tty\r')
        shell.expect(r'\r\n42\r\n/dev/pts/0\r\n')
        shell.expect(PROMPT)
        shell.send('exit 3\r')
        assert shell.wait() == 3
    assert docker('ps', '-aq') == ''


def test_the_size_of_the_terminal(docker):
    with docker.at_terminal('run', '-it', '--name', 'box', *SHELL, size=(33, 101)) as shell:
        shell.expect(PROMPT)
        sees_size(shell, 33, 101)
        shell.send("trap 'echo resized' WINCH\r")
        shell.expect(PROMPT)
        shell.resize(44, 120)
        sees_size(shell, 44, 120)


def test_keys_that_are_signals(docker):
    with docker.at_terminal('run', '-it', '--name', 'box', *SHELL) as shell:
        shell.expect(PROMPT)
        shell.send('sleep 100\r')
        time.sleep(0.3)
        shell.send('\x03')
        shell.expect(PROMPT)
        shell.send('echo code $?\r')
        shell.expect(r'code 130\r\n')
        shell.send('cat\rtext\r\x04')
        shell.expect(r'text\r\ntext\r\n')
        shell.expect(PROMPT)
        shell.send('\x04')
        assert shell.wait() == 0
    assert state(docker, 'box') == 'exited 0'


def test_leaving_and_coming_back(docker):
    with docker.at_terminal('run', '-it', '--name', 'box', *SHELL) as shell:
        shell.expect(PROMPT)
        shell.send('word=kept\r')
        shell.expect(PROMPT)
        shell.send('\x10\x11')
        assert shell.wait() == 0
    assert state(docker, 'box') == 'running 0'
    with docker.at_terminal('attach', 'box') as shell:
        shell.send('echo $word\r')
        shell.expect(r'\r\nkept\r\n')
        shell.send('exit 4\r')
        assert shell.wait() == 4


def test_other_keys_to_leave(docker):
    with docker.at_terminal('run', '-it', '--detach-keys', 'ctrl-a,d', '--name', 'box', *SHELL) as shell:
        shell.expect(PROMPT)
        shell.send('echo \x10\x11here\r')
        shell.expect('here')
        shell.send('\x01d')
        assert shell.wait() == 0
    assert state(docker, 'box') == 'running 0'


def test_a_shell_beside_what_runs(docker):
    docker('run', '-d', '--name', 'box', 'alpine', 'sleep', '1000')
    with docker.at_terminal('exec', '-it', 'box', 'sh', size=(20, 70)) as shell:
        shell.expect(PROMPT)
        sees_size(shell, 20, 70)
        shell.send('exit 5\r')
        assert shell.wait() == 5
    with docker.at_terminal('exec', '-it', 'box', 'cat') as cat:
        cat.send('gone\r')
        cat.expect(r'gone\r\ngone\r\n')
        cat.send('\x10\x11')
        cat.wait()
    assert state(docker, 'box') == 'running 0'


def test_signals_of_the_client_reach_the_container(docker):
    trap = "trap 'echo told; exit 9' TERM; echo ready; while true; do sleep 0.1; done"
    docker('run', '-d', '--name', 'box', 'alpine', 'sh', '-c', trap)
    with docker.at_terminal('attach', 'box') as client:
        time.sleep(0.5)
        client.interrupt(signal.SIGTERM)
        assert client.wait() == 9
    assert state(docker, 'box') == 'exited 9'
    assert docker('logs', 'box').endswith('told\n')


def test_signals_that_are_kept_from_the_container(docker):
    docker('run', '-d', '--name', 'box', 'alpine', 'sh', '-c', 'trap "exit 9" TERM INT; while true; do sleep 0.1; done')
    with docker.at_terminal('attach', '--sig-proxy=false', 'box') as client:
        time.sleep(0.5)
        # The client asks to be told three times.
        for _ in range(3):
            client.interrupt(signal.SIGINT)
            time.sleep(0.1)
        client.wait()
    assert state(docker, 'box') == 'running 0'


def test_start_and_attach_again(docker):
    docker('create', '-it', '--name', 'box', *SHELL)
    for code in (0, 7):
        with docker.at_terminal('start', '-ai', 'box') as shell:
            shell.expect(PROMPT)
            shell.send(f'exit {code}\r')
            assert shell.wait() == code
