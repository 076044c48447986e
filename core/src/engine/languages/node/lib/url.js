// url and querystring.
const decode = (t) => { try { return decodeURIComponent(t.replaceAll('+', ' ')); } catch { return t; } };
class URLSearchParams {
  #list = []; #changed;
  constructor(init = '', changed) {
    this.#changed = changed;
    if (typeof init === 'string') { for (const part of init.replace(/^\?/, '').split('&')) if (part) { const at = part.indexOf('='); this.#list.push(at < 0 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))]); } }
    else if (init && init[Symbol.iterator]) for (const [k, v] of init) this.#list.push([String(k), String(v)]);
    else if (init) for (const k of Object.keys(init)) this.#list.push([k, String(init[k])]);
  }
  #tell() { if (this.#changed) this.#changed(this.toString()); }
  get size() { return this.#list.length; }
  get(k) { const e = this.#list.find((x) => x[0] === k); return e ? e[1] : null; }
  getAll(k) { return this.#list.filter((x) => x[0] === k).map((x) => x[1]); }
  has(k) { return this.#list.some((x) => x[0] === k); }
  append(k, v) { this.#list.push([String(k), String(v)]); this.#tell(); }
  set(k, v) { const e = this.#list.find((x) => x[0] === k); if (e) { this.#list = this.#list.filter((x) => x[0] !== k || x === e); e[1] = String(v); } else this.#list.push([String(k), String(v)]); this.#tell(); }
  delete(k) { this.#list = this.#list.filter((x) => x[0] !== k); this.#tell(); }
  sort() { this.#list.sort((a, b) => a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0); this.#tell(); }
  forEach(f) { for (const [k, v] of this.#list) f(v, k, this); }
  keys() { return this.#list.map((x) => x[0])[Symbol.iterator](); }
  values() { return this.#list.map((x) => x[1])[Symbol.iterator](); }
  entries() { return this.#list.map((x) => x.slice())[Symbol.iterator](); }
  [Symbol.iterator]() { return this.entries(); }
  toString() { return this.#list.map(([k, v]) => `${%formEncode(k)}=${%formEncode(v)}`).join('&'); }
  [Symbol.for('nodejs.util.inspect.custom')]() { return this.#list.length ? `URLSearchParams { ${this.#list.map(([k, v]) => `${%inspect(k)} => ${%inspect(v)}`).join(', ')} }` : 'URLSearchParams {}'; }
}
const usual = { 'http:': '80', 'https:': '443', 'ftp:': '21', 'ws:': '80', 'wss:': '443' };
class URL {
  #p;
  constructor(text, base) {
    text = String(text).trim();
    let m = /^([a-zA-Z][a-zA-Z0-9+.-]*:)(.*)$/s.exec(text);
    if (!m) {
      if (base === undefined) throw this.#bad(text);
      const b = new URL(base);
      if (text.startsWith('//')) m = [null, b.protocol, text];
      else if (text[0] === '/') m = [null, b.protocol, `//${b.#authority()}${text}`];
      else if (text[0] === '?') m = [null, b.protocol, `//${b.#authority()}${b.pathname}${text}`];
      else if (text[0] === '#') m = [null, b.protocol, `//${b.#authority()}${b.pathname}${b.search}${text}`];
      else m = [null, b.protocol, `//${b.#authority()}${text ? b.pathname.replace(/[^/]*$/, '') + text : b.pathname + b.search}`];
    }
    const protocol = m[1].toLowerCase();
    let rest = m[2], hash = '', search = '';
    let at = rest.indexOf('#'); if (at >= 0) { hash = rest.slice(at); rest = rest.slice(0, at); }
    at = rest.indexOf('?'); if (at >= 0) { search = rest.slice(at); rest = rest.slice(0, at); }
    const p = this.#p = { protocol, username: '', password: '', hostname: '', port: '', pathname: '', search: search === '?' ? '' : %pathEncode(search), hash: hash === '#' ? '' : %pathEncode(hash) };
    const special = protocol in usual || protocol === 'file:';
    if (rest.startsWith('//') || special) {
      rest = rest.replace(/^\/*/, protocol === 'file:' ? (x) => x.slice(2) : '');
      at = rest.indexOf('/');
      let host = at < 0 ? rest : rest.slice(0, at);
      const path = at < 0 ? '' : rest.slice(at);
      at = host.lastIndexOf('@');
      if (at >= 0) { const [u, ...pw] = host.slice(0, at).split(':'); p.username = u; p.password = pw.join(':'); host = host.slice(at + 1); }
      const hp = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(host);
      if (!hp || protocol !== 'file:' && !hp[1] || hp[2] && Number(hp[2]) > 65535 || /[\s<>^|]/.test(hp[1])) throw this.#bad(text, base);
      p.hostname = hp[1].toLowerCase();
      p.port = hp[2] && hp[2] !== usual[protocol] ? String(Number(hp[2])) : '';
      const out = [];
      const parts = path.split('/').slice(1);
      parts.forEach((part, i) => { if (part === '..') { out.pop(); if (i === parts.length - 1) out.push(''); } else if (part === '.') { if (i === parts.length - 1) out.push(''); } else out.push(part); });
      p.pathname = %pathEncode('/' + out.join('/'));
    } else p.pathname = rest;
    this.#params();
  }
  #params() { Object.defineProperty(this, 'params_', { value: new URLSearchParams(this.#p.search, (t) => { this.#p.search = t ? `?${t}` : ''; }), enumerable: false, configurable: true }); }
  #bad(input, base) { const e = %codedError(TypeError, 'ERR_INVALID_URL', 'Invalid URL'); e.input = input; if (base !== undefined) e.base = String(base); return e; }
  #authority() { const p = this.#p; return (p.username ? `${p.username}${p.password ? `:${p.password}` : ''}@` : '') + this.host; }
  static canParse(t, b) { try { new URL(t, b); return true; } catch { return false; } }
  get protocol() { return this.#p.protocol; } set protocol(v) { this.#p.protocol = String(v).replace(/:?$/, ':'); }
  get username() { return this.#p.username; } set username(v) { this.#p.username = v; }
  get password() { return this.#p.password; } set password(v) { this.#p.password = v; }
  get hostname() { return this.#p.hostname; } set hostname(v) { this.#p.hostname = v; }
  get port() { return this.#p.port; } set port(v) { this.#p.port = String(v) === usual[this.protocol] ? '' : String(v); }
  get host() { return this.#p.hostname + (this.#p.port ? `:${this.#p.port}` : ''); } set host(v) { const [h, p = ''] = String(v).split(':'); this.#p.hostname = h; this.#p.port = p; }
  get pathname() { return this.#p.pathname; } set pathname(v) { this.#p.pathname = %pathEncode(v[0] === '/' ? v : `/${v}`); }
  get search() { return this.#p.search; } set search(v) { this.#p.search = v && v !== '?' ? (v[0] === '?' ? v : `?${v}`) : ''; this.#params(); }
  get hash() { return this.#p.hash; } set hash(v) { this.#p.hash = v ? (v[0] === '#' ? v : `#${v}`) : ''; }
  get searchParams() { return this.params_; }
  get origin() { return this.protocol in usual ? `${this.protocol}//${this.host}` : 'null'; }
  get href() { const p = this.#p; const slashes = p.hostname || p.protocol === 'file:'; return `${p.protocol}${slashes ? '//' : ''}${this.#authority()}${p.pathname}${p.search}${p.hash}`; }
  set href(v) { Object.assign(this.#p, new URL(v).#p); this.#params(); }
  toString() { return this.href; }
  toJSON() { return this.href; }
  [Symbol.for('nodejs.util.inspect.custom')]() { const o = {}; for (const k of ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search']) o[k] = this[k]; const shown = %inspect({ ...o, searchParams: 0, hash: this.hash }); return 'URL ' + shown.replace('searchParams: 0', `searchParams: ${this.searchParams[Symbol.for('nodejs.util.inspect.custom')]()}`); }
}
const querystring = {
  parse(t) { const out = Object.create(null); for (const part of String(t).split('&')) { if (!part) continue; const at = part.indexOf('='); const k = decode(at < 0 ? part : part.slice(0, at)), v = at < 0 ? '' : decode(part.slice(at + 1)); if (k in out) out[k] = [].concat(out[k], v); else out[k] = v; } return out; },
  stringify(o) { return Object.keys(o).map((k) => [].concat(o[k]).map((v) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`).join('&')).join('&'); },
  escape: encodeURIComponent, unescape: decodeURIComponent,
};
querystring.decode = querystring.parse; querystring.encode = querystring.stringify;
class Url {}
function parse(t, query) {
  const m = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*:)(\/\/)?)?((?:[^/?#]*@)?[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?$/.exec(t);
  const hasHost = m[1] && m[2];
  const auth = hasHost && m[3].includes('@') ? m[3].slice(0, m[3].lastIndexOf('@')) : null;
  const host = hasHost ? m[3].slice(m[3].lastIndexOf('@') + 1) : null;
  const pathname = (hasHost ? m[4] || '/' : (m[3] || '') + (m[4] || '')) || null;
  const search = m[5] || null;
  return Object.assign(new Url(), { protocol: m[1] || null, slashes: hasHost ? true : null, auth, host, port: host && host.includes(':') ? host.split(':')[1] : null, hostname: host === null ? null : host.split(':')[0], hash: m[6] || null, search: query ? search || '' : search, query: query ? querystring.parse((search || '').slice(1)) : search && search.slice(1), pathname, path: pathname === null && !search ? null : (pathname || '') + (search || ''), href: t });
}
module.exports = { URL, URLSearchParams, parse, Url, format: (u) => u instanceof URL ? u.href : `${u.protocol || ''}${u.protocol && u.slashes !== false ? '//' : ''}${u.host || (u.hostname || '') + (u.port ? `:${u.port}` : '')}${u.pathname || ''}${u.search || (u.query && typeof u.query === 'object' && Object.keys(u.query).length ? `?${querystring.stringify(u.query)}` : '')}${u.hash || ''}`, resolve: (a, b) => { const u = new URL(b, new URL(a, 'resolve://x')); return u.protocol === 'resolve:' ? u.pathname + u.search + u.hash : u.href; }, fileURLToPath: (u) => decodeURIComponent(new URL(u).pathname), pathToFileURL: (p) => new URL(`file://${require('path').resolve(p)}`), querystring };
