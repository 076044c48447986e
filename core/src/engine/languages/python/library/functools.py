import _drydock as _d

WRAPPER_ASSIGNMENTS = ('__module__', '__name__', '__qualname__', '__doc__')
WRAPPER_UPDATES = ('__dict__',)


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    for name in assigned:
        if hasattr(wrapped, name):
            setattr(wrapper, name, getattr(wrapped, name))
    for name, value in getattr(wrapped, '__dict__', {}).items():
        setattr(wrapper, name, value)
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    return lambda wrapper: update_wrapper(wrapper, wrapped, assigned, updated)


class partial:
    def __init__(self, func, *args, **keywords):
        self.func, self.args, self.keywords = func, args, keywords

    def __call__(self, *args, **keywords):
        return self.func(*self.args, *args, **{**self.keywords, **keywords})

    def __repr__(self):
        parts = [repr(self.func)] + [repr(a) for a in self.args] + [f'{k}={v!r}' for k, v in self.keywords.items()]
        return 'functools.partial(' + ', '.join(parts) + ')'


_nothing = object()


def reduce(function, iterable, initial=_nothing):
    items = iter(iterable)
    if initial is _nothing:
        try:
            initial = next(items)
        except StopIteration:
            raise TypeError('reduce() of empty iterable with no initial value') from None
    for item in items:
        initial = function(initial, item)
    return initial


class _CacheInfo(tuple):
    def __repr__(self):
        return 'CacheInfo(hits=%r, misses=%r, maxsize=%r, currsize=%r)' % tuple(self)

    hits = property(lambda self: self[0])
    misses = property(lambda self: self[1])
    maxsize = property(lambda self: self[2])
    currsize = property(lambda self: self[3])


def lru_cache(maxsize=128, typed=False):
    if callable(maxsize):
        return _cached(maxsize, 128)
    return lambda function: _cached(function, maxsize)


def cache(function):
    return _cached(function, None)


def _cached(function, size):
    known = {}
    counts = [0, 0]

    def wrapper(*args, **names):
        key = (args, tuple(sorted(names.items()))) if names else args
        if key in known:
            counts[0] += 1
            value = known.pop(key)
            known[key] = value
            return value
        value = function(*args, **names)
        counts[1] += 1
        if size is not None and len(known) >= size and known:
            del known[next(iter(known))]
        if size != 0:
            known[key] = value
        return value

    def clear():
        known.clear()
        counts[:] = [0, 0]

    wrapper.cache_info = lambda: _CacheInfo((counts[0], counts[1], size, len(known)))
    wrapper.cache_clear = clear
    return update_wrapper(wrapper, function)


class cached_property:
    def __init__(self, func):
        self.func = func
        self.name = func.__name__

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        value = self.func(instance)
        setattr(instance, self.name, value)
        return value


def total_ordering(cls):
    names = [n for n in ('__lt__', '__le__', '__gt__', '__ge__') if n in cls.__dict__]
    if not names:
        raise ValueError('must define at least one ordering operation: < > <= >=')
    less = {'__lt__': lambda a, b: a < b, '__le__': lambda a, b: not b <= a, '__gt__': lambda a, b: b > a,
            '__ge__': lambda a, b: not a >= b}[names[0]]
    made = {'__lt__': lambda a, b: less(a, b), '__le__': lambda a, b: not less(b, a),
            '__gt__': lambda a, b: less(b, a), '__ge__': lambda a, b: not less(a, b)}
    for name, function in made.items():
        if name not in names:
            setattr(cls, name, function)
    return cls


def cmp_to_key(compare):
    class Key:
        def __init__(self, obj):
            self.obj = obj

        def __lt__(self, other):
            return compare(self.obj, other.obj) < 0

        def __eq__(self, other):
            return compare(self.obj, other.obj) == 0

    return Key


def singledispatch(function):
    _d.missing('functools.singledispatch')
