class JSONDecodeError(ValueError):
    def __init__(self, msg, doc, pos):
        line = doc.count('\n', 0, pos) + 1
        column = pos - doc.rfind('\n', 0, pos)
        ValueError.__init__(self, f'{msg}: line {line} column {column} (char {pos})')
        self.msg = msg
        self.doc = doc
        self.pos = pos
        self.lineno = line
        self.colno = column


JSONDecodeError.__module__ = 'json.decoder'
_ESCAPES = {'"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f'}


def _quote(text, plain):
    out = ['"']
    clean = text.isascii() and text.isprintable() and '"' not in text and '\\' not in text
    if clean:
        return '"' + text + '"'
    for c in text:
        if c in _ESCAPES:
            out.append(_ESCAPES[c])
        elif c < ' ' or c == '\x7f' and False:
            out.append('\\u%04x' % ord(c))
        elif plain and c > '~' and c != '\x7f':
            n = ord(c)
            if n > 0xffff:
                n -= 0x10000
                out.append('\\u%04x\\u%04x' % (0xd800 + (n >> 10), 0xdc00 + (n & 0x3ff)))
            else:
                out.append('\\u%04x' % n)
        else:
            out.append(c)
    out.append('"')
    return ''.join(out)


class JSONEncoder:
    item_separator = ', '
    key_separator = ': '

    def __init__(self, *, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, sort_keys=False,
                 indent=None, separators=None, default=None):
        self.skipkeys = skipkeys
        self.ensure_ascii = ensure_ascii
        self.allow_nan = allow_nan
        self.sort_keys = sort_keys
        self.indent = ' ' * indent if isinstance(indent, int) else indent
        if separators is not None:
            self.item_separator, self.key_separator = separators
        elif indent is not None:
            self.item_separator = ','
        if default is not None:
            self.default = default

    def default(self, o):
        raise TypeError(f'Object of type {o.__class__.__name__} is not JSON serializable')

    def encode(self, o):
        return self._write(o, '\n', [])

    def iterencode(self, o):
        return iter([self.encode(o)])

    def _write(self, o, line, around):
        if o is None:
            return 'null'
        if o is True:
            return 'true'
        if o is False:
            return 'false'
        if isinstance(o, str):
            return _quote(o, self.ensure_ascii)
        if isinstance(o, int):
            return int.__repr__(o) if type(o) is int else str(int(o))
        if isinstance(o, float):
            return self._real(o)
        if any(o is outer for outer in around):
            raise ValueError('Circular reference detected')
        if isinstance(o, dict):
            return self._dict(o, line, around + [o])
        if isinstance(o, (list, tuple)):
            if not o:
                return '[]'
            inner = line + self.indent if self.indent is not None else ''
            around = around + [o]
            parts = [self._write(item, inner, around) for item in o]
            if self.indent is None:
                return '[' + self.item_separator.join(parts) + ']'
            return '[' + inner + (self.item_separator + inner).join(parts) + line + ']'
        return self._write(self.default(o), line, around + [o])

    def _real(self, o):
        if o != o or o in (float('inf'), float('-inf')):
            if not self.allow_nan:
                raise ValueError('Out of range float values are not JSON compliant')
            return 'NaN' if o != o else 'Infinity' if o > 0 else '-Infinity'
        return repr(float(o))

    def _key(self, key):
        if isinstance(key, str):
            return key
        if key is True:
            return 'true'
        if key is False:
            return 'false'
        if key is None:
            return 'null'
        if isinstance(key, (int, float)):
            return repr(key)
        raise TypeError(f'keys must be str, int, float, bool or None, not {key.__class__.__name__}')

    def _dict(self, o, line, around):
        if not o:
            return '{}'
        inner = line + self.indent if self.indent is not None else ''
        items = sorted(o.items()) if self.sort_keys else o.items()
        parts = []
        for key, value in items:
            if self.skipkeys and not isinstance(key, (str, int, float, type(None))):
                continue
            shown = _quote(self._key(key), self.ensure_ascii)
            parts.append(shown + self.key_separator + self._write(value, inner, around))
        if self.indent is None:
            return '{' + self.item_separator.join(parts) + '}'
        return '{' + inner + (self.item_separator + inner).join(parts) + line + '}'


def dumps(obj, *, cls=None, **options):
    return (cls or JSONEncoder)(**options).encode(obj)


def dump(obj, fp, **options):
    fp.write(dumps(obj, **options))


class _Reader:
    def __init__(self, text, options):
        self.text = text
        self.at = 0
        self.hook = options.get('object_hook')
        self.pairs_hook = options.get('object_pairs_hook')
        self.float = options.get('parse_float') or float
        self.int = options.get('parse_int') or int

    def blanks(self):
        text = self.text
        at = self.at
        while at < len(text) and text[at] in ' \t\n\r':
            at += 1
        self.at = at

    def fail(self, message, at=None):
        raise JSONDecodeError(message, self.text, self.at if at is None else at)

    def value(self, depth):
        if depth > 90:
            raise RecursionError('maximum recursion depth exceeded while decoding a JSON object from a unicode string')
        text, at = self.text, self.at
        c = text[at:at + 1]
        if c == '"':
            self.at += 1
            return self.string()
        if c == '{':
            return self.object(depth)
        if c == '[':
            return self.array(depth)
        for word, value in (('null', None), ('true', True), ('false', False), ('NaN', float('nan')),
                            ('Infinity', float('inf')), ('-Infinity', float('-inf'))):
            if text.startswith(word, at):
                self.at += len(word)
                return value
        if c and c in '-0123456789':
            return self.number()
        self.fail('Expecting value')

    def number(self):
        text, start = self.text, self.at
        at = start + (text[start] == '-')
        if not text[at:at + 1].isdigit():
            self.fail('Expecting value')
        if text[at] == '0':
            at += 1
        else:
            while text[at:at + 1].isdigit():
                at += 1
        real = False
        if text[at:at + 1] == '.' and text[at + 1:at + 2].isdigit():
            real = True
            at += 1
            while text[at:at + 1].isdigit():
                at += 1
        if text[at:at + 1] in ('e', 'E'):
            end = at + 1 + (text[at + 1:at + 2] in ('+', '-'))
            if text[end:end + 1].isdigit():
                real = True
                at = end
                while text[at:at + 1].isdigit():
                    at += 1
        self.at = at
        return self.float(text[start:at]) if real else self.int(text[start:at])

    def string(self):
        text = self.text
        begin = self.at - 1
        parts = []
        while True:
            quote = text.find('"', self.at)
            if quote < 0:
                self.fail('Unterminated string starting at', begin)
            slash = text.find('\\', self.at, quote)
            end = quote if slash < 0 else slash
            part = text[self.at:end]
            if '\n' in part or '\t' in part or '\r' in part:
                for offset, c in enumerate(part):
                    if c < ' ':
                        self.fail('Invalid control character at', self.at + offset)
            parts.append(part)
            if slash < 0:
                self.at = quote + 1
                return ''.join(parts)
            self.at = slash + 2
            parts.append(self.escape(text[slash + 1:slash + 2], slash))

    def escape(self, c, slash):
        plain = {'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}
        if c in plain:
            return plain[c]
        if c != 'u':
            self.fail('Invalid \\escape', slash)
        n = self.hex(slash)
        if 0xd800 <= n < 0xdc00 and self.text.startswith('\\u', self.at):
            self.at += 2
            low = self.hex(slash)
            n = 0x10000 + ((n - 0xd800) << 10 | (low - 0xdc00))
        return chr(n)

    def hex(self, slash):
        digits = self.text[self.at:self.at + 4]
        try:
            value = int(digits, 16)
        except ValueError:
            value = None
        if value is None or len(digits) != 4:
            self.fail('Invalid \\uXXXX escape', slash + 1)
        self.at += 4
        return value

    def object(self, depth):
        self.at += 1
        pairs = []
        self.blanks()
        if self.text[self.at:self.at + 1] == '}':
            self.at += 1
        else:
            while True:
                self.blanks()
                if self.text[self.at:self.at + 1] != '"':
                    self.fail('Expecting property name enclosed in double quotes')
                self.at += 1
                key = self.string()
                self.blanks()
                if self.text[self.at:self.at + 1] != ':':
                    self.fail("Expecting ':' delimiter")
                self.at += 1
                self.blanks()
                pairs.append((key, self.value(depth + 1)))
                self.blanks()
                c = self.text[self.at:self.at + 1]
                if c == '}':
                    self.at += 1
                    break
                if c != ',':
                    self.fail("Expecting ',' delimiter")
                self.at += 1
        if self.pairs_hook:
            return self.pairs_hook(pairs)
        return self.hook(dict(pairs)) if self.hook else dict(pairs)

    def array(self, depth):
        self.at += 1
        items = []
        self.blanks()
        if self.text[self.at:self.at + 1] == ']':
            self.at += 1
            return items
        while True:
            self.blanks()
            items.append(self.value(depth + 1))
            self.blanks()
            c = self.text[self.at:self.at + 1]
            self.at += 1
            if c == ']':
                return items
            if c != ',':
                self.fail("Expecting ',' delimiter", self.at - 1)


def loads(s, **options):
    if isinstance(s, (bytes, bytearray)):
        s = s.decode()
    if not isinstance(s, str):
        raise TypeError(f'the JSON object must be str, bytes or bytearray, not {s.__class__.__name__}')
    reader = _Reader(s, options)
    reader.blanks()
    value = reader.value(0)
    reader.blanks()
    if reader.at != len(s):
        reader.fail('Extra data')
    return value


def load(fp, **options):
    return loads(fp.read(), **options)


class JSONDecoder:
    def decode(self, s):
        return loads(s)


def _tool(argv):
    import sys
    names = [a for a in argv[1:] if not a.startswith('-')]
    options = [a for a in argv[1:] if a.startswith('-')]
    for option in options:
        if option not in ('--sort-keys', '--no-ensure-ascii', '--compact'):
            import _drydock
            _drydock.missing(f'json.tool {option}')
    text = open(names[0]).read() if names else sys.stdin.read()
    try:
        value = loads(text)
    except ValueError as e:
        raise SystemExit(e)
    compact = '--compact' in options
    print(dumps(value, indent=None if compact else 4, separators=(',', ':') if compact else None,
                sort_keys='--sort-keys' in options, ensure_ascii='--no-ensure-ascii' not in options))
