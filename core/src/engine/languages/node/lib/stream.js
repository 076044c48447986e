// stream, as far as files, sockets and pipes need it.
const EventEmitter = require('events');
class Stream extends EventEmitter { pipe(to, o) { return pipe(this, to, o); } }
function pipe(from, to, o) {
  from.on('data', (c) => { if (to.write(c) === false && from.pause) { from.pause(); to.once('drain', () => from.resume()); } });
  if (!o || o.end !== false) if (to !== process.stdout && to !== process.stderr) from.on('end', () => to.end());
  to.emit('pipe', from);
  return to;
}
class Readable extends Stream {
  constructor(o = {}) {
    super();
    this._o = o; this._q = []; this._flow = null; this._done = false; this._ended = false; this.destroyed = false; this.readable = true; this.readableEnded = false; this._encoding = o.encoding;
    for (const k of ['_o', '_q', '_flow', '_done', '_ended', '_encoding']) Object.defineProperty(this, k, { enumerable: false });
    if (o.read) this._read = o.read;
  }
  static from(list) { const r = new Readable({ objectMode: true, read() {} }); (async () => { try { for await (const v of list) r.push(v); r.push(null); } catch (e) { r.destroy(e); } })(); return r; }
  setEncoding(e) { this._encoding = e; return this; }
  push(c) {
    if (c === null) this._done = true;
    else { if (typeof c === 'string' && !this._o.objectMode) c = Buffer.from(c); this._q.push(this._encoding && typeof c !== 'string' && !this._o.objectMode ? c.toString(this._encoding) : c); }
    if (this._flow) this._turn(); else if (this._flow === null) this._tell();
    return true;
  }
  unshift(c) { this._q.unshift(c); }
  _tell() { if (this.listenerCount('readable')) process.nextTick(() => { if (this._q.length || this._done && !this._ended) this.emit('readable'); if (this._done && !this._q.length) this._finish(); }); }
  _turn() { if (this._soon) return; Object.defineProperty(this, '_soon', { value: true, writable: true, configurable: true, enumerable: false }); process.nextTick(() => { this._soon = false; this._go(); }); }
  _go() {
    while (this._flow && this._q.length) this.emit('data', this._q.shift());
    if (this._done && !this._q.length && this._flow) this._finish();
    else if (this._flow && !this._done && this._read && !this._q.length) this._read.call(this, 16384);
  }
  _finish() { if (this._ended) return; this._ended = true; this.readableEnded = true; this.readable = false; this.emit('end'); process.nextTick(() => this._close()); }
  _close() { if (this._closed) return; Object.defineProperty(this, '_closed', { value: true, enumerable: false }); this.emit('close'); }
  read() { if (!this._q.length) { if (this._done) process.nextTick(() => this._finish()); return null; } if (this._q.length === 1 || this._o.objectMode) return this._q.shift(); const all = this._encoding ? this._q.join('') : Buffer.concat(this._q); this._q = []; return all; }
  on(name, f) { super.on(name, f); if (name === 'data' && this._flow !== false) this.resume(); if (name === 'readable') this._tell(); return this; }
  resume() { this._flow = true; this._turn(); return this; }
  pause() { this._flow = false; return this; }
  isPaused() { return this._flow === false; }
  destroy(e) { if (this.destroyed) return this; this.destroyed = true; this._flow = false; process.nextTick(() => { if (e) this.emit('error', e); this._close(); }); return this; }
  async *[Symbol.asyncIterator]() {
    const q = []; let wake = null, over = false, bad = null;
    const tell = () => { if (wake) { wake(); wake = null; } };
    this.on('data', (c) => { q.push(c); tell(); }); this.on('end', () => { over = true; tell(); }); this.on('error', (e) => { bad = e; tell(); });
    for (;;) { if (q.length) yield q.shift(); else if (bad) throw bad; else if (over) return; else await new Promise((keep) => { wake = keep; }); }
  }
}
Readable.prototype.addListener = Readable.prototype.on;
class Writable extends Stream {
  constructor(o = {}) {
    super();
    this.writable = true; this.writableEnded = false; this.writableFinished = false; this.destroyed = false;
    for (const [k, v] of [['_w', o], ['_wq', []], ['_busy', false]]) Object.defineProperty(this, k, { value: v, writable: true, enumerable: false });
    if (o.write) this._write = o.write; if (o.final) this._final = o.final;
  }
  write(c, enc, done) {
    if (typeof enc === 'function') { done = enc; enc = undefined; }
    if (this.writableEnded) { const e = %codedError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end'); process.nextTick(() => { if (done) done(e); this.emit('error', e); }); return false; }
    if (typeof c === 'string' && !this._w.objectMode && this._w.decodeStrings !== false) { c = Buffer.from(c, enc); enc = 'buffer'; }
    this._wq.push([c, enc || 'buffer', done]); this._step(); return this._wq.length < 16;
  }
  _step() {
    if (this._busy) return;
    const next = this._wq.shift();
    if (!next) { if (this.writableEnded && !this.writableFinished) this._over(); else if (this._full) { this._full = false; this.emit('drain'); } return; }
    this._busy = true;
    let now = true;
    this._write(next[0], next[1], (e) => { this._busy = false; const go = () => { if (next[2]) next[2](e); if (e) this.emit('error', e); else this._step(); }; if (now) process.nextTick(go); else go(); });
    now = false;
  }
  _write(c, enc, done) { %missing('a Writable without a write'); }
  _over() { if (this.writableFinished) return; this.writableFinished = true; const end = (e) => { if (e) this.emit('error', e); else process.nextTick(() => { this.emit('finish'); this.emit('close'); }); }; if (this._final) this._final(end); else end(); }
  end(c, enc, done) { if (typeof c === 'function') { done = c; c = undefined; } if (typeof enc === 'function') { done = enc; enc = undefined; } if (c !== undefined && c !== null) this.write(c, enc); if (done) this.once('finish', done); if (this.writableEnded) return this; this.writableEnded = true; this.writable = false; this._step(); return this; }
  destroy(e) { if (this.destroyed) return this; this.destroyed = true; process.nextTick(() => { if (e) this.emit('error', e); this.emit('close'); }); return this; }
  cork() {} uncork() {} setDefaultEncoding() { return this; }
}
class Duplex extends Readable {
  constructor(o = {}) { super(o); this.writable = true; this.writableEnded = false; this.writableFinished = false; for (const [k, v] of [['_w', o], ['_wq', []], ['_busy', false]]) Object.defineProperty(this, k, { value: v, writable: true, enumerable: false }); if (o.write) this._write = o.write; if (o.final) this._final = o.final; }
}
for (const k of ['write', '_step', '_over', 'end', 'cork', 'uncork']) Object.defineProperty(Duplex.prototype, k, { value: Writable.prototype[k], writable: true, configurable: true, enumerable: false });
class Transform extends Duplex {
  constructor(o = {}) { super(o); if (o.transform) this._transform = o.transform; if (o.flush) this._flush = o.flush; }
  _write(c, enc, done) { this._transform(c, enc, (e, v) => { if (v !== undefined && v !== null) this.push(v); done(e); }); }
  _final(done) { if (this._flush) this._flush((e, v) => { if (v !== undefined && v !== null) this.push(v); this.push(null); done(e); }); else { this.push(null); done(); } }
}
class PassThrough extends Transform { _transform(c, enc, done) { done(null, c); } }
function finished(s, done) { const ok = () => done(); s.once('end', ok); s.once('finish', ok); s.once('error', done); }
function pipeline(...parts) {
  const done = typeof parts[parts.length - 1] === 'function' ? parts.pop() : () => {};
  let over = false;
  const end = (e) => { if (over) return; over = true; done(e); };
  parts.forEach((p) => p.on('error', end));
  for (let i = 0; i + 1 < parts.length; i++) parts[i].pipe(parts[i + 1]);
  parts[parts.length - 1].on('finish', () => end());
  return parts[parts.length - 1];
}
class StringDecoder { constructor(e) { this.encoding = e || 'utf8'; } write(b) { return b.toString(this.encoding); } end(b) { return b ? b.toString(this.encoding) : ''; } }
function stdin() {
  const s = new Readable();
  s.fd = 0;
  s.isTTY = %fact('tty0') || undefined;
  let begun = false;
  s._read = () => { if (begun) return; begun = true; %watch(0, (what, bytes) => { if (what === 'data') s.push(bytes); else s.push(null); }, false); };
  const resume = s.resume;
  s.resume = function () { resume.call(s); s._read(); %keepAlive(0, true); return s; };
  s.pause = function () { Readable.prototype.pause.call(s); %unwatch(0); begun = false; return s; };
  s.setRawMode = () => s; s.ref = () => { %keepAlive(0, true); return s; }; s.unref = () => { %keepAlive(0, false); return s; };
  const on = s.on;
  s.on = function (name, f) { on.call(s, name, f); if (name === 'readable') s._read(); return s; };
  return s;
}
Object.assign(Stream, { Stream, Readable, Writable, Duplex, Transform, PassThrough, finished, pipeline, promises: { pipeline: (...p) => new Promise((keep, fail) => pipeline(...p, (e) => e ? fail(e) : keep())), finished: (s) => new Promise((keep, fail) => finished(s, (e) => e ? fail(e) : keep())) }, stdin, string_decoder: { StringDecoder } });
%hide(Stream);
module.exports = Stream;
