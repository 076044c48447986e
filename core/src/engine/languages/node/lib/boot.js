// The methods of the language that call functions. Their names in stack traces are those of the language.
const AP = Array.prototype;
function methods(target, source) {
  for (const key of Object.getOwnPropertyNames(source)) {
    const d = Object.getOwnPropertyDescriptor(source, key);
    d.enumerable = false;
    Object.defineProperty(target, key, d);
  }
  for (const key of Object.getOwnPropertySymbols(source)) {
    Object.defineProperty(target, key, { value: source[key], writable: true, configurable: true, enumerable: false });
  }
}
%hook('methods', methods);
function check(f) {
  'hide';
  if (!%callable(f)) throw new TypeError(brief(f) + ' is not a function');
}
function brief(v) {
  'hide';
  if (typeof v === 'string') return '"' + v + '"';
  if (v === null || typeof v !== 'object') return String(v);
  return '#<' + (v.constructor && v.constructor.name || 'Object') + '>';
}
%hook('brief', brief);

methods(AP, {
  forEach(f, t) { check(f); for (let i = 0; i < this.length; i++) if (i in this) f.call(t, this[i], i, this); },
  map(f, t) { check(f); const out = new Array(this.length); for (let i = 0; i < this.length; i++) if (i in this) out[i] = f.call(t, this[i], i, this); return out; },
  filter(f, t) { check(f); const out = []; for (let i = 0; i < this.length; i++) if (i in this) { const v = this[i]; if (f.call(t, v, i, this)) out.push(v); } return out; },
  reduce(f, start) {
    check(f);
    let i = 0, acc = start;
    if (arguments.length < 2) {
      while (i < this.length && !(i in this)) i++;
      if (i >= this.length) throw new TypeError('Reduce of empty array with no initial value');
      acc = this[i++];
    }
    for (; i < this.length; i++) if (i in this) acc = f(acc, this[i], i, this);
    return acc;
  },
  reduceRight(f, start) {
    check(f);
    let i = this.length - 1, acc = start;
    if (arguments.length < 2) {
      if (i < 0) throw new TypeError('Reduce of empty array with no initial value');
      acc = this[i--];
    }
    for (; i >= 0; i--) if (i in this) acc = f(acc, this[i], i, this);
    return acc;
  },
  find(f, t) { check(f); for (let i = 0; i < this.length; i++) if (f.call(t, this[i], i, this)) return this[i]; },
  findIndex(f, t) { check(f); for (let i = 0; i < this.length; i++) if (f.call(t, this[i], i, this)) return i; return -1; },
  findLast(f, t) { check(f); for (let i = this.length - 1; i >= 0; i--) if (f.call(t, this[i], i, this)) return this[i]; },
  findLastIndex(f, t) { check(f); for (let i = this.length - 1; i >= 0; i--) if (f.call(t, this[i], i, this)) return i; return -1; },
  some(f, t) { check(f); for (let i = 0; i < this.length; i++) if (i in this && f.call(t, this[i], i, this)) return true; return false; },
  every(f, t) { check(f); for (let i = 0; i < this.length; i++) if (i in this && !f.call(t, this[i], i, this)) return false; return true; },
  flatMap(f, t) { check(f); const out = []; for (let i = 0; i < this.length; i++) { const v = f.call(t, this[i], i, this); if (Array.isArray(v)) out.push(...v); else out.push(v); } return out; },
  flat(depth = 1) { const out = []; for (const v of this) { if (Array.isArray(v) && depth >= 1) out.push(...v.flat(depth - 1)); else out.push(v); } return out; },
  sort(f) {
    if (f !== undefined) check(f);
    if (f === undefined && %sortTexts(this)) return this;
    const compare = f || ((a, b) => { const x = String(a), y = String(b); return x < y ? -1 : x > y ? 1 : 0; });
    const present = [];
    let missing = 0;
    for (let i = 0; i < this.length; i++) { if (this[i] === undefined) missing++; else present.push(this[i]); }
    const sorted = mergeSort(present, compare);
    for (let i = 0; i < missing; i++) sorted.push(undefined);
    return %replaceAll(this, sorted);
  },
  join(separator) {
    const fast = %join(this, separator);
    if (fast !== undefined) return fast;
    const texts = [];
    for (let i = 0; i < this.length; i++) { const v = this[i]; texts.push(v === null || v === undefined || v === this ? '' : String(v)); }
    return %join(texts, separator);
  },
  toString() { return this.join(','); },
  toLocaleString() { return this.map((v) => v === null || v === undefined ? '' : v.toLocaleString()).join(','); },
  toSorted(f) { return this.slice().sort(f); },
  toReversed() { return this.slice().reverse(); },
  toSpliced(...args) { const copy = this.slice(); copy.splice(...args); return copy; },
  with(i, v) { const copy = this.slice(); copy[i < 0 ? copy.length + i : i] = v; return copy; },
  copyWithin() { %missing('Array.prototype.copyWithin'); },
});
Object.defineProperty(AP, Symbol.iterator, { value: AP.values, writable: true, configurable: true, enumerable: false });
Object.defineProperty(Uint8Array.prototype, Symbol.iterator, { value: function values() { return %walk(this, 1); }, writable: true, configurable: true, enumerable: false });
function mergeSort(list, compare) {
  'hide';
  if (list.length < 2) return list;
  const half = list.length >> 1;
  const a = mergeSort(list.slice(0, half), compare), b = mergeSort(list.slice(half), compare);
  const out = [];
  let i = 0, j = 0;
  while (i < a.length && j < b.length) out.push(compare(b[j], a[i]) < 0 ? b[j++] : a[i++]);
  while (i < a.length) out.push(a[i++]);
  while (j < b.length) out.push(b[j++]);
  return out;
}
methods(Array, {
  from(source, f, t) {
    const out = [];
    if (source === null || source === undefined) throw new TypeError(`${source} is not iterable (cannot read property Symbol(Symbol.iterator))`);
    if (source[Symbol.iterator]) for (const v of source) out.push(v);
    else for (let i = 0; i < (source.length >>> 0); i++) out.push(source[i]);
    return f ? out.map((v, i) => f.call(t, v, i)) : out;
  },
});
methods(Object, {
  fromEntries(list) { const out = {}; for (const [k, v] of list) out[k] = v; return out; },
  create(proto, props) { const out = %create(proto); if (props !== undefined) Object.defineProperties(out, props); return out; },
  defineProperties(target, props) { for (const k of Object.keys(props)) Object.defineProperty(target, k, props[k]); return target; },
  getOwnPropertyDescriptors(o) { const out = {}; for (const k of Object.getOwnPropertyNames(o)) out[k] = Object.getOwnPropertyDescriptor(o, k); return out; },
  groupBy(list, f) { const out = Object.create(null); let i = 0; for (const v of list) { const k = f(v, i++); (out[k] ||= []).push(v); } return out; },
});
const fastValues = Object.values, fastEntries = Object.entries, fastAssign = Object.assign;
methods(Object, {
  values(o) { if (!%hasGetter(o)) return fastValues(o); return Object.keys(o).map((k) => o[k]); },
  entries(o) { if (!%hasGetter(o)) return fastEntries(o); return Object.keys(o).map((k) => [k, o[k]]); },
  assign(target, ...sources) {
    for (const s of sources) {
      if (s === null || s === undefined) continue;
      if (!%hasGetter(s) && !%hasGetter(target)) fastAssign(target, s);
      else for (const k of Object.keys(s)) target[k] = s[k];
    }
    return target;
  },
});
methods(Function.prototype, { [Symbol.hasInstance](v) { return v instanceof this; } });
methods(Map.prototype, { forEach(f, t) { check(f); for (const [k, v] of this) f.call(t, v, k, this); } });
methods(Set.prototype, { forEach(f, t) { check(f); for (const v of this) f.call(t, v, v, this); } });
for (const C of [Map, Set, WeakMap, WeakSet]) wrapCollection(C);
function wrapCollection(C) {
  const isMap = C === Map || C === WeakMap;
  const name = C.name;
  const made = function (source) {
    'hide';
    if (!new.target) throw new TypeError(`Constructor ${name} requires 'new'`);
    const out = Reflect.construct(C, [], new.target);
    if (source !== undefined && source !== null) {
      if (typeof source[Symbol.iterator] !== 'function') throw new TypeError(`${typeof source} ${brief(source)} is not iterable (cannot read property Symbol(Symbol.iterator))`);
      if (isMap) for (const pair of source) {
        if (pair === null || typeof pair !== 'object') throw new TypeError(`Iterator value ${String(pair)} is not an entry object`);
        out.set(pair[0], pair[1]);
      }
      else for (const v of source) out.add(v);
    }
    return out;
  };
  Object.defineProperty(made, 'name', { value: name });
  Object.defineProperty(made, 'length', { value: 0 });
  made.prototype = C.prototype;
  Object.defineProperty(made, 'prototype', { writable: false, enumerable: false });
  Object.defineProperty(C.prototype, 'constructor', { value: made, writable: true, configurable: true, enumerable: false });
  Object.defineProperty(globalThis, name, { value: made, writable: true, configurable: true, enumerable: false });
}
Map.groupBy = function groupBy(list, f) { const out = new Map(); let i = 0; for (const v of list) { const k = f(v, i++); if (out.has(k)) out.get(k).push(v); else out.set(k, [v]); } return out; };
%hide(Map);
class WeakRef { #v; constructor(v) { this.#v = v; } deref() { return this.#v; } }
class FinalizationRegistry { register() {} unregister() {} }
for (const c of [WeakRef, FinalizationRegistry]) Object.defineProperty(globalThis, c.name, { value: c, writable: true, configurable: true, enumerable: false });

const set = (t, o) => { for (const k of Object.keys(o)) Object.defineProperty(t, k, { value: o[k] }); };
set(Math, { PI: 3.141592653589793, E: 2.718281828459045, LN2: 0.6931471805599453, LN10: 2.302585092994046, LOG2E: 1.4426950408889634, LOG10E: 0.4342944819032518, SQRT2: 1.4142135623730951, SQRT1_2: 0.7071067811865476, [Symbol.toStringTag]: 'Math' });
Object.defineProperty(Math, Symbol.toStringTag, { value: 'Math' });
Object.defineProperty(JSON, Symbol.toStringTag, { value: 'JSON' });
set(Number, { MAX_SAFE_INTEGER: 9007199254740991, MIN_SAFE_INTEGER: -9007199254740991, MAX_VALUE: 1.7976931348623157e308, MIN_VALUE: 5e-324, EPSILON: 2.220446049250313e-16, POSITIVE_INFINITY: Infinity, NEGATIVE_INFINITY: -Infinity, NaN: NaN });
Number.parseFloat = parseFloat; Number.parseInt = parseInt; %hide(Number);
Error.stackTraceLimit = 10;

const dateParts = ['FullYear', 'Month', 'Date', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'];
dateParts.forEach((name, at) => {
  for (const prefix of ['set', 'setUTC']) {
    const f = { [prefix + name](...values) { values.forEach((v, i) => %setDatePart(this, at + i, v)); return this.getTime(); } }[prefix + name];
    Object.defineProperty(Date.prototype, prefix + name, { value: f, writable: true, configurable: true, enumerable: false });
  }
});

// Conversions that need functions of the script.
%hook('toPrimitive', function toPrimitive(o, hint) {
  'hide';
  const special = o[Symbol.toPrimitive];
  if (special !== undefined && special !== null) {
    const v = special.call(o, hint);
    if (v === null || typeof v !== 'object') return v;
    throw new TypeError('Cannot convert object to primitive value');
  }
  if (%kind(o) === 'date' && hint === 'default') hint = 'string';
  for (const name of hint === 'string' ? ['toString', 'valueOf'] : ['valueOf', 'toString']) {
    const f = o[name];
    if (typeof f === 'function') {
      const v = f.call(o);
      if (v === null || typeof v !== 'object' && typeof v !== 'function') return v;
    }
  }
  throw new TypeError('Cannot convert object to primitive value');
});
for (const P of [Number, Boolean, String, BigInt]) {
  const own = P.prototype.valueOf;
  Object.defineProperty(P.prototype, 'valueOf', { value: function valueOf() { const v = %primitive(this); return v === undefined ? own.call(this) : v; }, writable: true, configurable: true, enumerable: false });
}
%hook('list', function list(source, count) { 'hide'; const out = []; if (count > 0) for (const v of source) { out.push(v); if (out.length >= count) break; } return out; });
%hook('flatten', function flatten(source) { 'hide'; const out = {}; for (const k of Object.keys(source)) Object.defineProperty(out, k, { value: source[k], enumerable: true, writable: true, configurable: true }); return out; });
%hook('asyncFromSync', function asyncFromSync(source) {
  'hide';
  const it = source[Symbol.iterator]();
  return { async next() { const r = it.next(); return { done: r.done, value: await r.value }; }, async return(v) { if (it.return) it.return(v); return { done: true, value: v }; } };
});
%hook('revive', function revive(value, f) {
  'hide';
  const walk = (holder, key) => {
    'hide';
    const v = holder[key];
    if (v && typeof v === 'object') for (const k of Object.keys(v)) { const n = walk(v, k); if (n === undefined) delete v[k]; else v[k] = n; }
    return f.call(holder, key, v);
  };
  return walk({ '': value }, '');
});

methods(JSON, {
  stringify(value, replacer, space) {
    if (typeof space === 'number') space = ' '.repeat(Math.max(0, Math.min(10, Math.floor(space))));
    else space = typeof space === 'string' ? space.slice(0, 10) : '';
    if (typeof replacer !== 'function') {
      const fast = %stringify(value, Array.isArray(replacer) ? replacer : undefined, space);
      if (fast !== null) return fast;
    }
    return slowJson(value, replacer, space);
  },
});
function slowJson(value, replacer, space) {
  'hide';
  const open = [];
  const only = Array.isArray(replacer) ? replacer.map(String) : null;
  const write = (holder, key, indent) => {
    'hide';
    let v = holder[key];
    if (v !== null && (typeof v === 'object' || typeof v === 'bigint') && typeof v.toJSON === 'function') v = v.toJSON(key);
    if (typeof replacer === 'function') v = replacer.call(holder, key, v);
    if (v !== null && typeof v === 'object') {
      const kind = %kind(v);
      if (kind === 'boxed') v = v.valueOf();
    }
    if (v === null || typeof v !== 'object') return v === undefined || typeof v === 'function' || typeof v === 'symbol' ? undefined : %stringify(v, undefined, '');
    if (open.includes(v)) throw new TypeError('Converting circular structure to JSON');
    open.push(v);
    const inner = indent + space;
    const parts = [];
    if (Array.isArray(v)) for (let i = 0; i < v.length; i++) parts.push(write(v, String(i), inner) ?? 'null');
    else for (const k of only || Object.keys(v)) { const t = write(v, k, inner); if (t !== undefined) parts.push(%quoteJson(k) + (space ? ': ' : ':') + t); }
    open.pop();
    const [a, b] = Array.isArray(v) ? ['[', ']'] : ['{', '}'];
    if (!parts.length) return a + b;
    return space ? `${a}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${b}` : a + parts.join(',') + b;
  };
  return write({ '': value }, '', '');
}
const major = parseInt(%fact('version'));
if (major < 21) { delete Object.groupBy; delete Map.groupBy; }
if (major < 20) for (const k of ['toSorted', 'toReversed', 'toSpliced', 'with']) delete AP[k];
globalThis.structuredClone = function structuredClone(value) {
  const seen = new Map();
  const copy = (v) => {
    if (typeof v === 'function' || typeof v === 'symbol') throw Object.assign(new Error(`${String(v)} could not be cloned.`), { name: 'DataCloneError' });
    if (v === null || typeof v !== 'object') return v;
    if (seen.has(v)) return seen.get(v);
    const kind = %kind(v);
    if (kind === 'date') return new Date(v.getTime());
    if (kind === 'regexp') return new RegExp(v.source, v.flags);
    if (kind === 'map') { const out = new Map(); seen.set(v, out); for (const [k, x] of v) out.set(copy(k), copy(x)); return out; }
    if (kind === 'set') { const out = new Set(); seen.set(v, out); for (const x of v) out.add(copy(x)); return out; }
    if (kind === 'error') { const out = new v.constructor(v.message); out.stack = v.stack; return out; }
    if (kind !== 'plain' && kind !== 'array') %missing(`structuredClone of a ${kind}`);
    const out = Array.isArray(v) ? [] : {};
    seen.set(v, out);
    for (const k of Object.keys(v)) out[k] = copy(v[k]);
    return out;
  };
  return copy(value);
};
%hide(globalThis);
