import os
import sys
import _drydock as _d


def load(spec):
    """The application that `module:name` stands for."""
    module, _, name = spec.partition(':')
    if module.endswith('.py'):
        module = module[:-3]
    found = __import__(module.replace('/', '.'))
    for part in module.split('.')[1:]:
        found = getattr(found, part)
    if name.endswith('()'):
        return getattr(found, name[:-2])()
    if name:
        return getattr(found, name, None)
    import flask
    for wanted in ('app', 'application'):
        if isinstance(getattr(found, wanted, None), flask.Flask):
            return getattr(found, wanted)
    for value in vars(found).values():
        if isinstance(value, flask.Flask):
            return value
    if hasattr(found, 'create_app'):
        return found.create_app()
    return None


def main(argv):
    import flask
    args = argv[1:]
    spec = os.environ.get('FLASK_APP')
    host = os.environ.get('FLASK_RUN_HOST', '127.0.0.1')
    port = os.environ.get('FLASK_RUN_PORT', '5000')
    debug = os.environ.get('FLASK_DEBUG', '0').lower() in ('1', 'true')
    command = None
    while args:
        arg = args.pop(0)
        name, eq, value = arg.partition('=')
        if name in ('-h', '--host', '-p', '--port', '-A', '--app'):
            value = value if eq else args.pop(0)
            if name in ('-h', '--host'):
                host = value
            elif name in ('-p', '--port'):
                port = value
            else:
                spec = value
        elif arg in ('--debug', '--reload'):
            debug = True
        elif arg in ('--no-reload', '--no-debugger', '--with-threads'):
            pass
        elif arg == '--version':
            print(f'Python {sys.version.split()[0]}\nFlask {flask.__version__}\nWerkzeug {flask._WERKZEUG}')
            return
        elif arg.startswith('-') or command:
            _d.missing(f'flask {arg}')
        else:
            command = arg
    if command != 'run':
        _d.missing(f'flask {command or ""}'.strip())
    if spec is None:
        spec = 'wsgi' if os.path.exists('wsgi.py') else 'app' if os.path.exists('app.py') else None
        if spec is None:
            print('Usage: flask run [OPTIONS]\nTry \'flask run --help\' for help.\n\nError: Could not locate a Flask '
                  "application. Use the 'flask --app' option, 'FLASK_APP' environment variable, or a 'wsgi.py' or "
                  "'app.py' file in the current directory.", file=sys.stderr)
            raise SystemExit(2)
        shown = spec + '.py'
    else:
        shown = spec
    try:
        app = load(spec)
    except ModuleNotFoundError as e:
        if e.name != spec.partition(':')[0].removesuffix('.py'):
            raise
        print("Usage: flask run [OPTIONS]\nTry 'flask run --help' for help.\n\nError: Could not import "
              f"'{e.name}'.", file=sys.stderr)
        raise SystemExit(2)
    if app is None:
        print("Usage: flask run [OPTIONS]\nTry 'flask run --help' for help.\n\nError: Failed to find Flask application or "
              f"factory in module '{spec}'. Use '{spec}:name' to specify one.", file=sys.stderr)
        raise SystemExit(2)
    app.debug = debug
    flask._serve_with_werkzeug(app, host, int(port), shown, debug)
