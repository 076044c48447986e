import _drydock as _d

sep = '/'
curdir = '.'
pardir = '..'


def _text(path):
    return path.__fspath__() if hasattr(path, '__fspath__') else path


def join(first, *rest):
    path = _text(first)
    for part in rest:
        part = _text(part)
        if part.startswith('/'):
            path = part
        elif not path or path.endswith('/'):
            path += part
        else:
            path += '/' + part
    return path


def split(path):
    path = _text(path)
    at = path.rfind('/') + 1
    head, tail = path[:at], path[at:]
    if head and head != '/' * len(head):
        head = head.rstrip('/')
    return head, tail


def basename(path):
    return split(path)[1]


def dirname(path):
    return split(path)[0]


def splitext(path):
    path = _text(path)
    at = path.rfind('.')
    name = path.rfind('/') + 1
    if at > name and path[name:at].strip('.'):
        return path[:at], path[at:]
    return path, ''


def normpath(path):
    path = _text(path)
    if not path:
        return '.'
    root = '/' if path.startswith('/') else ''
    parts = []
    for part in path.split('/'):
        if part in ('', '.'):
            continue
        if part != '..' or (not root and not parts) or (parts and parts[-1] == '..'):
            parts.append(part)
        elif parts:
            parts.pop()
    return root + '/'.join(parts) or '.'


def isabs(path):
    return _text(path).startswith('/')


def abspath(path):
    path = _text(path)
    return normpath(path if isabs(path) else join(_d.cwd(), path))


def realpath(path, strict=False):
    try:
        return _d.realpath(_text(path))
    except OSError:
        return abspath(path)


def _mode(path, follow=True):
    try:
        return (_d.stat if follow else _d.lstat)(_text(path))[0] & 0o170000
    except (OSError, ValueError):
        return 0


def exists(path):
    return _mode(path) != 0


def lexists(path):
    return _mode(path, False) != 0


def isfile(path):
    return _mode(path) == 0o100000


def isdir(path):
    return _mode(path) == 0o040000


def islink(path):
    return _mode(path, False) == 0o120000


def ismount(path):
    return abspath(path) == '/'


def getsize(path):
    return _d.stat(_text(path))[5]


def getmtime(path):
    return _d.stat(_text(path))[6]


getctime = getatime = getmtime


def expanduser(path):
    path = _text(path)
    if path == '~' or path.startswith('~/'):
        import os
        return os.environ.get('HOME', '/root').rstrip('/') + path[1:]
    return path


def expandvars(path):
    import os
    import re
    return re.sub(r'\$(\w+|\{[^}]*\})', lambda m: os.environ.get(m.group(1).strip('{}'), m.group(0)), path)


def relpath(path, start='.'):
    one, two = abspath(path).split('/')[1:], abspath(start).split('/')[1:]
    one, two = [p for p in one if p], [p for p in two if p]
    same = 0
    while same < len(one) and same < len(two) and one[same] == two[same]:
        same += 1
    return '/'.join(['..'] * (len(two) - same) + one[same:]) or '.'


def commonprefix(paths):
    if not paths:
        return ''
    low, high = min(paths), max(paths)
    for at, c in enumerate(low):
        if c != high[at]:
            return low[:at]
    return low


def samefile(one, two):
    return realpath(one) == realpath(two)
