// path, as on Linux.
function text(p, name = 'path') {
  'hide';
  if (typeof p !== 'string') throw %codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "${name}" argument must be of type string. Received ${p === undefined ? 'undefined' : p === null ? 'null' : typeof p === 'object' ? `an instance of ${p.constructor.name}` : `type ${typeof p} (${String(p)})`}`);
  return p;
}
function normal(p, keep) {
  const out = [];
  for (const part of p.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') { if (out.length && out[out.length - 1] !== '..') out.pop(); else if (keep) out.push('..'); } else out.push(part);
  }
  return out.join('/');
}
const path = {
  sep: '/', delimiter: ':',
  normalize(p) { text(p); if (!p) return '.'; const abs = p[0] === '/'; let out = normal(p, !abs); if (!out && !abs) out = '.'; if (out && p.endsWith('/')) out += '/'; return abs ? '/' + out : out; },
  join(...parts) { const all = parts.filter((p) => text(p)).join('/'); return all ? path.normalize(all) : '.'; },
  resolve(...parts) { let out = ''; for (let i = parts.length - 1; i >= -1 && out[0] !== '/'; i--) { const p = i >= 0 ? text(parts[i], `paths[${i}]`) : %fact('cwd'); if (p) out = out ? `${p}/${out}` : p; } return '/' + normal(out, false); },
  isAbsolute: (p) => text(p)[0] === '/',
  dirname(p) { text(p); if (!p) return '.'; let end = p.length; while (end > 1 && p[end - 1] === '/') end--; const at = p.lastIndexOf('/', end); const cut = p.slice(0, end).lastIndexOf('/'); return cut < 0 ? '.' : cut === 0 ? '/' : p.slice(0, cut).replace(/\/+$/, '') || '/'; },
  basename(p, ext) { text(p); const t = p.replace(/\/+$/, ''); const b = t.slice(t.lastIndexOf('/') + 1); return ext && b !== ext && b.endsWith(ext) ? b.slice(0, -ext.length) : b; },
  extname(p) { const b = path.basename(p); const at = b.lastIndexOf('.'); return at <= 0 || b === '..' ? '' : b.slice(at); },
  parse(p) { const base = path.basename(p), ext = path.extname(p); const root = p[0] === '/' ? '/' : ''; const dir = path.dirname(p); return { root, dir: dir === '.' && !p.startsWith('.') ? '' : dir, base, ext, name: ext ? base.slice(0, -ext.length) : base }; },
  format(o) { const base = o.base || `${o.name || ''}${o.ext || ''}`; const dir = o.dir || o.root; return !dir ? base : dir === o.root ? dir + base : `${dir}/${base}`; },
  relative(a, b) { const x = path.resolve(a).split('/').filter(Boolean), y = path.resolve(b).split('/').filter(Boolean); let i = 0; while (i < x.length && x[i] === y[i]) i++; return [...x.slice(i).map(() => '..'), ...y.slice(i)].join('/'); },
  toNamespacedPath: (p) => p,
};
path.posix = path;
module.exports = path;
