import _drydock as _d

_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~'


def quote(text, safe='/', encoding=None, errors=None):
    data = text.encode() if isinstance(text, str) else text
    keep = _SAFE + safe
    return ''.join(chr(b) if chr(b) in keep else '%%%02X' % b for b in data)


def quote_plus(text, safe=''):
    return quote(text, safe + ' ').replace(' ', '+')


def unquote(text, encoding='utf-8', errors='replace'):
    return _d.percent_decode(text)


def unquote_plus(text):
    return _d.percent_decode(text.replace('+', ' '))


def urlencode(query, doseq=False):
    pairs = query.items() if hasattr(query, 'items') else query
    out = []
    for key, value in pairs:
        values = value if doseq and isinstance(value, (list, tuple)) else [value]
        out.extend(quote_plus(str(key)) + '=' + quote_plus(str(v)) for v in values)
    return '&'.join(out)


def parse_qsl(query, keep_blank_values=False):
    out = []
    for part in query.split('&'):
        name, sep, value = part.partition('=')
        if part and (value or keep_blank_values):
            out.append((unquote_plus(name), unquote_plus(value)))
    return out


def parse_qs(query, keep_blank_values=False):
    out = {}
    for name, value in parse_qsl(query, keep_blank_values):
        out.setdefault(name, []).append(value)
    return out


class _Parts(tuple):
    scheme = property(lambda self: self[0])
    netloc = property(lambda self: self[1])
    path = property(lambda self: self[2])
    query = property(lambda self: self[-2])
    fragment = property(lambda self: self[-1])

    @property
    def hostname(self):
        host = self.netloc.rpartition('@')[2].partition(':')[0]
        return host.lower() or None

    @property
    def port(self):
        port = self.netloc.rpartition('@')[2].partition(':')[2]
        return int(port) if port else None

    @property
    def username(self):
        user = self.netloc.rpartition('@')[0].partition(':')[0]
        return user or None

    @property
    def password(self):
        return self.netloc.rpartition('@')[0].partition(':')[2] or None

    def geturl(self):
        return (self.scheme + '://' if self.scheme else '') + self.netloc + self.path + \
            ('?' + self.query if self.query else '') + ('#' + self.fragment if self.fragment else '')


class ParseResult(_Parts):
    params = property(lambda self: self[3])

    def __repr__(self):
        return "ParseResult(scheme=%r, netloc=%r, path=%r, params=%r, query=%r, fragment=%r)" % tuple(self)


class SplitResult(_Parts):
    def __repr__(self):
        return "SplitResult(scheme=%r, netloc=%r, path=%r, query=%r, fragment=%r)" % tuple(self)


def urlsplit(url, scheme=''):
    rest, _, fragment = url.partition('#')
    rest, _, query = rest.partition('?')
    head, sep, tail = rest.partition(':')
    if sep and head and head[0].isalpha() and all(c.isalnum() or c in '+-.' for c in head):
        scheme, rest = head.lower(), tail
    netloc = ''
    if rest.startswith('//'):
        netloc, slash, path = rest[2:].partition('/')
        rest = slash + path
    return SplitResult((scheme, netloc, rest, query, fragment))


def urlparse(url, scheme=''):
    p = urlsplit(url, scheme)
    return ParseResult((p.scheme, p.netloc, p.path, '', p.query, p.fragment))


def urljoin(base, url):
    if '://' in url:
        return url
    p = urlsplit(base)
    if url.startswith('//'):
        return p.scheme + ':' + url
    root = p.scheme + '://' + p.netloc
    if url.startswith('/'):
        return root + url
    import os.path
    path = os.path.normpath(p.path.rpartition('/')[0] + '/' + url)
    return root + ('' if path.startswith('/') else '/') + path + ('/' if url.endswith('/') else '')
