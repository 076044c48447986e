import _drydock as _d


class _Missing:
    def __repr__(self):
        return '<dataclasses._MISSING_TYPE object>'


MISSING = _Missing()


class FrozenInstanceError(AttributeError):
    pass


class Field:
    def __init__(self, default, default_factory, init, repr, compare):
        self.default, self.default_factory = default, default_factory
        self.init, self.repr, self.compare = init, repr, compare
        self.name = None
        self.type = None


def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True, metadata=None,
          kw_only=False):
    if kw_only:
        _d.missing('kw_only fields')
    return Field(default, default_factory, init, repr, compare)


def dataclass(cls=None, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False, match_args=True,
              kw_only=False, slots=False, weakref_slot=False):
    if kw_only:
        _d.missing('kw_only data classes')

    def decorate(cls):
        return _make(cls, init, repr, eq, order, frozen)

    return decorate if cls is None else decorate(cls)


def _make(cls, init, repr_, eq, order, frozen):
    known = {}
    for base in reversed(cls.__mro__[1:]):
        known.update(getattr(base, '__dataclass_fields__', {}) if '__dataclass_fields__' in base.__dict__ else {})
    for name, kind in cls.__dict__.get('__annotations__', {}).items():
        if 'ClassVar' in str(kind):
            continue
        default = cls.__dict__.get(name, MISSING)
        one = default if isinstance(default, Field) else Field(default, MISSING, True, True, True)
        if isinstance(one.default, (list, dict, set)):
            raise ValueError(f'mutable default {type(one.default)} for field {name} is not allowed: use default_factory')
        one.name, one.type = name, kind
        if isinstance(default, Field):
            if one.default is not MISSING:
                setattr(cls, name, one.default)
            else:
                delattr(cls, name)
        known[name] = one
    fields_ = list(known.values())
    seen = None
    for one in fields_:
        if one.init and (one.default is not MISSING or one.default_factory is not MISSING):
            seen = one
        elif one.init and seen is not None:
            raise TypeError(f'non-default argument {one.name!r} follows default argument')
    cls.__dataclass_fields__ = known
    cls.__match_args__ = tuple(f.name for f in fields_ if f.init)
    if init and '__init__' not in cls.__dict__:
        cls.__init__ = _init(cls, fields_, frozen)
    if repr_ and '__repr__' not in cls.__dict__:
        def __repr__(self):
            shown = ', '.join(f'{f.name}={getattr(self, f.name)!r}' for f in fields_ if f.repr)
            return f'{self.__class__.__qualname__}({shown})'
        cls.__repr__ = __repr__

    def key(self):
        return tuple(getattr(self, f.name) for f in fields_ if f.compare)

    if eq and '__eq__' not in cls.__dict__:
        def __eq__(self, other):
            return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented
        cls.__eq__ = __eq__
        cls.__hash__ = (lambda self: hash(key(self))) if frozen else None
    if order:
        for name, compare in (('__lt__', lambda a, b: a < b), ('__le__', lambda a, b: a <= b),
                              ('__gt__', lambda a, b: a > b), ('__ge__', lambda a, b: a >= b)):
            setattr(cls, name, lambda self, other, compare=compare: compare(key(self), key(other))
                    if other.__class__ is self.__class__ else NotImplemented)
    if frozen:
        def __setattr__(self, name, value):
            raise FrozenInstanceError(f'cannot assign to field {name!r}')
        cls.__setattr__ = __setattr__
    return cls


def _init(cls, fields_, frozen):
    names = [f.name for f in fields_ if f.init]

    def __init__(self, *args, **given):
        shown = f'{cls.__qualname__}.__init__' if _d.version() >= '3.1' else '__init__'
        if len(args) > len(names):
            least = len([f for f in fields_ if f.init and f.default is MISSING and f.default_factory is MISSING])
            takes = f'{len(names) + 1}' if least == len(names) else f'from {least + 1} to {len(names) + 1}'
            raise TypeError(f'{shown}() takes {takes} positional arguments but {len(args) + 1} were given')
        values = dict(zip(names, args))
        for name, value in given.items():
            if name in values:
                raise TypeError(f'{shown}() got multiple values for argument {name!r}')
            if name not in names:
                raise TypeError(f'{shown}() got an unexpected keyword argument {name!r}')
            values[name] = value
        missing = []
        for f in fields_:
            if f.name in values:
                continue
            if f.default is not MISSING:
                values[f.name] = f.default
            elif f.default_factory is not MISSING:
                values[f.name] = f.default_factory()
            elif f.init:
                missing.append(repr(f.name))
        if missing:
            listed = missing[0] if len(missing) == 1 else ' and '.join(missing) if len(missing) == 2 else \
                ', '.join(missing[:-1]) + ', and ' + missing[-1]
            plural = '' if len(missing) == 1 else 's'
            raise TypeError(f'{shown}() missing {len(missing)} required positional argument{plural}: {listed}')
        for f in fields_:
            if f.name in values:
                object.__setattr__(self, f.name, values[f.name])
        if hasattr(self, '__post_init__'):
            self.__post_init__()

    return __init__


def fields(thing):
    return tuple(thing.__dataclass_fields__.values())


def is_dataclass(thing):
    return hasattr(thing, '__dataclass_fields__')


def asdict(thing):
    if hasattr(thing, '__dataclass_fields__'):
        return {name: asdict(getattr(thing, name)) for name in thing.__dataclass_fields__}
    if isinstance(thing, list):
        return [asdict(v) for v in thing]
    if isinstance(thing, tuple):
        return tuple(asdict(v) for v in thing)
    if isinstance(thing, dict):
        return {k: asdict(v) for k, v in thing.items()}
    return thing


def astuple(thing):
    return tuple(asdict(thing).values())


def replace(thing, **changes):
    values = {f.name: getattr(thing, f.name) for f in fields(thing) if f.init}
    values.update(changes)
    return thing.__class__(**values)
