import sys
import time
import _drydock as _d

CRITICAL = FATAL = 50
ERROR = 40
WARNING = WARN = 30
INFO = 20
DEBUG = 10
NOTSET = 0
_names = {50: 'CRITICAL', 40: 'ERROR', 30: 'WARNING', 20: 'INFO', 10: 'DEBUG', 0: 'NOTSET'}
BASIC_FORMAT = '%(levelname)s:%(name)s:%(message)s'


def getLevelName(level):
    if isinstance(level, str):
        return {name: n for n, name in _names.items()}.get(level, f'Level {level}')
    return _names.get(level, f'Level {level}')


def addLevelName(level, name):
    _names[level] = name


def _level(level):
    if isinstance(level, str):
        found = {name: n for n, name in _names.items()}
        found['WARN'] = 30
        if level not in found:
            raise ValueError(f'Unknown level: {level!r}')
        return found[level]
    return level


class LogRecord:
    def __init__(self, name, level, msg, args, exc_info=None, extra=None):
        self.name, self.levelno, self.msg, self.args, self.exc_info = name, level, msg, args, exc_info
        self.levelname = getLevelName(level)
        self.created = time.time()
        self.msecs = int(self.created * 1000) % 1000
        self.process = _d.pid()
        self.processName = 'MainProcess'
        self.threadName = 'MainThread'
        self.thread = 140000000000000
        self.module = self.filename = self.funcName = self.pathname = None
        self.lineno = 0
        for key, value in (extra or {}).items():
            setattr(self, key, value)

    def getMessage(self):
        message = str(self.msg)
        if self.args:
            args = self.args
            if len(args) == 1 and isinstance(args[0], dict) and args[0]:
                args = args[0]
            message = message % args
        return message


class Formatter:
    default_msec_format = '%s,%03d'

    def __init__(self, fmt=None, datefmt=None, style='%', validate=True, *, defaults=None):
        self._style = style
        self._fmt = fmt or {'%': '%(message)s', '{': '{message}', '$': '${message}'}[style]
        self.datefmt = datefmt
        for name in ('filename', 'lineno', 'funcName', 'pathname', '(module)'):
            if name in self._fmt:
                _d.missing(f'{name} in a format of logging')

    def formatTime(self, record, datefmt=None):
        t = time.gmtime(record.created)
        if datefmt:
            return time.strftime(datefmt, t)
        return self.default_msec_format % (time.strftime('%Y-%m-%d %H:%M:%S', t), record.msecs)

    def formatException(self, error):
        return _d.traceback(error[1] if isinstance(error, tuple) else error).rstrip('\n')

    def format(self, record):
        record.message = record.getMessage()
        if 'asctime' in self._fmt:
            record.asctime = self.formatTime(record, self.datefmt)
        if self._style == '%':
            text = self._fmt % vars(record)
        elif self._style == '{':
            text = self._fmt.format(**vars(record))
        else:
            import string
            text = string.Template(self._fmt).substitute(vars(record))
        if record.exc_info:
            text += '\n' + self.formatException(record.exc_info)
        return text


class Filter:
    def __init__(self, name=''):
        self.name = name

    def filter(self, record):
        return not self.name or record.name == self.name or record.name.startswith(self.name + '.')


class Handler:
    def __init__(self, level=NOTSET):
        self.level = _level(level)
        self.formatter = None
        self.filters = []

    def setLevel(self, level):
        self.level = _level(level)

    def setFormatter(self, formatter):
        self.formatter = formatter

    def addFilter(self, one):
        self.filters.append(one)

    def format(self, record):
        return (self.formatter or Formatter()).format(record)

    def handle(self, record):
        if record.levelno >= self.level and all((f.filter if hasattr(f, 'filter') else f)(record) for f in self.filters):
            self.emit(record)

    def flush(self):
        pass

    def close(self):
        pass


class StreamHandler(Handler):
    terminator = '\n'

    def __init__(self, stream=None):
        Handler.__init__(self)
        self.stream = stream

    def emit(self, record):
        stream = self.stream or sys.stderr
        stream.write(self.format(record) + self.terminator)
        stream.flush()


class FileHandler(StreamHandler):
    def __init__(self, filename, mode='a', encoding=None, delay=False):
        StreamHandler.__init__(self, open(filename, mode))
        self.baseFilename = filename


class NullHandler(Handler):
    def emit(self, record):
        pass


class Logger:
    def __init__(self, name, level=NOTSET):
        self.name = name
        self.level = level
        self.handlers = []
        self.filters = []
        self.propagate = True
        self.disabled = False
        self.parent = None

    def setLevel(self, level):
        self.level = _level(level)

    def getEffectiveLevel(self):
        one = self
        while one is not None:
            if one.level:
                return one.level
            one = one.parent
        return NOTSET

    def isEnabledFor(self, level):
        return level >= self.getEffectiveLevel() and level > _disabled

    def addHandler(self, handler):
        if handler not in self.handlers:
            self.handlers.append(handler)

    def removeHandler(self, handler):
        if handler in self.handlers:
            self.handlers.remove(handler)

    def hasHandlers(self):
        one = self
        while one is not None:
            if one.handlers:
                return True
            one = one.parent if one.propagate else None
        return False

    def addFilter(self, one):
        self.filters.append(one)

    def getChild(self, suffix):
        return getLogger(suffix if self is root else f'{self.name}.{suffix}')

    def _log(self, level, msg, args, exc_info=None, extra=None, stack_info=False, stacklevel=1):
        if exc_info is True:
            exc_info = sys.exc_info()
            if exc_info[1] is None:
                exc_info = None
        elif isinstance(exc_info, BaseException):
            exc_info = (type(exc_info), exc_info, None)
        record = LogRecord(self.name, level, msg, args, exc_info or None, extra)
        if not all((f.filter if hasattr(f, 'filter') else f)(record) for f in self.filters):
            return
        one, found = self, False
        while one is not None:
            for handler in one.handlers:
                found = True
                handler.handle(record)
            one = one.parent if one.propagate else None
        if not found and level >= WARNING:
            sys.stderr.write(Formatter().format(record) + '\n')

    def log(self, level, msg, *args, **names):
        if self.isEnabledFor(level):
            self._log(level, msg, args, **names)

    def debug(self, msg, *args, **names):
        self.log(DEBUG, msg, *args, **names)

    def info(self, msg, *args, **names):
        self.log(INFO, msg, *args, **names)

    def warning(self, msg, *args, **names):
        self.log(WARNING, msg, *args, **names)

    warn = warning

    def error(self, msg, *args, **names):
        self.log(ERROR, msg, *args, **names)

    def exception(self, msg, *args, **names):
        names.setdefault('exc_info', True)
        self.log(ERROR, msg, *args, **names)

    def critical(self, msg, *args, **names):
        self.log(CRITICAL, msg, *args, **names)

    fatal = critical

    def __repr__(self):
        return f'<Logger {self.name} ({getLevelName(self.getEffectiveLevel())})>'


root = Logger('root', WARNING)
_loggers = {}
_disabled = -1


def getLogger(name=None):
    if not name or name == 'root':
        return root
    if name not in _loggers:
        made = _loggers[name] = Logger(name)
        parent, dot, _ = name.rpartition('.')
        made.parent = getLogger(parent) if dot else root
    return _loggers[name]


def basicConfig(*, filename=None, filemode='a', format=None, datefmt=None, style='%', level=None, stream=None,
                handlers=None, force=False, encoding=None, errors=None):
    if force:
        root.handlers.clear()
    if not root.handlers:
        if handlers is None:
            handlers = [FileHandler(filename, filemode) if filename else StreamHandler(stream)]
        formatter = Formatter(format or {'%': BASIC_FORMAT, '{': '{levelname}:{name}:{message}',
                                         '$': '${levelname}:${name}:${message}'}[style], datefmt, style)
        for handler in handlers:
            if handler.formatter is None:
                handler.setFormatter(formatter)
            root.addHandler(handler)
        if level is not None:
            root.setLevel(level)


def disable(level=CRITICAL):
    global _disabled
    _disabled = _level(level)


def _rooted(name):
    def log(msg, *args, **names):
        if not root.handlers:
            basicConfig()
        getattr(root, name)(msg, *args, **names)
    return log


debug = _rooted('debug')
info = _rooted('info')
warning = warn = _rooted('warning')
error = _rooted('error')
exception = _rooted('exception')
critical = fatal = _rooted('critical')


def log(level, msg, *args, **names):
    if not root.handlers:
        basicConfig()
    root.log(level, msg, *args, **names)


def captureWarnings(capture):
    pass


def shutdown():
    pass
