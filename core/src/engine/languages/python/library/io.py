import _drydock as _d
from _lines import Lines as _Lines

SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
DEFAULT_BUFFER_SIZE = 8192


class UnsupportedOperation(OSError, ValueError):
    pass


class _File(_Lines):
    """A file: text where it has an encoding, bytes where not."""

    def __init__(self, name, mode, fd, text):
        self.name = name
        self.mode = mode
        self._fd = fd
        self._text = text
        self._held = b''
        self._ended = False
        self._out = []
        self._size = 0
        self._place = 0
        self.closed = False
        self._reads = 'r' in mode or '+' in mode
        self._writes = 'r' not in mode or '+' in mode
        if text:
            self.encoding = 'utf-8'

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *error):
        self.close()

    def __repr__(self):
        if self._text:
            return f"<_io.TextIOWrapper name={self.name!r} mode={self.mode!r} encoding='UTF-8'>"
        kind = 'BufferedReader' if self._reads else 'BufferedWriter'
        return f'<_io.{kind} name={self.name!r}>'

    def _check(self):
        if self.closed:
            raise ValueError('I/O operation on closed file.')

    def fileno(self):
        return self._fd

    def isatty(self):
        return _d.is_tty(self._fd)

    def readable(self):
        return self._reads

    def writable(self):
        return self._writes

    def seekable(self):
        return True

    def close(self):
        if not self.closed:
            self.flush()
            self.closed = True
            _d.close(self._fd)

    def flush(self):
        self._check()
        if self._out:
            data = b''.join(self._out)
            self._out = []
            self._size = 0
            _d.write(self._fd, data)

    def write(self, data):
        self._check()
        if not self._writes:
            raise UnsupportedOperation('not writable')
        if self._text:
            if not isinstance(data, str):
                raise TypeError(f'write() argument must be str, not {type(data).__name__}')
            raw = data.encode()
        else:
            if isinstance(data, str):
                raise TypeError("a bytes-like object is required, not 'str'")
            raw = bytes(data)
        self._out.append(raw)
        self._size += len(raw)
        self._place += len(raw)
        if self._size > 8192:
            self.flush()
        return len(data)

    def _more(self):
        if self._ended:
            return False
        if self._out:
            self.flush()
        data = _d.read(self._fd, 65536)
        if not data:
            self._ended = True
            return False
        self._held += data
        return True

    def _take(self, size):
        data, self._held = self._held[:size], self._held[size:]
        self._place += len(data)
        if self._text:
            text = data.decode()
            return text.replace('\r\n', '\n')
        return data

    def _can_read(self):
        self._check()
        if not self._reads:
            raise UnsupportedOperation('not readable')

    def read(self, size=-1):
        self._can_read()
        if size is None or size < 0:
            while self._more():
                pass
            return self._take(len(self._held))
        if self._text:
            while self._more():
                pass
            text = self._held.decode()
            part = text[:size]
            return self._take(len(part.encode()))
        while len(self._held) < size and self._more():
            pass
        return self._take(size)

    def readline(self, size=-1):
        self._can_read()
        while True:
            at = self._held.find(b'\n')
            if at >= 0:
                return self._take(at + 1)
            if not self._more():
                return self._take(len(self._held))

    def __iter__(self):
        self._can_read()
        return self

    def tell(self):
        return self._place

    def seek(self, place, whence=0):
        self._check()
        self.flush()
        if whence == 2 and place == 0:
            if self._reads:
                self.read()
            return self._place
        if whence != 0:
            _d.missing('seeking from the present place of a file')
        if 'a' in self.mode or (self._writes and not self._reads):
            _d.missing('seeking in a file that is written')
        _d.close(self._fd)
        self._fd = _d.open(self.name, 'r+' if self._writes else 'r')
        self._held = b''
        self._ended = False
        self._place = 0
        while self._place < place:
            data = _d.read(self._fd, place - self._place)
            if not data:
                break
            self._place += len(data)
        return place

    def truncate(self, size=None):
        self.flush()
        _d.truncate(self.name, self._place if size is None else size)


def open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None):
    if isinstance(file, int):
        if file == 0:
            import sys
            return sys.stdin
        if file in (1, 2):
            import sys
            return sys.stdout if file == 1 else sys.stderr
        return _File(file, mode, file, 'b' not in mode)
    letters = set(mode)
    if letters - set('rwaxbt+') or len(letters & set('rwax')) != 1 or 'b' in letters and 't' in letters:
        if letters - set('rwaxbt+') or len(mode) != len(letters):
            raise ValueError(f'invalid mode: {mode!r}')
        raise ValueError('must have exactly one of create/read/write/append mode')
    if encoding is not None and encoding.lower().replace('_', '-') not in ('utf-8', 'utf8', 'ascii', 'utf-8-sig'):
        _d.missing(f'the encoding {encoding}')
    if hasattr(file, '__fspath__'):
        file = file.__fspath__()
    return _File(file, mode, _d.open(file, mode), 'b' not in letters)


class StringIO(_Lines):
    def __init__(self, initial='', newline='\n'):
        self._value = initial or ''
        self._place = 0
        self.closed = False

    def write(self, text):
        if self.closed:
            raise ValueError('I/O operation on closed file')
        if not isinstance(text, str):
            raise TypeError(f"string argument expected, got '{type(text).__name__}'")
        self._value = self._value[:self._place] + text + self._value[self._place + len(text):]
        self._place += len(text)
        return len(text)

    def read(self, size=-1):
        if size is None or size < 0:
            size = len(self._value)
        part = self._value[self._place:self._place + size]
        self._place += len(part)
        return part

    def readline(self):
        end = self._value.find('\n', self._place)
        end = len(self._value) if end < 0 else end + 1
        part = self._value[self._place:end]
        self._place = end
        return part

    def getvalue(self):
        return self._value

    def seek(self, place, whence=0):
        self._place = place if whence == 0 else len(self._value) + place
        return self._place

    def tell(self):
        return self._place

    def truncate(self, size=None):
        self._value = self._value[:self._place if size is None else size]
        return len(self._value)

    def flush(self):
        pass

    def close(self):
        self.closed = True

    def isatty(self):
        return False

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


class BytesIO:
    def __init__(self, initial=b''):
        self._value = bytes(initial)
        self._place = 0
        self.closed = False

    def write(self, data):
        self._value = self._value[:self._place] + bytes(data) + self._value[self._place + len(data):]
        self._place += len(data)
        return len(data)

    def read(self, size=-1):
        if size is None or size < 0:
            size = len(self._value)
        part = self._value[self._place:self._place + size]
        self._place += len(part)
        return part

    def readline(self):
        end = self._value[self._place:].find(b'\n')
        return self.read(end + 1 if end >= 0 else -1)

    def getvalue(self):
        return self._value

    def seek(self, place, whence=0):
        self._place = place if whence == 0 else len(self._value) + place
        return self._place

    def tell(self):
        return self._place

    def flush(self):
        pass

    def close(self):
        self.closed = True

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


class IOBase:
    pass


class TextIOBase(IOBase):
    pass


TextIOWrapper = _File
