import re


def translate(pattern):
    out = ''
    at = 0
    while at < len(pattern):
        c = pattern[at]
        at += 1
        if c == '*':
            out += '.*'
        elif c == '?':
            out += '.'
        elif c == '[' and ']' in pattern[at + 1:]:
            end = pattern.index(']', at + 1)
            out += '[' + pattern[at:end].replace('!', '^', 1) + ']'
            at = end + 1
        else:
            out += re.escape(c)
    return out


def fnmatch(name, pattern):
    return re.compile(translate(pattern), re.DOTALL).fullmatch(name) is not None


fnmatchcase = fnmatch


def filter(names, pattern):
    return [n for n in names if fnmatch(n, pattern)]
