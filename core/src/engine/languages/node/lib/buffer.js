// buffer.
const proto = Object.getPrototypeOf(%buffer('', 'utf8'));
class Buffer extends Uint8Array {
  constructor(...args) { return Buffer.from(...args); }
  static from(v, encoding) {
    if (typeof v === 'string' || Array.isArray(v)) return %buffer(v, encoding);
    if (v !== null && typeof v === 'object') { if (%kind(v) === 'bytes') return %buffer(v); if (v.type === 'Buffer' && Array.isArray(v.data)) return %buffer(v.data); if (typeof v.length === 'number') return %buffer(Array.from(v)); const p = v.valueOf(); if (typeof p === 'string') return %buffer(p); }
    throw %codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object. Received ${v === undefined ? 'undefined' : v === null ? 'null' : `type ${typeof v} (${String(v)})`}`);
  }
  static alloc(n, fill) { const b = %buffer(n); return fill === undefined ? b : b.fill(fill); }
  static allocUnsafe(n) { return %buffer(n); }
  static isBuffer(v) { return v !== null && typeof v === 'object' && Object.getPrototypeOf(v) === proto; }
  static isEncoding(e) { return ['utf8', 'utf-8', 'hex', 'base64', 'base64url', 'latin1', 'binary', 'ascii'].includes(String(e).toLowerCase()); }
  static byteLength(v, e) { return typeof v === 'string' ? %buffer(v, e).length : v.length; }
  static concat(list) { return %bytesJoin(list); }
  static compare(a, b) { return a.compare(b); }
  toString(encoding, a, b) { return %bytesText(this, encoding, a, b); }
  toJSON() { return { type: 'Buffer', data: [...this] }; }
  slice(a, b) { return %bytesSlice(this, a, b); }
  subarray(a, b) { return %bytesSlice(this, a, b); }
  equals(o) { return this.length === o.length && %bytesFind(this, o) === 0; }
  compare(o) { const n = Math.min(this.length, o.length); for (let i = 0; i < n; i++) if (this[i] !== o[i]) return this[i] < o[i] ? -1 : 1; return this.length < o.length ? -1 : this.length > o.length ? 1 : 0; }
  indexOf(v) { return %bytesFind(this, typeof v === 'number' ? %buffer([v]) : typeof v === 'string' ? %buffer(v) : v); }
  includes(v) { return this.indexOf(v) >= 0; }
  write(text, at = 0) { const b = %buffer(text); let i = 0; for (; i < b.length && at + i < this.length; i++) this[at + i] = b[i]; return i; }
  fill(v, a = 0, b = this.length) { const p = typeof v === 'number' ? [v] : %buffer(v); for (let i = a; i < b; i++) this[i] = p[(i - a) % p.length]; return this; }
  copy(target, at = 0, from = 0, to = this.length) { let n = 0; for (let i = from; i < to && at + n < target.length; i++, n++) target[at + n] = this[i]; return n; }
  readUInt8(at = 0) { return this[at]; }
  writeUInt8(v, at = 0) { this[at] = v; return at + 1; }
  readUInt16BE(at = 0) { return this[at] << 8 | this[at + 1]; }
  readUInt16LE(at = 0) { return this[at + 1] << 8 | this[at]; }
  readUInt32BE(at = 0) { return ((this[at] << 24 | this[at + 1] << 16 | this[at + 2] << 8 | this[at + 3]) >>> 0); }
  readUInt32LE(at = 0) { return ((this[at + 3] << 24 | this[at + 2] << 16 | this[at + 1] << 8 | this[at]) >>> 0); }
  writeUInt32BE(v, at = 0) { for (let i = 0; i < 4; i++) this[at + i] = v >>> (24 - 8 * i) & 255; return at + 4; }
}
for (const k of Object.getOwnPropertyNames(Buffer.prototype)) Object.defineProperty(proto, k, { value: Buffer.prototype[k], writable: true, configurable: true, enumerable: false });
const Callable = function Buffer_(v, e) { return typeof v === 'number' ? %buffer(v) : Buffer.from(v, e); };
for (const k of Object.getOwnPropertyNames(Buffer)) if (!['length', 'name', 'prototype'].includes(k)) Callable[k] = Buffer[k];
Object.defineProperty(Callable, 'name', { value: 'Buffer' });
Object.setPrototypeOf(Callable, Uint8Array);
Callable.prototype = proto;
Callable.poolSize = 8192;
Object.defineProperty(proto, 'constructor', { value: Callable, writable: true, configurable: true, enumerable: false });
%hide(Callable);
module.exports = { Buffer: Callable, kMaxLength: 4294967296, constants: { MAX_LENGTH: 4294967296 } };
