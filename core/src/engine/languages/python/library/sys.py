import _drydock as _d
from _lines import Lines as _Lines

argv = _d.argv()
path = _d.search_path()
modules = _d.modules
version = _d.version()
_numbers = version.split('.')


class _VersionInfo(tuple):
    major = property(lambda self: self[0])
    minor = property(lambda self: self[1])
    micro = property(lambda self: self[2])
    releaselevel = property(lambda self: self[3])
    serial = property(lambda self: self[4])

    def __repr__(self):
        return ("sys.version_info(major=%d, minor=%d, micro=%d, releaselevel='final', serial=0)" % self[:3])


version_info = _VersionInfo((int(_numbers[0]), int(_numbers[1]), int(_numbers[2]), 'final', 0))
hexversion = (int(_numbers[0]) << 24) | (int(_numbers[1]) << 16) | (int(_numbers[2]) << 8) | 0xf0
version = version + ' (main, Aug 13 2026, 19:41:22) [GCC 14.2.0]'
platform = 'linux'
executable = '/usr/local/bin/python3'
prefix = base_prefix = exec_prefix = '/usr/local'
byteorder = 'little'
maxsize = 9223372036854775807
maxunicode = 1114111
copyright = 'Copyright (c) 2001 Python Software Foundation.\nAll Rights Reserved.'
builtin_module_names = ()
dont_write_bytecode = False


class _Info:
    def __init__(self, **names):
        self.__dict__.update(names)
        for name, value in names.items():
            setattr(self, name, value)


implementation = _Info(name='cpython', cache_tag='cpython-3' + _numbers[1], version=version_info)
float_info = _Info(max=1.7976931348623157e+308, min=2.2250738585072014e-308, epsilon=2.220446049250313e-16, dig=15)
flags = _Info(debug=0, optimize=0, verbose=0)


class _Stream:
    encoding = 'utf-8'
    errors = 'strict'
    closed = False

    def __init__(self, fd, name, write):
        self._fd = fd
        self.name = name
        self._write = write
        self.mode = 'w'
        self.buffer = _Raw(self)

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f'write() argument must be str, not {type(text).__name__}')
        return self._write(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        _d.flush()

    def isatty(self):
        return _d.is_tty(self._fd)

    def fileno(self):
        return self._fd

    def writable(self):
        return True

    def readable(self):
        return False

    def reconfigure(self, **options):
        if options.get('line_buffering') or options.get('write_through'):
            _d.missing('sys.stdout.reconfigure')

    def close(self):
        pass

    def __repr__(self):
        return f"<_io.TextIOWrapper name='{self.name}' mode='w' encoding='utf-8'>"


class _Raw:
    def __init__(self, stream):
        self._stream = stream

    def write(self, data):
        self._stream.write(data.decode())
        return len(data)

    def flush(self):
        self._stream.flush()


class _Input(_Lines):
    encoding = 'utf-8'
    name = '<stdin>'
    mode = 'r'
    closed = False

    def readline(self, size=-1):
        return _d.read_line().decode('utf-8', 'replace')

    def read(self, size=-1):
        if size is not None and size >= 0:
            _d.missing('sys.stdin.read with a size')
        return _d.read_all().decode('utf-8', 'replace')

    def isatty(self):
        return _d.is_tty(0)

    def fileno(self):
        return 0

    def readable(self):
        return True

    def close(self):
        pass


class _InputBytes:
    def read(self, size=-1):
        return _d.read_all()

    def readline(self):
        return _d.read_line()


_Input.buffer = _InputBytes()
stdin = __stdin__ = _Input()
stdout = __stdout__ = _Stream(1, '<stdout>', _d.out)
stderr = __stderr__ = _Stream(2, '<stderr>', _d.err)


def exit(code=None):
    raise SystemExit(code)


def exc_info():
    error = _d.handled()
    if error is None:
        return (None, None, None)
    return (type(error), error, error.__traceback__)


def exception():
    return _d.handled()


def getrecursionlimit():
    return _d.recursion_limit()


def setrecursionlimit(limit):
    _d.recursion_limit(limit)


def getsizeof(value, default=0):
    _d.missing('sys.getsizeof')


def getdefaultencoding():
    return 'utf-8'


def getfilesystemencoding():
    return 'utf-8'


def intern(text):
    return text


def set_int_max_str_digits(digits):
    _d.missing('sys.set_int_max_str_digits')


def getrefcount(value):
    _d.missing('sys.getrefcount')


def _getframe(depth=0):
    _d.missing('sys._getframe')


def settrace(function):
    _d.missing('sys.settrace')
