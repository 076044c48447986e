// fetch.
const http = require('http');
class Headers {
  #m = new Map();
  constructor(init) { if (init) for (const [k, v] of init instanceof Headers || Array.isArray(init) ? init : Object.entries(init)) this.append(k, v); }
  append(k, v) { const n = String(k).toLowerCase(); this.#m.set(n, this.#m.has(n) ? `${this.#m.get(n)}, ${v}` : String(v)); }
  set(k, v) { this.#m.set(String(k).toLowerCase(), String(v)); }
  get(k) { return this.#m.get(String(k).toLowerCase()) ?? null; }
  has(k) { return this.#m.has(String(k).toLowerCase()); }
  delete(k) { this.#m.delete(String(k).toLowerCase()); }
  forEach(f) { for (const [k, v] of this) f(v, k, this); }
  keys() { return [...this.#m.keys()].sort()[Symbol.iterator](); }
  values() { return [...this].map((x) => x[1])[Symbol.iterator](); }
  entries() { return [...this.#m].sort((a, b) => a[0] < b[0] ? -1 : 1)[Symbol.iterator](); }
  [Symbol.iterator]() { return this.entries(); }
}
class Body {
  #b; bodyUsed = false;
  constructor(b) { this.#b = b; }
  async #take() { if (this.bodyUsed) throw new TypeError('Body is unusable: Body has already been read'); this.bodyUsed = true; return this.#b; }
  async text() { return (await this.#take()).toString(); }
  async json() { return JSON.parse((await this.#take()).toString()); }
  async arrayBuffer() { return new Uint8Array(await this.#take()); }
  blob() { %missing('Response.blob'); }
  get body() { %missing('Response.body as a stream'); }
}
const bytes = (b) => b === undefined || b === null ? Buffer.alloc(0) : typeof b === 'string' ? Buffer.from(b) : %kind(b) === 'bytes' ? Buffer.from(b) : Buffer.from(String(b));
class Response extends Body {
  constructor(b, o = {}) { super(bytes(b)); this.status = o.status ?? 200; this.statusText = o.statusText ?? ''; this.headers = new Headers(o.headers); this.url = o.url || ''; this.redirected = !!o.redirected; this.type = 'basic'; }
  get ok() { return this.status >= 200 && this.status < 300; }
  static json(v, o = {}) { return new Response(JSON.stringify(v), { ...o, headers: { 'content-type': 'application/json', ...o.headers } }); }
}
class Request { constructor(url, o = {}) { this.url = new URL(url).href; this.method = o.method || 'GET'; this.headers = new Headers(o.headers); this.body = o.body; this.signal = o.signal; } }
function failed(cause) { 'hide'; const e = new TypeError('fetch failed'); Object.defineProperty(e, 'cause', { value: cause, writable: true, configurable: true, enumerable: false }); e.stack = 'TypeError: fetch failed\n    at node:internal/deps/undici/undici:13510:13\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)'; return e; }
async function fetch(input, o = {}) {
  'hide';
  const r = input instanceof Request ? input : null;
  let url;
  try { url = new URL(r ? r.url : String(input)); } catch (e) { const t = new TypeError(`Failed to parse URL from ${input}`); Object.defineProperty(t, 'cause', { value: e, enumerable: false }); throw t; }
  o = { ...(r || {}), ...o };
  const follow = (u, left, method, body) => new Promise((keep, fail) => {
    'hide';
    const headers = { ...Object.fromEntries(new Headers(o.headers)) };
    if (body !== undefined && body !== null) { if (body instanceof URLSearchParams) { headers['content-type'] ??= 'application/x-www-form-urlencoded;charset=UTF-8'; body = body.toString(); } else if (typeof body === 'string') headers['content-type'] ??= 'text/plain;charset=UTF-8'; }
    for (const [k, v] of [['accept', '*/*'], ['accept-language', '*'], ['sec-fetch-mode', 'cors'], ['user-agent', 'node'], ['accept-encoding', 'gzip, deflate']]) headers[k] ??= v;
    delete headers['accept-encoding'];
    const q = (u.protocol === 'https:' ? http.https : http).request(u, { method, headers, signal: o.signal }, (res) => {
      'hide';
      const parts = [];
      res.on('data', (c) => parts.push(c));
      res.on('end', () => {
        'hide';
        if ([301, 302, 303, 307, 308].includes(res.statusCode) && res.headers.location && o.redirect !== 'manual') {
          if (!left) return fail(failed(new Error('redirect count exceeded')));
          const keepMethod = res.statusCode > 303;
          return keep(follow(new URL(res.headers.location, u), left - 1, keepMethod ? method : method === 'HEAD' ? 'HEAD' : 'GET', keepMethod ? body : undefined));
        }
        keep(new Response(Buffer.concat(parts), { status: res.statusCode, statusText: res.statusMessage, headers: Object.entries(res.headers).map(([k, v]) => [k, Array.isArray(v) ? v.join(', ') : v]), url: u.href, redirected: left < 20 }));
      });
    });
    q.on('error', (e) => fail(o.signal && o.signal.aborted ? o.signal.reason : failed(e)));
    q.end(body === undefined || body === null ? undefined : bytes(body));
  });
  return follow(url, 20, (o.method || 'GET').toUpperCase(), o.body);
}
module.exports = { fetch, Headers, Request, Response };
