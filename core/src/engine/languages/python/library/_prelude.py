import _drydock as _d


def map(function, *iterables):
    if len(iterables) == 1:
        return _map(function, iter(iterables[0]))
    return _map_many(function, [iter(i) for i in iterables])


def _map(function, items):
    for item in items:
        yield function(item)


def _map_many(function, iterators):
    for items in zip(*iterators):
        yield function(*items)


def filter(function, iterable):
    return _filter(function, iter(iterable))


def _filter(function, items):
    for item in items:
        if function is None:
            if item:
                yield item
        elif function(item):
            yield item


def _any(items):
    for item in items:
        if item:
            return True
    return False


def _all(items):
    for item in items:
        if not item:
            return False
    return True


def _enumerate(items, n):
    for item in items:
        yield (n, item)
        n += 1


def _zip(iterators, strict):
    if not iterators:
        return
    end = object()
    while True:
        items = []
        for at, iterator in enumerate(iterators):
            item = next(iterator, end)
            if item is end:
                if strict:
                    if at:
                        plural = ' ' if at == 1 else 's 1-'
                        raise ValueError(f'zip() argument {at + 1} is shorter than argument{plural}{at}')
                    for other, more in enumerate(iterators[1:]):
                        if next(more, end) is not end:
                            plural = ' ' if other == 0 else 's 1-'
                            raise ValueError(f'zip() argument {other + 2} is longer than argument{plural}{other + 1}')
                return
            items.append(item)
        yield tuple(items)


def _keys(key, items):
    return [key(item) for item in items]


def _iterate_items(sequence):
    at = 0
    while True:
        try:
            item = sequence[at]
        except IndexError:
            return
        yield item
        at += 1


def _reversed_items(sequence):
    for at in range(len(sequence) - 1, -1, -1):
        yield sequence[at]


def _call_until(function, end):
    while True:
        value = function()
        if value == end:
            return
        yield value


def _merge_sort(keys, items, backwards):
    pairs = list(zip(keys, items))
    if backwards:
        pairs.reverse()
    width = 1
    while width < len(pairs):
        merged = []
        for start in range(0, len(pairs), 2 * width):
            left = pairs[start:start + width]
            right = pairs[start + width:start + 2 * width]
            i = j = 0
            while i < len(left) and j < len(right):
                if right[j][0] < left[i][0]:
                    merged.append(right[j])
                    j += 1
                else:
                    merged.append(left[i])
                    i += 1
            merged.extend(left[i:])
            merged.extend(right[j:])
        pairs = merged
        width *= 2
    if backwards:
        pairs.reverse()
    return [item for _, item in pairs]


def open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
    import io
    return io.open(file, mode, buffering, encoding, errors, newline)


def input(prompt=''):
    import sys
    sys.stdout.write(str(prompt))
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError('EOF when reading a line')
    return line[:-1] if line.endswith('\n') else line


class _Quitter:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f'Use {self.name}() or Ctrl-D (i.e. EOF) to exit'

    def __call__(self, code=None):
        raise SystemExit(code)


exit = _Quitter('exit')
quit = _Quitter('quit')


class _Text:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text

    def __call__(self, *args):
        _d.missing('the help of the prompt')


help = _Text('Type help() for interactive help, or help(object) for help about object.')
copyright = _Text('Copyright (c) 2001 Python Software Foundation.\nAll Rights Reserved.')
credits = _Text('Thanks to the Python community for supporting Python development.  See www.python.org for more information.')
license = _Text('Type license() to see the full license text')


def memoryview(data):
    _d.missing('memoryview')


def complex(*parts):
    _d.missing('complex numbers')


def breakpoint(*args):
    _d.missing('breakpoint()')


def aiter(value):
    return value.__aiter__()


def anext(value):
    return value.__anext__()
