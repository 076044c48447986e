// http: messages over sockets. https is not simulated as a server; as a client it is the internet's same bytes.
const net = require('net');
const { Readable, Writable } = require('stream');
const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
const STATUS_CODES = {};
for (let i = 100; i < 512; i++) { const r = %httpReason(i); if (r) STATUS_CODES[i] = r; }
class IncomingMessage extends Readable {
  constructor(socket) { super({ read() {} }); this.socket = socket; this.connection = socket; this.headers = {}; this.rawHeaders = []; this.httpVersion = '1.1'; this.complete = false; for (const k of ['socket', 'connection']) Object.defineProperty(this, k, { enumerable: false }); }
  _fill(list) {
    this.rawHeaders = list;
    for (let i = 0; i < list.length; i += 2) {
      const k = list[i].toLowerCase(), v = list[i + 1];
      if (k === 'set-cookie') (this.headers[k] ||= []).push(v);
      else if (k in this.headers) { if (!['host', 'content-length', 'content-type', 'user-agent', 'authorization'].includes(k)) this.headers[k] += `${k === 'cookie' ? '; ' : ', '}${v}`; }
      else this.headers[k] = v;
    }
  }
  setTimeout() { return this; }
}
const headerName = (k) => { if (typeof k !== 'string' || !/^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/.test(k)) throw %codedError(TypeError, 'ERR_INVALID_HTTP_TOKEN', `Header name must be a valid HTTP token ["${k}"]`); };
class OutgoingMessage extends Writable {
  constructor() { super({}); this.headersSent = false; this.finished = false; for (const [k, v] of [['h_', new Map()], ['chunked_', false], ['sent_', 0]]) Object.defineProperty(this, k, { value: v, writable: true, enumerable: false }); }
  setHeader(k, v) {
    headerName(k);
    if (v === undefined) throw %codedError(TypeError, 'ERR_HTTP_INVALID_HEADER_VALUE', `Invalid value "undefined" for header "${k}"`);
    if (this.headersSent) throw %codedError(Error, 'ERR_HTTP_HEADERS_SENT', 'Cannot set headers after they are sent to the client');
    this.h_.set(k.toLowerCase(), [k, v]); return this;
  }
  appendHeader(k, v) { const old = this.getHeader(k); return this.setHeader(k, old === undefined ? v : [].concat(old, v)); }
  getHeader(k) { const e = this.h_.get(k.toLowerCase()); return e && e[1]; }
  hasHeader(k) { return this.h_.has(k.toLowerCase()); }
  removeHeader(k) { if (this.headersSent) throw %codedError(Error, 'ERR_HTTP_HEADERS_SENT', 'Cannot remove headers after they are sent to the client'); this.h_.delete(k.toLowerCase()); }
  getHeaders() { const out = Object.create(null); for (const [k, e] of this.h_) out[k] = e[1]; return out; }
  getHeaderNames() { return [...this.h_.keys()]; }
  flushHeaders() {}
  _lines() { let out = ''; for (const [, [k, v]] of this.h_) for (const one of Array.isArray(v) ? v : [v]) out += `${k}: ${one}\r\n`; return out; }
}
class ServerResponse extends OutgoingMessage {
  constructor(req, socket, done) { super(); this.statusCode = 200; this.statusMessage = undefined; this.req = req; this.socket = socket; this.sendDate = true; for (const [k, v] of [['req', req], ['socket', socket], ['done_', done]]) Object.defineProperty(this, k, { value: v, writable: true, enumerable: false }); }
  get connection() { return this.socket; }
  writeHead(status, reason, headers) {
    'at ServerResponse.writeHead (node:_http_server:345:11)';
    if (this.headersSent) throw %codedError(Error, 'ERR_HTTP_HEADERS_SENT', 'Cannot write headers after they are sent to the client');
    if (!(status >= 100 && status <= 999)) throw %codedError(RangeError, 'ERR_HTTP_INVALID_STATUS_CODE', `Invalid status code: ${status}`);
    if (typeof reason === 'string') this.statusMessage = reason; else headers = reason;
    this.statusCode = Number(status);
    if (Array.isArray(headers)) for (let i = 0; i < headers.length; i += 2) this.setHeader(headers[i], headers[i + 1]);
    else if (headers) for (const k of Object.keys(headers)) this.setHeader(k, headers[k]);
    this.headSet_ = true; Object.defineProperty(this, 'headSet_', { enumerable: false });
    return this;
  }
  writeContinue() {}
  _head(length) {
    if (this.headersSent) return '';
    const close = !this.req.keep_;
    this.statusMessage ||= STATUS_CODES[this.statusCode] || 'unknown';
    const bodiless = this.statusCode === 204 || this.statusCode === 304;
    let out = `HTTP/1.1 ${this.statusCode} ${this.statusMessage}\r\n${this._lines()}`;
    if (this.sendDate && !this.hasHeader('date')) out += `Date: ${%httpDate()}\r\n`;
    if (!this.hasHeader('connection')) out += close ? 'Connection: close\r\n' : 'Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n';
    else if (String(this.getHeader('connection')).toLowerCase() === 'close') this.req.keep_ = false;
    if (!this.hasHeader('content-length') && !this.hasHeader('transfer-encoding') && !bodiless) {
      if (length !== null) out += `Content-Length: ${length}\r\n`;
      else if (this.req.httpVersion === '1.0') this.req.keep_ = false;
      else { out += 'Transfer-Encoding: chunked\r\n'; this.chunked_ = true; }
    } else if (this.hasHeader('transfer-encoding') && !bodiless) this.chunked_ = true;
    this.headersSent = true;
    return out + '\r\n';
  }
  write(c, enc, done) {
    if (typeof enc === 'function') { done = enc; enc = undefined; }
    if (this.finished) { const e = %codedError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end'); process.nextTick(() => this.emit('error', e)); return false; }
    if (typeof c !== 'string' && %kind(c) !== 'bytes') throw %codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "chunk" argument must be of type string or an instance of Buffer or Uint8Array. Received ${c === null ? 'null' : c === undefined ? 'undefined' : typeof c === 'object' ? `an instance of ${c.constructor.name}` : `type ${typeof c} (${String(c)})`}`);
    const head = this._head(null);
    this._put(head, c, enc);
    if (done) process.nextTick(done);
    return true;
  }
  _put(head, c, enc) {
    const fd = this.socket.fd_;
    if (fd < 0) return;
    if (head) %send(fd, head);
    if (c === undefined || this.req.method === 'HEAD') return;
    const b = typeof c === 'string' ? Buffer.from(c, enc) : c;
    if (!b.length) return;
    if (this.chunked_) %send(fd, `${b.length.toString(16)}\r\n`);
    %send(fd, b);
    if (this.chunked_) %send(fd, '\r\n');
  }
  end(c, enc, done) {
    if (typeof c === 'function') { done = c; c = undefined; } else if (typeof enc === 'function') { done = enc; enc = undefined; }
    if (this.finished) return this;
    if (c !== undefined && c !== null && typeof c !== 'string' && %kind(c) !== 'bytes') throw %codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "chunk" argument must be of type string or an instance of Buffer or Uint8Array. Received ${typeof c === 'object' ? `an instance of ${c.constructor.name}` : `type ${typeof c} (${String(c)})`}`);
    const b = c === undefined || c === null ? undefined : typeof c === 'string' ? Buffer.from(c, enc) : c;
    const head = this._head(b ? b.length : 0);
    this._put(head, b);
    if (this.chunked_ && this.req.method !== 'HEAD') %send(this.socket.fd_, '0\r\n\r\n');
    this.finished = true; this.writableEnded = true; this.writable = false;
    if (done) this.once('finish', done);
    process.nextTick(() => { this.writableFinished = true; this.emit('finish'); this.emit('close'); this.done_(); });
    return this;
  }
}
class Server extends net.ServerClass {
  constructor(o, f) {
    super();
    if (typeof o === 'function') f = o;
    if (f) this.on('request', f);
    this.keepAliveTimeout = 5000; this.headersTimeout = 60000; this.requestTimeout = 300000; this.timeout = 0;
    for (const k of ['keepAliveTimeout', 'headersTimeout', 'requestTimeout', 'timeout']) Object.defineProperty(this, k, { enumerable: false });
    this.on('connection', (c) => serve(this, c));
  }
  closeIdleConnections() { for (const c of this.state_.open) if (!c.busy_) c.destroy(); }
  setTimeout() { return this; }
}
function serve(server, c) {
  'hide';
  let held = Buffer.alloc(0), over = false;
  Object.defineProperty(c, 'busy_', { value: false, writable: true, enumerable: false });
  const next = () => {
    'hide';
    if (c.busy_ || c.destroyed) return;
    const r = %parseRequest(held);
    if (r === undefined) { if (over) c.destroy(); return; }
    if (typeof r === 'number') { %send(c.fd_, `HTTP/1.1 ${r} ${STATUS_CODES[r]}\r\nConnection: close\r\n\r\n`); c.destroy(); return; }
    const [method, target, version, headers, body, used] = r;
    held = held.subarray(used);
    const req = new IncomingMessage(c);
    req.method = method; req.url = target; req.httpVersion = version.slice(5);
    req._fill(headers);
    const wish = (req.headers.connection || '').toLowerCase();
    Object.defineProperty(req, 'keep_', { value: req.httpVersion === '1.1' ? wish !== 'close' : wish === 'keep-alive', writable: true, enumerable: false });
    c.busy_ = true;
    const res = new ServerResponse(req, c, () => { 'hide'; c.busy_ = false; if (!req.keep_ || over && !held.length || server.closing_) c.destroy(); else next(); });
    if (body.length) req.push(body);
    req.push(null); req.complete = true;
    if (server.listenerCount('upgrade') && req.headers.upgrade) %missing('an upgrade of a connection');
    parserOnIncoming(server, req, res);
  };
  c.on('data', (b) => { held = held.length ? Buffer.concat([held, b]) : b; next(); });
  c.on('end', () => { over = true; if (!c.busy_) next(); });
  c.on('error', () => {});
  c.allowHalfOpen = true; Object.defineProperty(c, 'allowHalfOpen', { enumerable: false });
}
class ClientRequest extends OutgoingMessage {
  constructor(o, done, secure) {
    super();
    this.method = (o.method || 'GET').toUpperCase(); this.path = o.path || '/'; this.host = o.hostname || o.host || 'localhost'; this.protocol = secure ? 'https:' : 'http:';
    const port = Number(o.port || (secure ? 443 : 80));
    if (secure && !public_(this.host)) %missing(`https to ${this.host}: there is no TLS`);
    const usual = secure ? 443 : 80;
    for (const k of Object.keys(o.headers || {})) this.setHeader(k, o.headers[k]);
    if (!this.hasHeader('host')) this.setHeader('Host', port === usual ? this.host : `${this.host}:${port}`);
    if (o.auth && !this.hasHeader('authorization')) this.setHeader('Authorization', `Basic ${Buffer.from(o.auth).toString('base64')}`);
    for (const [k, v] of [['parts_', []], ['port_', port]]) Object.defineProperty(this, k, { value: v, writable: true, enumerable: false });
    if (done) this.once('response', done);
    if (o.timeout) this.setTimeout(o.timeout);
    if (o.signal) o.signal.addEventListener('abort', () => this.destroy(o.signal.reason));
  }
  write(c, enc) { this.parts_.push(typeof c === 'string' ? Buffer.from(c, enc) : c); return true; }
  end(c, enc, done) {
    if (typeof c === 'function') done = c; else if (c !== undefined && c !== null) this.write(c, typeof enc === 'string' ? enc : undefined);
    if (this.finished) return this;
    this.finished = true; this.writableEnded = true;
    const body = Buffer.concat(this.parts_);
    if (!this.hasHeader('content-length') && (body.length || ['POST', 'PUT', 'PATCH'].includes(this.method))) this.setHeader('Content-Length', body.length);
    if (!this.hasHeader('connection')) this.setHeader('Connection', 'close');
    const s = new net.Socket();
    this.socket = s; Object.defineProperty(this, 'socket', { enumerable: false });
    let held = Buffer.alloc(0), told = false;
    s.on('error', (e) => { if (!this.destroyed) this.emit('error', e); });
    s.connect(this.port_, this.host, () => { this.emit('socket', s); %send(s.fd_, `${this.method} ${this.path} HTTP/1.1\r\n${this._lines()}\r\n`); %send(s.fd_, body); this.headersSent = true; this.emit('finish'); });
    const look = (ended) => {
      if (told || this.destroyed) return;
      const r = %parseResponse(held, this.method, ended);
      if (r === undefined) return;
      told = true;
      if (r === null) { const e = Object.assign(new Error(held.length ? 'Parse Error: Expected HTTP/' : 'socket hang up'), { code: held.length ? 'HPE_INVALID_CONSTANT' : 'ECONNRESET' }); this.emit('error', e); return; }
      const [status, reason, version, headers, data] = r;
      const res = new IncomingMessage(s);
      res.statusCode = status; res.statusMessage = reason; res.httpVersion = version.slice(5);
      res._fill(headers);
      res.req = this; Object.defineProperty(res, 'req', { enumerable: false });
      if (data.length) res.push(data);
      res.push(null); res.complete = true;
      s.destroy();
      if (this.timer_) clearTimeout(this.timer_);
      if (!this.emit('response', res)) res.resume();
      this.emit('close');
    };
    s.on('data', (b) => { held = Buffer.concat([held, b]); look(false); });
    s.on('end', () => look(true));
    return this;
  }
  setTimeout(ms, f) { if (f) this.once('timeout', f); this.timer_ = setTimeout(() => this.emit('timeout'), ms); Object.defineProperty(this, 'timer_', { enumerable: false }); return this; }
  abort() { this.destroy(); }
  destroy(e) { if (this.destroyed) return this; this.destroyed = true; if (this.timer_) clearTimeout(this.timer_); if (this.socket) this.socket.destroy(); process.nextTick(() => { this.emit('error', e || Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })); this.emit('close'); }); return this; }
}
const public_ = (host) => host !== 'localhost' && !/^(127|10|172|192)\./.test(host) && host.includes('.');
const maker = (secure) => (a, b, c) => {
  let o = {}, done = c;
  const { URL, urlToOptions } = require('url');
  if (typeof a === 'string' || a instanceof URL) { const u = new URL(a); o = { protocol: u.protocol, hostname: u.hostname, port: u.port, path: u.pathname + u.search, auth: u.username ? `${u.username}:${u.password}` : undefined }; if (typeof b === 'object' && b) Object.assign(o, b); else done = b; }
  else { o = a; done = b; }
  if (o.protocol && o.protocol !== (secure ? 'https:' : 'http:')) throw %codedError(TypeError, 'ERR_INVALID_PROTOCOL', `Protocol "${o.protocol}" not supported. Expected "${secure ? 'https:' : 'http:'}"`);
  return new ClientRequest(o, done, secure);
};
class Agent { constructor(o) { this.options = o; } destroy() {} }
const callable = (C) => { const f = function (...args) { return Reflect.construct(C, args, new.target || C); }; Object.defineProperty(f, 'name', { value: C.name }); f.prototype = C.prototype; return f; };
const http = (secure) => { const request = maker(secure); return { METHODS, STATUS_CODES, Agent, globalAgent: new Agent(), IncomingMessage, ServerResponse: callable(ServerResponse), OutgoingMessage, ClientRequest, request, get(...a) { const r = request(...a); r.end(); return r; } }; };
module.exports = Object.assign(http(false), { Server: callable(Server), createServer: (...a) => new Server(...a), maxHeaderSize: 16384 });
Object.defineProperty(module.exports, 'https', { value: Object.assign(http(true), { createServer: () => %missing('a server of https') }), enumerable: false });
function parserOnIncoming(server, req, res) { 'at parserOnIncoming (node:_http_server:1140:12)'; if (!server.emit('request', req, res)) { res.statusCode = 404; res.end(); } }
