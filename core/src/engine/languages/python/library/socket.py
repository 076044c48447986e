import _drydock as _d

AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6 = 0, 1, 2, 10
SOCK_STREAM, SOCK_DGRAM = 1, 2
SOL_SOCKET, SO_REUSEADDR, SO_KEEPALIVE, SO_REUSEPORT = 1, 2, 9, 15
IPPROTO_TCP, TCP_NODELAY = 6, 1
SHUT_RD, SHUT_WR, SHUT_RDWR = 0, 1, 2
SOMAXCONN = 4096
error = OSError
timeout = TimeoutError
_default = None


class gaierror(OSError):
    pass


class herror(OSError):
    pass


_TEXTS = {-2: 'Name or service not known', -3: 'Temporary failure in name resolution'}


def _resolve(name):
    if name in ('', '0.0.0.0'):
        return ['0.0.0.0']
    found = _d.lookup(name)
    if isinstance(found, int):
        raise gaierror(found, _TEXTS[found])
    return found


def gethostname():
    return _d.hostname()


def getfqdn(name=''):
    return name or _d.hostname()


def gethostbyname(name):
    return _resolve(name)[0]


def gethostbyname_ex(name):
    return (name, [], _resolve(name))


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    return [(AF_INET, SOCK_STREAM, IPPROTO_TCP, '', (ip, int(port or 0))) for ip in _resolve(host or '0.0.0.0')]


def inet_aton(text):
    return bytes([int(part) for part in text.split('.')])


def inet_ntoa(data):
    return '.'.join(str(b) for b in data)


def htons(n):
    return (n & 255) << 8 | n >> 8


ntohs = htons


def setdefaulttimeout(seconds):
    global _default
    _default = seconds


def getdefaulttimeout():
    return _default


class socket:
    def __init__(self, family=AF_INET, type=SOCK_STREAM, proto=0, fileno=None):
        if family not in (AF_INET, AF_INET6) or type != SOCK_STREAM:
            _d.missing('sockets that are not TCP')
        self.family = family
        self.type = type
        self.proto = proto
        self._fd = fileno
        self._bound = None
        self._timeout = _default

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def __repr__(self):
        return f'<socket.socket fd={self.fileno()}, family=2, type=1, proto=0>'

    def fileno(self):
        return -1 if self._fd is None else self._fd

    def setsockopt(self, *options):
        pass

    def getsockopt(self, *options):
        return 0

    def settimeout(self, seconds):
        self._timeout = seconds

    def gettimeout(self):
        return self._timeout

    def setblocking(self, blocking):
        self._timeout = None if blocking else 0.0

    def bind(self, address):
        host, port = address[0], address[1]
        self._bound = (_resolve(host)[0], port)
        self._fd = _d.listen(*self._bound)

    def listen(self, backlog=128):
        if self._fd is None:
            self.bind(('0.0.0.0', 0))

    def accept(self):
        fd = _d.accept(self._fd, self._timeout)
        other = socket(fileno=fd)
        return other, _d.ends(fd)[1]

    def connect(self, address):
        self._fd = _d.connect(_resolve(address[0])[0], address[1])

    def connect_ex(self, address):
        try:
            self.connect(address)
        except gaierror:
            raise
        except OSError as e:
            return e.errno
        return 0

    def _open(self):
        if self._fd is None:
            raise OSError(9, 'Bad file descriptor')
        return self._fd

    def send(self, data):
        return _d.send(self._open(), bytes(data))

    def sendall(self, data):
        _d.send(self._open(), bytes(data))

    def recv(self, size, flags=0):
        return _d.receive(self._open(), size, self._timeout)

    def getsockname(self):
        if self._bound is not None:
            return self._bound
        return _d.ends(self._open())[0]

    def getpeername(self):
        return _d.ends(self._open())[1]

    def shutdown(self, how):
        _d.shutdown(self._open())

    def close(self):
        if self._fd is not None:
            _d.close(self._fd)
            self._fd = None

    def detach(self):
        fd, self._fd = self._fd, None
        return fd

    def makefile(self, mode='r', *args, **names):
        return _Stream(self, 'b' not in mode)


class _Stream:
    def __init__(self, sock, text):
        self._sock = sock
        self._text = text
        self._held = b''
        self.closed = False

    def _give(self, data):
        return data.decode() if self._text else data

    def readline(self, limit=-1):
        while b'\n' not in self._held:
            data = self._sock.recv(65536)
            if not data:
                data, self._held = self._held, b''
                return self._give(data)
            self._held += data
        at = self._held.find(b'\n') + 1
        data, self._held = self._held[:at], self._held[at:]
        return self._give(data)

    def read(self, size=-1):
        while size < 0 or len(self._held) < size:
            data = self._sock.recv(65536)
            if not data:
                break
            self._held += data
        size = len(self._held) if size < 0 else size
        data, self._held = self._held[:size], self._held[size:]
        return self._give(data)

    def write(self, data):
        self._sock.sendall(data.encode() if self._text else data)
        return len(data)

    def flush(self):
        pass

    def close(self):
        self.closed = True

    def __iter__(self):
        while True:
            line = self.readline()
            if not line:
                return
            yield line


def create_connection(address, timeout=None, source_address=None):
    sock = socket()
    if timeout is not None:
        sock.settimeout(timeout)
    sock.connect(address)
    return sock


def create_server(address, *, family=AF_INET, backlog=None, reuse_port=False):
    sock = socket()
    sock.bind(address)
    sock.listen()
    return sock
