// events.
class EventEmitter {
  constructor() { EventEmitter.init(this); }
  static init(e) { 'hide'; if (!e._events || e._events === Object.getPrototypeOf(e)._events) { e._events = Object.create(null); e._eventsCount = 0; } e._maxListeners = e._maxListeners ?? undefined; }
  on(name, f) { return add(this, name, f, f, false); }
  prependListener(name, f) { return add(this, name, f, f, true); }
  once(name, f) { return add(this, name, wrap(this, name, f), f, false); }
  prependOnceListener(name, f) { return add(this, name, wrap(this, name, f), f, true); }
  off(name, f) {
    const list = (this._events || {})[name];
    if (!list) return this;
    for (let i = list.length - 1; i >= 0; i--) if (list[i] === f || list[i].listener === f) {
      this._events[name] = list.filter((_, at) => at !== i);
      if (!this._events[name].length) { delete this._events[name]; this._eventsCount--; }
      if (this._events.removeListener) this.emit('removeListener', name, f);
      break;
    }
    return this;
  }
  removeAllListeners(name) { if (name === undefined) { this._events = Object.create(null); this._eventsCount = 0; } else if (this._events && name in this._events) { delete this._events[name]; this._eventsCount--; } return this; }
  emit(name, ...args) {
    'at EventEmitter.emit (node:events:524:28)';
    const list = this._events && this._events[name];
    if (!list) {
      if (name === 'error') {
        let e = args[0];
        if (!(e instanceof Error)) e = Object.assign(%codedError(Error, 'ERR_UNHANDLED_ERROR', `Unhandled error. (${typeof e === 'string' ? `'${e}'` : %inspect(e, 2)})`), { context: e });
        throw %arrow(e, 'node:events:502\n      throw er; // Unhandled \'error\' event\n      ^\n');
      }
      return false;
    }
    for (const f of list) f.apply(this, args);
    return true;
  }
  listeners(name) { return ((this._events || {})[name] || []).map((f) => f.listener || f); }
  rawListeners(name) { return ((this._events || {})[name] || []).slice(); }
  listenerCount(name) { return ((this._events || {})[name] || []).length; }
  eventNames() { return Reflect.ownKeys(this._events || {}); }
  setMaxListeners(n) { this._maxListeners = n; return this; }
  getMaxListeners() { return this._maxListeners ?? 10; }
}
function add(e, name, f, original, first) {
  'hide';
  if (typeof original !== 'function') throw %codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "listener" argument must be of type function. Received ${original === undefined ? 'undefined' : %inspect(original, 2)}`);
  if (!e._events) EventEmitter.init(e);
  if (e._events.newListener) e.emit('newListener', name, original);
  const list = e._events[name];
  if (!list) e._eventsCount++;
  e._events[name] = list ? (first ? [f, ...list] : [...list, f]) : [f];
  const max = e._maxListeners ?? 10;
  if (max > 0 && e._events[name].length === max + 1) process.emitWarning(Object.assign(new Error(`Possible EventEmitter memory leak detected. ${max + 1} ${String(name)} listeners added to ${%inspect(e, -1).replace(/ \{[^]*/, '')}. Use emitter.setMaxListeners() to increase limit`), { name: 'MaxListenersExceededWarning' }));
  return e;
}
function wrap(e, name, f) {
  'hide';
  const once = function (...args) { 'at Object.onceWrapper (node:events:639:26)'; e.off(name, once); return f.apply(this, args); };
  once.listener = f;
  return once;
}
EventEmitter.prototype.addListener = EventEmitter.prototype.on;
EventEmitter.prototype.removeListener = EventEmitter.prototype.off;
%hide(EventEmitter.prototype);
function Callable() { 'hide'; EventEmitter.init(this); }
Callable.prototype = EventEmitter.prototype;
Object.defineProperty(Callable, 'name', { value: 'EventEmitter' });
Object.defineProperty(EventEmitter.prototype, 'constructor', { value: Callable, writable: true, configurable: true, enumerable: false });
Callable.EventEmitter = Callable;
Callable.defaultMaxListeners = 10;
Callable.init = EventEmitter.init;
Callable.once = (e, name) => new Promise((keep, fail) => { const bad = (x) => { e.off(name, good); fail(x); }; const good = (...a) => { e.off('error', bad); keep(a); }; e.once(name, good); if (name !== 'error') e.once('error', bad); });
Callable.on = () => %missing('events.on');
Callable.listenerCount = (e, name) => e.listenerCount(name);
class Event { constructor(type) { this.type = type; this.defaultPrevented = false; } preventDefault() { this.defaultPrevented = true; } }
class EventTarget {
  #l = {};
  addEventListener(t, f, o) { (this.#l[t] ||= []).push({ f, once: o && o.once }); }
  removeEventListener(t, f) { this.#l[t] = (this.#l[t] || []).filter((x) => x.f !== f); }
  dispatchEvent(e) { e.target = this; for (const x of (this.#l[e.type] || []).slice()) { if (x.once) this.removeEventListener(e.type, x.f); (x.f.handleEvent || x.f).call(this, e); } return !e.defaultPrevented; }
}
class AbortSignal extends EventTarget { aborted = false; reason = undefined; throwIfAborted() { if (this.aborted) throw this.reason; } static timeout(ms) { const c = new AbortController(); setTimeout(() => c.abort(Object.assign(new Error('The operation was aborted due to timeout'), { name: 'TimeoutError' })), ms).unref(); return c.signal; } }
class AbortController { signal = new AbortSignal(); abort(reason = Object.assign(new Error('This operation was aborted'), { name: 'AbortError', code: 20 })) { const s = this.signal; if (s.aborted) return; s.aborted = true; s.reason = reason; const e = new Event('abort'); s.dispatchEvent(e); if (s.onabort) s.onabort(e); } }
Callable.classes = { Event, EventTarget, AbortController, AbortSignal };
%hide(Callable.classes);
module.exports = Callable;
