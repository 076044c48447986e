import _drydock as _d


class _Number(int):
    def __new__(cls, value, name=''):
        self = int.__new__(cls, value)
        self.name = name
        self.value = value
        return self

    def __repr__(self):
        return f'<Signals.{self.name}: {self.value}>'

    def __str__(self):
        return str(self.value) if _d.version() >= '3.11' else f'Signals.{self.name}'


_NAMES = {1: 'SIGHUP', 2: 'SIGINT', 3: 'SIGQUIT', 6: 'SIGABRT', 9: 'SIGKILL', 10: 'SIGUSR1', 12: 'SIGUSR2',
          13: 'SIGPIPE', 14: 'SIGALRM', 15: 'SIGTERM', 17: 'SIGCHLD', 18: 'SIGCONT', 19: 'SIGSTOP', 28: 'SIGWINCH'}
_numbers = {}
for _n, _name in _NAMES.items():
    _numbers[_n] = globals()[_name] = _Number(_n, _name)
SIG_DFL = 0
SIG_IGN = 1


def Signals(number):
    if number not in _numbers:
        raise ValueError(f'{number} is not a valid Signals')
    return _numbers[number]


def default_int_handler(number, frame):
    raise KeyboardInterrupt


def signal(number, handler):
    if not callable(handler) and handler not in (0, 1):
        raise TypeError('signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object')
    before = _d.on_signal(int(number), handler)
    return default_int_handler if number == 2 and before == 0 else before


def getsignal(number):
    before = _d.get_handler(int(number))
    return default_int_handler if number == 2 and before == 0 else before


def pause():
    _d.pause()


def strsignal(number):
    return {1: 'Hangup', 2: 'Interrupt', 9: 'Killed', 15: 'Terminated'}.get(int(number))


def alarm(seconds):
    _d.missing('signal.alarm')
