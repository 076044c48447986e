import _client
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote, urlencode, urljoin, urlparse
from _fields import Fields as _Fields


class Request:
    def __init__(self, url, data=None, headers=None, method=None):
        self.full_url = url
        self.data = data
        self.headers = dict(headers or {})
        self.method = method

    def add_header(self, name, value):
        self.headers[name.capitalize()] = value

    def get_method(self):
        return self.method or ('POST' if self.data is not None else 'GET')


class _Message(_Fields):
    def get_content_charset(self, default=None):
        return 'utf-8' if 'charset' in self.get('content-type', '') else default


class Response:
    def __init__(self, reply):
        self.status = self.code = reply.status
        self.reason = self.msg = reply.reason
        self.headers = _Message(reply.fields)
        self.url = reply.url
        self._body = reply.body

    def read(self, size=-1):
        size = len(self._body) if size is None or size < 0 else size
        part, self._body = self._body[:size], self._body[size:]
        return part

    def readline(self):
        at = self._body.find(b'\n')
        return self.read(at + 1 if at >= 0 else -1)

    def __iter__(self):
        while self._body:
            yield self.readline()

    def getcode(self):
        return self.status

    def geturl(self):
        return self.url

    def info(self):
        return self.headers

    def getheader(self, name, default=None):
        return self.headers.get(name, default)

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def urlopen(url, data=None, timeout=None, context=None):
    import sys
    request = url if isinstance(url, Request) else Request(url, data)
    target = request.full_url
    for _ in range(10):
        fields = [('User-Agent', 'Python-urllib/3.' + str(sys.version_info[1]))] + list(request.headers.items())
        body = request.data if data is None else data
        if body is not None and not any(n.lower() == 'content-type' for n, _ in fields):
            fields.append(('Content-Type', 'application/x-www-form-urlencoded'))
        if '://' not in target:
            raise ValueError(f'unknown url type: {target!r}')
        try:
            reply = _client.fetch(request.get_method(), target, fields, body, timeout)
        except OSError as e:
            raise URLError(e) from None
        if reply.status in (301, 302, 303, 307, 308) and reply.field('location'):
            target = urljoin(target, reply.field('location'))
            continue
        if reply.status >= 400:
            raise HTTPError(target, reply.status, reply.reason, Response(reply))
        return Response(reply)
    raise URLError('too many redirections')


def urlretrieve(url, filename):
    with urlopen(url) as reply, open(filename, 'wb') as file:
        file.write(reply.read())
    return filename, reply.headers
