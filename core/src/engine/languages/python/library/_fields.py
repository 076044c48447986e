class Fields:
    """Fields of an HTTP head: names of any case, in the order in which they came."""

    def __init__(self, pairs=()):
        self._pairs = list(pairs)

    def get(self, name, default=None):
        for n, v in self._pairs:
            if n.lower() == name.lower():
                return v
        return default

    def __getitem__(self, name):
        return self.get(name)

    def __contains__(self, name):
        return self.get(name) is not None

    def items(self):
        return list(self._pairs)

    def keys(self):
        return [n for n, _ in self._pairs]

    def __iter__(self):
        return iter(self.keys())


class StrictFields(Fields):
    """The same, where a field that is missing is an error."""

    def __getitem__(self, name):
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value
