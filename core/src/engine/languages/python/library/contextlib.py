import sys


class ContextDecorator:
    pass


class AbstractContextManager:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


class _Manager:
    def __init__(self, generator):
        self._generator = generator

    def __enter__(self):
        try:
            return next(self._generator)
        except StopIteration:
            raise RuntimeError("generator didn't yield") from None

    def __exit__(self, kind, error, trace):
        if kind is None:
            try:
                next(self._generator)
            except StopIteration:
                return False
            raise RuntimeError("generator didn't stop")
        try:
            self._generator.throw(error)
        except StopIteration as e:
            return e is not error
        except BaseException as e:
            if e is error:
                return False
            raise
        raise RuntimeError("generator didn't stop after throw()")

    def __call__(self, function):
        import _drydock
        _drydock.missing('a context manager as a decorator')


def contextmanager(function):
    from functools import wraps

    @wraps(function)
    def made(*args, **names):
        return _Manager(function(*args, **names))
    return made


class suppress:
    def __init__(self, *kinds):
        self._kinds = kinds

    def __enter__(self):
        return None

    def __exit__(self, kind, error, trace):
        return kind is not None and issubclass(kind, self._kinds)


class closing:
    def __init__(self, thing):
        self.thing = thing

    def __enter__(self):
        return self.thing

    def __exit__(self, *error):
        self.thing.close()


class nullcontext:
    def __init__(self, value=None):
        self._value = value

    def __enter__(self):
        return self._value

    def __exit__(self, *error):
        pass


class redirect_stdout:
    _name = 'stdout'

    def __init__(self, target):
        self._target = target

    def __enter__(self):
        self._before = getattr(sys, self._name)
        setattr(sys, self._name, self._target)
        return self._target

    def __exit__(self, *error):
        setattr(sys, self._name, self._before)


class redirect_stderr(redirect_stdout):
    _name = 'stderr'


class ExitStack:
    def __init__(self):
        self._exits = []

    def enter_context(self, manager):
        value = manager.__enter__()
        self._exits.append(manager.__exit__)
        return value

    def callback(self, function, *args, **names):
        self._exits.append(lambda *error: function(*args, **names) and None)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        quiet = False
        while self._exits:
            if self._exits.pop()(*error):
                quiet, error = True, (None, None, None)
        return quiet

    def close(self):
        self.__exit__(None, None, None)
