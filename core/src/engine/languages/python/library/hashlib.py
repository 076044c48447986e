import _drydock as _d

algorithms_guaranteed = {'md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'}
_SIZES = {'md5': 16, 'sha1': 20, 'sha224': 28, 'sha256': 32, 'sha384': 48, 'sha512': 64}


class _Hash:
    def __init__(self, name, data=b''):
        if isinstance(data, str):
            raise TypeError('Strings must be encoded before hashing')
        self.name = name
        self._data = bytes(data)
        self.digest_size = _SIZES[name]
        self.block_size = 128 if self.digest_size > 32 else 64

    def update(self, data):
        if isinstance(data, str):
            raise TypeError('Strings must be encoded before hashing')
        self._data += bytes(data)

    def digest(self):
        return _d.digest(self.name, self._data)

    def hexdigest(self):
        return self.digest().hex()

    def copy(self):
        return _Hash(self.name, self._data)


def new(name, data=b'', **options):
    if name.lower() not in _SIZES:
        raise ValueError(f'unsupported hash type {name}')
    return _Hash(name.lower(), data)


def md5(data=b'', **options):
    return _Hash('md5', data)


def sha1(data=b'', **options):
    return _Hash('sha1', data)


def sha224(data=b'', **options):
    return _Hash('sha224', data)


def sha256(data=b'', **options):
    return _Hash('sha256', data)


def sha384(data=b'', **options):
    return _Hash('sha384', data)


def sha512(data=b'', **options):
    return _Hash('sha512', data)
