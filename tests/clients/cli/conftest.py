"""A `drydock serve` for all tests, and the `docker` program of this computer at a terminal.

DRYDOCK names the binary (default target/debug/drydock). Without a `docker` program nothing is tested."""
import fcntl, os, pty, re, select, shutil, signal, struct, subprocess, tempfile, termios, time
from pathlib import Path

import pytest

BINARY = os.environ.get('DRYDOCK', str(Path(__file__).resolve().parents[3] / 'target/debug/drydock'))
PATIENCE = 10


def pytest_collection_modifyitems(items):
    if not shutil.which('docker'):
        for item in items:
            item.add_marker(pytest.mark.skip(reason='there is no docker program here'))


class Docker:
    """The `docker` program, talking to one server."""

    def __init__(self, socket):
        self.env = {'HOME': str(socket.parent), 'PATH': os.environ['PATH'], 'DOCKER_HOST': f'unix://{socket}', 'TERM': 'xterm'}

    def __call__(self, *words, code=0):
        """Runs a command to its end; what it printed."""
        run = subprocess.run(['docker', *words], env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
        assert run.returncode == code, run.stderr
        return run.stdout

    def at_terminal(self, *words, size=(24, 80)):
        return Terminal(['docker', *words], self.env, size)


class Terminal:
    """A program at a terminal of its own, as long as the `with` block."""

    def __init__(self, argv, env, size):
        self.seen, self.code = '', None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            time.sleep(0.05)
            os.execvpe(argv[0], argv, env)
        self.resize(*size, tell=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)

    def resize(self, rows, columns, tell=True):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        if tell:
            os.kill(self.pid, signal.SIGWINCH)

    def send(self, text):
        os.write(self.fd, text.encode())

    def interrupt(self, number):
        os.kill(self.pid, number)

    def _read(self, until):
        while time.monotonic() < until:
            if select.select([self.fd], [], [], 0.05)[0]:
                try:
                    data = os.read(self.fd, 65536)
                except OSError:
                    return False
                if not data:
                    return False
                self.seen += data.decode(errors='replace')
                return True
        raise AssertionError(f'nothing came: {self.seen!r}')

    def expect(self, pattern):
        """Waits for a text; what was seen up to it is taken."""
        until = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.seen)):
            assert self._read(until), f'it ended before {pattern!r}: {self.seen!r}'
        self.seen = self.seen[found.end():]
        return found

    def wait(self):
        """Waits for its end; the exit code."""
        until = time.monotonic() + PATIENCE
        while self._read(until):
            pass
        while time.monotonic() < until:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
                return self.code
            time.sleep(0.02)
        raise AssertionError('it does not end')


@pytest.fixture(scope='session')
def server():
    with tempfile.TemporaryDirectory(prefix='drydock-') as folder:
        socket = Path(folder) / 'drydock.sock'
        process = subprocess.Popen([BINARY, 'serve', '-H', f'unix://{socket}'], stdout=subprocess.DEVNULL)
        for _ in range(200):
            if socket.exists():
                break
            time.sleep(0.02)
        docker = Docker(socket)
        docker('pull', '-q', 'alpine')
        yield docker
        process.terminate()
        assert process.wait(10) == 0


@pytest.fixture
def docker(server):
    yield server
    left = server('ps', '-aq').split()
    if left:
        server('rm', '-f', *left)
