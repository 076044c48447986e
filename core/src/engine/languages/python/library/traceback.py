import sys
import _drydock as _d


def format_exc(limit=None, chain=True):
    error = _d.handled()
    return 'NoneType: None\n' if error is None else _d.traceback(error)


def print_exc(limit=None, file=None, chain=True):
    (file or sys.stderr).write(format_exc())


def format_exception(exc, value=None, tb=None, **options):
    error = exc if isinstance(exc, BaseException) else value
    return _d.traceback(error).splitlines(True)


def print_exception(exc, value=None, tb=None, limit=None, file=None, chain=True):
    (file or sys.stderr).write(''.join(format_exception(exc, value)))


def format_exception_only(exc, value=None):
    return [_d.traceback(exc if isinstance(exc, BaseException) else value).splitlines(True)[-1]]


def format_tb(tb, limit=None):
    _d.missing('traceback.format_tb')


print_tb = extract_tb = print_stack = format_stack = extract_stack = format_tb
