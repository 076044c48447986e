#!/usr/bin/env python3
"""own_suite.py [--release VERSION] [--least PERCENT] [PYTEST ARGUMENTS...] : runs docker-py's own integration tests
against `drydock serve`.

Their source comes from the package index (the source release of docker-py that still carries its tests) into a scratch
folder; nothing of it is kept. Left out are the tests of swarm, plugins, credentials, contexts, secrets and configs. What
is known to fail, and why, is in known.txt: a test that fails and is not there, and one that is there and passes, are
both told of and make the run fail. DRYDOCK names the binary (default target/debug/drydock)."""
import argparse, os, re, subprocess, sys, tarfile, tempfile
from pathlib import Path

from conftest import Drydock

FOLDER = Path(__file__).resolve().parent
LEFT_OUT = ['swarm', 'Swarm', 'plugin', 'Plugin', 'Service', 'service', 'secret', 'Secret', 'Config', 'Context', 'context',
            'Node', 'node']


def fetch(release, folder):
    subprocess.run([sys.executable, '-m', 'pip', 'download', '-q', '--no-deps', '--no-build-isolation', '--no-binary',
                    ':all:', '-d', folder, f'docker=={release}'], check=True)
    with tarfile.open(folder / f'docker-{release}.tar.gz') as archive:
        archive.extractall(folder, filter='data')
    source = folder / f'docker-{release}'
    if not (source / 'tests/integration').is_dir():
        sys.exit(f'the source release {release} of docker-py carries no tests')
    # The tests are to use the docker-py that is installed.
    (source / 'docker').rename(source / 'docker-of-the-release')
    return source


def known():
    lines = (FOLDER / 'known.txt').read_text().splitlines()
    return {line.split(' ', 1)[0] for line in lines if line.strip() and not line.startswith('#')}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument('--release', default='7.0.0')
    arguments.add_argument('--least', type=float, default=85)
    given, further = arguments.parse_known_args()
    with tempfile.TemporaryDirectory(prefix='docker-py-') as folder:
        source = fetch(given.release, Path(folder))
        server = Drydock(folder)
        command = [sys.executable, '-m', 'pytest', '-p', 'no:cacheprovider', '-q', '-rA', '--timeout', '60', '-k',
                   ' and '.join(f'not {word}' for word in LEFT_OUT), '--ignore', 'tests/integration/credentials',
                   *(further or ['tests/integration'])]
        run = subprocess.run(command, cwd=source, env={**os.environ, 'DOCKER_HOST': server.url},
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        server.stop()
    named = lambda words: set(re.findall(rf'^(?:{words}) (?:tests/integration/)?(\S+)', run.stdout, re.MULTILINE))
    good, bad = named('PASSED|XPASS|XFAIL'), named('FAILED|ERROR')
    good -= bad
    print(run.stdout.splitlines()[-1])
    if not good:
        print(run.stdout)
        return 1
    percent = 100 * len(good) / len(good | bad)
    print(f'{len(good)} of {len(good | bad)} pass ({percent:.1f} %)')
    for test in sorted(bad - known()):
        print(f'fails, and is not in known.txt: {test}')
    for test in sorted(good & known()):
        print(f'passes, and is in known.txt: {test}')
    return int(percent < given.least or bool(bad - known()) or bool(good & known()))


if __name__ == '__main__':
    sys.exit(main())
