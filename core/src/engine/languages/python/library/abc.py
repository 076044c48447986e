class ABCMeta(type):
    def __new__(meta, name, bases, space, **names):
        cls = type.__new__(meta, name, bases, space)
        left = set()
        for base in bases:
            for known in getattr(base, '__abstractmethods__', ()):
                value = getattr(cls, known, None)
                if getattr(value, '__isabstractmethod__', False):
                    left.add(known)
        for known, value in space.items():
            if _is_abstract(value):
                left.add(known)
        cls.__abstractmethods__ = frozenset(left)
        return cls

    def register(cls, other):
        import _drydock
        _drydock.missing('ABCMeta.register')


def _is_abstract(value):
    if isinstance(value, property):
        return getattr(value.fget, '__isabstractmethod__', False)
    if isinstance(value, (staticmethod, classmethod)):
        return getattr(value.__func__, '__isabstractmethod__', False)
    return getattr(value, '__isabstractmethod__', False)


class ABC(metaclass=ABCMeta):
    pass


def abstractmethod(function):
    function.__isabstractmethod__ = True
    return function


abstractproperty = abstractmethod
