// util.
const CUSTOM = Symbol.for('nodejs.util.inspect.custom');
function hasCustom(v, level, seen) {
  'hide';
  if (v === null || typeof v !== 'object' || level < 0 || seen.size > 2000 || seen.has(v)) return false;
  if (typeof v[CUSTOM] === 'function') return true;
  seen.add(v);
  const kind = %kind(v);
  if (kind === 'map' || kind === 'set') { for (const x of v.values()) if (hasCustom(x, level - 1, seen)) return true; return false; }
  if (kind !== 'plain' && kind !== 'array' || %hasGetter(v)) return false;
  for (const k of Object.keys(v)) if (hasCustom(v[k], level - 1, seen)) return true;
  return false;
}
function inspect(value, options, ...old) {
  if (typeof options === 'boolean') options = { showHidden: options, depth: old[0], colors: old[1] };
  const o = options || {};
  if (o.showHidden) %missing('util.inspect with showHidden');
  if (o.sorted || o.compact !== undefined && o.compact !== 3) { if (o.compact === false || o.sorted || typeof o.compact === 'number') %missing('util.inspect with compact or sorted'); }
  const depth = o.depth === undefined ? 2 : o.depth;
  const width = o.breakLength === undefined ? (o.console ? 80 : 80) : o.breakLength;
  if (o.customInspect !== false && hasCustom(value, depth === null || depth === Infinity ? 20 : depth, new Set())) {
    if (typeof value[CUSTOM] === 'function') {
      const shown = value[CUSTOM](depth, { ...o, depth, stylize: (t) => String(t) }, inspect);
      return typeof shown === 'string' ? shown : shown === value ? %inspect(value, depth, o.colors, width) : inspect(shown, { ...o, depth });
    }
    %missing('an object with util.inspect.custom inside of another');
  }
  return %inspect(value, depth, o.colors, width === Infinity ? 1e9 : width);
}
inspect.custom = CUSTOM;
inspect.defaultOptions = {};
const number = (v, whole) => {
  if (typeof v === 'bigint') return `${v}n`;
  if (typeof v === 'symbol') return 'NaN';
  const n = whole === 'd' ? Number(typeof v === 'object' && v !== null ? NaN : v) : whole === 'i' ? parseInt(v) : parseFloat(v);
  return Object.is(n, -0) ? '-0' : String(n);
};
function asText(v) {
  'hide';
  if (typeof v === 'bigint') return `${v}n`;
  if (typeof v === 'number') return Object.is(v, -0) ? '-0' : String(v);
  if (typeof v !== 'object' || v === null) return String(v);
  const own = v.toString !== Object.prototype.toString && v.toString !== Error.prototype.toString && !Array.isArray(v) && %kind(v) !== 'date' && typeof v.toString === 'function';
  if (own && (Object.prototype.hasOwnProperty.call(v, 'toString') || %kind(v) === 'plain')) return String(v);
  if (%kind(v) === 'error') return inspect(v, { depth: 0 });
  if (%kind(v) === 'date') return inspect(v);
  return inspect(v, { depth: 0 });
}
function format(...args) {
  'hide';
  const colors = this && this.colors;
  const show = (v) => inspect(v, { colors, console: true });
  let out = '', at = 0;
  if (typeof args[0] === 'string') {
    at = 1;
    if (args.length === 1) return args[0];
    out = args[0].includes('%') ? args[0].replace(/%[sdifjoOc%]/g, (m) => {
      if (m === '%%') return '%';
      if (at >= args.length) return m;
      const v = args[at++];
      switch (m) {
        case '%s': return asText(v);
        case '%d': case '%i': case '%f': return number(v, m[1]);
        case '%j': try { return JSON.stringify(v); } catch (e) { if (e.message.includes('circular')) return '[Circular]'; throw e; }
        case '%o': if (typeof v === 'function' || v !== null && typeof v === 'object' && (Array.isArray(v) || %kind(v) !== 'plain')) %missing('the format %o of this value'); return inspect(v, { depth: 4 });
        case '%O': return inspect(v);
        default: return '';
      }
    }) : args[0];
  }
  for (; at < args.length; at++) {
    const v = args[at];
    out += (at ? ' ' : '') + (typeof v === 'string' ? v : show(v));
  }
  return out;
}
const PROMISIFY = Symbol.for('nodejs.util.promisify.custom');
function promisify(f) {
  if (typeof f !== 'function') throw %codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "original" argument must be of type function. Received ${f === undefined ? 'undefined' : String(f)}`);
  if (f[PROMISIFY]) return f[PROMISIFY];
  return Object.defineProperty(function (...args) { return new Promise((keep, fail) => f.call(this, ...args, (e, v) => e ? fail(e) : keep(v))); }, 'name', { value: f.name });
}
promisify.custom = PROMISIFY;
function same(a, b, strict, seen) {
  if (strict ? Object.is(a, b) : a == b || a !== a && b !== b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  const k = %kind(a);
  if (k !== %kind(b) || strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (seen.some(([x, y]) => x === a && y === b)) return true;
  seen = [...seen, [a, b]];
  if (k === 'date') return a.getTime() === b.getTime();
  if (k === 'regexp') return String(a) === String(b);
  if (k === 'boxed') return same(a.valueOf(), b.valueOf(), strict, seen);
  if (k === 'error' && (a.message !== b.message || a.name !== b.name)) return false;
  if (k === 'map') { if (a.size !== b.size) return false; for (const [x, v] of a) if (!b.has(x) || !same(v, b.get(x), strict, seen)) return false; return true; }
  if (k === 'set') { if (a.size !== b.size) return false; for (const v of a) if (!b.has(v) && ![...b].some((w) => same(v, w, strict, seen))) return false; return true; }
  const x = Object.keys(a), y = Object.keys(b);
  return x.length === y.length && (!Array.isArray(a) || a.length === b.length) && x.every((key) => Object.prototype.hasOwnProperty.call(b, key) && same(a[key], b[key], strict, seen));
}
const is = (kind) => (v) => %kind(v) === kind;
class TextEncoder { encode(t = '') { return new Uint8Array(Buffer.from(String(t))); } }
class TextDecoder { decode(b) { return b === undefined ? '' : Buffer.from(b).toString(); } }
function parseArgs() { %missing('util.parseArgs'); }
function styleText(style, text) { const codes = { red: [31, 39], green: [32, 39], yellow: [33, 39], blue: [34, 39], bold: [1, 22], gray: [90, 39], cyan: [36, 39], magenta: [35, 39], underline: [4, 24] }; const [a, b] = codes[style] || %missing(`the style ${style}`); return `\x1b[${a}m${text}\x1b[${b}m`; }
module.exports = {
  inspect, format, promisify, TextEncoder, TextDecoder, parseArgs, styleText,
  inherits(C, P) { C.super_ = P; Object.setPrototypeOf(C.prototype, P.prototype); },
  isDeepStrictEqual: (a, b) => same(a, b, true, []), looselyEqual: (a, b) => same(a, b, false, []),
  deprecate(f, text, code) { let told = false; return function (...args) { if (!told) process.emitWarning(text, 'DeprecationWarning', code); told = true; return f.apply(this, args); }; },
  callbackify(f) { return (...args) => { const done = args.pop(); f(...args).then((v) => process.nextTick(done, null, v), (e) => process.nextTick(done, e)); }; },
  types: { isPromise: is('promise'), isDate: is('date'), isRegExp: is('regexp'), isMap: is('map'), isSet: is('set'), isNativeError: is('error'), isUint8Array: is('bytes'), isGeneratorObject: is('generator'), isAsyncFunction: (f) => typeof f === 'function' && %inspect(f).startsWith('[Async') },
  isArray: Array.isArray, debuglog: () => () => {}, stripVTControlCharacters: (t) => t.replace(/\x1b\[[0-9;]*[A-Za-z]/g, ''),
  toUSVString: String,
};
