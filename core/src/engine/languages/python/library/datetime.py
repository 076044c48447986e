import time as _time
import _drydock as _d

MINYEAR = 1
MAXYEAR = 9999


def _plural(n):
    return '' if abs(n) == 1 else 's'


class _Ordered:
    """What is compared by the sign of `_order`."""

    def __lt__(self, other):
        return self._order(other) < 0

    def __le__(self, other):
        return self._order(other) <= 0

    def __gt__(self, other):
        return self._order(other) > 0

    def __ge__(self, other):
        return self._order(other) >= 0


class timedelta(_Ordered):
    def __init__(self, days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0):
        total = ((weeks * 7 + days) * 86400 + hours * 3600 + minutes * 60 + seconds) * 1000000 \
            + milliseconds * 1000 + microseconds
        total = round(total)
        self.days, rest = divmod(total, 86400000000)
        self.seconds, self.microseconds = divmod(rest, 1000000)

    def _total(self):
        return (self.days * 86400 + self.seconds) * 1000000 + self.microseconds

    def total_seconds(self):
        return self._total() / 1000000

    def __repr__(self):
        parts = [f'{n}={getattr(self, n)}' for n in ('days', 'seconds', 'microseconds') if getattr(self, n)]
        return 'datetime.timedelta(' + (', '.join(parts) or '0') + ')'

    def __str__(self):
        minutes, seconds = divmod(self.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        text = '%d:%02d:%02d' % (hours, minutes, seconds)
        if self.days:
            text = f'{self.days} day{_plural(self.days)}, ' + text
        if self.microseconds:
            text += '.%06d' % self.microseconds
        return text

    def __add__(self, other):
        if isinstance(other, timedelta):
            return timedelta(microseconds=self._total() + other._total())
        return NotImplemented

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return timedelta(microseconds=self._total() - other._total())
        return NotImplemented

    def __mul__(self, n):
        return timedelta(microseconds=self._total() * n)

    __rmul__ = __mul__

    def __truediv__(self, other):
        if isinstance(other, timedelta):
            return self._total() / other._total()
        return timedelta(microseconds=self._total() / other)

    def __floordiv__(self, other):
        if isinstance(other, timedelta):
            return self._total() // other._total()
        return timedelta(microseconds=self._total() // other)

    def __mod__(self, other):
        return timedelta(microseconds=self._total() % other._total())

    def __neg__(self):
        return timedelta(microseconds=-self._total())

    def __abs__(self):
        return timedelta(microseconds=abs(self._total()))

    def __bool__(self):
        return self._total() != 0

    def __eq__(self, other):
        return isinstance(other, timedelta) and self._total() == other._total()

    def _order(self, other):
        return self._total() - other._total()

    def __hash__(self):
        return hash(self._total())


class tzinfo:
    pass


class timezone(tzinfo):
    def __init__(self, offset, name=None):
        self._offset = offset
        self._name = name

    def utcoffset(self, when):
        return self._offset

    def tzname(self, when):
        if self._name:
            return self._name
        if not self._offset:
            return 'UTC'
        return 'UTC' + _offset(self._offset)

    def __repr__(self):
        return 'datetime.timezone.utc' if not self._offset else f'datetime.timezone({self._offset!r})'

    def __str__(self):
        return self.tzname(None)

    def __eq__(self, other):
        return isinstance(other, timezone) and self._offset == other._offset

    def __hash__(self):
        return hash(self._offset)


def _offset(delta, colon=':'):
    total = delta._total() // 1000000
    sign = '-' if total < 0 else '+'
    return '%s%02d%s%02d' % (sign, abs(total) // 3600, colon, abs(total) // 60 % 60)


timezone.utc = timezone(timedelta(0))
UTC = timezone.utc


def _check_date(year, month, day):
    for value in (year, month, day):
        if not isinstance(value, int):
            raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
    if not 1 <= year <= 9999:
        raise ValueError(f'year {year} is out of range')
    if not 1 <= month <= 12:
        raise ValueError('month must be in 1..12')
    if not 1 <= day <= _month_days(year, month):
        raise ValueError('day is out of range for month')


def _month_days(year, month):
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


class date(_Ordered):
    def __init__(self, year, month, day):
        _check_date(year, month, day)
        self.year, self.month, self.day = year, month, day

    @classmethod
    def today(cls):
        t = _time.gmtime()
        return cls(t[0], t[1], t[2])

    @classmethod
    def fromtimestamp(cls, stamp):
        t = _time.gmtime(stamp)
        return cls(t[0], t[1], t[2])

    @classmethod
    def fromordinal(cls, n):
        return cls(*_time._civil(n - 719163))

    @classmethod
    def fromisoformat(cls, text):
        try:
            year, month, day = text.split('-')
            return cls(int(year), int(month), int(day))
        except ValueError:
            raise ValueError(f'Invalid isoformat string: {text!r}') from None

    def toordinal(self):
        return _time._days(self.year, self.month, self.day) + 719163

    def weekday(self):
        return (self.toordinal() + 6) % 7

    def isoweekday(self):
        return self.toordinal() % 7 or 7

    def isoformat(self):
        return '%04d-%02d-%02d' % (self.year, self.month, self.day)

    def timetuple(self):
        days = _time._days(self.year, self.month, self.day)
        return _time.struct_time((self.year, self.month, self.day, 0, 0, 0, self.weekday(),
                                  days - _time._days(self.year, 1, 1) + 1, -1))

    def strftime(self, form):
        return _time._strftime(form, self.timetuple(), 0, '', '')

    def __format__(self, form):
        return self.strftime(form) if form else str(self)

    def replace(self, year=None, month=None, day=None):
        return date(year or self.year, month or self.month, day or self.day)

    def __str__(self):
        return self.isoformat()

    def __repr__(self):
        return f'datetime.date({self.year}, {self.month}, {self.day})'

    def __add__(self, delta):
        if not isinstance(delta, timedelta):
            return NotImplemented
        return date.fromordinal(self.toordinal() + delta.days)

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return date.fromordinal(self.toordinal() - other.days)
        if isinstance(other, date):
            return timedelta(days=self.toordinal() - other.toordinal())
        return NotImplemented

    def __eq__(self, other):
        return isinstance(other, date) and not isinstance(other, datetime) and self.toordinal() == other.toordinal()

    def _order(self, other):
        return self.toordinal() - other.toordinal()

    def __hash__(self):
        return hash(self.toordinal())


class time:
    def __init__(self, hour=0, minute=0, second=0, microsecond=0, tzinfo=None):
        if not 0 <= hour < 24:
            raise ValueError('hour must be in 0..23')
        if not 0 <= minute < 60:
            raise ValueError('minute must be in 0..59')
        if not 0 <= second < 60:
            raise ValueError('second must be in 0..59')
        self.hour, self.minute, self.second, self.microsecond, self.tzinfo = hour, minute, second, microsecond, tzinfo

    def isoformat(self, timespec='auto'):
        text = '%02d:%02d:%02d' % (self.hour, self.minute, self.second)
        return text + ('.%06d' % self.microsecond if self.microsecond else '')

    __str__ = isoformat

    def strftime(self, form):
        t = (1900, 1, 1, self.hour, self.minute, self.second, 0, 1, -1)
        return _time._strftime(form, t, self.microsecond, '', '')

    def __repr__(self):
        tail = f', {self.second}' if self.second or self.microsecond else ''
        tail += f', {self.microsecond}' if self.microsecond else ''
        return f'datetime.time({self.hour}, {self.minute}{tail})'


class datetime(date):
    def __init__(self, year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0):
        _check_date(year, month, day)
        if not 0 <= hour < 24:
            raise ValueError('hour must be in 0..23')
        if not 0 <= minute < 60:
            raise ValueError('minute must be in 0..59')
        if not 0 <= second < 60:
            raise ValueError('second must be in 0..59')
        self.year, self.month, self.day = year, month, day
        self.hour, self.minute, self.second, self.microsecond = hour, minute, second, microsecond
        self.tzinfo = tzinfo

    @classmethod
    def _of(cls, micros, tz):
        days, rest = divmod(micros, 86400000000)
        seconds, micro = divmod(rest, 1000000)
        year, month, day = _time._civil(days)
        return cls(year, month, day, seconds // 3600, seconds // 60 % 60, seconds % 60, micro, tz)

    @classmethod
    def now(cls, tz=None):
        micros = _d.now() // 1000
        if tz is not None:
            micros += tz.utcoffset(None)._total()
        return cls._of(micros, tz)

    @classmethod
    def today(cls):
        return cls.now()

    @classmethod
    def utcnow(cls):
        return cls._of(_d.now() // 1000, None)

    @classmethod
    def fromtimestamp(cls, stamp, tz=None):
        micros = round(stamp * 1000000)
        if tz is not None:
            micros += tz.utcoffset(None)._total()
        return cls._of(micros, tz)

    @classmethod
    def utcfromtimestamp(cls, stamp):
        return cls._of(round(stamp * 1000000), None)

    @classmethod
    def strptime(cls, text, form):
        t, micro, zone = _time._strptime(text, form)
        tz = None if zone is None else timezone(timedelta(seconds=zone)) if zone else timezone.utc
        return cls(t[0], t[1], t[2], t[3], t[4], t[5], micro, tz)

    @classmethod
    def combine(cls, day, clock):
        return cls(day.year, day.month, day.day, clock.hour, clock.minute, clock.second, clock.microsecond)

    @classmethod
    def fromisoformat(cls, text):
        for form in ('%Y-%m-%dT%H:%M:%S.%f%z', '%Y-%m-%dT%H:%M:%S%z', '%Y-%m-%dT%H:%M:%S.%f', '%Y-%m-%dT%H:%M:%S',
                     '%Y-%m-%dT%H:%M', '%Y-%m-%d'):
            try:
                return cls.strptime(text.replace(' ', 'T', 1), form)
            except (ValueError, IndexError):
                pass
        raise ValueError(f'Invalid isoformat string: {text!r}')

    def _micros(self):
        days = _time._days(self.year, self.month, self.day)
        return (days * 86400 + self.hour * 3600 + self.minute * 60 + self.second) * 1000000 + self.microsecond

    def _absolute(self):
        return self._micros() - (self.tzinfo.utcoffset(self)._total() if self.tzinfo else 0)

    def timestamp(self):
        return self._absolute() / 1000000

    def date(self):
        return date(self.year, self.month, self.day)

    def time(self):
        return time(self.hour, self.minute, self.second, self.microsecond)

    def utcoffset(self):
        return self.tzinfo.utcoffset(self) if self.tzinfo else None

    def tzname(self):
        return self.tzinfo.tzname(self) if self.tzinfo else None

    def astimezone(self, tz=None):
        tz = tz or timezone.utc
        return datetime._of(self._absolute() + tz.utcoffset(None)._total(), tz)

    def replace(self, **parts):
        values = {n: getattr(self, n) for n in ('year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond',
                                                'tzinfo')}
        values.update(parts)
        return datetime(**values)

    def timetuple(self):
        t = date.timetuple(self)
        return _time.struct_time(t[:3] + (self.hour, self.minute, self.second) + t[6:])

    def isoformat(self, sep='T', timespec='auto'):
        text = date.isoformat(self) + sep + '%02d:%02d:%02d' % (self.hour, self.minute, self.second)
        if timespec == 'auto':
            if self.microsecond:
                text += '.%06d' % self.microsecond
        elif timespec == 'milliseconds':
            text += '.%03d' % (self.microsecond // 1000)
        elif timespec == 'microseconds':
            text += '.%06d' % self.microsecond
        elif timespec == 'minutes':
            text = text[:-3]
        elif timespec != 'seconds':
            raise ValueError('Unknown timespec value')
        if self.tzinfo is not None:
            text += _offset(self.tzinfo.utcoffset(self))
        return text

    def ctime(self):
        return self.strftime('%c')

    def strftime(self, form):
        offset = _offset(self.tzinfo.utcoffset(self), '') if self.tzinfo else ''
        return _time._strftime(form, self.timetuple(), self.microsecond, offset, self.tzname() or '')

    def __str__(self):
        return self.isoformat(' ')

    def __repr__(self):
        parts = [self.year, self.month, self.day, self.hour, self.minute]
        if self.second or self.microsecond:
            parts.append(self.second)
        if self.microsecond:
            parts.append(self.microsecond)
        zone = f', tzinfo={self.tzinfo!r}' if self.tzinfo else ''
        return 'datetime.datetime(' + ', '.join(map(str, parts)) + zone + ')'

    def __add__(self, delta):
        if not isinstance(delta, timedelta):
            return NotImplemented
        return datetime._of(self._micros() + delta._total(), self.tzinfo)

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return datetime._of(self._micros() - other._total(), self.tzinfo)
        if isinstance(other, datetime):
            self._same_kind(other, "can't subtract offset-naive and offset-aware datetimes")
            return timedelta(microseconds=self._absolute() - other._absolute())
        return NotImplemented

    def _same_kind(self, other, text):
        if (self.tzinfo is None) != (other.tzinfo is None):
            raise TypeError(text)

    def __eq__(self, other):
        return isinstance(other, datetime) and self._absolute() == other._absolute()

    def _order(self, other):
        self._same_kind(other, "can't compare offset-naive and offset-aware datetimes")
        return self._absolute() - other._absolute()

    def __hash__(self):
        return hash(self._absolute())


date.min = date(1, 1, 1)
date.max = date(9999, 12, 31)
datetime.min = datetime(1, 1, 1)
datetime.max = datetime(9999, 12, 31, 23, 59, 59, 999999)
