import _drydock as _d

_functions = []


def register(function, *args, **names):
    _functions.append((function, args, names))
    _d.at_exit(_run)
    return function


def unregister(function):
    _functions[:] = [f for f in _functions if f[0] is not function]


def _run():
    while _functions:
        function, args, names = _functions.pop()
        function(*args, **names)
