// Methods of texts and regular expressions that take one another or functions.
const methods = %hooked('methods');
const isRegex = (v) => v !== null && typeof v === 'object' && %kind(v) === 'regexp';
const END = '\u0001end';
methods(RegExp.prototype, {
  exec(text) {
    text = String(text);
    const moves = this.global || this.sticky;
    const m = %exec(this, text, moves ? this.lastIndex : 0);
    if (moves) this.lastIndex = m === null ? 0 : m[END];
    return m;
  },
  test(text) { return this.exec(text) !== null; },
});
function expand(template, m, text) {
  'hide';
  if (!template.includes('$')) return template;
  let out = '';
  for (let i = 0; i < template.length; i++) {
    const c = template[i], n = template[i + 1];
    if (c !== '$' || n === undefined) { out += c; continue; }
    if (n === '$') { out += '$'; i++; }
    else if (n === '&') { out += m[0]; i++; }
    else if (n === '`') { out += text.slice(0, m.index); i++; }
    else if (n === "'") { out += text.slice(m.index + m[0].length); i++; }
    else if (n >= '0' && n <= '9') {
      let digits = n;
      const two = template[i + 2];
      if (two >= '0' && two <= '9' && Number(n + two) < m.length) digits += two;
      const g = Number(digits);
      if (g >= 1 && g < m.length) { out += m[g] ?? ''; i += digits.length; } else out += c;
    } else if (n === '<' && m.groups) {
      const end = template.indexOf('>', i);
      if (end < 0) { out += c; continue; }
      out += m.groups[template.slice(i + 2, end)] ?? '';
      i = end;
    } else out += c;
  }
  return out;
}
function replaced(text, matches, by) {
  'hide';
  let out = '', at = 0;
  for (const m of matches) {
    out += text.slice(at, m.index);
    if (typeof by === 'function') {
      const args = [...m, m.index, text];
      if (m.groups) args.push(m.groups);
      out += String(by(...args));
    } else out += expand(by, m, text);
    at = m.index + m[0].length;
  }
  return out + text.slice(at);
}
function allMatches(text, re) {
  'hide';
  const out = [];
  let at = 0;
  for (;;) {
    const m = %exec(re, text, at);
    if (m === null) return out;
    out.push(m);
    at = m[0] === '' ? m[END] + 1 : m[END];
  }
}
function found(text, what, all) {
  'hide';
  const out = [];
  let at = text.indexOf(what);
  while (at >= 0) {
    const m = [what];
    m.index = at;
    out.push(m);
    if (!all) break;
    const next = at + Math.max(what.length, 1);
    at = next > text.length ? -1 : text.indexOf(what, next);
  }
  return out;
}
methods(String.prototype, {
  replace(what, by) {
    const text = String(this);
    if (typeof by !== 'function') by = String(by);
    if (!isRegex(what)) return replaced(text, found(text, String(what), false), by);
    if (what.global) { what.lastIndex = 0; return replaced(text, allMatches(text, what), by); }
    const m = what.exec(text);
    return m === null ? text : replaced(text, [m], by);
  },
  replaceAll(what, by) {
    const text = String(this);
    if (typeof by !== 'function') by = String(by);
    if (!isRegex(what)) return replaced(text, found(text, String(what), true), by);
    if (!what.global) throw new TypeError('replaceAll must be called with a global RegExp');
    return replaced(text, allMatches(text, what), by);
  },
  match(what) {
    const text = String(this);
    const re = isRegex(what) ? what : new RegExp(what);
    if (!re.global) return re.exec(text);
    const all = allMatches(text, re).map((m) => m[0]);
    return all.length ? all : null;
  },
  *matchAll(what) {
    const text = String(this);
    if (isRegex(what) && !what.global) throw new TypeError('String.prototype.matchAll called with a non-global RegExp argument');
    for (const m of allMatches(text, isRegex(what) ? what : new RegExp(what, 'g'))) yield m;
  },
  search(what) { const m = %exec(isRegex(what) ? what : new RegExp(what), String(this), 0); return m === null ? -1 : m.index; },
  split(separator, limit) {
    const text = String(this);
    if (!isRegex(separator)) return %split(text, separator, limit);
    const out = [];
    let at = 0, from = 0;
    if (text === '') return %exec(separator, '', 0) === null ? [''] : [];
    while (from < text.length) {
      const m = %exec(separator, text, from);
      if (m === null || m.index >= text.length) break;
      if (m[0] === '' && m.index === at) {
        if (m.index + 1 > text.length) break;
        from = Math.max(from, m.index) + 1;
        const next = %exec(separator, text, from);
        if (next === null || next.index >= text.length) break;
        if (next[0] === '' && next.index === at) continue;
        out.push(text.slice(at, next.index), ...next.slice(1));
        at = next[END]; from = at === next.index ? at : at;
        continue;
      }
      out.push(text.slice(at, m.index), ...m.slice(1));
      at = from = m[END];
    }
    out.push(text.slice(at));
    return limit === undefined ? out : out.slice(0, limit);
  },
});
methods(String, {
  raw(parts, ...values) { let out = ''; parts.raw.forEach((t, i) => { out += t + (i < values.length && i < parts.raw.length - 1 ? String(values[i]) : ''); }); return out; },
});
