#!/usr/bin/env python3
"""over_serve.py [-v] [-j N] [NAME...] : plays recordings through the real `docker` CLI against `drydock serve`.

Every recording gets a fresh server and a bash in a scratch home; its commands run as recorded, its answers are compared
under the masks of mask.py. Names such as `open/ps-01-basic` choose recordings; without any, all are played. With -v the
answers that differ are shown. Recordings that publish the same ports take turns. Says how many commands agree.

DRYDOCK names the binary (default target/debug/drydock). Where the CLI has buildx, as the recorded one had, builds go over
BuildKit's gRPC; without it, they are the classic builder's, whose words differ. Without a `docker` CLI it says so and
ends well."""
import argparse, concurrent.futures, os, re, shutil, subprocess, sys, tempfile, threading, time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))
import mask

ROOT = FOLDER.parent.parent
HOME = '/home/learner'
PATIENCE = 240
PLUGINS = Path(os.environ.get('DOCKER_CONFIG', Path.home() / '.docker')).resolve() / 'cli-plugins'
PORTS = threading.Lock()
# Runs the commands of a recording one after the other in one bash, each with its own streams.
PLAYER = '''
cd "$HOME"
for drydock_n in $(seq 1 "$DRYDOCK_COUNT"); do
  true
  { . "$DRYDOCK_PLAY/$drydock_n.sh"; } > "$DRYDOCK_PLAY/$drydock_n.out" 2> "$DRYDOCK_PLAY/$drydock_n.err" < /dev/null
  echo $? > "$DRYDOCK_PLAY/$drydock_n.code"
done
'''


def wait_for(path, process):
    for _ in range(200):
        if path.exists():
            return
        if process.poll() is not None:
            raise RuntimeError('the server ended: ' + process.stderr.read().decode())
        time.sleep(0.05)
    raise RuntimeError('the server does not listen')


def play(binary, commands):
    """The answers of each command: stdout, stderr, exit code; None for what was not reached."""
    with tempfile.TemporaryDirectory(prefix='drydock-') as scratch:
        scratch = Path(scratch)
        home, files, socket = scratch / 'learner', scratch / 'play', scratch / 'd.sock'
        home.mkdir(), files.mkdir()
        if PLUGINS.is_dir():
            (home / '.docker').mkdir()
            (home / '.docker/cli-plugins').symlink_to(PLUGINS)
        for n, command in enumerate(commands, 1):
            (files / f'{n}.sh').write_text(command.replace(HOME, str(home)) + '\n')
        server = subprocess.Popen([binary, 'serve', '--recorded', '-H', f'unix://{socket}'], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE)
        try:
            wait_for(socket, server)
            env = {'HOME': str(home), 'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8', 'COLUMNS': '80', 'USER': 'learner',
                   'DOCKER_HOST': f'unix://{socket}', 'DOCKER_CLI_HINTS': 'false', 'BUILDKIT_PROGRESS': 'plain',
                   'DRYDOCK_PLAY': str(files), 'DRYDOCK_COUNT': str(len(commands))}
            shell = subprocess.Popen(['bash', '--norc', '-c', PLAYER], env=env, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            try:
                shell.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(shell.pid, 9)
                shell.wait()
        finally:
            server.terminate()
            server.wait(10)
        answers = []
        for n in range(1, len(commands) + 1):
            code = files / f'{n}.code'
            if not code.exists():
                answers.append(None)
                continue
            text = lambda end: (files / f'{n}.{end}').read_bytes().decode(errors='replace').replace(str(home), HOME)
            answers.append((text('out'), text('err'), int(code.read_text())))
        return answers


def lines(text):
    """A stream as a recording holds it."""
    if not text:
        return []
    all_lines = text.split('\n')
    if all_lines[-1] == '':
        return all_lines[:-1]
    return all_lines[:-1] + [all_lines[-1] + '\\']


def judge(binary, name):
    """The commands of a recording that agree, how many there are, and a report of the others."""
    recorded = mask.parse((FOLDER / f'{name}.transcript').read_text())
    commands = [c for c, *_ in recorded]
    needs_ports = any(re.search(r'(^|\s)(-[a-z]*p|--publish)[ =]|(^|\s)-P\b', c) for c in commands)
    if needs_ports:
        with PORTS:
            answers = play(binary, commands)
    else:
        answers = play(binary, commands)
    agree, report = 0, []
    for n, ((command, out, err, code), answer) in enumerate(zip(recorded, answers), 1):
        if answer is None:
            report.append(f'{name}:{n} $ {command}\n  not reached')
            continue
        said = (mask.masked(lines(answer[0])), mask.masked(lines(answer[1])), answer[2])
        wanted = (mask.masked(out), mask.masked(err), code)
        if said == wanted:
            agree += 1
            continue
        text = [f'{name}:{n} $ {command}']
        for what, mine, theirs in zip(('stdout', 'stderr', 'exit code'), said, wanted):
            if mine != theirs:
                show = lambda v: '\n'.join('      ' + l for l in v) if isinstance(v, list) else f'      {v}'
                text.append(f'    {what} recorded:\n{show(theirs)}\n    {what} now:\n{show(mine)}')
        report.append('\n'.join(text))
    return agree, len(recorded), report


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument('-v', action='store_true', help='show the answers that differ')
    arguments.add_argument('-j', type=int, default=4, help='how many recordings are played at once')
    arguments.add_argument('--least', type=float, default=0, help='fail below this percentage')
    arguments.add_argument('names', nargs='*')
    given = arguments.parse_args()
    if not shutil.which('docker'):
        print('over_serve: there is no docker CLI here; nothing was played')
        return 0
    binary = os.environ.get('DRYDOCK', str(ROOT / 'target/debug/drydock'))
    names = given.names or sorted(str(p.relative_to(FOLDER).with_suffix('')) for p in FOLDER.glob('*/*.transcript'))
    agree = total = 0
    with concurrent.futures.ThreadPoolExecutor(given.j) as pool:
        for name, (good, count, report) in zip(names, pool.map(lambda n: judge(binary, n), names)):
            agree, total = agree + good, total + count
            print(f'{name}: {good} of {count} agree', flush=True)
            if given.v:
                print('\n'.join(report), flush=True)
    percent = 100 * agree / max(total, 1)
    print(f'{agree} of {total} agree ({percent:.1f} %)')
    return int(percent < given.least)


if __name__ == '__main__':
    sys.exit(main())
