import sys
import time
import _drydock as _d
from _fields import Fields as _Fields
from http import HTTPStatus

__version__ = '0.6'
_TYPES = {'html': 'text/html', 'htm': 'text/html', 'css': 'text/css', 'js': 'text/javascript', 'txt': 'text/plain',
          'py': 'text/x-python', 'json': 'application/json', 'png': 'image/png', 'jpg': 'image/jpeg',
          'jpeg': 'image/jpeg', 'gif': 'image/gif', 'svg': 'image/svg+xml', 'xml': 'text/xml', 'pdf': 'application/pdf',
          'md': 'text/markdown', 'csv': 'text/csv', 'ico': 'image/vnd.microsoft.icon', 'sh': 'application/x-sh'}
_ERROR = '''<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: %(code)d</p>
        <p>Message: %(message)s.</p>
        <p>Error code explanation: %(code)s - %(explain)s.</p>
    </body>
</html>
'''
_EXPLAIN = {400: 'Bad request syntax or unsupported method', 404: 'Nothing matches the given URI',
            403: 'Request forbidden -- authorization will not help', 500: 'Server got itself in trouble',
            501: 'Server does not support this operation', 405: 'Specified method is invalid for this resource',
            401: 'No permission -- see authorization schemes'}


class _Headers(_Fields):
    def __str__(self):
        return ''.join(f'{n}: {v}\n' for n, v in self._pairs) + '\n'


class HTTPServer:
    def __init__(self, server_address, RequestHandlerClass, bind_and_activate=True):
        self.RequestHandlerClass = RequestHandlerClass
        import socket
        self.socket = socket.socket()
        self.socket.bind(server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = server_address[0] or socket.gethostname(), server_address[1]
        self._stop = False

    def serve_forever(self, poll_interval=0.5):
        while not self._stop:
            self.handle_request()

    def handle_request(self):
        sock, address = self.socket.accept()
        try:
            self.RequestHandlerClass(sock, address, self)
        except (ConnectionError, TimeoutError):
            pass
        except Exception as e:
            sys.stderr.write('-' * 40 + '\n' + f'Exception occurred during processing of request from {address}\n'
                             + _d.traceback(e) + '-' * 40 + '\n')
        sock.close()

    def shutdown(self):
        self._stop = True

    def server_close(self):
        self.socket.close()

    def fileno(self):
        return self.socket.fileno()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.server_close()


class ThreadingHTTPServer(HTTPServer):
    daemon_threads = True


TCPServer = HTTPServer


class _Body:
    def __init__(self, data):
        self._data = data

    def read(self, size=-1):
        if size < 0:
            size = len(self._data)
        part, self._data = self._data[:size], self._data[size:]
        return part


class _Out:
    def __init__(self, handler):
        self._handler = handler

    def write(self, data):
        self._handler._flush_headers()
        self._handler.connection.sendall(data)
        return len(data)

    def flush(self):
        pass


class BaseHTTPRequestHandler:
    server_version = 'BaseHTTP/' + __version__
    sys_version = 'Python/' + sys.version.split()[0]
    protocol_version = 'HTTP/1.0'
    error_content_type = 'text/html;charset=utf-8'

    def __init__(self, request, client_address, server):
        self.request = self.connection = request
        self.client_address = client_address
        self.server = server
        self._head = []
        self.wfile = _Out(self)
        self.setup()
        try:
            self.handle()
        finally:
            self.finish()

    def setup(self):
        pass

    def finish(self):
        self._flush_headers()

    def handle(self):
        data = b''
        while True:
            found = _d.http_request(data)
            if found is not None:
                break
            more = self.connection.recv(65536)
            if not more:
                return
            data += more
        self.close_connection = True
        if isinstance(found, int):
            self.requestline = data.split(b'\n')[0].decode('latin-1').rstrip('\r')
            self.command, self.request_version = None, 'HTTP/0.9'
            self.send_error(found)
            return
        self.command, self.path, self.request_version, fields, body, _ = found
        self.headers = _Headers(fields)
        self.rfile = _Body(body)
        self.requestline = f'{self.command} {self.path} {self.request_version}'
        name = 'do_' + self.command
        if not hasattr(self, name):
            self.send_error(501, f'Unsupported method ({self.command!r})')
            return
        getattr(self, name)()

    def send_error(self, code, message=None, explain=None):
        code = int(code)
        short = _d.http_reason(code)
        message = message or short
        explain = explain or _EXPLAIN.get(code, short)
        self.log_error('code %d, message %s', code, message)
        body = (_ERROR % {'code': code, 'message': _escape(message), 'explain': _escape(explain)}).encode()
        self.send_response(code, message)
        self.send_header('Connection', 'close')
        self.send_header('Content-Type', self.error_content_type)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def send_response(self, code, message=None):
        self.log_request(int(code))
        self.send_response_only(code, message)
        self.send_header('Server', self.version_string())
        self.send_header('Date', self.date_time_string())

    def send_response_only(self, code, message=None):
        code = int(code)
        self._head.append(f'{self.protocol_version} {code} {_d.http_reason(code) if message is None else message}\r\n')

    def send_header(self, keyword, value):
        self._head.append(f'{keyword}: {value}\r\n')

    def end_headers(self):
        self._head.append('\r\n')
        self._flush_headers()

    def flush_headers(self):
        self._flush_headers()

    def _flush_headers(self):
        if self._head:
            data = ''.join(self._head).encode('latin-1')
            self._head = []
            self.connection.sendall(data)

    def log_request(self, code='-', size='-'):
        self.log_message('"%s" %s %s', self.requestline, str(code), str(size))

    def log_error(self, format, *args):
        self.log_message(format, *args)

    def log_message(self, format, *args):
        sys.stderr.write('%s - - [%s] %s\n' % (self.address_string(), self.log_date_time_string(), format % args))

    def version_string(self):
        return self.server_version + ' ' + self.sys_version

    def date_time_string(self, timestamp=None):
        return time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime(timestamp))

    def log_date_time_string(self):
        return time.strftime('%d/%b/%Y %H:%M:%S')

    def address_string(self):
        return self.client_address[0]


def _escape(text):
    return text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')


class SimpleHTTPRequestHandler(BaseHTTPRequestHandler):
    server_version = 'SimpleHTTP/' + __version__

    def __init__(self, *args, directory=None, **names):
        import os
        self.directory = os.getcwd() if directory is None else os.fspath(directory)
        BaseHTTPRequestHandler.__init__(self, *args, **names)

    def do_GET(self):
        data = self._send_head()
        if data is not None:
            self.wfile.write(data)

    def do_HEAD(self):
        self._send_head()

    def translate_path(self, path):
        path = _d.percent_decode(path.split('?')[0].split('#')[0])
        parts = [p for p in path.split('/') if p and p not in ('.', '..')]
        return '/'.join([self.directory.rstrip('/')] + parts) + ('/' if path.endswith('/') else '')

    def guess_type(self, path):
        return _TYPES.get(path.rpartition('.')[2].lower(), 'application/octet-stream') if '.' in path.rpartition('/')[2] \
            else 'application/octet-stream'

    def _send_head(self):
        import os
        path = self.translate_path(self.path)
        if os.path.isdir(path):
            if not self.path.split('?')[0].endswith('/'):
                self.send_response(301)
                self.send_header('Location', self.path + '/')
                self.send_header('Content-Length', '0')
                self.end_headers()
                return None
            for name in ('index.html', 'index.htm'):
                if os.path.isfile(os.path.join(path, name)):
                    path = os.path.join(path, name)
                    break
            else:
                return self.list_directory(path)
        try:
            if path.endswith('/'):
                raise OSError
            with open(path, 'rb') as file:
                data = file.read()
            changed = os.stat(path).st_mtime
        except OSError:
            self.send_error(404, 'File not found')
            return None
        self.send_response(200)
        self.send_header('Content-type', self.guess_type(path))
        self.send_header('Content-Length', str(len(data)))
        self.send_header('Last-Modified', self.date_time_string(int(changed)))
        self.end_headers()
        return data

    def list_directory(self, path):
        import os
        try:
            names = sorted(os.listdir(path), key=lambda a: a.lower())
        except OSError:
            self.send_error(404, 'No permission to list directory')
            return None
        title = 'Directory listing for ' + _escape(_d.percent_decode(self.path.split('?')[0]))
        out = ['<!DOCTYPE HTML>', '<html lang="en">', '<head>', '<meta charset="utf-8">', f'<title>{title}</title>',
               '</head>', '<body>', f'<h1>{title}</h1>', '<hr>', '<ul>']
        if sys.version_info < (3, 11):
            out[:4] = ['<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">',
                       '<html>', '<head>', '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">']
        from urllib.parse import quote
        for name in names:
            full = os.path.join(path, name)
            shown = link = name
            if os.path.isdir(full):
                shown = link = name + '/'
            if os.path.islink(full):
                shown = name + '@'
            out.append(f'<li><a href="{quote(link)}">{_escape(shown)}</a></li>')
        out.append('</ul>\n<hr>\n</body>\n</html>\n')
        data = '\n'.join(out).encode()
        self.send_response(200)
        self.send_header('Content-type', 'text/html; charset=utf-8')
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        return data


def _main(argv):
    port, bind, directory = 8000, '', None
    args = argv[1:]
    while args:
        arg = args.pop(0)
        if arg in ('-b', '--bind'):
            bind = args.pop(0)
        elif arg in ('-d', '--directory'):
            directory = args.pop(0)
        elif arg.startswith('-'):
            _d.missing(f'http.server {arg}')
        elif arg.isdigit():
            port = int(arg)
        else:
            sys.stderr.write('usage: server.py [-h] [--cgi] [--bind ADDRESS] [--directory DIRECTORY] [port]\n'
                             f"server.py: error: argument port: invalid int value: '{arg}'\n")
            raise SystemExit(2)

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args):
            SimpleHTTPRequestHandler.__init__(self, *args, directory=directory)

    server = ThreadingHTTPServer((bind or '0.0.0.0', port), Handler)
    host = bind or '0.0.0.0'
    print(f'Serving HTTP on {host} port {port} (http://{host}:{port}/) ...')
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print('\nKeyboard interrupt received, exiting.')
        raise SystemExit(0)
