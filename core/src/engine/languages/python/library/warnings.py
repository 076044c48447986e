def warn(message, category=None, stacklevel=1, source=None):
    import _drydock
    _drydock.missing("warnings.warn")


def filterwarnings(*args, **names):
    pass


simplefilter = filterwarnings
