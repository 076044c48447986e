import _drydock as _d

_M = 0xffffffffffffffff


class Random:
    def __init__(self, seed=None):
        self.seed(seed)

    def seed(self, a=None, version=2):
        if a is not None:
            _d.missing('the numbers that follow from a seed of random')

    def _bits(self):
        return _d.random()

    def random(self):
        return (self._bits() >> 11) / 9007199254740992

    def _below(self, n):
        if n <= 0:
            raise ValueError('empty range')
        bits = self._bits()
        while n > bits >> 1 and n > _M:
            bits = (bits << 64) | self._bits()
        return bits % n

    def getrandbits(self, k):
        value = 0
        for _ in range(0, k, 64):
            value = (value << 64) | self._bits()
        return value & ((1 << k) - 1)

    def randbytes(self, n):
        return bytes([self._below(256) for _ in range(n)])

    def randrange(self, start, stop=None, step=1):
        if stop is None:
            start, stop = 0, start
        numbers = range(start, stop, step)
        if not len(numbers):
            raise ValueError(f'empty range for randrange() ({start}, {stop}, {stop - start})')
        return numbers[self._below(len(numbers))]

    def randint(self, a, b):
        return self.randrange(a, b + 1)

    def choice(self, seq):
        if not len(seq):
            raise IndexError('Cannot choose from an empty sequence')
        return seq[self._below(len(seq))]

    def choices(self, population, weights=None, *, cum_weights=None, k=1):
        if weights is None and cum_weights is None:
            return [self.choice(population) for _ in range(k)]
        if cum_weights is None:
            cum_weights, total = [], 0
            for weight in weights:
                total += weight
                cum_weights.append(total)
        out = []
        for _ in range(k):
            mark = self.random() * cum_weights[-1]
            out.append(next(p for p, c in zip(population, cum_weights) if mark < c))
        return out

    def shuffle(self, x):
        for i in range(len(x) - 1, 0, -1):
            j = self._below(i + 1)
            x[i], x[j] = x[j], x[i]

    def sample(self, population, k):
        pool = list(population)
        if not 0 <= k <= len(pool):
            raise ValueError('Sample larger than population or is negative')
        self.shuffle(pool)
        return pool[:k]

    def uniform(self, a, b):
        return a + (b - a) * self.random()

    def gauss(self, mu=0.0, sigma=1.0):
        import math
        return mu + sigma * math.sqrt(-2.0 * math.log(1.0 - self.random())) * math.cos(2 * math.pi * self.random())

    normalvariate = gauss

    def expovariate(self, lambd=1.0):
        import math
        return -math.log(1.0 - self.random()) / lambd


SystemRandom = Random
_it = Random()
seed = _it.seed
random = _it.random
getrandbits = _it.getrandbits
randbytes = _it.randbytes
randrange = _it.randrange
randint = _it.randint
choice = _it.choice
choices = _it.choices
shuffle = _it.shuffle
sample = _it.sample
uniform = _it.uniform
gauss = _it.gauss
normalvariate = _it.normalvariate
expovariate = _it.expovariate
