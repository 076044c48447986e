import _drydock as _d


class auto:
    pass


class EnumMeta(type):
    def __new__(meta, name, bases, space, **names):
        members = {}
        own = {}
        last = None
        flag = any(getattr(b, '_is_flag', False) for b in bases)
        for key, value in space.items():
            plain = key.startswith('_') or callable(value) or isinstance(value, (property, staticmethod, classmethod))
            if plain or isinstance(value, type):
                own[key] = value
                continue
            if isinstance(value, auto):
                if 'str' in [b.__name__ for b in bases] or any(getattr(b, '_is_text', False) for b in bases):
                    value = key.lower()
                elif flag:
                    value = 1 if last is None else last << 1
                else:
                    value = 1 if last is None else last + 1
            members[key] = value
            last = value
        for base in bases:
            if getattr(base, '_member_map_', None):
                raise TypeError(f'cannot extend <enum {base.__name__!r}>')
        cls = type.__new__(meta, name, bases, own)
        known = {}
        by_value = []
        for key, value in members.items():
            member = None
            for one in by_value:
                if one._value_ == value:
                    member = one
                    break
            if member is None:
                base = [b for b in (int, str, float) if issubclass(cls, b)]
                member = base[0].__new__(cls, value) if base else object.__new__(cls)
                member._value_ = value
                member._name_ = key
                if '__init__' in own:
                    member.__init__(*(value if isinstance(value, tuple) else (value,)))
                by_value.append(member)
            known[key] = member
            setattr(cls, key, member)
        cls._member_map_ = known
        cls._members = by_value
        return cls

    def __call__(cls, value, *args):
        if args:
            _d.missing('enumerations made by a call')
        for member in cls._members:
            if member._value_ == value:
                return member
        if isinstance(value, cls):
            return value
        if getattr(cls, '_is_flag', False) and isinstance(value, int):
            made = object.__new__(cls) if not issubclass(cls, int) else int.__new__(cls, value)
            made._value_ = value
            made._name_ = '|'.join(m._name_ for m in cls._members if m._value_ & value) or None
            return made
        raise ValueError(f'{value!r} is not a valid {cls.__qualname__}')

    def __iter__(cls):
        return iter(cls._members)

    def __reversed__(cls):
        return reversed(cls._members)

    def __len__(cls):
        return len(cls._members)

    def __getitem__(cls, name):
        if name not in cls._member_map_:
            raise KeyError(name)
        return cls._member_map_[name]

    def __contains__(cls, value):
        return any(m is value or m._value_ == value for m in cls._members)

    def __repr__(cls):
        return f'<enum {cls.__name__!r}>'

    @property
    def __members__(cls):
        return dict(cls._member_map_)


EnumType = EnumMeta


class Enum(metaclass=EnumMeta):
    @property
    def name(self):
        return self._name_

    @property
    def value(self):
        return self._value_

    def __repr__(self):
        return f'<{self.__class__.__name__}.{self._name_}: {self._value_!r}>'

    def __str__(self):
        return f'{self.__class__.__name__}.{self._name_}'

    def __format__(self, spec):
        return format(str(self), spec)

    def __hash__(self):
        return hash(self._name_)


class IntEnum(int, Enum):
    def __str__(self):
        return str(self._value_) if _d.version() >= '3.11' else Enum.__str__(self)

    def __format__(self, spec):
        return format(self._value_, spec)

    def __hash__(self):
        return hash(self._value_)


class StrEnum(str, Enum):
    _is_text = True

    def __str__(self):
        return self._value_

    def __format__(self, spec):
        return format(self._value_, spec)

    def __hash__(self):
        return hash(self._value_)


class Flag(Enum):
    _is_flag = True

    def __or__(self, other):
        return self.__class__(self._value_ | other._value_)

    def __and__(self, other):
        return self.__class__(self._value_ & other._value_)

    def __contains__(self, other):
        return self._value_ & other._value_ == other._value_

    def __bool__(self):
        return bool(self._value_)


class IntFlag(int, Flag):
    pass


def unique(cls):
    doubles = [n for n, m in cls._member_map_.items() if m._name_ != n]
    if doubles:
        shown = ', '.join(f'{n} -> {cls._member_map_[n]._name_}' for n in doubles)
        raise ValueError(f'duplicate values found in {cls!r}: {shown}')
    return cls
