def count(start=0, step=1):
    while True:
        yield start
        start += step


def cycle(iterable):
    items = []
    for item in iterable:
        items.append(item)
        yield item
    while items:
        for item in items:
            yield item


def repeat(item, times=None):
    if times is None:
        while True:
            yield item
    for _ in range(times):
        yield item


class chain:
    def __init__(self, *iterables):
        self._items = _chain(iterables)

    @classmethod
    def from_iterable(cls, iterables):
        made = cls()
        made._items = _chain(iterables)
        return made

    def __iter__(self):
        return self._items

    def __next__(self):
        return next(self._items)


def _chain(iterables):
    for iterable in iterables:
        for item in iterable:
            yield item


def islice(iterable, *bounds):
    bounds = slice(*bounds)
    start, stop, step = bounds.start or 0, bounds.stop, bounds.step or 1
    return _islice(iter(iterable), start, stop, step)


def _islice(items, start, stop, step):
    at = 0
    wanted = start
    if stop is not None and wanted >= stop:
        return
    for item in items:
        if at == wanted:
            yield item
            wanted += step
        at += 1
        if stop is not None and (at >= stop or wanted >= stop):
            return


def takewhile(predicate, iterable):
    for item in iterable:
        if not predicate(item):
            return
        yield item


def dropwhile(predicate, iterable):
    dropping = True
    for item in iterable:
        if dropping and predicate(item):
            continue
        dropping = False
        yield item


def filterfalse(predicate, iterable):
    for item in iterable:
        if not (predicate(item) if predicate else item):
            yield item


def starmap(function, iterable):
    for args in iterable:
        yield function(*args)


def accumulate(iterable, func=None, *, initial=None):
    total = initial
    started = initial is not None
    if started:
        yield total
    for item in iterable:
        if not started:
            total, started = item, True
        else:
            total = func(total, item) if func else total + item
        yield total


def zip_longest(*iterables, fillvalue=None):
    iterators = [iter(i) for i in iterables]
    end = object()
    while True:
        items = [next(i, end) for i in iterators]
        if all(item is end for item in items):
            return
        yield tuple(fillvalue if item is end else item for item in items)


def product(*iterables, repeat=1):
    pools = [tuple(pool) for pool in iterables] * repeat
    if not pools:
        yield ()
        return
    places = [0] * len(pools)
    if any(not pool for pool in pools):
        return
    while True:
        yield tuple(pool[at] for pool, at in zip(pools, places))
        for i in range(len(pools) - 1, -1, -1):
            places[i] += 1
            if places[i] < len(pools[i]):
                break
            places[i] = 0
        else:
            return


def combinations(iterable, r):
    pool = tuple(iterable)
    n = len(pool)
    if r > n:
        return
    places = list(range(r))
    yield tuple(pool[i] for i in places)
    while True:
        for i in range(r - 1, -1, -1):
            if places[i] != i + n - r:
                break
        else:
            return
        places[i] += 1
        for j in range(i + 1, r):
            places[j] = places[j - 1] + 1
        yield tuple(pool[i] for i in places)


def combinations_with_replacement(iterable, r):
    pool = tuple(iterable)
    for places in product(range(len(pool)), repeat=r):
        if sorted(places) == list(places):
            yield tuple(pool[i] for i in places)


def permutations(iterable, r=None):
    pool = tuple(iterable)
    r = len(pool) if r is None else r
    for places in product(range(len(pool)), repeat=r):
        if len(set(places)) == r:
            yield tuple(pool[i] for i in places)


def groupby(iterable, key=None):
    groups = []
    for item in iterable:
        k = key(item) if key else item
        if groups and groups[-1][0] == k:
            groups[-1][1].append(item)
        else:
            groups.append((k, [item]))
    for k, items in groups:
        yield k, iter(items)


def pairwise(iterable):
    before = None
    for at, item in enumerate(iterable):
        if at:
            yield before, item
        before = item


def tee(iterable, n=2):
    items = list(iterable)
    return tuple(iter(items) for _ in range(n))


def compress(data, selectors):
    for item, wanted in zip(data, selectors):
        if wanted:
            yield item


def batched(iterable, n):
    batch = []
    for item in iterable:
        batch.append(item)
        if len(batch) == n:
            yield tuple(batch)
            batch = []
    if batch:
        yield tuple(batch)
