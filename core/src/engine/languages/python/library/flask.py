import json as _json
import os
import sys
import time
import _drydock as _d
from _fields import StrictFields as _Fields
from urllib.parse import parse_qsl, quote

__version__ = _d.installed('flask')
_WERKZEUG = _d.installed('werkzeug') or '3.0.3'
_STACK = []


class _Args(dict):
    """The first value of each name, and all of them with `getlist`."""

    def __init__(self, pairs=()):
        dict.__init__(self)
        self._pairs = list(pairs)
        for name, value in self._pairs:
            self.setdefault(name, value)

    def get(self, name, default=None, type=None):
        if name not in self:
            return default
        value = self[name]
        if type is not None:
            try:
                return type(value)
            except ValueError:
                return default
        return value

    def getlist(self, name):
        return [v for n, v in self._pairs if n == name]

    def to_dict(self, flat=True):
        return dict(self)


class _Headers(_Fields):
    def __setitem__(self, name, value):
        self._pairs = [(n, v) for n, v in self._pairs if n.lower() != name.lower()] + [(name, value)]

    def __iter__(self):
        return iter(self._pairs)


class Request:
    def __init__(self, app, method, target, version, fields, body, address):
        self.app = app
        self.method = method
        self.path = _d.percent_decode(target.split('?')[0])
        self.full_path = target if '?' in target else target + '?'
        self.query_string = target.partition('?')[2].encode()
        self.args = _Args(parse_qsl(target.partition('?')[2], True))
        self.headers = _Headers(fields)
        self.data = body
        self.remote_addr = address[0]
        self.host = self.headers.get('Host', 'localhost')
        self.url = f'http://{self.host}{target}'
        self.base_url = f'http://{self.host}{self.path}'
        self.url_root = self.host_url = f'http://{self.host}/'
        self.scheme = 'http'
        self.environ = {'REMOTE_ADDR': address[0], 'REQUEST_METHOD': method, 'PATH_INFO': self.path}
        self.content_type = self.headers.get('Content-Type')
        self.mimetype = (self.content_type or '').split(';')[0].strip().lower()
        self.user_agent = self.headers.get('User-Agent', '')
        pairs = [p.strip().partition('=') for p in self.headers.get('Cookie', '').split(';') if '=' in p]
        self.cookies = {n: v for n, _, v in pairs}
        form = self.mimetype == 'application/x-www-form-urlencoded'
        self.form = _Args(parse_qsl(body.decode(), True) if form else ())
        self.values = _Args(list(self.args.items()) + list(self.form.items()))
        self.endpoint = None
        self.view_args = {}

    @property
    def files(self):
        _d.missing('uploads to Flask')

    @property
    def is_json(self):
        return self.mimetype == 'application/json' or self.mimetype.endswith('+json')

    @property
    def json(self):
        return self.get_json()

    def get_data(self, as_text=False):
        return self.data.decode() if as_text else self.data

    def get_json(self, force=False, silent=False, cache=True):
        if not self.is_json and not force:
            if silent:
                return None
            if tuple(int(n) for n in _WERKZEUG.split('.')[:2]) < (2, 1):
                return None
            abort(415, "Did not attempt to load JSON data because the request Content-Type was not 'application/json'.")
        try:
            return _json.loads(self.data)
        except ValueError:
            if silent:
                return None
            abort(400, 'The browser (or proxy) sent a request that this server could not understand.')


class Response:
    default_mimetype = 'text/html'

    def __init__(self, response=b'', status=200, headers=None, mimetype=None, content_type=None):
        if hasattr(response, '__next__') or isinstance(response, list):
            response = b''.join(p.encode() if isinstance(p, str) else p for p in response)
        self.data = response.encode() if isinstance(response, str) else (response or b'')
        self.status_code = int(str(status).split()[0])
        kind = content_type or mimetype or self.default_mimetype
        if content_type is None and kind.startswith('text/'):
            kind += '; charset=utf-8'
        pairs = headers.items() if hasattr(headers, 'items') else headers or []
        self.headers = _Headers([('Content-Type', kind)])
        for name, value in pairs:
            self.headers[name] = str(value)

    @property
    def status(self):
        return f'{self.status_code} {_d.http_reason(self.status_code).upper()}'

    @property
    def mimetype(self):
        return self.headers.get('Content-Type', '').split(';')[0]

    content_type = property(lambda self: self.headers.get('Content-Type'))

    def get_data(self, as_text=False):
        return self.data.decode() if as_text else self.data

    def get_json(self):
        return _json.loads(self.data)

    json = property(get_json)
    text = property(lambda self: self.data.decode())

    def set_cookie(self, key, value='', max_age=None, path='/', **options):
        text = f'{key}={value}; Path={path}' + (f'; Max-Age={max_age}' if max_age is not None else '')
        self.headers._pairs.append(('Set-Cookie', text))


class HTTPException(Exception):
    def __init__(self, code, description=None):
        Exception.__init__(self, code)
        self.code = code
        self.name = _d.http_reason(code)
        self.description = description or _DESCRIPTIONS.get(code, self.name)

    def __str__(self):
        return f'{self.code} {self.name}: {self.description}'


_DESCRIPTIONS = {
    400: 'The browser (or proxy) sent a request that this server could not understand.',
    401: 'The server could not verify that you are authorized to access the URL requested. You either supplied the wrong '
         'credentials (e.g. a bad password), or your browser doesn&#39;t understand how to supply the credentials '
         'required.',
    403: 'You don&#39;t have the permission to access the requested resource. It is either read-protected or not '
         'readable by the server.',
    404: 'The requested URL was not found on the server. If you entered the URL manually please check your spelling and '
         'try again.',
    405: 'The method is not allowed for the requested URL.',
    500: 'The server encountered an internal error and was unable to complete your request. Either the server is '
         'overloaded or there is an error in the application.',
}


def abort(code, description=None):
    raise HTTPException(code, description)


class _Proxy:
    def __init__(self, name):
        object.__setattr__(self, '_name', name)

    def _now(self):
        if not _STACK:
            raise RuntimeError('Working outside of request context.\n\nThis typically means that you attempted to use '
                               'functionality that needed\nan active HTTP request. Consult the documentation on testing '
                               'for\ninformation about how to avoid this problem.')
        return _STACK[-1][self._name]

    def __getattr__(self, name):
        return getattr(self._now(), name)

    def __setattr__(self, name, value):
        setattr(self._now(), name, value)

    def __contains__(self, name):
        return hasattr(self._now(), name)


class _Store:
    def get(self, name, default=None):
        return getattr(self, name, default)


request = _Proxy('request')
g = _Proxy('g')
current_app = _Proxy('app')


class session:
    def __getattr__(self, name):
        _d.missing('sessions of Flask')

    __getitem__ = __setitem__ = __contains__ = __getattr__


session = session()


class _Rule:
    def __init__(self, rule, endpoint, methods, view):
        self.rule, self.endpoint, self.view = rule, endpoint, view
        self.methods = methods
        self._parts = []
        rest = rule
        while rest:
            before, mark, rest = rest.partition('<')
            if before:
                self._parts.append((None, before))
            if mark:
                inner, _, rest = rest.partition('>')
                kind, sep, name = inner.partition(':')
                self._parts.append((kind if sep else 'string', name if sep else kind))

    def match(self, path):
        values = {}
        at = 0
        for i, (kind, text) in enumerate(self._parts):
            if kind is None:
                if not path.startswith(text, at):
                    return None
                at += len(text)
                continue
            stop = len(path)
            if i + 1 < len(self._parts):
                stop = path.find(self._parts[i + 1][1], at)
                if stop < 0:
                    return None
            elif kind != 'path' and '/' in path[at:]:
                return None
            part = path[at:stop]
            if not part:
                return None
            if kind == 'int':
                if not part.isdigit():
                    return None
                part = int(part)
            elif kind == 'float':
                try:
                    part = float(part)
                except ValueError:
                    return None
            elif kind != 'path' and '/' in part:
                return None
            values[text] = part
            at = stop
        return values if at == len(path) else None


class _Routes:
    def route(self, rule, methods=None, endpoint=None, **options):
        def decorate(view):
            self.add_url_rule(rule, endpoint, view, methods)
            return view
        return decorate

    def get(self, rule, **options):
        return self.route(rule, ['GET'], **options)

    def post(self, rule, **options):
        return self.route(rule, ['POST'], **options)

    def put(self, rule, **options):
        return self.route(rule, ['PUT'], **options)

    def delete(self, rule, **options):
        return self.route(rule, ['DELETE'], **options)

    def patch(self, rule, **options):
        return self.route(rule, ['PATCH'], **options)


class Blueprint(_Routes):
    def __init__(self, name, import_name, url_prefix='', **options):
        self.name, self.url_prefix = name, url_prefix or ''
        self._rules = []

    def add_url_rule(self, rule, endpoint=None, view_func=None, methods=None):
        self._rules.append((rule, endpoint or view_func.__name__, view_func, methods))


class Flask(_Routes):
    def __init__(self, import_name, static_url_path=None, static_folder='static', template_folder='templates', **options):
        import logging
        self.import_name = import_name
        main = sys.modules.get('__main__')
        self.name = import_name
        self.root_path = os.getcwd()
        if import_name == '__main__' and hasattr(main, '__file__'):
            self.name = os.path.splitext(os.path.basename(main.__file__))[0]
            self.root_path = os.path.dirname(main.__file__)
        self.static_folder, self.template_folder = static_folder, template_folder
        self.config = _Config({'DEBUG': False, 'TESTING': False, 'SECRET_KEY': None})
        self.debug = False
        self.logger = logging.getLogger(self.name)
        self._rules = []
        self._before, self._after, self._errors = [], [], {}
        self.secret_key = None
        self.json = self

    def add_url_rule(self, rule, endpoint=None, view_func=None, methods=None, **options):
        endpoint = endpoint or view_func.__name__
        for known in self._rules:
            if known.endpoint == endpoint and known.view is not view_func:
                raise AssertionError(f'View function mapping is overwriting an existing endpoint function: {endpoint}')
        allowed = {m.upper() for m in methods or ['GET']}
        if 'GET' in allowed:
            allowed.add('HEAD')
        allowed.add('OPTIONS')
        self._rules.append(_Rule(rule, endpoint, allowed, view_func))

    def register_blueprint(self, blueprint, url_prefix=None, **options):
        prefix = url_prefix if url_prefix is not None else blueprint.url_prefix
        for rule, endpoint, view, methods in blueprint._rules:
            self.add_url_rule(prefix.rstrip('/') + rule, f'{blueprint.name}.{endpoint}', view, methods)

    def before_request(self, function):
        self._before.append(function)
        return function

    def after_request(self, function):
        self._after.append(function)
        return function

    def teardown_appcontext(self, function):
        return function

    teardown_request = teardown_appcontext
    context_processor = teardown_appcontext

    def errorhandler(self, code):
        def decorate(function):
            self._errors[code] = function
            return function
        return decorate

    def make_response(self, value):
        return make_response(value)

    def app_context(self):
        return _Context(self)

    def test_request_context(self, *args):
        _d.missing('Flask.test_request_context')

    def test_client(self, **options):
        return _Client(self)

    def _find(self, req):
        allowed = set()
        for rule in self._rules:
            values = rule.match(req.path)
            if values is None:
                if rule.rule.endswith('/') and rule.rule != '/' and rule.match(req.path + '/') is not None:
                    to = f'http://{req.host}{quote(req.path)}/'
                    return None, Response(_page('Redirecting...', 'Redirecting...', 'You should be redirected '
                                                f'automatically to the target URL: <a href="{to}">{to}</a>. If not, click '
                                                'the link.', False), 308, {'Location': to})
                continue
            if req.method in rule.methods:
                return rule, values
            allowed |= rule.methods
        if allowed:
            return None, allowed
        if self.static_folder and req.path.startswith('/static/'):
            place = os.path.join(self.root_path, self.static_folder, req.path[8:])
            if os.path.isfile(place):
                return None, send_file(place)
        return None, None

    def _respond(self, req):
        try:
            rule, found = self._find(req)
            for function in self._before:
                value = function()
                if value is not None:
                    return make_response(value)
            if rule is None:
                if isinstance(found, Response):
                    return found
                if found:
                    error = HTTPException(405)
                    error.allow = sorted(found)
                    raise error
                abort(404)
            req.endpoint, req.view_args = rule.endpoint, found
            if req.method == 'OPTIONS' and rule.view is not None:
                return Response('', 200, {'Allow': ', '.join(sorted(rule.methods))})
            value = rule.view(**found)
            if value is None:
                raise TypeError(f"The view function for {rule.endpoint!r} did not return a valid response. The function "
                                'either returned None or ended without a return statement.')
            return make_response(value)
        except HTTPException as e:
            handler = self._errors.get(e.code) or self._errors.get(HTTPException)
            if handler is not None:
                return make_response(handler(e), e.code if False else None)
            title = f'{e.code} {e.name}'
            made = Response(_page(title, e.name, e.description), e.code)
            if hasattr(e, 'allow'):
                made.headers['Allow'] = ', '.join(e.allow)
            return made
        except Exception as e:
            for kind, handler in self._errors.items():
                if isinstance(kind, type) and isinstance(e, kind):
                    return make_response(handler(e))
            stamp = time.strftime('%Y-%m-%d %H:%M:%S') + ',%03d' % (_d.now() // 1000000 % 1000)
            sys.stderr.write(f'[{stamp}] ERROR in app: Exception on {req.path} [{req.method}]\n' + _d.traceback(e))
            handler = self._errors.get(500)
            if handler is not None:
                return make_response(handler(e))
            return Response(_page('500 Internal Server Error', 'Internal Server Error', _DESCRIPTIONS[500]), 500)

    def _answer(self, found, address):
        method, target, version, fields, body, _ = found
        req = Request(self, method, target, version, fields, body, address)
        _STACK.append({'request': req, 'g': _Store(), 'app': self})
        try:
            made = self._respond(req)
            for function in reversed(self._after):
                made = function(made)
            return made
        finally:
            _STACK.pop()

    def run(self, host=None, port=None, debug=None, load_dotenv=True, **options):
        if debug is not None:
            self.debug = bool(debug)
        _serve_with_werkzeug(self, host or '127.0.0.1', int(port or 5000), self.name, self.debug)

    def __call__(self, environ, start_response):
        _d.missing('WSGI calls of a Flask application')

    def __repr__(self):
        return f"<Flask '{self.name}'>"


class _Config(dict):
    def from_object(self, thing):
        for name in dir(thing):
            if name.isupper():
                self[name] = getattr(thing, name)

    def from_mapping(self, mapping=None, **names):
        self.update(mapping or {}, **names)


class _Context:
    def __init__(self, app):
        self._app = app

    def __enter__(self):
        _STACK.append({'request': None, 'g': _Store(), 'app': self._app})
        return self

    def __exit__(self, *error):
        _STACK.pop()


class _Client:
    def __init__(self, app):
        self._app = app

    def open(self, target, method='GET', data=None, json=None, headers=None):
        fields = list((headers or {}).items())
        body = data.encode() if isinstance(data, str) else data or b''
        if json is not None:
            body = _json.dumps(json).encode()
            fields.append(('Content-Type', 'application/json'))
        return self._app._answer((method, target, 'HTTP/1.1', fields, body, 0), ('127.0.0.1', 0))

    def get(self, target, **options):
        return self.open(target, 'GET', **options)

    def post(self, target, **options):
        return self.open(target, 'POST', **options)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def _page(title, heading, text, framed=True):
    return f'<!doctype html>\n<html lang=en>\n<title>{title}</title>\n<h1>{heading}</h1>\n<p>{text}</p>\n'


def _dumps(value):
    return _json.dumps(value, sort_keys=True, separators=(',', ':'), default=str) + '\n'


def jsonify(*args, **names):
    value = names if names else args[0] if len(args) == 1 else list(args) if args else {}
    if _STACK and _STACK[-1]['app'].debug:
        text = _json.dumps(value, sort_keys=True, indent=2, default=str) + '\n'
    else:
        text = _dumps(value)
    return Response(text, mimetype='application/json')


def make_response(value, *rest):
    status = headers = None
    if rest and rest[0] is not None:
        value = (value,) + rest
    if isinstance(value, tuple):
        body = value[0]
        for part in value[1:]:
            if isinstance(part, (dict, list)):
                headers = part
            else:
                status = part
        value = body
    if isinstance(value, (dict, list)):
        value = jsonify(value)
    elif not isinstance(value, Response):
        if not isinstance(value, (str, bytes, list)) and not hasattr(value, '__next__'):
            raise TypeError('The view function did not return a valid response. The return type must be a string, dict, '
                            'list, tuple with headers or status, Response instance, or WSGI callable, but it was a '
                            f'{type(value).__name__}.')
        value = Response(value)
    if status is not None:
        value.status_code = int(str(status).split()[0])
    for name, item in (headers.items() if hasattr(headers, 'items') else headers or []):
        value.headers[name] = str(item)
    return value


def redirect(location, code=302, Response=Response):
    text = f'You should be redirected automatically to the target URL: <a href="{location}">{location}</a>. ' \
        'If not, click the link.'
    return Response(_page('Redirecting...', 'Redirecting...', text), code, {'Location': location})


def url_for(endpoint, _external=False, **values):
    app = _STACK[-1]['app']
    if endpoint == 'static':
        return '/static/' + values['filename']
    for rule in app._rules:
        if rule.endpoint == endpoint:
            left = dict(values)
            url = ''.join(text if kind is None else quote(str(left.pop(text))) for kind, text in rule._parts)
            return url + ('?' + '&'.join(f'{k}={v}' for k, v in left.items()) if left else '')
    raise RuntimeError(f"Could not build url for endpoint {endpoint!r}.")


def send_file(path, mimetype=None, as_attachment=False, **options):
    import http.server
    with open(path, 'rb') as file:
        data = file.read()
    kind = mimetype or http.server._TYPES.get(str(path).rpartition('.')[2].lower(), 'application/octet-stream')
    return Response(data, mimetype=kind)


def send_from_directory(directory, path, **options):
    place = os.path.join(directory, path)
    if '..' in path or not os.path.isfile(place):
        abort(404)
    return send_file(place, **options)


def flash(message, category='message'):
    _d.missing('flash of Flask')


def escape(text):
    return str(text).replace('&', '&amp;').replace('>', '&gt;').replace('<', '&lt;').replace("'", '&#39;') \
        .replace('"', '&#34;')


def render_template_string(source, **context):
    import _template
    return _template.render(source, context)


def render_template(name, **context):
    import _template
    app = _STACK[-1]['app']
    folder = os.path.join(app.root_path, app.template_folder)
    return _template.render_file(folder, name, context)


_WARNING = '\033[31m\033[1mWARNING: This is a development server. Do not use it in a production deployment. ' \
    'Use a production WSGI server instead.\033[0m'


def _serve_with_werkzeug(app, host, port, name, debug):
    import socket
    print(f" * Serving Flask app '{name}'")
    print(f" * Debug mode: {'on' if debug else 'off'}")
    sys.stdout.flush()
    server = socket.socket()
    try:
        server.bind((host, port))
    except OSError as e:
        if e.errno == 98:
            sys.stderr.write(f'Address already in use\nPort {port} is in use by another program. Either identify and stop '
                             'that program, or start the server with a different port.\n')
        else:
            sys.stderr.write(e.strerror + '\n')
        raise SystemExit(1)
    lines = [_WARNING]
    if host in ('0.0.0.0', '::'):
        lines.append(f' * Running on all addresses ({host})')
        lines.append(f' * Running on http://127.0.0.1:{port}')
        try:
            own = socket.gethostbyname(socket.gethostname())
        except OSError:
            own = '127.0.0.1'
        lines.append(f' * Running on http://{own}:{port}')
    else:
        lines.append(f' * Running on http://{host}:{port}')
    sys.stderr.write('\n'.join(lines) + '\n')
    sys.stderr.write('\033[33mPress CTRL+C to quit\033[0m\n')
    if debug:
        sys.stderr.write(' * Restarting with stat\n * Debugger is active!\n * Debugger PIN: 123-456-789\n')
    try:
        while True:
            sock, address = server.accept()
            _one(app, sock, address)
    except KeyboardInterrupt:
        raise SystemExit(0)


def _one(app, sock, address, log=True, name=None):
    try:
        data = b''
        found = None
        while found is None:
            more = sock.recv(65536)
            if not more:
                return
            data += more
            found = _d.http_request(data)
        if isinstance(found, int):
            sock.sendall(f'HTTP/1.1 {found} {_d.http_reason(found)}\r\nConnection: close\r\n\r\n'.encode())
            return
        made = app._answer(found, address)
        stamp = time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime())
        server = name or f'Werkzeug/{_WERKZEUG} Python/{sys.version.split()[0]}'
        head = [f'HTTP/1.1 {made.status_code} {_d.http_reason(made.status_code).upper()}', f'Server: {server}',
                f'Date: {stamp}']
        if name:
            head = [f'HTTP/1.1 {made.status_code} {_d.http_reason(made.status_code).upper()}', f'Server: {server}',
                    f'Date: {stamp}', 'Connection: close']
        head += [f'{n}: {v}' for n, v in made.headers]
        if made.headers.get('Content-Length') is None:
            head.append(f'Content-Length: {len(made.data)}')
        if not name:
            head.append('Connection: close')
        body = b'' if found[0] == 'HEAD' else made.data
        sock.sendall('\r\n'.join(head + ['', '']).encode('latin-1') + body)
        if log:
            line = f'"{found[0]} {found[1]} {found[2]}"'
            code = made.status_code
            if code >= 500:
                line = f'\033[35m\033[1m{line}\033[0m'
            elif code == 404:
                line = f'\033[33m{line}\033[0m'
            elif code >= 400:
                line = f'\033[31m\033[1m{line}\033[0m'
            elif code >= 300 and code != 304:
                line = f'\033[32m{line}\033[0m'
            elif code == 304:
                line = f'\033[36m{line}\033[0m'
            sys.stderr.write(f"{address[0]} - - [{time.strftime('%d/%b/%Y %H:%M:%S')}] {line} {code} -\n")
    except (ConnectionError, TimeoutError):
        pass
    finally:
        sock.close()
