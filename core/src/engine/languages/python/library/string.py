whitespace = ' \t\n\r\x0b\x0c'
ascii_lowercase = 'abcdefghijklmnopqrstuvwxyz'
ascii_uppercase = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
ascii_letters = ascii_lowercase + ascii_uppercase
digits = '0123456789'
hexdigits = digits + 'abcdefABCDEF'
octdigits = '01234567'
punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'
printable = digits + ascii_letters + punctuation + whitespace


def capwords(s, sep=None):
    return (sep or ' ').join(w.capitalize() for w in s.split(sep))


class Template:
    def __init__(self, template):
        self.template = template

    def substitute(self, mapping=None, **names):
        return self._fill({**(mapping or {}), **names}, False)

    def safe_substitute(self, mapping=None, **names):
        return self._fill({**(mapping or {}), **names}, True)

    def _fill(self, values, safe):
        import re

        def one(m):
            if m.group(1):
                return '$'
            name = m.group(2) or m.group(3)
            if name is None:
                if safe:
                    return m.group(0)
                raise ValueError('Invalid placeholder in string')
            if name not in values:
                if safe:
                    return m.group(0)
                raise KeyError(name)
            return str(values[name])

        return re.sub(r'\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\}|)', one, self.template)
