"""One `drydock serve` for all tests, at the place where testcontainers looks for Docker.

DRYDOCK names the binary (default target/debug/drydock)."""
import atexit, os, subprocess, tempfile, time
from pathlib import Path

BINARY = os.environ.get('DRYDOCK', str(Path(__file__).resolve().parents[3] / 'target/debug/drydock'))


def serve():
    """Starts the server, and ends it with the tests."""
    folder = tempfile.TemporaryDirectory(prefix='drydock-')
    path = Path(folder.name) / 'drydock.sock'
    process = subprocess.Popen([BINARY, 'serve', '-H', f'unix://{path}'], stdout=subprocess.DEVNULL)
    atexit.register(lambda: (process.terminate(), process.wait(10), folder.cleanup()))
    for _ in range(200):
        if path.exists():
            return f'unix://{path}'
        time.sleep(0.02)
    raise RuntimeError('drydock serve does not listen')


# testcontainers reads its settings when it is imported. In a container it would take the engine for that container's own,
# and look for ports at a gateway.
os.environ |= {'DOCKER_HOST': serve(), 'TESTCONTAINERS_CONNECTION_MODE': 'docker_host', 'TC_POOLING_INTERVAL': '0.05',
               'RYUK_RECONNECTION_TIMEOUT': '1s'}
