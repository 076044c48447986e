from keyword import iskeyword as _iskeyword
import collections.abc as abc


class OrderedDict(dict):
    def __repr__(self):
        if not self:
            return 'OrderedDict()'
        import _drydock
        return 'OrderedDict(' + repr(dict(self) if _drydock.version() >= '3.12' else list(self.items())) + ')'

    def move_to_end(self, key, last=True):
        value = self.pop(key)
        if last:
            self[key] = value
        else:
            rest = list(self.items())
            self.clear()
            self[key] = value
            for name, item in rest:
                self[name] = item

    def popitem(self, last=True):
        if not self:
            raise KeyError('dictionary is empty')
        key = list(self)[-1 if last else 0]
        return key, self.pop(key)

    def copy(self):
        return OrderedDict(self)


class defaultdict(dict):
    def __init__(self, default_factory=None, *args, **names):
        if default_factory is not None and not callable(default_factory):
            raise TypeError('first argument must be callable or None')
        dict.__init__(self, *args, **names)
        self.default_factory = default_factory

    def __missing__(self, key):
        if self.default_factory is None:
            raise KeyError(key)
        value = self[key] = self.default_factory()
        return value

    def __repr__(self):
        return f'defaultdict({self.default_factory!r}, {dict(self)!r})'

    def copy(self):
        return defaultdict(self.default_factory, self)


class Counter(dict):
    def __init__(self, iterable=None, **names):
        dict.__init__(self)
        self.update(iterable, **names)

    def __missing__(self, key):
        return 0

    def update(self, iterable=None, **names):
        if iterable is not None:
            if hasattr(iterable, 'items'):
                for key, n in iterable.items():
                    self[key] = self[key] + n
            else:
                for key in iterable:
                    self[key] = self[key] + 1
        for key, n in names.items():
            self[key] = self[key] + n

    def subtract(self, iterable=None, **names):
        other = Counter(iterable, **names)
        for key, n in other.items():
            self[key] = self[key] - n

    def most_common(self, n=None):
        ranked = sorted(self.items(), key=lambda item: item[1], reverse=True)
        return ranked if n is None else ranked[:n]

    def elements(self):
        for key, n in self.items():
            for _ in range(n):
                yield key

    def total(self):
        return sum(self.values())

    def copy(self):
        return Counter(self)

    def __repr__(self):
        if not self:
            return 'Counter()'
        return 'Counter({' + ', '.join(f'{k!r}: {n!r}' for k, n in self.most_common()) + '})'

    def _combine(self, other, choose):
        out = Counter()
        for key in list(self) + [k for k in other if k not in self]:
            n = choose(self[key], other[key])
            if n > 0:
                out[key] = n
        return out

    def __add__(self, other):
        return self._combine(other, lambda a, b: a + b)

    def __sub__(self, other):
        return self._combine(other, lambda a, b: a - b)

    def __and__(self, other):
        return self._combine(other, min)

    def __or__(self, other):
        return self._combine(other, max)


class deque:
    def __init__(self, iterable=(), maxlen=None):
        self._items = []
        self.maxlen = maxlen
        self.extend(iterable)

    def append(self, item):
        self._items.append(item)
        if self.maxlen is not None and len(self._items) > self.maxlen:
            del self._items[0]

    def appendleft(self, item):
        self._items.insert(0, item)
        if self.maxlen is not None and len(self._items) > self.maxlen:
            self._items.pop()

    def pop(self):
        if not self._items:
            raise IndexError('pop from an empty deque')
        return self._items.pop()

    def popleft(self):
        if not self._items:
            raise IndexError('pop from an empty deque')
        return self._items.pop(0)

    def extend(self, iterable):
        for item in iterable:
            self.append(item)

    def extendleft(self, iterable):
        for item in iterable:
            self.appendleft(item)

    def rotate(self, n=1):
        if self._items:
            n %= len(self._items)
            self._items = self._items[-n:] + self._items[:-n]

    def clear(self):
        self._items.clear()

    def remove(self, item):
        self._items.remove(item)

    def count(self, item):
        return self._items.count(item)

    def index(self, item):
        return self._items.index(item)

    def reverse(self):
        self._items.reverse()

    def copy(self):
        return deque(self._items, self.maxlen)

    def __len__(self):
        return len(self._items)

    def __iter__(self):
        return iter(self._items)

    def __reversed__(self):
        return reversed(self._items)

    def __contains__(self, item):
        return item in self._items

    def __getitem__(self, at):
        try:
            return self._items[at]
        except IndexError:
            raise IndexError('deque index out of range') from None

    def __setitem__(self, at, item):
        self._items[at] = item

    def __eq__(self, other):
        return isinstance(other, deque) and self._items == other._items

    def __repr__(self):
        end = '' if self.maxlen is None else f', maxlen={self.maxlen}'
        return f'deque({self._items!r}{end})'


def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    if isinstance(field_names, str):
        field_names = field_names.replace(',', ' ').split()
    fields = tuple(field_names)
    defaults = tuple(defaults or ())
    for name in fields:
        if not name.isidentifier() or _iskeyword(name):
            raise ValueError(f'Type names and field names must be valid identifiers: {name!r}')
        if name.startswith('_'):
            raise ValueError(f'Field names cannot start with an underscore: {name!r}')
    given = dict(zip(fields[len(fields) - len(defaults):], defaults))

    def __new__(cls, *args, **names):
        if len(args) > len(fields):
            raise TypeError(f'{typename}.__new__() takes {len(fields) + 1} positional arguments but '
                            f'{len(args) + 1} were given')
        values = dict(zip(fields, args))
        for name, value in names.items():
            if name in values:
                raise TypeError(f"{typename}.__new__() got multiple values for argument '{name}'")
            if name not in fields:
                raise TypeError(f"{typename}.__new__() got an unexpected keyword argument '{name}'")
            values[name] = value
        missing = [n for n in fields if n not in values and n not in given]
        if missing:
            shown = [repr(n) for n in missing]
            listed = shown[0] if len(shown) == 1 else ' and '.join(shown) if len(shown) == 2 else \
                ', '.join(shown[:-1]) + ', and ' + shown[-1]
            plural = '' if len(shown) == 1 else 's'
            raise TypeError(f'{typename}.__new__() missing {len(shown)} required positional argument{plural}: {listed}')
        return tuple.__new__(cls, [values[n] if n in values else given[n] for n in fields])

    def __repr__(self):
        return self.__class__.__name__ + '(' + ', '.join(f'{n}={v!r}' for n, v in zip(fields, self)) + ')'

    def _asdict(self):
        return dict(zip(fields, self))

    def _replace(self, **names):
        return self.__class__(**{**dict(zip(fields, self)), **names})

    def _make(cls, iterable):
        return cls(*iterable)

    space = {'__new__': __new__, '__repr__': __repr__, '_asdict': _asdict, '_replace': _replace,
             '_make': classmethod(_make), '_fields': fields, '_field_defaults': given, '__match_args__': fields,
             '__module__': module or '__main__', '__slots__': ()}
    for at, name in enumerate(fields):
        space[name] = property(lambda self, at=at: self[at])
    return type(typename, (tuple,), space)


class ChainMap:
    def __init__(self, *maps):
        self.maps = list(maps) or [{}]

    def __getitem__(self, key):
        for one in self.maps:
            if key in one:
                return one[key]
        raise KeyError(key)

    def get(self, key, default=None):
        return self[key] if key in self else default

    def __contains__(self, key):
        return any(key in one for one in self.maps)

    def __setitem__(self, key, value):
        self.maps[0][key] = value

    def __iter__(self):
        seen = {}
        for one in reversed(self.maps):
            seen.update(one)
        return iter(seen)

    def keys(self):
        return list(self)

    def items(self):
        return [(k, self[k]) for k in self]

    def __len__(self):
        return len(list(self))

    def __repr__(self):
        return 'ChainMap(' + ', '.join(map(repr, self.maps)) + ')'


class UserDict:
    def __init__(self, data=None, **names):
        self.data = {}
        self.data.update(data or {}, **names)

    def __getitem__(self, key):
        return self.data[key]

    def __setitem__(self, key, value):
        self.data[key] = value

    def __delitem__(self, key):
        del self.data[key]

    def __iter__(self):
        return iter(self.data)

    def __len__(self):
        return len(self.data)

    def __contains__(self, key):
        return key in self.data

    def __repr__(self):
        return repr(self.data)

    def keys(self):
        return self.data.keys()

    def items(self):
        return self.data.items()

    def values(self):
        return self.data.values()

    def get(self, key, default=None):
        return self[key] if key in self else default
