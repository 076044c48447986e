import _drydock as _d


class _Error(ValueError):
    pass


_Error.__name__ = 'Error'


def b64encode(s, altchars=None):
    return _d.b64encode(s, False)


def urlsafe_b64encode(s):
    return _d.b64encode(s, True)


def b64decode(s, altchars=None, validate=False):
    value = _d.b64decode(s)
    if value is None:
        raise _Error('Incorrect padding')
    return value


standard_b64encode, standard_b64decode = b64encode, b64decode
urlsafe_b64decode = b64decode


def b16encode(s):
    return s.hex().upper().encode()
