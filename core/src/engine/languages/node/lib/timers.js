// timers.
class Timeout {
  constructor(f, ms, every, args) { Object.defineProperty(this, 'id', { value: 0, writable: true, enumerable: false }); Object.defineProperty(this, 'parts', { value: [f, ms, every, args], enumerable: false }); this._idleTimeout = Math.max(1, Math.trunc(Number(ms)) || 1); this._onTimeout = f; this._repeat = every ? this._idleTimeout : null; this._destroyed = false; this.start(); }
  start() { const [f, ms, every, args] = this.parts; this.id = %timer(() => { 'at listOnTimeout (node:internal/timers:581:17)'; if (!every) this._destroyed = true; call(f, this, args); }, Number(ms) || 1, every, [], this); live.set(this.id, this); }
  ref() { %timerKeeps(this.id, true); return this; }
  unref() { %timerKeeps(this.id, false); return this; }
  hasRef() { return true; }
  refresh() { %clearTimer(this.id); this.start(); return this; }
  close() { clearTimeout(this); return this; }
  [Symbol.toPrimitive]() { return this.id; }
}
%hide(Timeout.prototype);
function call(f, t, args) { 'at Timeout._onTimeout (node:internal/timers:581:17)'; 'hide'; live.delete(t._repeat ? -1 : t.id); f.apply(t, args); }
const live = new Map();
const check = (f) => { 'hide'; if (typeof f !== 'function') throw %codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "callback" argument must be of type function. Received ${f === undefined ? 'undefined' : typeof f === 'string' ? `type string (${%inspect(f, 2)})` : %inspect(f, 2)}`); };
function setTimeout(f, ms, ...args) { check(f); return new Timeout(f, ms, false, args); }
function setInterval(f, ms, ...args) { check(f); return new Timeout(f, ms, true, args); }
function clearTimeout(t) { if (t === undefined || t === null) return; if (typeof t !== 'object') t = live.get(Number(t)); if (t && t.id !== undefined) { %clearTimer(t.id); live.delete(t.id); t._destroyed = true; } }
function clearInterval(t) { clearTimeout(t); }
class Immediate { constructor(f, args) { Object.defineProperty(this, 'id', { value: %immediate(() => { 'at process.processImmediate (node:internal/timers:483:21)'; f(...args); }, []), enumerable: false }); this._onImmediate = f; } }
function setImmediate(f, ...args) { check(f); return new Immediate(f, args); }
function clearImmediate(i) { if (i) %clearImmediate(i.id); }
const promises = { setTimeout: (ms, v) => new Promise((keep) => setTimeout(keep, ms, v)), setImmediate: (v) => new Promise((keep) => setImmediate(keep, v)), async *setInterval(ms, v) { for (;;) { await promises.setTimeout(ms); yield v; } } };
const CUSTOM = Symbol.for('nodejs.util.promisify.custom');
Object.defineProperty(setTimeout, CUSTOM, { value: promises.setTimeout });
Object.defineProperty(setImmediate, CUSTOM, { value: promises.setImmediate });
module.exports = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate, promises };
