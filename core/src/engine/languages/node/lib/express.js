// express: routing, middleware and the methods of requests and responses that guides use.
const http = require('http');
const path = require('path');
const { STATUS_CODES, METHODS } = http;
const verbs = METHODS.map((m) => m.toLowerCase());
const types = { html: 'text/html; charset=utf-8', json: 'application/json; charset=utf-8', txt: 'text/plain; charset=utf-8', text: 'text/plain; charset=utf-8', css: 'text/css; charset=UTF-8', js: 'application/javascript; charset=UTF-8', mjs: 'application/javascript; charset=UTF-8', png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', svg: 'image/svg+xml', ico: 'image/x-icon', xml: 'application/xml', pdf: 'application/pdf', bin: 'application/octet-stream', webp: 'image/webp', woff2: 'font/woff2' };
const typeOf = (name) => types[String(name).replace(/^.*\./, '').toLowerCase()];
const staticType = (file) => (typeOf(path.extname(file)) || 'application/octet-stream').replace('charset=utf-8', 'charset=UTF-8').replace('json; charset=UTF-8', 'json; charset=UTF-8');
const escape = (t) => String(t).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;');
function pattern(p, end) {
  if (p instanceof RegExp) return { re: p, names: [] };
  if (Array.isArray(p)) { const all = p.map((x) => pattern(x, end)); return { any: all, names: [] }; }
  const names = [];
  let re = String(p).replace(/\/$/, '').replace(/(\/)?(\.)?:(\w+)(\([^)]*\))?(\?)?|\*|([.+^$|])/g, (m, slash, dot, name, group, optional, mark) => {
    if (m === '*') { names.push(String(names.filter((n) => /^\d+$/.test(n)).length)); return '(.*)'; }
    if (mark) return `\\${m}`;
    names.push(name);
    const body = `${dot ? '\\.' : ''}${group || '([^/]+?)'}`;
    return optional ? `(?:${slash ? '/' : ''}${body})?` : `${slash ? '/' : ''}${body}`;
  });
  return { re: new RegExp(`^${re}${end ? '/?$' : '(?=/|$)'}`, 'i'), names, root: !end && (p === '/' || p === '') };
}
function match(pat, url) {
  if (pat.any) { for (const one of pat.any) { const m = match(one, url); if (m) return m; } return null; }
  if (pat.root) return { params: {}, path: '' };
  const m = pat.re.exec(url);
  if (!m) return null;
  const params = {};
  pat.names.forEach((n, i) => { if (m[i + 1] !== undefined) params[n] = decodeURIComponent(m[i + 1]); });
  if (!pat.names.length) m.slice(1).forEach((v, i) => { params[i] = v; });
  return { params, path: m[0] };
}
const flat = (list) => list.flat(Infinity);
function handlersOf(list, what) {
  const all = flat(list);
  if (!all.length) throw new TypeError(`${what} requires a middleware function`);
  for (const f of all) if (typeof f !== 'function') { if (what === 'app.use()' || what === 'Router.use()') throw new TypeError(what === 'app.use()' ? 'app.use() requires a middleware function' : `Router.use() requires a middleware function but got a ${f === null ? 'Null' : typeof f === 'object' ? 'Object' : typeof f}`); throw new Error(`${what} requires a callback function but got a [object ${f === undefined ? 'Undefined' : f === null ? 'Null' : f.constructor.name}]`); }
  return all;
}
function Router(o) {
  const router = function router(req, res, next) { 'hide'; router.handle(req, res, next); };
  Object.setPrototypeOf(router, Router.proto);
  router.stack = []; router.paramCalls = {}; router.options = o || {};
  return router;
}
const pathOf = (url) => { const at = url.indexOf('?'); return at < 0 ? url : url.slice(0, at); };
Router.proto = {
  use(...args) {
    let p = '/';
    const first = Array.isArray(args[0]) ? flat(args[0])[0] : args[0];
    if (typeof first !== 'function' && args.length) p = args.shift();
    for (const f of handlersOf(args, this.isApp_ ? 'app.use()' : 'Router.use()')) {
      if (f.isApp_) f.mountpath = p;
      this.stack.push({ pat: pattern(p, false), f, strips: true, path: p });
    }
    return this;
  },
  param(name, f) { this.paramCalls[name] = f; return this; },
  route(p) { const r = {}; for (const v of [...verbs, 'all']) r[v] = (...fs) => { this[v](p, ...fs); return r; }; return r; },
  all(p, ...fs) { this.stack.push({ pat: pattern(p, true), fs: handlersOf(fs, 'Route.all()'), method: 'all', path: p }); return this; },
  handle(req, res, done) {
    'at Function.handle (/app/node_modules/express/lib/router/index.js:175:3)'; 'hide';
    const stack = this.stack, router = this;
    const base = req.baseUrl || '', outer = req.params, url = req.url;
    let at = 0;
    const allowed = [];
    const finish = (e) => { 'hide'; req.baseUrl = base; req.url = url; req.params = outer; if (!e && req.method === 'OPTIONS' && allowed.length && !res.headersSent) { const list = [...new Set(allowed)].join(','); res.setHeader('Allow', list); return res.send(list); } done(e); };
    const next = (e) => {
      'at next (/app/node_modules/express/lib/router/index.js:280:10)';
      req.baseUrl = base; req.url = url;
      if (e === 'route') e = undefined;
      if (e === 'router') return finish();
      while (at < stack.length) {
        const layer = stack[at++];
        let m;
        try { m = match(layer.pat, pathOf(req.url)); } catch (x) { x.status = 400; x.message = `Failed to decode param '${pathOf(req.url).slice(1)}'`; return finish(x); }
        if (!m) continue;
        if (layer.method) {
          if (e) continue;
          const fits = layer.method === 'all' || layer.method === req.method || req.method === 'HEAD' && layer.method === 'GET';
          if (!fits) { allowed.push(layer.method); if (layer.method === 'GET') allowed.push('HEAD'); continue; }
          req.params = router.options.mergeParams ? { ...outer, ...m.params } : m.params;
          req.route = { path: layer.path, methods: { [layer.method.toLowerCase()]: true } };
          return processParams(Object.keys(m.params), () => { 'at /app/node_modules/express/lib/router/index.js:284:15'; layerHandle(() => { 'at Route.dispatch (/app/node_modules/express/lib/router/route.js:119:3)'; run(layer.fs, 0); }); });
        }
        if ((layer.f.length === 4) !== !!e) continue;
        req.params = router.options.mergeParams ? { ...outer, ...m.params } : m.params;
        if (m.path) { req.baseUrl = base + m.path; req.url = req.url.slice(m.path.length); if (req.url[0] !== '/') req.url = `/${req.url}`; }
        return processParams([], () => { 'at trim_prefix (/app/node_modules/express/lib/router/index.js:328:13)'; handle(layer.f, e, next); });
      }
      finish(e);
    };
    const layerHandle = (go) => { 'at Layer.handle [as handle_request] (/app/node_modules/express/lib/router/layer.js:95:5)'; go(); };
    const processParams = (names, go) => { 'at Function.process_params (/app/node_modules/express/lib/router/index.js:346:12)'; const one = (i) => { 'hide'; while (i < names.length && !router.paramCalls[names[i]]) i++; if (i >= names.length) return go(); router.paramCalls[names[i]](req, res, (e) => e ? next(e) : one(i + 1), req.params[names[i]], names[i]); }; one(0); };
    const run = (fs, i, e) => {
      'at next (/app/node_modules/express/lib/router/route.js:149:13)';
      while (i < fs.length && (fs[i].length === 4) !== !!e) i++;
      if (i >= fs.length) return next(e);
      handle(fs[i], e, (x) => { 'hide'; if (x === 'route' || x === 'router') next(x); else run(fs, i + 1, x); });
    };
    const handle = (f, e, then) => { 'at Layer.handle [as handle_request] (/app/node_modules/express/lib/router/layer.js:95:5)'; try { if (e) f(e, req, res, then); else f(req, res, then); } catch (x) { then(x); } };
    next();
  },
};
for (const v of verbs) Router.proto[v] = function (p, ...fs) {
  if (v === 'get' && this.isApp_ && !fs.length) return this.set(p);
  this.stack.push({ pat: pattern(p, true), fs: handlersOf(fs, `Route.${v}()`), method: v.toUpperCase(), path: p });
  return this;
};
Object.setPrototypeOf(Router.proto, Function.prototype);
const tag = (b) => `W/"${b.length.toString(16)}-${%bytesText(%digest('sha1', b), 'base64').slice(0, 27)}"`;
const response = {
  status(n) { this.statusCode = n; return this; },
  sendStatus(n) { this.statusCode = n; this.type('txt'); return this.send(STATUS_CODES[n] || String(n)); },
  set(k, v) { if (typeof k === 'object') for (const n of Object.keys(k)) this.set(n, k[n]); else { v = Array.isArray(v) ? v.map(String) : String(v); if (k.toLowerCase() === 'content-type' && !/charset/.test(v) && /^text\/|json|javascript/.test(v)) v += '; charset=utf-8'; this.setHeader(k, v); } return this; },
  get(k) { return this.getHeader(k); },
  append(k, v) { const old = this.get(k); return this.set(k, old ? [].concat(old, v) : v); },
  type(t) { return this.set('Content-Type', t.includes('/') ? t : typeOf(t) || 'application/octet-stream'); },
  vary(f) { this.append('Vary', f); return this; },
  links(l) { return this.set('Link', Object.keys(l).map((r) => `<${l[r]}>; rel="${r}"`).join(', ')); },
  location(u) { return this.set('Location', u === 'back' ? this.req.get('Referrer') || '/' : encodeURI(u)); },
  cookie(k, v, o = {}) { const parts = [`${k}=${encodeURIComponent(typeof v === 'object' ? `j:${JSON.stringify(v)}` : String(v))}`]; if (o.maxAge !== undefined) parts.push(`Max-Age=${Math.floor(o.maxAge / 1000)}`); if (o.domain) parts.push(`Domain=${o.domain}`); parts.push(`Path=${o.path || '/'}`); if (o.maxAge !== undefined || o.expires) parts.push(`Expires=${(o.expires || new Date(Date.now() + o.maxAge)).toUTCString()}`); if (o.httpOnly) parts.push('HttpOnly'); if (o.secure) parts.push('Secure'); if (o.sameSite) parts.push(`SameSite=${o.sameSite === true ? 'Strict' : o.sameSite[0].toUpperCase() + o.sameSite.slice(1)}`); this.append('Set-Cookie', parts.join('; ')); return this; },
  clearCookie(k, o) { return this.cookie(k, '', { ...o, expires: new Date(1) }); },
  send(v) {
    if (typeof v === 'number' || typeof v === 'boolean' || v !== null && typeof v === 'object' && %kind(v) !== 'bytes') return this.json(v);
    let body = v === undefined || v === null ? '' : v;
    if (typeof body === 'string') { if (!this.get('Content-Type')) this.type('html'); body = Buffer.from(body); } else if (!this.get('Content-Type')) this.type('bin');
    if (v !== undefined) this.setHeader('Content-Length', body.length); else this.setHeader('Content-Length', 0);
    if (!this.get('ETag') && this.app.enabled('etag') && v !== undefined) this.setHeader('ETag', tag(body));
    if (this.req.fresh_()) this.statusCode = 304;
    if (this.statusCode === 204 || this.statusCode === 304) { for (const k of ['Content-Type', 'Content-Length', 'Transfer-Encoding']) this.removeHeader(k); body = ''; }
    if (this.req.method === 'HEAD') this.end(); else this.end(body);
    return this;
  },
  json(v) { const text = JSON.stringify(v, this.app.set('json replacer'), this.app.set('json spaces')); if (!this.get('Content-Type')) this.set('Content-Type', 'application/json'); return this.send(text); },
  redirect(a, b) { const status = typeof a === 'number' ? a : 302, url = typeof a === 'number' ? b : a; this.location(url); const to = this.get('Location'); const html = (this.req.headers.accept || '').includes('html'); const body = html ? `<p>${STATUS_CODES[status]}. Redirecting to ${escape(to)}</p>` : `${STATUS_CODES[status]}. Redirecting to ${to}`; this.statusCode = status; this.set('Vary', 'Accept'); this.type(html ? 'html' : 'txt'); this.setHeader('Content-Length', Buffer.byteLength(body)); this.end(body); },
  sendFile(p, o, done) {
    if (typeof o === 'function') { done = o; o = {}; }
    o = o || {};
    if (!o.root && !path.isAbsolute(p)) throw new TypeError('path must be absolute or specify root to res.sendFile');
    const file = o.root ? path.join(o.root, p) : p;
    if (%what(file) !== 1) { const e = Object.assign(new Error(`ENOENT: no such file or directory, stat '${file}'`), { errno: -2, code: 'ENOENT', syscall: 'stat', path: file, expose: false, statusCode: 404, status: 404 }); e.stack = `Error: ${e.message}`; process.nextTick(() => done ? done(e) : this.req.next(e)); return; }
    sendFile(this.req, this, file);
    if (done) this.once('finish', () => done());
  },
  download(p, name) { this.set('Content-Disposition', `attachment; filename="${typeof name === 'string' ? name : path.basename(p)}"`); this.sendFile(path.resolve(p)); },
  attachment(n) { return this.set('Content-Disposition', n ? `attachment; filename="${path.basename(n)}"` : 'attachment'); },
  format() { %missing('res.format'); },
  jsonp(v) { return this.json(v); },
  render(view, o, done) { %missing('res.render: template engines'); },
};
function sendFile(req, res, file) {
  const s = %stat(file, false);
  const body = %readFile(file);
  if (!res.get('Accept-Ranges')) res.setHeader('Accept-Ranges', 'bytes');
  if (!res.get('Cache-Control')) res.setHeader('Cache-Control', 'public, max-age=0');
  res.setHeader('Last-Modified', new Date(s.mtimeMs).toUTCString());
  res.setHeader('ETag', `W/"${s.size.toString(16)}-${Math.floor(s.mtimeMs).toString(16)}"`);
  if (!res.get('Content-Type')) res.setHeader('Content-Type', staticType(file));
  if (req.headers['if-none-match'] === res.get('ETag')) { res.statusCode = 304; for (const k of ['Content-Type', 'Content-Length']) res.removeHeader(k); return res.end(); }
  res.setHeader('Content-Length', body.length);
  res.end(req.method === 'HEAD' ? undefined : body);
}
const request = {
  get(k) { k = k.toLowerCase(); return k === 'referer' || k === 'referrer' ? this.headers.referrer || this.headers.referer : this.headers[k]; },
  header(k) { return this.get(k); },
  is(t) { const c = this.headers['content-type'] || ''; return [].concat(t).find((x) => c.includes(x.replace('*/', '').replace('/*', '/'))) || false; },
  accepts(...t) { const a = this.headers.accept || '*/*'; const list = t.flat(); if (a.includes('*/*') && !/text\/html/.test(a)) return list[0]; return list.find((x) => a.includes(x.includes('/') ? x : (typeOf(x) || x).split(';')[0])) || (a.includes('*/*') ? list[0] : false); },
  fresh_() { const m = this.headers['if-none-match']; const ok = this.res.statusCode >= 200 && this.res.statusCode < 300; const strip = (t) => String(t).replace(/^W\//, ''); return !!m && ok && (this.method === 'GET' || this.method === 'HEAD') && m.split(',').some((t) => strip(t.trim()) === strip(this.res.get('ETag'))); },
  param(k) { return this.params[k] ?? (this.body || {})[k] ?? this.query[k]; },
};
function parseQuery(text) {
  const out = {};
  for (const [k, v] of new URLSearchParams(text)) {
    const keys = k.replace(/\]/g, '').split('[');
    let at = out;
    keys.forEach((key, i) => {
      const last = i === keys.length - 1;
      if (last && key === '') { if (Array.isArray(at)) at.push(v); return; }
      if (last) { if (Array.isArray(at)) at.push(v); else at[key] = key in at ? [].concat(at[key], v) : v; } else at = at[key] ??= keys[i + 1] === '' || /^\d+$/.test(keys[i + 1]) ? [] : {};
    });
  }
  return out;
}
const getters = {
  query: (r) => parseQuery((r.url.split('?')[1] || '').split('#')[0]), path: (r) => pathOf(r.url), hostname: (r) => (r.headers['x-forwarded-host'] && r.app.enabled('trust proxy') ? r.headers['x-forwarded-host'] : r.headers.host || '').split(':')[0], host: (r) => (r.headers.host || '').split(':')[0],
  protocol: (r) => r.app.enabled('trust proxy') && r.headers['x-forwarded-proto'] || 'http', secure: (r) => r.protocol === 'https', ip: (r) => { const a = r.socket.remoteAddress; return r.app.enabled('trust proxy') && r.headers['x-forwarded-for'] ? r.headers['x-forwarded-for'].split(',')[0].trim() : a && a.includes('.') ? `::ffff:${a}` : a; }, ips: () => [], xhr: (r) => (r.headers['x-requested-with'] || '').toLowerCase() === 'xmlhttprequest', subdomains: () => [], fresh: (r) => r.fresh_(), stale: (r) => !r.fresh_(),
};
const hidden = (o, k, v) => Object.defineProperty(o, k, { value: v, writable: true, configurable: true, enumerable: false });
function finalHandler(app, req, res) {
  return (e) => {
    'hide';
    if (e && app.set('env') !== 'test') console.error(e.stack || String(e));
    if (res.headersSent) { req.socket.destroy(); return; }
    let status = e ? e.status || e.statusCode : 404;
    if (e && !(status >= 400 && status < 600)) status = res.statusCode >= 400 && res.statusCode < 600 ? res.statusCode : 500;
    const text = e ? (app.set('env') === 'production' ? STATUS_CODES[status] : e.stack || String(e)) : `Cannot ${req.method} ${encodeURI(pathOf(req.originalUrl))}`;
    const shown = escape(text).replace(/\n/g, '<br>').replace(/ {2}/g, ' &nbsp;');
    const body = Buffer.from(`<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n<pre>${shown}</pre>\n</body>\n</html>\n`);
    res.statusCode = status;
    for (const k of ['Content-Encoding', 'Content-Language', 'Content-Range']) res.removeHeader(k);
    res.setHeader('Content-Security-Policy', "default-src 'none'");
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    res.setHeader('Content-Length', body.length);
    res.end(req.method === 'HEAD' ? undefined : body);
  };
}
function express() {
  const app = function app(req, res, next) { 'hide'; app.handle(req, res, next); };
  Object.setPrototypeOf(app, appProto);
  app.stack = []; app.paramCalls = {}; app.options = {}; app.locals = {}; app.mountpath = '/';
  app.settings = { env: process.env.NODE_ENV || 'development', etag: 'weak', 'x-powered-by': true, port: undefined };
  delete app.settings.port;
  hidden(app, 'isApp_', true);
  const EventEmitter = require('events');
  hidden(app, 'events_', new EventEmitter());
  return app;
}
const appProto = {
  on(...a) { this.events_.on(...a); return this; }, emit(...a) { return this.events_.emit(...a); },
  set(k, v) { if (arguments.length < 2) return this.settings[k]; this.settings[k] = v; return this; },
  enable(k) { return this.set(k, true); }, disable(k) { return this.set(k, false); },
  enabled(k) { return !!this.settings[k]; }, disabled(k) { return !this.settings[k]; },
  engine() { %missing('app.engine: template engines'); },
  render() { %missing('app.render: template engines'); },
  listen(...args) { 'at Function.listen (/app/node_modules/express/lib/application.js:635:24)'; return http.createServer(this).listen(...args); },
  handle(req, res, done) {
    'hide';
    if (!req.app) {
      for (const k of Object.keys(request)) hidden(req, k, request[k]);
      for (const k of Object.keys(getters)) Object.defineProperty(req, k, { configurable: true, enumerable: false, get() { 'hide'; const v = getters[k](req); if (k === 'query') hidden(req, k, v); return v; }, set(v) { hidden(req, k, v); } });
      for (const k of Object.keys(response)) hidden(res, k, response[k]);
      hidden(req, 'originalUrl', req.url); hidden(req, 'res', res); hidden(req, 'params', {}); hidden(req, 'baseUrl', ''); hidden(res, 'locals', {}); hidden(req, 'route', undefined);
    }
    const old = req.app;
    hidden(req, 'app', this); hidden(res, 'app', this);
    if (!old && this.enabled('x-powered-by')) res.setHeader('X-Powered-By', 'Express');
    const final = done ? (e) => { 'hide'; hidden(req, 'app', old); hidden(res, 'app', old); done(e); } : finalHandler(this, req, res);
    hidden(req, 'next', final);
    Router.proto.handle.call(this, req, res, final);
  },
};
Object.setPrototypeOf(appProto, Router.proto);
function body(type, read, o = {}) {
  const limit = o.limit === undefined ? 102400 : typeof o.limit === 'number' ? o.limit : parseFloat(o.limit) * { kb: 1024, mb: 1048576, gb: 1073741824 }[String(o.limit).replace(/[\d.\s]/g, '').toLowerCase()] || 102400;
  return (req, res, next) => {
    'hide';
    if (req._body) return next();
    const c = req.headers['content-type'] || '';
    if (req.body === undefined) req.body = {};
    const has = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length']) > 0;
    if (!has || !type.test(c)) return next();
    req._body = true; Object.defineProperty(req, '_body', { enumerable: false });
    const parts = [];
    req.on('data', (b) => parts.push(b));
    req.on('end', () => {
      'hide';
      const all = Buffer.concat(parts);
      if (all.length > limit) { const e = Object.assign(new Error('request entity too large'), { expected: all.length, length: all.length, limit, type: 'entity.too.large', status: 413, statusCode: 413 }); e.name = 'PayloadTooLargeError'; e.stack = `PayloadTooLargeError: request entity too large\n    at readStream (/app/node_modules/raw-body/index.js:156:17)`; return next(e); }
      try { req.body = read(all, c); } catch (e) { e.status = e.statusCode = 400; e.type = 'entity.parse.failed'; e.body = all.toString(); e.stack = `${e.name}: ${e.message}\n    at JSON.parse (<anonymous>)\n    at parse (/app/node_modules/body-parser/lib/types/json.js:92:19)`; return next(e); }
      next();
    });
  };
}
express.json = (o) => body(/[/+]json/, (b) => { const t = b.toString(); const first = t.trim()[0]; if (first !== '{' && first !== '[' && !(o && o.strict === false)) { if (!t.trim()) return {}; throw new SyntaxError(`Unexpected token ${Number(process.version.slice(1).split('.')[0]) < 20 ? first : `'${first}', "#" is not valid JSON`}${Number(process.version.slice(1).split('.')[0]) < 20 ? ' in JSON at position 0' : ''}`.replace('"#"', `"${t.length > 20 ? '#' : '#'}"`)); } return JSON.parse(t); }, o);
express.urlencoded = (o) => body(/x-www-form-urlencoded/, (b) => parseQuery(b.toString()), o);
express.text = (o) => body(/^text\/plain/, (b) => b.toString(), o);
express.raw = (o) => body(/octet-stream/, (b) => b, o);
express.static = (root, o = {}) => {
  const top = path.resolve(root);
  return function serveStatic(req, res, next) {
    'hide';
    if (req.method !== 'GET' && req.method !== 'HEAD') return next();
    let file = path.join(top, decodeURIComponent(pathOf(req.url)));
    if (file !== top && !file.startsWith(`${top}/`) && top !== '/') return next();
    if (file.split('/').slice(top.split('/').length).some((p) => p[0] === '.')) return next();
    if (%what(file) === 2) {
      if (!pathOf(req.originalUrl).endsWith('/')) { if (o.redirect === false) return next(); const to = `${pathOf(req.originalUrl)}/`; const b = `<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Redirecting</title>\n</head>\n<body>\n<pre>Redirecting to ${escape(to)}</pre>\n</body>\n</html>\n`; res.statusCode = 301; res.setHeader('Content-Type', 'text/html; charset=UTF-8'); res.setHeader('Content-Length', Buffer.byteLength(b)); res.setHeader('Content-Security-Policy', "default-src 'none'"); res.setHeader('X-Content-Type-Options', 'nosniff'); res.setHeader('Location', to); return res.end(b); }
      if (o.index === false) return next();
      file = path.join(file, o.index || 'index.html');
    }
    if (%what(file) !== 1) { const ext = (o.extensions || []).find((x) => %what(`${file}.${x}`) === 1); if (!ext) return next(); file += `.${ext}`; }
    if (o.maxAge) res.setHeader('Cache-Control', `public, max-age=${Math.floor(Number(o.maxAge) / 1000) || 0}`);
    if (o.setHeaders) o.setHeaders(res, file);
    sendFile(req, res, file);
  };
};
express.Router = Router;
express.application = appProto; express.request = request; express.response = response;
module.exports = express;
