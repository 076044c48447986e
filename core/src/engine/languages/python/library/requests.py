import json as _json
import _client
import _drydock as _d
from urllib.parse import quote, urlencode, urljoin, urlsplit

__version__ = _d.installed('requests')


class RequestException(OSError):
    pass


class ConnectionError(RequestException):
    pass


class HTTPError(RequestException):
    def __init__(self, *args, response=None):
        OSError.__init__(self, *args)
        self.response = response


class Timeout(RequestException):
    pass


class ConnectTimeout(ConnectionError, Timeout):
    pass


class ReadTimeout(Timeout):
    pass


class MissingSchema(RequestException, ValueError):
    pass


class JSONDecodeError(RequestException, ValueError):
    pass


class exceptions:
    pass


for _kind in (RequestException, ConnectionError, HTTPError, Timeout, ConnectTimeout, ReadTimeout, MissingSchema,
              JSONDecodeError):
    _kind.__module__ = 'requests.exceptions'
    setattr(exceptions, _kind.__name__, _kind)


class _Fields(dict):
    def __init__(self, pairs):
        dict.__init__(self)
        for name, value in pairs:
            self[name] = value

    def get(self, name, default=None):
        for n, v in self.items():
            if n.lower() == name.lower():
                return v
        return default

    def __getitem__(self, name):
        value = self.get(name)
        if value is None:
            raise KeyError(name.lower())
        return value

    def __contains__(self, name):
        return self.get(name) is not None


class Response:
    def __init__(self, reply):
        self.status_code = reply.status
        self.reason = reply.reason
        self.headers = _Fields(reply.fields)
        self.content = reply.body
        self.url = reply.url
        self.encoding = 'utf-8'
        self.history = []

    @property
    def text(self):
        return self.content.decode('utf-8', 'replace')

    @property
    def ok(self):
        return self.status_code < 400

    def json(self):
        try:
            return _json.loads(self.text)
        except ValueError as e:
            raise JSONDecodeError(str(e)) from None

    def raise_for_status(self):
        if self.status_code >= 400:
            side = 'Client' if self.status_code < 500 else 'Server'
            raise HTTPError(f'{self.status_code} {side} Error: {self.reason} for url: {self.url}', response=self)

    def iter_lines(self):
        return iter(self.content.split(b'\n'))

    def iter_content(self, size=1):
        for at in range(0, len(self.content), size):
            yield self.content[at:at + size]

    def close(self):
        pass

    def __bool__(self):
        return self.ok

    def __repr__(self):
        return f'<Response [{self.status_code}]>'


def _refused(url, error, timeout):
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == 'https' else 80)
    pool = 'HTTPSConnectionPool' if parts.scheme == 'https' else 'HTTPConnectionPool'
    target = (parts.path or '/') + ('?' + parts.query if parts.query else '')
    kind = 'HTTPSConnection' if parts.scheme == 'https' else 'HTTPConnection'
    where = f'<urllib3.connection.{kind} object at 0x7f4a5c0b3d90>: '
    import socket
    if isinstance(error, socket.gaierror):
        where = f"<urllib3.connection.{kind} object at 0x7f4a5c0b3d90>: Failed to resolve '{parts.hostname}' "
        return f"{pool}(host='{parts.hostname}', port={port}): Max retries exceeded with url: {target} (Caused by " \
            f'NameResolutionError("{where}([Errno {error.errno}] {error.strerror})"))'
    return f"{pool}(host='{parts.hostname}', port={port}): Max retries exceeded with url: {target} (Caused by " \
        f"NewConnectionError('{where}Failed to establish a new connection: [Errno {error.errno}] {error.strerror}'))"


def request(method, url, params=None, data=None, json=None, headers=None, timeout=None, auth=None, cookies=None,
            files=None, allow_redirects=True, verify=None, stream=False):
    if files:
        _d.missing('files of requests')
    if '://' not in url:
        raise MissingSchema(f"Invalid URL '{url}': No scheme supplied. Perhaps you meant https://{url}?")
    if params:
        url += ('&' if '?' in url else '?') + urlencode(params, True)
    given = dict(headers or {})
    fields = {'User-Agent': f'python-requests/{__version__}', 'Accept-Encoding': 'identity', 'Accept': '*/*'}
    body = None
    if json is not None:
        body = _json.dumps(json).encode()
        fields['Content-Type'] = 'application/json'
    elif data is not None:
        if hasattr(data, 'items') or isinstance(data, list):
            body = urlencode(data, True).encode()
            fields['Content-Type'] = 'application/x-www-form-urlencoded'
        else:
            body = data.encode() if isinstance(data, str) else data
    if body is None and method in ('POST', 'PUT', 'PATCH'):
        body = b''
    if auth:
        import base64
        fields['Authorization'] = 'Basic ' + base64.b64encode(f'{auth[0]}:{auth[1]}'.encode()).decode()
    if cookies:
        fields['Cookie'] = '; '.join(f'{k}={v}' for k, v in cookies.items())
    fields.update(given)
    history = []
    limit = timeout[0] if isinstance(timeout, tuple) else timeout
    for _ in range(31):
        try:
            reply = Response(_client.fetch(method, url, list(fields.items()), body, limit))
        except TimeoutError:
            raise ReadTimeout(f"HTTPConnectionPool(host='{urlsplit(url).hostname}', port="
                              f"{urlsplit(url).port or 80}): Read timed out. (read timeout={limit})") from None
        except OSError as e:
            raise ConnectionError(_refused(url, e, timeout)) from None
        reply.history = history
        if allow_redirects and reply.status_code in (301, 302, 303, 307, 308) and reply.headers.get('location'):
            history = history + [reply]
            url = urljoin(url, reply.headers.get('location'))
            if reply.status_code in (301, 302, 303) and method != 'HEAD':
                method, body = 'GET', None
            continue
        return reply
    raise RequestException('Exceeded 30 redirects.')


def get(url, params=None, **options):
    return request('GET', url, params=params, **options)


def post(url, data=None, json=None, **options):
    return request('POST', url, data=data, json=json, **options)


def put(url, data=None, **options):
    return request('PUT', url, data=data, **options)


def patch(url, data=None, **options):
    return request('PATCH', url, data=data, **options)


def delete(url, **options):
    return request('DELETE', url, **options)


def head(url, **options):
    options.setdefault('allow_redirects', False)
    return request('HEAD', url, **options)


def options(url, **options):
    return request('OPTIONS', url, **options)


class Session:
    def __init__(self):
        self.headers = {}
        self.auth = None

    def request(self, method, url, **options):
        options['headers'] = {**self.headers, **(options.get('headers') or {})}
        options.setdefault('auth', self.auth)
        return request(method, url, **options)

    def get(self, url, **options):
        return self.request('GET', url, **options)

    def post(self, url, data=None, json=None, **options):
        return self.request('POST', url, data=data, json=json, **options)

    def put(self, url, **options):
        return self.request('PUT', url, **options)

    def delete(self, url, **options):
        return self.request('DELETE', url, **options)

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


session = Session
