def copy(value):
    if isinstance(value, (list, dict, set)) and type(value) in (list, dict, set):
        return value.copy()
    if isinstance(value, (int, float, str, bytes, tuple, frozenset, type(None))) or callable(value):
        return value
    if hasattr(value, "__copy__"):
        return value.__copy__()
    made = object.__new__(type(value)) if not isinstance(value, dict) else type(value)(value)
    for name, item in value.__dict__.items():
        object.__setattr__(made, name, item)
    return made


def deepcopy(value, memo=None):
    memo = {} if memo is None else memo
    if id(value) in memo:
        return memo[id(value)]
    if type(value) is list:
        made = memo[id(value)] = []
        made.extend(deepcopy(v, memo) for v in value)
        return made
    if type(value) is dict:
        made = memo[id(value)] = {}
        for k, v in value.items():
            made[deepcopy(k, memo)] = deepcopy(v, memo)
        return made
    if type(value) is tuple:
        return tuple(deepcopy(v, memo) for v in value)
    if type(value) is set:
        return {deepcopy(v, memo) for v in value}
    if isinstance(value, (int, float, str, bytes, frozenset, type(None))) or callable(value):
        return value
    if hasattr(value, "__deepcopy__"):
        return value.__deepcopy__(memo)
    made = memo[id(value)] = object.__new__(type(value)) if not isinstance(value, dict) else copy(value)
    for name, item in value.__dict__.items():
        object.__setattr__(made, name, deepcopy(item, memo))
    return made
