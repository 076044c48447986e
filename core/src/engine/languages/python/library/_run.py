import _drydock as _d


def module(name, called):
    import sys
    if name in ('flask', 'gunicorn', 'uvicorn'):
        command = __import__('_' + name)
        return command.main(sys.argv)
    if name == 'http.server':
        import http.server
        return http.server._main(sys.argv)
    if name == 'json.tool':
        import json
        return json._tool(sys.argv)
    found = _find(name)
    if found is None:
        sys.stderr.write(f'{called}: No module named {name}\n')
        raise SystemExit(1)
    path, package = found
    with open(path) as file:
        text = file.read()
    main = sys.modules['__main__'].__dict__
    main['__file__'] = path
    main['__package__'] = name if package else name.rpartition('.')[0]
    sys.argv[0] = path
    _d.argv_changed = sys.argv
    exec(compile(text, path, 'exec'), main)


def _find(name):
    import os
    import sys
    relative = name.replace('.', '/')
    for place in sys.path:
        base = os.path.join(place, relative)
        if os.path.isfile(base + '/__main__.py'):
            return base + '/__main__.py', True
        if os.path.isfile(base + '.py'):
            return base + '.py', False
    return None
