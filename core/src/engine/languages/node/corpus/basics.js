let a = 1, b = 2.5; const c = 'x'; var d;
console.log(a + b, a / 0, -1 / 0, 0 / 0, 0.1 + 0.2, 1e21, 1e-7, 123456789012345680000, -0, [-0]);
console.log(typeof a, typeof c, typeof d, typeof null, typeof (() => 1), typeof Symbol(), typeof 1n, typeof undef);
console.log(1 + '2', '3' * '4', true + 1, [] + {}, [] + [], [1, 2] + '', null + 1, undefined + 1, +'', +' 12 ', +'1x');
console.log(1 == '1', null == undefined, null == 0, NaN == NaN, [1] == 1, '1' === 1, 'b' > 'a', 2 < 10, '2' < '10');
console.log(7 % 3, -7 % 3, 2 ** 10, 5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 31, -1 >>> 0, -1 >> 1, 10n ** 20n);
for (let i = 0, s = ''; i < 3; i++) { s += i; if (i === 1) continue; console.log(i, s); }
outer: for (const x of [1, 2, 3]) { for (const y of [1, 2, 3]) { if (y === 2) continue outer; if (x === 3) break outer; console.log(x, y); } }
let n = 0; do { n++; } while (n < 5); while (true) { if (n-- < 3) break; } console.log(n);
switch (3) { case 1: console.log('one'); case 3: console.log('three'); case 4: console.log('four'); break; default: console.log('default'); }
const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); console.log(fs.map((f) => f()));
const { x, y: { z = 5, ...rest } = {}, ...others } = { x: 1, y: { w: 2, v: 3 }, p: 4, q: 5 }; console.log(x, z, rest, others);
const [p, , q = 9, ...r] = [1, 2, undefined, 4, 5]; console.log(p, q, r);
function f(a, b = a + 1, ...c) { return [a, b, c, arguments.length]; } console.log(f(1), f(1, 2, 3, 4));
console.log(((a, { b, c = 3 }, [d]) => [a, b, c, d])(1, { b: 2 }, [4]));
const o = { a: 1, ['b' + 1]: 2, get g() { return this.a + 1; }, set s(v) { this.a = v; }, m() { return super.toString(); } };
o.s = 10; console.log(o.g, o.m(), o); console.log(o?.q?.w, o.q?.(), o?.['a'], null ?? 'd', 0 || 'e', 0 ?? 'f'); o.t ??= 3; o.a &&= 4; console.log(o.t, o.a);
function fact(n) { return n < 2 ? 1 : n * fact(n - 1); } console.log(fact(20), fact(25));
try { null.foo; } catch (e) { console.log(e.name, e.message); } finally { console.log('fin'); }
try { undefinedVar; } catch ({ message }) { console.log(message); }
try { tdz; let tdz = 1; } catch (e) { console.log(e.message); }
try { const k = 1; k = 2; } catch (e) { console.log(e.message); }
try { o.nope(); } catch (e) { console.log(e.message); }
try { a(); } catch (e) { console.log(e.message); } try { new a(); } catch (e) { console.log(e.message); }
try { o.a.b.c; } catch (e) { console.log(e.message); } try { for (const v of 5) { } } catch (e) { console.log(e.message); }
try { const { m } = null; } catch (e) { console.log(e.message); } try { [...undefined]; } catch (e) { console.log(e.name); }
function g() { try { return 'try'; } finally { console.log('cleanup'); } } console.log(g());
function h() { for (const i of [1, 2]) { try { continue; } finally { console.log('f', i); } } return 'done'; } console.log(h());
console.log(`a${1 + 1}b${[1, 2]}c${{}}`, `multi
line`, String.raw`\n${1}`, ((s, ...v) => s.raw.join('|') + v)`x${1}y${2}z`);
var hoisted = typeof later; function later() { } console.log(hoisted); console.log([..."héllo😀"].length, 'héllo😀'.length);
console.log(delete o.a, 'a' in o, Object.keys(o)); for (const k in { b: 1, a: 2, 1: 3, 0: 4 }) console.log(k);
var self = this; console.log(self === module.exports, (function () { return this === globalThis; })(), (() => this === self)());
console.log((function () { 'use strict'; return this; })(), [1, , 3], void 0, (1, 2));
label: { console.log('in'); break label; } let i = 5; console.log(i++ + ++i, i--, --i); var u = o.z2 = 5; console.log(u);
console.log([3, 1, 2].toString(), String([1, [2, 3]]), String({}), String(null), `${[]}`, parseInt('12px'), parseFloat('3.14abc'), Number('0x1f'), (255).toString(16), (0.5).toString(2), (1234.5678).toFixed(2), (0.000001234).toString(), 1e300 * 1e10);
