class _Meta(type):
    def __instancecheck__(cls, value):
        if cls in type(value).__mro__:
            return True
        wanted = cls.__dict__.get('_wanted')
        if wanted is None:
            return False
        if cls.__dict__.get('_types') and isinstance(value, cls._types):
            return True
        return bool(wanted) and all(hasattr(type(value), name) or hasattr(value, name) for name in wanted)


class Iterable(metaclass=_Meta):
    _wanted = ('__iter__',)
    _types = (list, tuple, str, bytes, dict, set, frozenset, range)


class Iterator(metaclass=_Meta):
    _wanted = ('__iter__', '__next__')


class Generator(metaclass=_Meta):
    _wanted = ('send', 'throw')


class Sized(metaclass=_Meta):
    _wanted = ('__len__',)
    _types = (list, tuple, str, bytes, dict, set, frozenset, range)


class Container(metaclass=_Meta):
    _wanted = ('__contains__',)
    _types = (list, tuple, str, bytes, dict, set, frozenset, range)


class Collection(metaclass=_Meta):
    _wanted = ('__len__', '__iter__', '__contains__')
    _types = (list, tuple, str, bytes, dict, set, frozenset, range)


class Callable(metaclass=_Meta):
    _wanted = ('__call__',)

    @staticmethod
    def _is(value):
        return callable(value)


class Hashable(metaclass=_Meta):
    _wanted = ()
    _types = (int, float, str, bytes, tuple, frozenset)


class Sequence(metaclass=_Meta):
    _wanted = ()
    _types = (list, tuple, str, bytes, range)


class MutableSequence(metaclass=_Meta):
    _wanted = ()
    _types = (list, bytearray)


class Mapping(metaclass=_Meta):
    _wanted = ()
    _types = (dict,)


class MutableMapping(metaclass=_Meta):
    _wanted = ()
    _types = (dict,)


class Set(metaclass=_Meta):
    _wanted = ()
    _types = (set, frozenset)


class MutableSet(metaclass=_Meta):
    _wanted = ()
    _types = (set,)


class Awaitable(metaclass=_Meta):
    _wanted = ('__await__',)


class Coroutine(metaclass=_Meta):
    _wanted = ('send', 'close', '__await__')
