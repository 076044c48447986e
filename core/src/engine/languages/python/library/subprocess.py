import _drydock as _d

PIPE = -1
STDOUT = -2
DEVNULL = -3


class SubprocessError(Exception):
    pass


class CalledProcessError(SubprocessError):
    def __init__(self, returncode, cmd, output=None, stderr=None):
        Exception.__init__(self, returncode, cmd, output, stderr)
        self.returncode, self.cmd, self.output, self.stderr = returncode, cmd, output, stderr
        self.stdout = output

    def __str__(self):
        if self.returncode < 0:
            import signal
            return f"Command '{self.cmd}' died with {signal.Signals(-self.returncode)!r}."
        return f"Command '{self.cmd}' returned non-zero exit status {self.returncode}."


class TimeoutExpired(SubprocessError):
    pass


class CompletedProcess:
    def __init__(self, args, returncode, stdout=None, stderr=None):
        self.args, self.returncode, self.stdout, self.stderr = args, returncode, stdout, stderr

    def check_returncode(self):
        if self.returncode:
            raise CalledProcessError(self.returncode, self.args, self.stdout, self.stderr)

    def __repr__(self):
        parts = [f'args={self.args!r}', f'returncode={self.returncode!r}']
        if self.stdout is not None:
            parts.append(f'stdout={self.stdout!r}')
        if self.stderr is not None:
            parts.append(f'stderr={self.stderr!r}')
        return 'CompletedProcess(' + ', '.join(parts) + ')'


class Popen:
    def __init__(self, args, bufsize=-1, stdin=None, stdout=None, stderr=None, shell=False, cwd=None, env=None,
                 text=None, universal_newlines=None, encoding=None, errors=None, close_fds=True, **others):
        for name in others:
            _d.missing(f'subprocess with {name}')
        self.args = args
        self._text = bool(text or universal_newlines or encoding)
        if shell:
            words = ['/bin/sh', '-c', args if isinstance(args, str) else ' '.join(args)]
        else:
            words = [args] if isinstance(args, str) else [_path(a) for a in args]
        if env is not None:
            words = ['env', '-i'] + [f'{k}={v}' for k, v in env.items()] + words
        self._mine, given = [], []
        self.stdin = self._stream(stdin, given, True)
        self.stdout = self._stream(stdout, given, False)
        if stderr == STDOUT:
            given.append(given[1] if given[1] is not None else 1)
            self.stderr = None
        else:
            self.stderr = self._stream(stderr, given, False)
        try:
            self.pid = _d.run(words, given, cwd)
        finally:
            for fd in self._mine:
                _d.close(fd)
        self.returncode = None

    def _stream(self, wanted, given, to_child):
        import io
        if wanted is None:
            given.append(None)
            return None
        if wanted == DEVNULL:
            fd = _d.open('/dev/null', 'r+')
            self._mine.append(fd)
            given.append(fd)
            return None
        if wanted != PIPE:
            if hasattr(wanted, 'flush'):
                wanted.flush()
            given.append(wanted if isinstance(wanted, int) else wanted.fileno())
            return None
        read, write = _d.pipe()
        given.append(read if to_child else write)
        self._mine.append(read if to_child else write)
        return io._File('<pipe>', 'w' if to_child else 'r', write if to_child else read, self._text)

    def poll(self):
        return self.returncode

    def wait(self, timeout=None):
        if self.returncode is None:
            self.returncode = _d.wait(self.pid)
        return self.returncode

    def communicate(self, input=None, timeout=None):
        if self.stdin is not None:
            if input:
                self.stdin.write(input)
            self.stdin.close()
        out = self.stdout.read() if self.stdout else None
        err = self.stderr.read() if self.stderr else None
        self.wait()
        return out, err

    def kill(self):
        _d.missing('Popen.kill')

    terminate = send_signal = kill

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.wait()


def _path(word):
    return word.__fspath__() if hasattr(word, '__fspath__') else word


def run(args, *, input=None, capture_output=False, timeout=None, check=False, **options):
    if capture_output:
        options['stdout'] = options['stderr'] = PIPE
    if input is not None:
        options['stdin'] = PIPE
    child = Popen(args, **options)
    out, err = child.communicate(input)
    done = CompletedProcess(args, child.returncode, out, err)
    if check:
        done.check_returncode()
    return done


def call(args, **options):
    return run(args, **options).returncode


def check_call(args, **options):
    run(args, check=True, **options)
    return 0


def check_output(args, **options):
    return run(args, stdout=PIPE, check=True, **options).stdout


def getoutput(command):
    return getstatusoutput(command)[1]


def getstatusoutput(command):
    done = run(command, shell=True, text=True, stdout=PIPE, stderr=STDOUT)
    return done.returncode, done.stdout.rstrip('\n')
