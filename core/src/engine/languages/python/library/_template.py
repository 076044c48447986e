import os
import _drydock as _d


class Undefined:
    def __str__(self):
        return ''

    def __bool__(self):
        return False

    def __iter__(self):
        return iter(())


def render(source, context):
    return ''.join(_run(_parse(_cut(source), None)[0], dict(context)))


def render_file(folder, name, context):
    path = os.path.join(folder, name)
    if not os.path.isfile(path):
        raise TemplateNotFound(name)
    with open(path) as file:
        text = file.read()
    return render(text[:-1] if text.endswith('\n') else text, context)


class TemplateNotFound(Exception):
    pass


TemplateNotFound.__module__ = 'jinja2.exceptions'


def _cut(source):
    parts = []
    at = 0
    while True:
        starts = [(source.find(mark, at), mark) for mark in ('{{', '{%', '{#')]
        starts = [s for s in starts if s[0] >= 0]
        if not starts:
            parts.append(('text', source[at:]))
            return parts
        begin, mark = min(starts)
        parts.append(('text', source[at:begin]))
        end = source.find({'{{': '}}', '{%': '%}', '{#': '#}'}[mark], begin)
        if end < 0:
            _d.missing('a template that is not closed')
        inner = source[begin + 2:end]
        at = end + 2
        if inner.startswith('-'):
            inner = inner[1:]
            parts[-1] = ('text', parts[-1][1].rstrip())
        trim = inner.endswith('-')
        if trim:
            inner = inner[:-1]
            while at < len(source) and source[at].isspace():
                at += 1
        if mark != '{#':
            parts.append(('value' if mark == '{{' else 'tag', inner.strip()))


def _parse(parts, until):
    """A list of nodes, and the tag that ended it."""
    nodes = []
    while parts:
        kind, text = parts.pop(0)
        if kind == 'text':
            nodes.append(('text', text))
        elif kind == 'value':
            nodes.append(('value', text))
        else:
            word, _, rest = text.partition(' ')
            if until and word in until:
                return nodes, text
            if word == 'for':
                target, _, items = rest.partition(' in ')
                body, end = _parse(parts, ('endfor', 'else'))
                other = []
                if end == 'else':
                    other, _ = _parse(parts, ('endfor',))
                nodes.append(('for', [t.strip() for t in target.split(',')], items, body, other))
            elif word == 'if':
                branches, other, condition = [], [], rest
                while True:
                    body, end = _parse(parts, ('elif', 'else', 'endif'))
                    if condition is None:
                        other = body
                    else:
                        branches.append((condition, body))
                    if end == 'else':
                        condition = None
                    elif end and end.startswith('elif '):
                        condition = end[5:]
                    else:
                        break
                nodes.append(('if', branches, other))
            elif word == 'set':
                name, _, value = rest.partition('=')
                nodes.append(('set', name.strip(), value.strip()))
            else:
                _d.missing(f'{word} in templates')
    return nodes, None


class _Names(dict):
    def __missing__(self, name):
        import builtins
        if name in ('range', 'dict'):
            return getattr(builtins, name)
        return Undefined()


def _value(text, context):
    parts = text.split('|')
    value = _eval(parts[0].strip(), context)
    for name in parts[1:]:
        name = name.strip()
        word, _, rest = name.partition('(')
        args = list(_eval('(' + rest[:-1] + ',)', context)) if rest and rest != ')' else []
        value = _filter(word, value, args)
    return value


def _eval(text, context):
    words = text.replace('true', 'True').replace('false', 'False').replace('none', 'None') \
        if text in ('true', 'false', 'none') else text
    try:
        return eval(words, {'__name__': 'template'}, _Names(context))
    except AttributeError:
        base, dot, name = words.rpartition('.')
        owner = _eval(base, context) if dot else None
        if isinstance(owner, dict) and name in owner:
            return owner[name]
        return Undefined()


def _filter(name, value, args):
    if name in ('upper', 'lower', 'title', 'capitalize'):
        return getattr(str(value), name)()
    if name in ('length', 'count'):
        return len(value)
    if name == 'safe':
        return _Safe(str(value))
    if name in ('e', 'escape'):
        return _Safe(_escape(str(value)))
    if name == 'default':
        return args[0] if isinstance(value, Undefined) else value
    if name == 'join':
        return (args[0] if args else '').join(str(v) for v in value)
    if name in ('int', 'float', 'list', 'string', 'round', 'sum', 'first', 'last', 'tojson', 'trim'):
        import json
        table = {'int': int, 'float': float, 'list': list, 'string': str, 'round': round, 'sum': sum,
                 'first': lambda v: next(iter(v)), 'last': lambda v: list(v)[-1], 'trim': lambda v: str(v).strip(),
                 'tojson': lambda v: _Safe(json.dumps(v))}
        return table[name](value, *args)
    _d.missing(f'the filter {name} of templates')


class _Safe(str):
    pass


def _escape(text):
    return text.replace('&', '&amp;').replace('>', '&gt;').replace('<', '&lt;').replace("'", '&#39;').replace('"', '&#34;')


def _run(nodes, context):
    out = []
    for node in nodes:
        if node[0] == 'text':
            out.append(node[1])
        elif node[0] == 'value':
            value = _value(node[1], context)
            out.append(str(value) if isinstance(value, _Safe) else _escape(str(value)))
        elif node[0] == 'set':
            context[node[1]] = _value(node[2], context)
        elif node[0] == 'if':
            for condition, body in node[1]:
                if _value(condition, context):
                    out.extend(_run(body, context))
                    break
            else:
                out.extend(_run(node[2], context))
        else:
            items = list(_value(node[2], context))
            for at, item in enumerate(items):
                inner = dict(context)
                if len(node[1]) == 1:
                    inner[node[1][0]] = item
                else:
                    inner.update(zip(node[1], item))
                inner['loop'] = _Loop(at, len(items))
                out.extend(_run(node[3], inner))
            if not items:
                out.extend(_run(node[4], context))
    return out


class _Loop:
    def __init__(self, at, length):
        self.index0, self.index, self.length = at, at + 1, length
        self.first, self.last = at == 0, at + 1 == length
