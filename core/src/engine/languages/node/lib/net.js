// net: TCP sockets.
const { Duplex } = require('stream');
const EventEmitter = require('events');
class Socket extends Duplex {
  constructor(o = {}) { super({}); Object.defineProperty(this, 'fd_', { value: -1, writable: true, enumerable: false }); this.connecting = false; this.bytesWritten = 0; this.bytesRead = 0; }
  _open(fd) {
    this.fd_ = fd;
    const [la, lp, ra, rp] = %ends(fd);
    this.localAddress = la; this.localPort = lp; this.remoteAddress = ra; this.remotePort = rp; this.remoteFamily = 'IPv4';
    %watch(fd, (what, bytes) => {
      'at TCP.onStreamRead (node:internal/stream_base_commons:191:23)';
      if (what === 'data') { this.bytesRead += bytes.length; this.push(bytes); }
      else { this.push(null); if (!this.readableEnded && this._flow === null) this.resume(); if (what === 'end' && !this.allowHalfOpen) this.end(); }
    }, false);
    return this;
  }
  _write(c, enc, done) { if (this.connecting) { this.once('connect', () => this._write(c, enc, done)); return; } this.bytesWritten += c.length; if (this.fd_ >= 0) %send(this.fd_, c); done(); }
  _final(done) { if (this.connecting) { this.once('connect', () => this._final(done)); return; } if (this.fd_ >= 0) %shutdown(this.fd_); done(); if (this._ended) this._gone(); }
  _close() { this._gone(); }
  _gone() { if (this.fd_ >= 0) { %close(this.fd_); this.fd_ = -1; } if (this._told) return; Object.defineProperty(this, '_told', { value: true, enumerable: false }); process.nextTick(() => this.emit('close', false)); }
  destroy(e) { if (this.destroyed) return this; this.destroyed = true; if (e) process.nextTick(() => this.emit('error', e)); this._gone(); return this; }
  connect(port, host, done) {
    if (typeof port === 'object') { done = host; host = port.host; port = port.port; }
    if (typeof host === 'function') { done = host; host = undefined; }
    if (done) this.once('connect', done);
    this.connecting = true;
    const name = host || 'localhost';
    %later(() => {
      const r = %connect(name, Number(port));
      this.connecting = false;
      if (typeof r === 'number') { this._open(r); this.emit('connect'); this.emit('ready'); return; }
      const e = typeof r === 'string' ? Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: name }) : Object.assign(new Error(`connect ${r[0]} ${r[1]}:${port}`), { errno: r[2], code: r[0], syscall: 'connect', address: r[1], port: Number(port) });
      e.stack = `Error: ${e.message}\n    at ${typeof r === 'string' ? 'GetAddrInfoReqWrap.onlookup [as oncomplete] (node:dns:107:26)' : 'TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)'}`;
      this.destroyed = true;
      this.emit('error', e);
      this.emit('close', true);
    });
    return this;
  }
  setTimeout(ms, f) { return this; } setNoDelay() { return this; } setKeepAlive() { return this; }
  ref() { %keepAlive(this.fd_, true); return this; } unref() { %keepAlive(this.fd_, false); return this; }
  address() { return { address: this.localAddress, family: 'IPv4', port: this.localPort }; }
}
class Server extends EventEmitter {
  constructor(o, f) { super(); if (typeof o === 'function') f = o; Object.defineProperty(this, 'state_', { value: { fd: -1, open: new Set() }, enumerable: false }); this.listening = false; if (f) this.on('connection', f); }
  listen(...args) {
    'at Server.listen (node:net:2102:7)';
    const done = typeof args[args.length - 1] === 'function' ? args.pop() : null;
    let [port, host] = args;
    if (port !== null && typeof port === 'object') { host = port.host; port = port.port; }
    if (typeof host === 'number') host = undefined;
    if (typeof port === 'string' && !/^\d+$/.test(port)) %missing('listening on a path');
    const n = port === undefined || port === null ? 0 : Number(port);
    if (!Number.isInteger(n) || n < 0 || n > 65535) throw %codedError(RangeError, 'ERR_SOCKET_BAD_PORT', `options.port should be >= 0 and < 65536. Received type ${typeof port} (${String(port)}).`);
    if (done) this.once('listening', done);
    const address = !host || host === '::' ? '0.0.0.0' : host === 'localhost' ? '127.0.0.1' : host;
    let want = n;
    const s = this.state_;
    let r = %listen(address, want || (want = 32768 + Math.floor(Math.random() * 20000)));
    if (Array.isArray(r)) {
      const shown = host ? address : '::';
      const e = Object.assign(new Error(`listen ${r[0]}: ${r[1]} ${shown}:${n}`), { code: r[0], errno: r[2], syscall: 'listen', address: shown, port: n });
      note(e, this.constructor.name);
      process.nextTick(() => this.emit('error', e));
      return this;
    }
    s.fd = r; s.address = { address: host ? address : '::', family: host ? 'IPv4' : 'IPv6', port: want };
    this.listening = true;
    %watch(r, (fd) => { const c = new Socket()._open(fd); s.open.add(c); c.on('close', () => { s.open.delete(c); this._ending(); }); c.server = this; Object.defineProperty(c, 'server', { enumerable: false }); this.emit('connection', c); }, true);
    process.nextTick(() => { if (this.listening) this.emit('listening'); });
    return this;
  }
  address() { return this.state_.address || null; }
  close(done) {
    const s = this.state_;
    if (!this.listening) { if (done) process.nextTick(() => done(%codedError(Error, 'ERR_SERVER_NOT_RUNNING', 'Server is not running.'))); return this; }
    if (done) this.once('close', done);
    this.listening = false;
    %close(s.fd); s.fd = -1;
    this.closing_ = true; Object.defineProperty(this, 'closing_', { enumerable: false });
    if (this.closeIdleConnections) this.closeIdleConnections();
    this._ending();
    return this;
  }
  _ending() { if (this.closing_ && !this.state_.open.size) { this.closing_ = false; process.nextTick(() => this.emit('close')); } }
  closeAllConnections() { for (const c of this.state_.open) c.destroy(); }
  getConnections(f) { f(null, this.state_.open.size); }
  ref() { %keepAlive(this.state_.fd, true); return this; } unref() { %keepAlive(this.state_.fd, false); return this; }
}
function note(e, name) {
  'hide';
  e.stack = `Error: ${e.message}\n    at Server.setupListenHandle [as _listen2] (node:net:1908:16)\n    at listenInCluster (node:net:1965:12)\n    at Server.listen (node:net:2067:7)` + e.stack.slice(e.stack.indexOf('\n    at ')).replace(/\n    at Server\.listen \(.*\)/, '');
  Object.defineProperty(e, '\u0001note', { value: `Emitted 'error' event on ${name} instance at:\n    at emitErrorNT (node:net:1944:8)\n    at process.processTicksAndRejections (node:internal/process/task_queues:82:21)`, enumerable: false });
}
const connect = (...args) => new Socket().connect(...args);
const callable = (C) => { const f = function (...args) { return Reflect.construct(C, args, new.target || C); }; Object.defineProperty(f, 'name', { value: C.name }); f.prototype = C.prototype; return f; };
module.exports = { Socket: callable(Socket), Server: callable(Server), createServer: (...a) => new Server(...a), connect, createConnection: connect, isIP: (t) => /^\d+\.\d+\.\d+\.\d+$/.test(t) ? 4 : t.includes(':') ? 6 : 0, isIPv4: (t) => /^\d+\.\d+\.\d+\.\d+$/.test(t), isIPv6: (t) => t.includes(':') };
Object.defineProperty(module.exports, 'ServerClass', { value: Server, enumerable: false });
