import sys
import time
import _drydock as _d


def _log(pid, text):
    sys.stderr.write(f"[{time.strftime('%Y-%m-%d %H:%M:%S +0000')}] [{pid}] [INFO] {text}\n")


def main(argv):
    import signal
    import socket
    import flask
    import _flask
    args = argv[1:]
    bind, workers, spec, access = '127.0.0.1:8000', 1, None, False
    while args:
        arg = args.pop(0)
        name, eq, value = arg.partition('=')
        if name in ('-b', '--bind', '-w', '--workers', '-t', '--timeout', '--threads', '--access-logfile', '--error-logfile',
                    '--log-level', '-k', '--worker-class', '--log-file'):
            value = value if eq else args.pop(0)
            if name in ('-b', '--bind'):
                bind = value
            elif name in ('-w', '--workers'):
                workers = int(value)
            elif name == '--access-logfile':
                access = value == '-'
        elif arg.startswith('-b') and len(arg) > 2:
            bind = arg[2:]
        elif arg.startswith('-w') and len(arg) > 2:
            workers = int(arg[2:])
        elif arg in ('-v', '--version'):
            print(f"gunicorn (version {_d.installed('gunicorn')})")
            return
        elif arg.startswith('-'):
            _d.missing(f'gunicorn {arg}')
        else:
            spec = arg
    if spec is None:
        print('usage: gunicorn [OPTIONS] [APP_MODULE]\ngunicorn: error: No application module specified.', file=sys.stderr)
        raise SystemExit(1)
    host, _, port = bind.rpartition(':')
    pid = _d.pid()
    _log(pid, f"Starting gunicorn {_d.installed('gunicorn')}")
    server = socket.socket()
    server.bind((host or '0.0.0.0', int(port)))
    _log(pid, f"Listening at: http://{host or '0.0.0.0'}:{port} ({pid})")
    _log(pid, 'Using worker: sync')
    for n in range(workers):
        _log(pid + 1 + n, f'Booting worker with pid: {pid + 1 + n}')

    def stop(number, frame):
        _log(pid, f"Handling signal: {'int' if number == 2 else 'term'}")
        for n in range(workers):
            _log(pid + 1 + n, f'Worker exiting (pid: {pid + 1 + n})')
        _log(pid, 'Shutting down: Master')
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.path.insert(0, '.')
    app = _flask.load(spec if ':' in spec else spec + ':application')
    if app is None:
        sys.stderr.write(f"Failed to find attribute {spec.partition(':')[2] or 'application'!r} in "
                         f"{spec.partition(':')[0]!r}.\n")
        raise SystemExit(4)
    if not isinstance(app, flask.Flask):
        _d.missing('gunicorn with what is no Flask application')
    while True:
        sock, address = server.accept()
        flask._one(app, sock, address, False, 'gunicorn')
