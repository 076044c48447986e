import _drydock as _d
import os.path as path

name = 'posix'
sep = '/'
linesep = '\n'
pathsep = ':'
curdir = '.'
pardir = '..'
devnull = '/dev/null'
error = OSError
O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND = 0, 1, 2, 64, 128, 512, 1024
F_OK, X_OK, W_OK, R_OK = 0, 1, 2, 4
EX_OK = 0
SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2


class _Environ(dict):
    def __setitem__(self, name, value):
        if not isinstance(value, str):
            raise TypeError(f'str expected, not {type(value).__name__}')
        dict.__setitem__(self, name, value)

    def __repr__(self):
        return 'environ(' + repr(dict(self)) + ')'

    def copy(self):
        return dict(self)


environ = _Environ(_d.environ())


def getenv(name, default=None):
    return environ.get(name, default)


def putenv(name, value):
    environ[name] = value


def unsetenv(name):
    environ.pop(name, None)


def fspath(value):
    return path._text(value)


def getcwd():
    return _d.cwd()


def chdir(place):
    _d.chdir(fspath(place))


def listdir(place='.'):
    return _d.listdir(fspath(place))


def mkdir(place, mode=0o777):
    _d.mkdir(fspath(place), mode & 0o755)


def makedirs(place, mode=0o777, exist_ok=False):
    place = fspath(place)
    head, tail = path.split(place.rstrip('/') or '/')
    if head and not path.exists(head):
        makedirs(head, mode, True)
    try:
        mkdir(place, mode)
    except FileExistsError:
        if not exist_ok or not path.isdir(place):
            raise


def rmdir(place):
    _d.rmdir(fspath(place))


def removedirs(place):
    rmdir(place)


def remove(place):
    _d.unlink(fspath(place))


unlink = remove


def rename(old, new):
    _d.rename(fspath(old), fspath(new))


replace = rename


def symlink(target, place):
    _d.symlink(fspath(target), fspath(place))


def readlink(place):
    return _d.readlink(fspath(place))


def chmod(place, mode):
    _d.chmod(fspath(place), mode)


class stat_result:
    def __init__(self, parts):
        self.st_mode, self.st_ino, self.st_nlink, self.st_uid, self.st_gid, self.st_size, self.st_mtime = parts
        self.st_atime = self.st_ctime = self.st_mtime
        self.st_dev = 0


def stat(place, follow_symlinks=True):
    return stat_result((_d.stat if follow_symlinks else _d.lstat)(fspath(place)))


def lstat(place):
    return stat_result(_d.lstat(fspath(place)))


class DirEntry:
    def __init__(self, place, name):
        self.name = name
        self.path = path.join(place, name)

    def is_dir(self, follow_symlinks=True):
        return path.isdir(self.path)

    def is_file(self, follow_symlinks=True):
        return path.isfile(self.path)

    def is_symlink(self):
        return path.islink(self.path)

    def stat(self):
        return stat(self.path)

    def __fspath__(self):
        return self.path

    def __repr__(self):
        return f'<DirEntry {self.name!r}>'


class _Scan:
    def __init__(self, entries):
        self._entries = iter(entries)

    def __iter__(self):
        return self._entries

    def __next__(self):
        return next(self._entries)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def scandir(place='.'):
    return _Scan([DirEntry(fspath(place), name) for name in listdir(place)])


def walk(top, topdown=True, onerror=None, followlinks=False):
    top = fspath(top)
    try:
        names = listdir(top)
    except OSError:
        return
    dirs = [n for n in names if path.isdir(path.join(top, n))]
    files = [n for n in names if n not in dirs]
    if topdown:
        yield top, dirs, files
    for name in dirs:
        inner = path.join(top, name)
        if followlinks or not path.islink(inner):
            for step in walk(inner, topdown, onerror, followlinks):
                yield step
    if not topdown:
        yield top, dirs, files


def access(place, mode):
    return path.exists(place)


def getpid():
    return _d.pid()


def getppid():
    return _d.parent()


def getuid():
    return _d.ids()[0]


def getgid():
    return _d.ids()[1]


geteuid = getuid
getegid = getgid


def getlogin():
    return environ.get('USER', 'root')


def kill(pid, signal):
    _d.kill(pid, int(signal))


def abort():
    _d.kill(_d.pid(), 6)


def _exit(code):
    _d.exit_now(code)


class uname_result(tuple):
    sysname = property(lambda self: self[0])
    nodename = property(lambda self: self[1])
    release = property(lambda self: self[2])
    version = property(lambda self: self[3])
    machine = property(lambda self: self[4])

    def __repr__(self):
        return "posix.uname_result(sysname=%r, nodename=%r, release=%r, version=%r, machine=%r)" % tuple(self)


def _proc(name):
    fd = _d.open('/proc/sys/kernel/' + name, 'r')
    text = _d.read(fd, 4096).decode().strip()
    _d.close(fd)
    return text


def uname():
    return uname_result(('Linux', _d.hostname(), _proc('osrelease'), _proc('version'), 'x86_64'))


def cpu_count():
    return 2


def urandom(size):
    return bytes([_d.random() & 255 for _ in range(size)])


def isatty(fd):
    return _d.is_tty(fd)


def system(command):
    import subprocess
    code = subprocess.call(command, shell=True)
    return code << 8 if code >= 0 else -code


def popen(command, mode='r'):
    import io
    import subprocess
    return io.StringIO(subprocess.run(command, shell=True, stdout=subprocess.PIPE, text=True).stdout)


def execvp(file, args):
    _d.exec(list(args))


execv = execvp


def execlp(file, *args):
    _d.exec(list(args))


def get_terminal_size(fd=1):
    return terminal_size((80, 24))


class terminal_size(tuple):
    columns = property(lambda self: self[0])
    lines = property(lambda self: self[1])


def fork():
    _d.missing('os.fork')


def getloadavg():
    return (0.0, 0.0, 0.0)


class PathLike:
    pass
