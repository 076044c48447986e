// Promises.
const methods = %hooked('methods');
const Promise = function Promise(executor) {
  'at new Promise (<anonymous>)';
  if (!new.target) throw new TypeError("Promise constructor cannot be invoked without 'new'");
  if (typeof executor !== 'function') throw new TypeError(`Promise resolver ${%hooked('brief')(executor)} is not a function`);
  const p = %newPromise(new.target);
  const r = %resolvers(p);
  try { executor(r[0], r[1]); } catch (e) { r[1](e); }
  return p;
};
const proto = Object.getPrototypeOf(%newPromise());
Promise.prototype = proto;
Object.defineProperty(Promise, 'prototype', { writable: false, enumerable: false });
Object.defineProperty(Promise, 'length', { value: 1 });
function then(kept, broken) { return %then(this, kept, broken); }
%hook('then', then);
const settled = (p) => { const made = %newPromise(Promise); const r = %resolvers(made); return [made, r[0], r[1]]; };
methods(proto, {
  constructor: Promise,
  then,
  catch(f) { return this.then(undefined, f); },
  finally(f) {
    if (typeof f !== 'function') return this.then(f, f);
    return this.then((v) => Promise.resolve(f()).then(() => v), (e) => Promise.resolve(f()).then(() => { throw e; }));
  },
});
const isPromise = (v) => v !== null && typeof v === 'object' && %kind(v) === 'promise';
methods(Promise, {
  resolve(v) { if (isPromise(v) && v.constructor === this) return v; const [p, keep] = settled(); keep(v); return p; },
  reject(e) { const [p, , fail] = settled(); fail(e); return p; },
  all(list) {
    return new Promise((keep, fail) => {
      const out = [];
      let left = 1, at = 0;
      for (const item of list) { const i = at++; left++; out[i] = undefined; Promise.resolve(item).then((v) => { out[i] = v; if (--left === 0) keep(out); }, fail); }
      if (--left === 0) keep(out);
    });
  },
  allSettled(list) {
    const one = (item) => Promise.resolve(item).then((value) => ({ status: 'fulfilled', value }), (reason) => ({ status: 'rejected', reason }));
    return Promise.all(Array.from(list, one));
  },
  race(list) { return new Promise((keep, fail) => { for (const item of list) Promise.resolve(item).then(keep, fail); }); },
  any(list) {
    return new Promise((keep, fail) => {
      const errors = [];
      let left = 1, at = 0;
      for (const item of list) { const i = at++; left++; Promise.resolve(item).then(keep, (e) => { errors[i] = e; if (--left === 0) fail(new AggregateError(errors, 'All promises were rejected')); }); }
      if (--left === 0) fail(new AggregateError(errors, 'All promises were rejected'));
    });
  },
  withResolvers() { const [promise, resolve, reject] = settled(); return { promise, resolve, reject }; },
});
if (parseInt(%fact('version')) < 22) delete Promise.withResolvers;
Object.defineProperty(globalThis, 'Promise', { value: Promise, writable: true, configurable: true, enumerable: false });
