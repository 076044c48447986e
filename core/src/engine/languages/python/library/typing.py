class _Any:
    def __init__(self, name):
        self._name = name

    def __getitem__(self, key):
        return self

    def __call__(self, *args, **names):
        return args[0] if args else self

    def __or__(self, other):
        return self

    def __ror__(self, other):
        return self

    def __repr__(self):
        return 'typing.' + self._name

    def __mro_entries__(self, bases):
        return ()


for _name in ('Any', 'Union', 'Optional', 'List', 'Dict', 'Set', 'FrozenSet', 'Tuple', 'Callable', 'Type', 'Iterable',
              'Iterator', 'Generator', 'Sequence', 'Mapping', 'MutableMapping', 'Literal', 'Final', 'ClassVar', 'Annotated',
              'Awaitable', 'Coroutine', 'AsyncIterator', 'AsyncGenerator', 'NoReturn', 'Self', 'Deque', 'DefaultDict',
              'Counter', 'OrderedDict', 'Text', 'AnyStr', 'Hashable', 'Sized', 'Collection', 'IO', 'TextIO', 'BinaryIO',
              'Pattern', 'Match', 'Never', 'LiteralString', 'Required', 'NotRequired', 'Concatenate', 'ParamSpec',
              'TypeAlias', 'TypeGuard', 'MutableSequence', 'Container', 'SupportsInt', 'SupportsFloat'):
    globals()[_name] = _Any(_name)
TYPE_CHECKING = False


class Generic:
    def __class_getitem__(cls, key):
        return cls


class Protocol:
    def __class_getitem__(cls, key):
        return cls


def TypeVar(name, *constraints, **options):
    return _Any(name)


def cast(kind, value):
    return value


def overload(function):
    return function


final = no_type_check = runtime_checkable = override = overload


def NewType(name, kind):
    return lambda value: value


def get_type_hints(thing, *args):
    return dict(getattr(thing, '__annotations__', {}))


class NamedTuple:
    def __init_subclass__(cls, **names):
        import _drydock
        _drydock.missing('classes that derive from typing.NamedTuple')


class TypedDict(dict):
    def __init_subclass__(cls, **names):
        pass
