import os
import _drydock as _d


class PurePath:
    def __init__(self, *parts):
        path = os.path.join(*[os.fspath(p) for p in parts]) if parts else '.'
        root = '/' if path.startswith('/') else ''
        pieces = [p for p in path.split('/') if p and p != '.']
        self._path = root + '/'.join(pieces) or '.'

    def __fspath__(self):
        return self._path

    def __str__(self):
        return self._path

    def __repr__(self):
        return f"{'PosixPath' if isinstance(self, Path) else 'PurePosixPath'}({self._path!r})"

    def __truediv__(self, other):
        return type(self)(self._path, other)

    def __rtruediv__(self, other):
        return type(self)(other, self._path)

    def __eq__(self, other):
        return isinstance(other, PurePath) and self._path == other._path

    def __lt__(self, other):
        return self.parts < other.parts

    def __hash__(self):
        return hash(self._path)

    @property
    def parts(self):
        return (('/',) if self._path.startswith('/') else ()) + tuple(p for p in self._path.split('/') if p and p != '.')

    @property
    def name(self):
        return '' if self._path in ('.', '/') else self._path.rpartition('/')[2]

    @property
    def stem(self):
        return os.path.splitext(self.name)[0]

    @property
    def suffix(self):
        return os.path.splitext(self.name)[1]

    @property
    def suffixes(self):
        return ['.' + p for p in self.name.lstrip('.').split('.')[1:]]

    @property
    def parent(self):
        return type(self)(os.path.dirname(self._path) or '.')

    @property
    def parents(self):
        out = []
        one = self
        while one.parent != one:
            one = one.parent
            out.append(one)
        return tuple(out)

    def joinpath(self, *parts):
        return type(self)(self._path, *parts)

    def with_name(self, name):
        return self.parent / name

    def with_suffix(self, suffix):
        return self.parent / (self.stem + suffix)

    def is_absolute(self):
        return self._path.startswith('/')

    def as_posix(self):
        return self._path

    def relative_to(self, other):
        base = type(self)(other).parts
        if self.parts[:len(base)] != base:
            raise ValueError(f'{self._path!r} is not in the subpath of {str(other)!r}')
        return type(self)(*self.parts[len(base):])

    def match(self, pattern):
        import fnmatch
        return fnmatch.fnmatch(self.name, pattern)


class Path(PurePath):
    @classmethod
    def cwd(cls):
        return cls(os.getcwd())

    @classmethod
    def home(cls):
        return cls(os.path.expanduser('~'))

    def exists(self):
        return os.path.exists(self._path)

    def is_file(self):
        return os.path.isfile(self._path)

    def is_dir(self):
        return os.path.isdir(self._path)

    def is_symlink(self):
        return os.path.islink(self._path)

    def open(self, mode='r', buffering=-1, encoding=None, errors=None, newline=None):
        return open(self._path, mode, buffering, encoding, errors, newline)

    def read_text(self, encoding=None, errors=None):
        with open(self._path) as file:
            return file.read()

    def read_bytes(self):
        with open(self._path, 'rb') as file:
            return file.read()

    def write_text(self, data, encoding=None, errors=None, newline=None):
        with open(self._path, 'w') as file:
            return file.write(data)

    def write_bytes(self, data):
        with open(self._path, 'wb') as file:
            return file.write(data)

    def mkdir(self, mode=0o777, parents=False, exist_ok=False):
        if parents:
            os.makedirs(self._path, mode, exist_ok)
            return
        try:
            os.mkdir(self._path, mode)
        except FileExistsError:
            if not exist_ok:
                raise

    def touch(self, mode=0o666, exist_ok=True):
        open(self._path, 'a').close()

    def unlink(self, missing_ok=False):
        try:
            os.remove(self._path)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def rmdir(self):
        os.rmdir(self._path)

    def rename(self, target):
        os.rename(self._path, os.fspath(target))
        return type(self)(target)

    replace = rename

    def iterdir(self):
        for name in os.listdir(self._path):
            yield self / name

    def glob(self, pattern):
        import fnmatch
        if pattern.startswith('**/'):
            for found in self.rglob(pattern[3:]):
                yield found
            return
        first, slash, rest = pattern.partition('/')
        for name in sorted(os.listdir(self._path)):
            if fnmatch.fnmatch(name, first):
                if not slash:
                    yield self / name
                elif (self / name).is_dir():
                    for found in (self / name).glob(rest):
                        yield found

    def rglob(self, pattern):
        for found in self.glob(pattern):
            yield found
        for name in sorted(os.listdir(self._path)):
            if (self / name).is_dir():
                for found in (self / name).rglob(pattern):
                    yield found

    def resolve(self, strict=False):
        return type(self)(os.path.realpath(self._path))

    def absolute(self):
        return type(self)(os.path.abspath(self._path))

    def expanduser(self):
        return type(self)(os.path.expanduser(self._path))

    def stat(self):
        return os.stat(self._path)

    def chmod(self, mode):
        os.chmod(self._path, mode)


PosixPath = Path
PurePosixPath = PurePath
