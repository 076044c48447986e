import _drydock as _d

_threads = {}
_count = 0


class Thread:
    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
        global _count
        _count += 1
        self._target, self._args, self._kwargs = target, args, kwargs or {}
        tail = f' ({target.__name__})' if target is not None and hasattr(target, '__name__') and _d.version() >= '3.10' \
            else ''
        self.name = name or f'Thread-{_count}{tail}'
        self.daemon = bool(daemon)
        self._number = None
        self.ident = None

    def run(self):
        if self._target:
            self._target(*self._args, **self._kwargs)

    def start(self):
        if self._number is not None:
            raise RuntimeError('threads can only be started once')
        self._number = _d.start_thread(self._begin, [], self.daemon)
        self.ident = 140000000000000 + self._number
        _threads[self._number] = self

    def _begin(self):
        try:
            self.run()
        except SystemExit:
            pass
        except BaseException as e:
            import sys
            sys.stderr.write(f'Exception in thread {self.name}:\n' + _d.traceback(e))

    def join(self, timeout=None):
        if self._number is None:
            raise RuntimeError('cannot join thread before it is started')
        _d.join_thread(self._number, timeout)

    def is_alive(self):
        return self._number is not None and _d.thread_alive(self._number)

    def setDaemon(self, daemon):
        self.daemon = daemon

    def getName(self):
        return self.name

    def __repr__(self):
        state = 'initial' if self._number is None else 'started' if self.is_alive() else 'stopped'
        daemon = ' daemon' if self.daemon else ''
        return f'<{type(self).__name__}({self.name}, {state}{daemon})>'


class _Main(Thread):
    def __init__(self):
        self.name = 'MainThread'
        self.daemon = False
        self._number = 0
        self.ident = 140000000000000


_threads[0] = _main = _Main()


def current_thread():
    return _threads.get(_d.this_thread(), _main)


currentThread = current_thread


def main_thread():
    return _main


def get_ident():
    return 140000000000000 + _d.this_thread()


get_native_id = get_ident


def active_count():
    return _d.thread_count()


def enumerate():
    return [t for t in _threads.values() if t.is_alive()]


class Lock:
    def __init__(self):
        self._owner = None

    def acquire(self, blocking=True, timeout=-1):
        until = None if timeout < 0 else _d.now() + int(timeout * 1000000000)
        while self._owner is not None:
            if not blocking or until is not None and _d.now() >= until:
                return False
            _d.yield_turn()
        self._owner = _d.this_thread()
        return True

    def release(self):
        if self._owner is None:
            raise RuntimeError('release unlocked lock')
        self._owner = None

    def locked(self):
        return self._owner is not None

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()


class RLock(Lock):
    def __init__(self):
        Lock.__init__(self)
        self._depth = 0

    def acquire(self, blocking=True, timeout=-1):
        if self._owner != _d.this_thread() and not Lock.acquire(self, blocking, timeout):
            return False
        self._depth += 1
        return True

    def release(self):
        self._depth -= 1
        if self._depth == 0:
            Lock.release(self)


class Event:
    def __init__(self):
        self._set = False

    def is_set(self):
        return self._set

    isSet = is_set

    def set(self):
        self._set = True

    def clear(self):
        self._set = False

    def wait(self, timeout=None):
        until = None if timeout is None else _d.now() + int(timeout * 1000000000)
        while not self._set:
            if until is not None:
                left = until - _d.now()
                if left <= 0:
                    break
                _d.sleep(min(left / 1000000000, 0.05) if _d.thread_count() > 1 else left / 1000000000)
            elif _d.thread_count() > 1:
                _d.sleep(0.05)
            else:
                _d.pause()
        return self._set


class Semaphore:
    def __init__(self, value=1):
        self._value = value

    def acquire(self, blocking=True, timeout=None):
        while self._value <= 0:
            if not blocking:
                return False
            _d.yield_turn()
        self._value -= 1
        return True

    def release(self, n=1):
        self._value += n

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()


BoundedSemaphore = Semaphore


class Condition:
    def __init__(self, lock=None):
        _d.missing('threading.Condition')


class Timer(Thread):
    def __init__(self, interval, function, args=None, kwargs=None):
        Thread.__init__(self)
        self.interval, self.function = interval, function
        self.args, self.kwargs = args or [], kwargs or {}
        self.finished = Event()

    def cancel(self):
        self.finished.set()

    def run(self):
        self.finished.wait(self.interval)
        if not self.finished.is_set():
            self.function(*self.args, **self.kwargs)
        self.finished.set()


class local:
    def __getattr__(self, name):
        raise AttributeError(f"'_thread._local' object has no attribute '{name}'")
