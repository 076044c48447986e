import _drydock as _d

timezone = 0
altzone = 0
daylight = 0
tzname = ('UTC', 'UTC')
_start = _d.now()
_DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
_MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
           'November', 'December']


def time():
    return _d.now() / 1000000000


def time_ns():
    return _d.now()


def sleep(seconds):
    if not isinstance(seconds, (int, float)):
        raise TypeError(f"'{type(seconds).__name__}' object cannot be interpreted as an integer")
    _d.sleep(seconds)


def perf_counter():
    return (_d.now() - _start + 12345678901) / 1000000000


def perf_counter_ns():
    return _d.now() - _start + 12345678901


monotonic = perf_counter
monotonic_ns = perf_counter_ns
process_time = perf_counter


class struct_time(tuple):
    tm_year = property(lambda self: self[0])
    tm_mon = property(lambda self: self[1])
    tm_mday = property(lambda self: self[2])
    tm_hour = property(lambda self: self[3])
    tm_min = property(lambda self: self[4])
    tm_sec = property(lambda self: self[5])
    tm_wday = property(lambda self: self[6])
    tm_yday = property(lambda self: self[7])
    tm_isdst = property(lambda self: self[8])

    def __repr__(self):
        names = ('tm_year', 'tm_mon', 'tm_mday', 'tm_hour', 'tm_min', 'tm_sec', 'tm_wday', 'tm_yday', 'tm_isdst')
        return 'time.struct_time(' + ', '.join(f'{n}={v}' for n, v in zip(names, self)) + ')'


def _civil(days):
    days += 719468
    era = days // 146097
    doe = days - era * 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    day = doy - (153 * mp + 2) // 5 + 1
    month = mp + 3 if mp < 10 else mp - 9
    return (yoe + era * 400 + (1 if month <= 2 else 0), month, day)


def _days(year, month, day):
    year -= month <= 2
    era = year // 400
    yoe = year - era * 400
    doy = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468


def gmtime(seconds=None):
    if seconds is None:
        seconds = time()
    days, rest = divmod(int(seconds // 1), 86400)
    year, month, day = _civil(days)
    return struct_time((year, month, day, rest // 3600, rest // 60 % 60, rest % 60, (days + 3) % 7,
                        days - _days(year, 1, 1) + 1, 0))


localtime = gmtime


def mktime(parts):
    return float(_days(parts[0], parts[1], parts[2]) * 86400 + parts[3] * 3600 + parts[4] * 60 + parts[5])


def strftime(form, parts=None):
    return _strftime(form, gmtime() if parts is None else parts, 0, '', 'UTC')


def _strftime(form, t, micro, offset, zone):
    out = []
    at = 0
    while at < len(form):
        c = form[at]
        at += 1
        if c != '%' or at >= len(form):
            out.append(c)
            continue
        c = form[at]
        at += 1
        if c == '-' and at < len(form):
            out.append(_part(form[at], t, micro, offset, zone).lstrip('0') or '0')
            at += 1
            continue
        out.append(_part(c, t, micro, offset, zone))
    return ''.join(out)


def _part(c, t, micro, offset, zone):
    if c == 'Y':
        return str(t[0])
    if c == 'm':
        return '%02d' % t[1]
    if c == 'd':
        return '%02d' % t[2]
    if c == 'H':
        return '%02d' % t[3]
    if c == 'M':
        return '%02d' % t[4]
    if c == 'S':
        return '%02d' % t[5]
    if c == 'f':
        return '%06d' % micro
    if c == 'y':
        return '%02d' % (t[0] % 100)
    if c == 'I':
        return '%02d' % ((t[3] + 11) % 12 + 1)
    if c == 'p':
        return 'AM' if t[3] < 12 else 'PM'
    if c == 'j':
        return '%03d' % t[7]
    if c == 'A':
        return _DAYS[t[6]]
    if c == 'a':
        return _DAYS[t[6]][:3]
    if c == 'B':
        return _MONTHS[t[1] - 1]
    if c in 'bh':
        return _MONTHS[t[1] - 1][:3]
    if c == 'e':
        return '%2d' % t[2]
    if c == 'w':
        return str((t[6] + 1) % 7)
    if c == 'u':
        return str(t[6] + 1)
    if c == 'z':
        return offset
    if c == 'Z':
        return zone
    if c == 's':
        return str(int(mktime(t)))
    if c in 'FTDRcxX':
        form = {'F': '%Y-%m-%d', 'T': '%H:%M:%S', 'D': '%m/%d/%y', 'R': '%H:%M', 'c': '%a %b %e %H:%M:%S %Y',
                'x': '%m/%d/%y', 'X': '%H:%M:%S'}[c]
        return _strftime(form, t, micro, offset, zone)
    if c == '%':
        return '%'
    if c == 'n':
        return '\n'
    if c == 't':
        return '\t'
    return '%' + c


def ctime(seconds=None):
    return strftime('%c', gmtime(seconds))


def asctime(parts=None):
    return strftime('%c', parts)


def strptime(text, form='%a %b %d %H:%M:%S %Y'):
    return _strptime(text, form)[0]


def _strptime(text, form):
    numbers = {'Y': (4, 0), 'm': (2, 1), 'd': (2, 2), 'H': (2, 3), 'M': (2, 4), 'S': (2, 5), 'f': (6, 7), 'I': (2, 3),
               'y': (2, 0)}
    values = [1900, 1, 1, 0, 0, 0, 0, 0]
    place = 0
    at = 0
    zone = None
    afternoon = None
    form = form.replace('%T', '%H:%M:%S').replace('%F', '%Y-%m-%d')
    fault = ValueError(f'time data {text!r} does not match format {form!r}')
    while at < len(form):
        c = form[at]
        at += 1
        if c == '%' and at < len(form):
            c = form[at]
            at += 1
            if c in numbers:
                width, index = numbers[c]
                end = place
                while end < len(text) and end - place < width and text[end].isdigit():
                    end += 1
                if end == place:
                    raise fault
                value = int(text[place:end])
                if c == 'f':
                    value = int(text[place:end].ljust(6, '0'))
                if c == 'y':
                    value += 2000 if value < 69 else 1900
                values[index] = value
                place = end
            elif c in 'bBaA':
                names = _MONTHS if c in 'bB' else _DAYS
                found = None
                for number, name in enumerate(names):
                    for form_of in (name, name[:3]):
                        if text[place:place + len(form_of)].lower() == form_of.lower():
                            found = (number, len(form_of))
                            break
                    if found:
                        break
                if not found:
                    raise fault
                if c in 'bB':
                    values[1] = found[0] + 1
                place += found[1]
            elif c == 'p':
                afternoon = text[place:place + 2].upper() == 'PM'
                place += 2
            elif c == 'z':
                if text[place:place + 1] == 'Z':
                    zone, place = 0, place + 1
                else:
                    sign = -1 if text[place:place + 1] == '-' else 1
                    digits = text[place + 1:place + 6].replace(':', '')[:4]
                    zone = sign * (int(digits[:2]) * 3600 + int(digits[2:4]) * 60)
                    place += 6 if ':' in text[place:place + 6] else 5
            elif c == '%':
                place += 1
            else:
                _d.missing(f'%{c} of strptime')
        elif c.isspace():
            while place < len(text) and text[place].isspace():
                place += 1
        elif text[place:place + 1] == c:
            place += 1
        else:
            raise fault
    if place < len(text):
        raise ValueError(f'unconverted data remains: {text[place:]}')
    if afternoon is not None:
        values[3] = values[3] % 12 + (12 if afternoon else 0)
    if not (1 <= values[1] <= 12 and 1 <= values[2] <= 31 and values[3] < 24 and values[4] < 60 and values[5] < 62):
        raise fault
    days = _days(values[0], values[1], values[2])
    parts = (values[0], values[1], values[2], values[3], values[4], values[5], (days + 3) % 7,
             days - _days(values[0], 1, 1) + 1, -1)
    return struct_time(parts), values[7], zone


def tzset():
    pass
