import socket
import _drydock as _d

__version__ = _d.installed('redis')


class RedisError(Exception):
    pass


class ConnectionError(RedisError):
    pass


class TimeoutError(RedisError):
    pass


class ResponseError(RedisError):
    pass


class DataError(RedisError):
    pass


class exceptions:
    pass


for _kind in (RedisError, ConnectionError, TimeoutError, ResponseError, DataError):
    _kind.__module__ = 'redis.exceptions'
    setattr(exceptions, _kind.__name__, _kind)


class Redis:
    def __init__(self, host='localhost', port=6379, db=0, password=None, decode_responses=False, username=None,
                 socket_timeout=None, socket_connect_timeout=None, charset=None, encoding=None, **others):
        self._host, self._port, self._db, self._password = host, int(port), int(db), password
        self._decode = decode_responses
        self._timeout = socket_timeout
        self._sock = None

    @classmethod
    def from_url(cls, url, **options):
        from urllib.parse import urlsplit
        parts = urlsplit(url)
        db = parts.path.strip('/')
        return cls(parts.hostname or 'localhost', parts.port or 6379, int(db) if db else 0, parts.password, **options)

    def __repr__(self):
        return f'<redis.client.Redis(<redis.connection.ConnectionPool(<redis.connection.Connection(host={self._host},' \
            f'port={self._port},db={self._db})>)>)>'

    def _connect(self):
        try:
            self._sock = socket.create_connection((self._host, self._port), self._timeout)
        except OSError as e:
            text = e.strerror
            raise ConnectionError(f'Error {e.errno} connecting to {self._host}:{self._port}. {text}.') from None
        self._file = self._sock.makefile('rb')
        if self._password:
            self._exchange(('AUTH', self._password))
        if self._db:
            self._exchange(('SELECT', self._db))

    def execute_command(self, *words):
        for attempt in (1, 2):
            if self._sock is None:
                self._connect()
            try:
                return self._exchange(words)
            except (OSError, EOFError):
                self._sock.close()
                self._sock = None
                if attempt == 2:
                    raise ConnectionError('Connection closed by server.') from None

    def _exchange(self, words):
        out = [b'*%d\r\n' % len(words)] if False else [f'*{len(words)}\r\n'.encode()]
        for word in words:
            if isinstance(word, bool) or not isinstance(word, (str, bytes, int, float)):
                raise DataError(f"Invalid input of type: '{type(word).__name__}'. Convert to a bytes, string, int or "
                                'float first.')
            data = word if isinstance(word, bytes) else str(word).encode()
            out.append(f'${len(data)}\r\n'.encode() + data + b'\r\n')
        self._sock.sendall(b''.join(out))
        return self._reply()

    def _reply(self):
        line = self._file.readline()
        if not line:
            raise EOFError
        kind, rest = line[:1], line[1:].strip()
        if kind == b'+':
            return rest.decode()
        if kind == b'-':
            text = rest.decode()
            raise ResponseError(text[4:] if text.startswith('ERR ') else text)
        if kind == b':':
            return int(rest)
        if kind == b'$':
            if int(rest) < 0:
                return None
            data = self._file.read(int(rest) + 2)[:-2]
            return data.decode() if self._decode else data
        if kind == b'*':
            return None if int(rest) < 0 else [self._reply() for _ in range(int(rest))]
        raise ResponseError('Protocol Error')

    def ping(self):
        return self.execute_command('PING') == 'PONG'

    def set(self, name, value, ex=None, px=None, nx=False, xx=False):
        words = ['SET', name, value]
        if ex is not None:
            words += ['EX', ex]
        if px is not None:
            words += ['PX', px]
        if nx:
            words.append('NX')
        if xx:
            words.append('XX')
        return True if self.execute_command(*words) == 'OK' else None

    def setex(self, name, seconds, value):
        return self.set(name, value, ex=seconds)

    def setnx(self, name, value):
        return bool(self.execute_command('SETNX', name, value))

    def get(self, name):
        return self.execute_command('GET', name)

    def incr(self, name, amount=1):
        return self.execute_command('INCRBY', name, amount)

    incrby = incr

    def decr(self, name, amount=1):
        return self.execute_command('DECRBY', name, amount)

    def delete(self, *names):
        return self.execute_command('DEL', *names)

    def exists(self, *names):
        return self.execute_command('EXISTS', *names)

    def expire(self, name, seconds):
        return bool(self.execute_command('EXPIRE', name, seconds))

    def ttl(self, name):
        return self.execute_command('TTL', name)

    def keys(self, pattern='*'):
        return self.execute_command('KEYS', pattern)

    def mget(self, *names):
        return self.execute_command('MGET', *names)

    def lpush(self, name, *values):
        return self.execute_command('LPUSH', name, *values)

    def rpush(self, name, *values):
        return self.execute_command('RPUSH', name, *values)

    def lpop(self, name):
        return self.execute_command('LPOP', name)

    def rpop(self, name):
        return self.execute_command('RPOP', name)

    def llen(self, name):
        return self.execute_command('LLEN', name)

    def lrange(self, name, start, end):
        return self.execute_command('LRANGE', name, start, end)

    def hset(self, name, key=None, value=None, mapping=None):
        words = [] if key is None else [key, value]
        for k, v in (mapping or {}).items():
            words += [k, v]
        return self.execute_command('HSET', name, *words)

    def hget(self, name, key):
        return self.execute_command('HGET', name, key)

    def hgetall(self, name):
        flat = self.execute_command('HGETALL', name)
        return dict(zip(flat[::2], flat[1::2]))

    def sadd(self, name, *values):
        return self.execute_command('SADD', name, *values)

    def smembers(self, name):
        return set(self.execute_command('SMEMBERS', name))

    def flushdb(self):
        return self.execute_command('FLUSHDB') == 'OK'

    def flushall(self):
        return self.execute_command('FLUSHALL') == 'OK'

    def dbsize(self):
        return self.execute_command('DBSIZE')

    def close(self):
        if self._sock:
            self._sock.close()
            self._sock = None


StrictRedis = Redis
from_url = Redis.from_url
