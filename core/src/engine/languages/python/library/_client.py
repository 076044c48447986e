import socket
import _drydock as _d
from urllib.parse import urlsplit


class Reply:
    def __init__(self, status, reason, fields, body, url):
        self.status, self.reason, self.fields, self.body, self.url = status, reason, fields, body, url

    def field(self, name, default=None):
        for n, v in self.fields:
            if n.lower() == name.lower():
                return v
        return default


def fetch(method, url, fields, body, timeout=None):
    """One exchange over a connection of its own."""
    parts = urlsplit(url)
    if parts.scheme == 'https':
        port = parts.port or 443
    elif parts.scheme == 'http':
        port = parts.port or 80
    else:
        raise ValueError(f'unknown url type: {url!r}')
    sock = socket.create_connection((parts.hostname, port), timeout)
    try:
        target = (parts.path or '/') + ('?' + parts.query if parts.query else '')
        head = [f'{method} {target} HTTP/1.1', f'Host: {parts.netloc.rpartition("@")[2]}']
        names = [n.lower() for n, _ in fields]
        head += [f'{n}: {v}' for n, v in fields]
        if body is not None and 'content-length' not in names:
            head.append(f'Content-Length: {len(body)}')
        if 'connection' not in names:
            head.append('Connection: close')
        sock.sendall('\r\n'.join(head + ['', '']).encode('latin-1') + (body or b''))
        data = b''
        while b'\r\n\r\n' not in data:
            more = sock.recv(65536)
            if not more:
                break
            data += more
        if b'\r\n\r\n' not in data:
            raise ConnectionResetError(104, 'Connection reset by peer')
        at = data.find(b'\r\n\r\n')
        lines = data[:at].decode('latin-1').split('\r\n')
        data = data[at + 4:]
        status = lines[0].split(' ', 2)
        reply = Reply(int(status[1]), status[2] if len(status) > 2 else '',
                      [tuple(p.strip() for p in line.split(':', 1)) for line in lines[1:] if ':' in line], b'', url)
        reply.body = _body(sock, reply, data, method)
        return reply
    finally:
        sock.close()


def _body(sock, reply, data, method):
    if method == 'HEAD' or reply.status in (204, 304):
        return b''
    length = reply.field('content-length')
    chunked = (reply.field('transfer-encoding') or '').lower() == 'chunked'
    if length is not None:
        wanted = int(length)
        while len(data) < wanted:
            more = sock.recv(65536)
            if not more:
                break
            data += more
        return data[:wanted]
    while not (chunked and data.endswith(b'0\r\n\r\n')):
        more = sock.recv(65536)
        if not more:
            break
        data += more
    if not chunked:
        return data
    out = b''
    while data:
        size, _, data = _cut(data)
        n = int(size.decode().split(';')[0], 16)
        if n == 0:
            break
        out += data[:n]
        data = data[n + 2:]
    return out


def _cut(data):
    at = data.find(b'\r\n')
    return data[:at], b'\r\n', data[at + 2:]
