#!/usr/bin/env python3
"""own_suite.py [--release VERSION] : runs bollard's own integration tests against `drydock serve`.

Their source is what cargo fetches of the crate, which carries its tests; it is built in a scratch folder and nothing of it
is kept. A registry runs in Drydock as they want one, with the images they push to it. Left out are the tests of swarm
(nodes, services, tasks, secrets, configs), plugins and podman. What is known to fail, and why, is in known.txt: a test
that fails and is not there, and one that is there and passes, are both told of and make the run fail. DRYDOCK names the
binary (default target/debug/drydock). It takes a minute and more, most of it to build the tests."""
import argparse, json, os, re, shutil, subprocess, sys, tempfile, time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
BINARY = os.environ.get('DRYDOCK', str(FOLDER.parents[2] / 'target/debug/drydock'))
TESTS = ['container_test', 'distribution', 'exec_test', 'image_test', 'network_test', 'race_test', 'system_test',
         'version_test', 'volume_test']
IMAGES = ['hello-world:linux', 'fussybeaver/uhttpd', 'alpine']


def source(release, folder):
    """A copy of the crate's source as cargo has it."""
    (folder / 'src').mkdir()
    (folder / 'src/lib.rs').touch()
    (folder / 'Cargo.toml').write_text(
        f'[package]\nname = "scratch"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\nbollard = "={release}"\n')
    said = subprocess.run(['cargo', 'metadata', '--format-version', '1'], cwd=folder, stdout=subprocess.PIPE, check=True)
    crates = json.loads(said.stdout)['packages']
    found = next(Path(crate['manifest_path']).parent for crate in crates if crate['name'] == 'bollard')
    return Path(shutil.copytree(found, folder / 'bollard'))


def serve(folder):
    socket = folder / 'drydock.sock'
    server = subprocess.Popen([BINARY, 'serve', '-H', f'unix://{socket}'], stdout=subprocess.DEVNULL)
    for _ in range(200):
        if socket.exists():
            return server, f'unix://{socket}'
        time.sleep(0.02)
    sys.exit('drydock serve does not listen')


def known():
    lines = (FOLDER / 'known.txt').read_text().splitlines()
    return {line.split(' ', 1)[0] for line in lines if line.strip() and not line.startswith('#')}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument('--release', default='0.21.1')
    given = arguments.parse_args()
    if not shutil.which('docker'):
        sys.exit('the registry is set up with the docker program, which is not here')
    with tempfile.TemporaryDirectory(prefix='bollard-') as folder:
        crate = source(given.release, Path(folder))
        server, url = serve(Path(folder))
        env = {**os.environ, 'DOCKER_HOST': url, 'REGISTRY_PASSWORD': 'none', 'CARGO_TARGET_DIR': f'{folder}/target'}
        docker = lambda *words: subprocess.run(['docker', *words], env=env, stdout=subprocess.DEVNULL, check=True)
        docker('run', '-d', '--name', 'registry', '-p', '5000:5000', 'registry:2')
        for image in IMAGES:
            docker('pull', '-q', image)
            docker('tag', image, f'localhost:5000/{image}')
            docker('push', '-q', f'localhost:5000/{image}')
        # They count what is there, so one runs at a time.
        command = ['cargo', 'test', '--no-fail-fast', *(word for test in TESTS for word in ('--test', test)), '--',
                   '--test-threads', '1']
        run = subprocess.run(command, cwd=crate, env=env, stdout=subprocess.PIPE, text=True, timeout=900)
        server.terminate()
        server.wait(10)
    named = lambda word: set(re.findall(rf'^test (\S+) \.\.\. {word}$', run.stdout, re.MULTILINE))
    good, bad = named('ok'), named('FAILED')
    print(f'{len(good)} of {len(good | bad)} pass')
    for test in sorted(bad - known()):
        print(f'fails, and is not in known.txt: {test}')
    for test in sorted(good & known()):
        print(f'passes, and is in known.txt: {test}')
    return int(not good or bool(bad - known()) or bool(good & known()))


if __name__ == '__main__':
    sys.exit(main())
