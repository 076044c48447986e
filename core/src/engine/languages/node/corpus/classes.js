class A { #p = 1; static count = 0; x = 5; constructor(v) { this.v = v; A.count++; } get p() { return this.#p; } set p(v) { this.#p = v; } m() { return `A.m ${this.v}`; } static make(...a) { return new this(...a); } #priv() { return 'priv'; } callPriv() { return this.#priv(); } static { A.ready = true; } has(o) { return #p in o; } }
class B extends A { y = this.x + 1; constructor(v, w) { super(v); this.w = w; } m() { return super.m() + ' B.m'; } toString() { return `B(${this.v})`; } }
const b = B.make(1, 2); b.p = 7; console.log(b, b.m(), b.p, b.callPriv(), `${b}`, A.count, A.ready, b instanceof A, b.has(b), b.has({}));
console.log(A, B, class { }, class extends A { }, B.name, A.prototype.constructor === A, Object.getPrototypeOf(B) === A, typeof A);
function Old(n) { this.n = n; } Old.prototype.get = function () { return this.n; }; const o = new Old(3); console.log(o, o.get(), o.constructor.name);
class E2 extends Error { constructor(m, code) { super(m); this.name = 'E2'; this.code = code; } } const e = new E2('bad', 42); console.log(e.message, e.name, e.code, e instanceof E2, e instanceof Error, String(e), Object.prototype.toString.call(e));
try { A(); } catch (e) { console.log(e.message); } try { new (class extends A { constructor() { } })(); } catch (e) { console.log(e.message); }
class L extends Array { sum() { return this.reduce((a, b) => a + b, 0); } } const l = new L(); l.push(1, 2, 3); console.log(l.sum(), l.length, l);
class M extends Map { getOr(k, d) { return this.has(k) ? this.get(k) : d; } } console.log(new M([[1, 2]]).getOr(1), new M().getOr(1, 'no'));
const mixin = (S) => class extends S { mixed() { return 'mixed'; } }; class C extends mixin(A) { } console.log(new C(1).mixed(), new C(2));
const proto = { hi() { return 'hi ' + this.n; } }; const ch = Object.create(proto, { n: { value: 1, enumerable: true } }); console.log(ch.hi(), ch, Object.create(null), Object.assign(Object.create(null), { a: 1 }));
function* gen(n) { for (let i = 0; i < n; i++) { const r = yield i; if (r) console.log('got', r); } return 'end'; }
const g = gen(3); console.log(g.next(), g.next('hey'), g.next(), g.next(), g.next(), [...gen(3)]);
function* del() { yield* [1, 2]; const r = yield* gen(1); console.log(r); } console.log([...del()]);
function* fin() { try { yield 1; yield 2; } finally { console.log('closed'); } } for (const v of fin()) { console.log(v); break; }
const it = { from: 1, to: 3, [Symbol.iterator]() { let c = this.from, t = this.to; return { next: () => c <= t ? { value: c++, done: false } : { value: undefined, done: true } }; } }; console.log([...it], Math.max(...it), Array.from(it, (v) => v * 2));
const frozen = Object.freeze({ a: 1 }); frozen.a = 2; console.log(frozen.a, Object.isFrozen(frozen)); (function () { 'use strict'; try { frozen.a = 3; } catch (e) { console.log(e.message); } try { frozen.b = 3; } catch (e) { console.log(e.message); } try { delete frozen.a; } catch (e) { console.log(e.message); } })();
const sym = Symbol('s'); console.log({ [sym]: 1, a: sym }, sym.toString(), sym.description, Symbol.for('k') === Symbol.for('k'));
console.log([1, 2, 3].map(String), ['a', 'b'].entries().next(), Object.getOwnPropertyNames(A.prototype), { a() { }, b: () => { }, c: function () { }, d: class { }, e: async () => { }, f: function* () { } });
const bound = function (a, b) { return [this.q, a, b]; }.bind({ q: 1 }, 2); console.log(bound(3), bound.name, Math.max.apply(null, [1, 3, 2]), 0);
console.log(Object.entries({ a: 1, b: 2 }), Object.fromEntries([['x', 1]]), { ...{ a: 1 }, b: 2, ...[9] }, Object.getOwnPropertyDescriptor({ get a() { return 1; } }, 'a'), Object.getOwnPropertyDescriptor([1], 'length'));
