// assert.
const { inspect, isDeepStrictEqual, looselyEqual } = require('util');
class AssertionError extends Error {
  constructor(o) { super(o.message); this.generatedMessage = !!o.made; this.code = 'ERR_ASSERTION'; this.actual = o.actual; this.expected = o.expected; this.operator = o.operator; }
  get name() { return 'AssertionError'; }
  toString() { return `${this.name} [${this.code}]: ${this.message}`; }
}
function fail(f, text, made, o) {
  'hide';
  if (text instanceof Error) throw text;
  const e = new AssertionError({ message: text === undefined ? made : text, made: text === undefined, ...o });
  Error.captureStackTrace(e, f);
  e.stack = `AssertionError [ERR_ASSERTION]: ${e.message}${e.stack.slice(Math.max(0, e.stack.indexOf('\n    at ')))}`;
  throw e;
}
function lines(a, b) {
  'hide';
  const x = inspect(a).split('\n'), y = inspect(b).split('\n');
  if (x.length === 1 && y.length === 1 && (typeof a !== 'object' || a === null) && (typeof b !== 'object' || b === null)) return `Expected values to be strictly equal:\n\n${x[0]} !== ${y[0]}\n`;
  return null;
}
function diff(title, a, b) {
  'hide';
  const x = %inspect(a, 1000, false, 1).split('\n'), y = %inspect(b, 1000, false, 1).split('\n');
  const out = [];
  let i = 0, j = 0;
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && x[i] === y[j]) { out.push(`  ${x[i++]}`); j++; continue; }
    const next = y.indexOf(x[i], j);
    if (i < x.length && next < 0) out.push(`+ ${x[i++]}`); else if (j < y.length) out.push(`- ${y[j++]}`);
  }
  return `${title}\n+ actual - expected\n\n${out.join('\n')}`;
}
function ok(v, text) { if (!v) fail(ok, text, 'The expression evaluated to a falsy value:\n\n  ' + source(), { actual: v, expected: true, operator: '==' }); }
const source = () => { 'hide'; return 'assert(...)\n'; };
const assert = function assert(v, text) { if (!v) fail(assert, text, arguments.length ? 'The expression evaluated to a falsy value:\n\n  ' + source() : 'No value argument passed to `assert.ok()`', { actual: v, expected: true, operator: '==' }); };
const all = {
  ok,
  equal(a, b, text) { if (!(a == b || a !== a && b !== b)) fail(all.equal, text, `${inspect(a)} == ${inspect(b)}`, { actual: a, expected: b, operator: '==' }); },
  notEqual(a, b, text) { if (a == b) fail(all.notEqual, text, `${inspect(a)} != ${inspect(b)}`, { actual: a, expected: b, operator: '!=' }); },
  strictEqual(a, b, text) { if (!Object.is(a, b)) fail(all.strictEqual, text, lines(a, b) || diff('Expected values to be strictly equal:', a, b), { actual: a, expected: b, operator: 'strictEqual' }); },
  notStrictEqual(a, b, text) { if (Object.is(a, b)) fail(all.notStrictEqual, text, `Expected "actual" to be strictly unequal to: ${inspect(b)}`, { actual: a, expected: b, operator: 'notStrictEqual' }); },
  deepEqual(a, b, text) { if (!looselyEqual(a, b)) fail(all.deepEqual, text, `Expected values to be loosely deep-equal:\n\n${inspect(a)}\n\nshould loosely deep-equal\n\n${inspect(b)}`, { actual: a, expected: b, operator: 'deepEqual' }); },
  deepStrictEqual(a, b, text) { if (!isDeepStrictEqual(a, b)) fail(all.deepStrictEqual, text, diff('Expected values to be strictly deep-equal:', a, b), { actual: a, expected: b, operator: 'deepStrictEqual' }); },
  notDeepStrictEqual(a, b, text) { if (isDeepStrictEqual(a, b)) fail(all.notDeepStrictEqual, text, `Expected "actual" not to be strictly deep-equal to: ${inspect(b)}`, { actual: a, expected: b, operator: 'notDeepStrictEqual' }); },
  notDeepEqual(a, b, text) { if (looselyEqual(a, b)) fail(all.notDeepEqual, text, `Expected "actual" not to be loosely deep-equal to: ${inspect(b)}`, { actual: a, expected: b, operator: 'notDeepEqual' }); },
  throws(f, want, text) { let e; try { f(); } catch (x) { matches(x, want, text); return; } fail(all.throws, typeof want === 'string' ? want : text, 'Missing expected exception.', { operator: 'throws' }); },
  doesNotThrow(f, text) { try { f(); } catch (x) { fail(all.doesNotThrow, text, `Got unwanted exception.\nActual message: "${x && x.message}"`, { operator: 'doesNotThrow' }); } },
  async rejects(p, want, text) { try { await (typeof p === 'function' ? p() : p); } catch (x) { matches(x, want, text); return; } fail(all.rejects, text, 'Missing expected rejection.', { operator: 'rejects' }); },
  match(t, re, text) { if (!re.test(t)) fail(all.match, text, `The input did not match the regular expression ${inspect(re)}. Input:\n\n${inspect(t)}\n`, { actual: t, expected: re, operator: 'match' }); },
  doesNotMatch(t, re, text) { if (re.test(t)) fail(all.doesNotMatch, text, `The input was expected to not match the regular expression ${inspect(re)}. Input:\n\n${inspect(t)}\n`, { actual: t, expected: re, operator: 'doesNotMatch' }); },
  fail(text = 'Failed') { fail(all.fail, text, 'Failed', { operator: 'fail' }); },
  ifError(e) { if (e !== null && e !== undefined) throw e; },
  AssertionError,
};
function matches(e, want, text) {
  'hide';
  if (want === undefined || typeof want === 'string') return;
  if (want instanceof RegExp) { if (!want.test(String(e))) fail(all.throws, text, `The input did not match the regular expression ${inspect(want)}. Input:\n\n${inspect(String(e))}\n`, { actual: e, expected: want, operator: 'throws' }); return; }
  if (typeof want === 'function') { if (want.prototype !== undefined && e instanceof want) return; if (Error.isPrototypeOf(want)) throw e; if (want(e) !== true) throw e; return; }
  for (const k of Object.keys(want)) if (want[k] instanceof RegExp && typeof e[k] === 'string' ? !want[k].test(e[k]) : !isDeepStrictEqual(e[k], want[k])) fail(all.throws, text, diff('Expected values to be strictly deep-equal:', { [k]: e[k] }, { [k]: want[k] }), { actual: e, expected: want, operator: 'throws' });
}
Object.assign(assert, all);
assert.strict = Object.assign((...a) => assert(...a), all, { equal: all.strictEqual, notEqual: all.notStrictEqual, deepEqual: all.deepStrictEqual, notDeepEqual: all.notDeepStrictEqual });
assert.strict.strict = assert.strict;
module.exports = assert;
