import _drydock as _d

IGNORECASE = I = 2
MULTILINE = M = 8
DOTALL = S = 16
VERBOSE = X = 64
ASCII = A = 256
UNICODE = U = 32
_known = {}


class error(Exception):
    pass


PatternError = error


class Match:
    def __init__(self, pattern, text, spans):
        self.re = pattern
        self.string = text
        self._spans = spans
        self.pos = 0
        self.endpos = len(text)

    def _number(self, group):
        if isinstance(group, str):
            if group not in self.re.groupindex:
                raise IndexError('no such group')
            return self.re.groupindex[group]
        if not 0 <= group < len(self._spans) // 2:
            raise IndexError('no such group')
        return group

    def _one(self, group, default=None):
        at = self._number(group) * 2
        start, end = self._spans[at], self._spans[at + 1]
        return default if start < 0 else self.string[start:end]

    def group(self, *groups):
        if not groups:
            return self._one(0)
        if len(groups) == 1:
            return self._one(groups[0])
        return tuple(self._one(g) for g in groups)

    def __getitem__(self, group):
        return self._one(group)

    def groups(self, default=None):
        return tuple(self._one(g, default) for g in range(1, len(self._spans) // 2))

    def groupdict(self, default=None):
        return {name: self._one(name, default) for name in self.re.groupindex}

    def start(self, group=0):
        return self._spans[self._number(group) * 2]

    def end(self, group=0):
        return self._spans[self._number(group) * 2 + 1]

    def span(self, group=0):
        return (self.start(group), self.end(group))

    @property
    def lastindex(self):
        found = [g for g in range(1, len(self._spans) // 2) if self._spans[g * 2] >= 0]
        return found[-1] if found else None

    def expand(self, template):
        return _expand(template, self)

    def __repr__(self):
        return f'<re.Match object; span={self.span()}, match={self.group()!r}>'


def _expand(template, match):
    if '\\' not in template:
        return template
    out = []
    at = 0
    while at < len(template):
        c = template[at]
        at += 1
        if c != '\\' or at >= len(template):
            out.append(c)
            continue
        c = template[at]
        at += 1
        if c == 'g' and template[at:at + 1] == '<':
            end = template.index('>', at)
            name = template[at + 1:end]
            out.append(match._one(int(name) if name.isdigit() else name, ''))
            at = end + 1
        elif c.isdigit():
            if template[at:at + 1].isdigit() and c != '0':
                c += template[at]
                at += 1
            out.append(match._one(int(c), ''))
        elif c in 'nrtabfv\\':
            out.append({'n': '\n', 'r': '\r', 't': '\t', 'a': '\a', 'b': '\b', 'f': '\f', 'v': '\v', '\\': '\\'}[c])
        else:
            out.append('\\' + c)
    return ''.join(out)


class Pattern:
    def __init__(self, pattern, flags):
        if not isinstance(pattern, str):
            _d.missing('regular expressions of bytes')
        self.pattern = pattern
        self.flags = flags | 32
        self._flags = flags
        names = _d.re_groups(pattern, flags)
        self.groups = len(names) - 1
        self.groupindex = {name: at for at, name in enumerate(names) if name}

    def _find(self, text, pos, count):
        if not isinstance(text, str):
            if isinstance(text, bytes):
                raise TypeError('cannot use a string pattern on a bytes-like object')
            raise TypeError(f"expected string or bytes-like object, got '{type(text).__name__}'")
        return [Match(self, text, spans) for spans in _d.re_find(self.pattern, self._flags, text, pos, count)]

    def _first(self, text, pos, count):
        found = self._find(text, pos, count)
        return found[0] if found else None

    def match(self, string, pos=0):
        return self._first(string, pos, -1)

    def fullmatch(self, string, pos=0):
        return self._first(string, pos, -2)

    def search(self, string, pos=0):
        return self._first(string, pos, 1)

    def finditer(self, string, pos=0):
        return iter(self._find(string, pos, 0))

    def findall(self, string, pos=0):
        found = self._find(string, pos, 0)
        if self.groups == 0:
            return [m._one(0) for m in found]
        if self.groups == 1:
            return [m._one(1, '') for m in found]
        return [m.groups('') for m in found]

    def subn(self, repl, string, count=0):
        out = []
        at = 0
        found = self._find(string, 0, count)
        for m in found:
            out.append(string[at:m.start()])
            out.append(repl(m) if callable(repl) else _expand(repl, m))
            at = m.end()
        out.append(string[at:])
        return ''.join(out), len(found)

    def sub(self, repl, string, count=0):
        return self.subn(repl, string, count)[0]

    def split(self, string, maxsplit=0):
        out = []
        at = 0
        for m in self._find(string, 0, maxsplit):
            out.append(string[at:m.start()])
            out.extend(m.groups())
            at = m.end()
        out.append(string[at:])
        return out

    def __repr__(self):
        names = [n for n, f in (('re.IGNORECASE', 2), ('re.MULTILINE', 8), ('re.DOTALL', 16), ('re.VERBOSE', 64))
                 if self._flags & f]
        tail = ', ' + '|'.join(names) if names else ''
        return f're.compile({self.pattern!r}{tail})'


def compile(pattern, flags=0):
    if isinstance(pattern, Pattern):
        return pattern
    key = (pattern, flags)
    if key not in _known:
        if len(_known) > 200:
            _known.clear()
        _known[key] = Pattern(pattern, flags)
    return _known[key]


def match(pattern, string, flags=0):
    return compile(pattern, flags).match(string)


def fullmatch(pattern, string, flags=0):
    return compile(pattern, flags).fullmatch(string)


def search(pattern, string, flags=0):
    return compile(pattern, flags).search(string)


def findall(pattern, string, flags=0):
    return compile(pattern, flags).findall(string)


def finditer(pattern, string, flags=0):
    return compile(pattern, flags).finditer(string)


def sub(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).sub(repl, string, count)


def subn(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).subn(repl, string, count)


def split(pattern, string, maxsplit=0, flags=0):
    return compile(pattern, flags).split(string, maxsplit)


def escape(text):
    return ''.join('\\' + c if c in '()[]{}?*+-|^$\\.&~# \t\n\r\v\f' else c for c in text)


def purge():
    _known.clear()
