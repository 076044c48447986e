// fs: the synchronous calls, and from them the callbacks and promises.
const { Buffer } = require('buffer');
const where = (p) => {
  'hide';
  if (typeof p === 'string') return p;
  if (p instanceof URL) return decodeURIComponent(p.pathname);
  if (p !== null && typeof p === 'object' && %kind(p) === 'bytes') return p.toString();
  if (typeof p === 'number') return `/proc/self/fd/${p}`;
  throw %codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "path" argument must be of type string or an instance of Buffer or URL. Received ${p === undefined ? 'undefined' : p === null ? 'null' : typeof p === 'object' ? `an instance of ${p.constructor.name}` : `type ${typeof p} (${String(p)})`}`);
};
const old = () => Number(process.version.slice(1).split('.')[0]) < 20;
const fail = (e, line, text, caret) => { 'hide'; return %arrow(e, `node:${line}\n${text}\n${caret}^\n`); };
class Stats {
  constructor(o) { Object.assign(this, o); this.mtime = new Date(o.mtimeMs); this.atime = this.ctime = this.birthtime = this.mtime; this.atimeMs = this.ctimeMs = this.birthtimeMs = o.mtimeMs; this.blksize = 4096; this.blocks = Math.ceil(o.size / 512); }
  isFile() { return (this.mode & 0o170000) === 0o100000; }
  isDirectory() { return (this.mode & 0o170000) === 0o040000; }
  isSymbolicLink() { return (this.mode & 0o170000) === 0o120000; }
  isFIFO() { return (this.mode & 0o170000) === 0o010000; }
  isSocket() { return (this.mode & 0o170000) === 0o140000; }
  isCharacterDevice() { return (this.mode & 0o170000) === 0o020000; }
  isBlockDevice() { return (this.mode & 0o170000) === 0o060000; }
}
class Dirent {
  constructor(name, dir) { this.name = name; this.parentPath = dir; this.path = dir; Object.defineProperty(this, 'stat', { value: new Stats(%stat(`${dir}/${name}`, true)), enumerable: false }); }
  isFile() { return this.stat.isFile(); }
  isDirectory() { return this.stat.isDirectory(); }
  isSymbolicLink() { return this.stat.isSymbolicLink(); }
}
const encodingOf = (o) => typeof o === 'string' ? o : o && o.encoding;
function openSync(p, run) { 'at Object.openSync (node:fs:573:18)'; try { return run(p); } catch (e) { throw fail(e, old() ? 'fs:601' : 'fs:573', old() ? '  handleErrorFromBinding(ctx);' : '  return binding.open(', old() ? '  ' : '                 '); } }
const copyTree = (a, b, o) => { if (%what(a) === 2) { if (!o || !o.recursive) { const e = new Error(`Recursive option not enabled, cannot copy a directory: ${a}`); e.code = 'ERR_FS_EISDIR'; throw e; } %mkdir(b, true); for (const n of %list(a)) copyTree(`${a}/${n}`, `${b}/${n}`, o); } else %writeFile(b, %readFile(a), 'w'); };
const removeTree = (p) => { const s = %stat(p, true); if (new Stats(s).isDirectory()) { for (const n of %list(p)) removeTree(`${p}/${n}`); %rmdir(p); } else %unlink(p); };
const sync = {
  readFile(p, o) { 'at Object.readFileSync (node:fs:452:35)'; const b = openSync(where(p), (q) => %readFile(q)); const enc = encodingOf(o); return enc && enc !== 'buffer' ? %bytesText(b, enc) : b; },
  writeFile(p, data, o) { 'at Object.writeFileSync (node:fs:2380:35)'; const flag = o && o.flag || 'w'; const text = typeof data === 'string' || %kind(data) === 'bytes' ? data : wrong(data); openSync(where(p), (q) => %writeFile(q, text, flag)); },
  appendFile(p, data) { 'at Object.appendFileSync (node:fs:2442:6)'; openSync(where(p), (q) => %writeFile(q, typeof data === 'string' || %kind(data) === 'bytes' ? data : String(data), 'a')); },
  stat(p, o) { 'at Object.statSync (node:fs:1658:25)'; const s = %stat(where(p), false, !!(o && o.throwIfNoEntry === false)); return s && new Stats(s); },
  lstat(p, o) { 'at Object.lstatSync (node:fs:1621:11)'; const s = %stat(where(p), true, !!(o && o.throwIfNoEntry === false)); return s && new Stats(s); },
  access(p, mode = 0) { 'at Object.accessSync (node:fs:258:11)'; %access(where(p), mode); },
  readdir(p, o) {
    'at Object.readdirSync (node:fs:1516:26)';
    const dir = where(p);
    if (o && o.recursive) { const out = []; const go = (d, prefix) => { for (const n of %list(d)) { out.push(prefix + n); if (new Stats(%stat(`${d}/${n}`, true)).isDirectory()) go(`${d}/${n}`, `${prefix}${n}/`); } }; go(dir, ''); return out; }
    const names = %list(dir);
    return o && o.withFileTypes ? names.map((n) => new Dirent(n, dir)) : names;
  },
  mkdir(p, o) { 'at Object.mkdirSync (node:fs:1372:26)'; return %mkdir(where(p), !!(o && o.recursive)); },
  mkdtemp(p) { const d = where(p) + %randomBytes(3).toString('hex'); %mkdir(d, false); return d; },
  rmdir(p, o) { 'at Object.rmdirSync (node:fs:1210:11)'; if (o && o.recursive) removeTree(where(p)); else %rmdir(where(p)); },
  rm(p, o = {}) {
    const q = where(p);
    if (o.force && %stat(q, true, true) === undefined) return;
    if (!o.recursive && new Stats(%stat(q, true)).isDirectory()) throw Object.assign(%codedError(Error, 'ERR_FS_EISDIR', `Path is a directory: rm returned EISDIR (is a directory) ${q}`), { name: 'SystemError' });
    removeTree(q);
  },
  unlink(p) { 'at Object.unlinkSync (node:fs:1871:11)'; %unlink(where(p)); },
  rename(a, b) { 'at Object.renameSync (node:fs:1030:11)'; %rename(where(a), where(b)); },
  copyFile(a, b) { 'at Object.copyFileSync (node:fs:3046:11)'; %writeFile(where(b), %readFile(where(a)), 'w'); },
  cp(a, b, o) { copyTree(where(a), where(b), o); },
  symlink(a, b) { %symlink(where(a), where(b)); },
  readlink(p) { return %readlink(where(p)); },
  realpath(p) { 'at Object.realpathSync (node:fs:2719:25)'; return %realpath(where(p)); },
  chmod(p, mode) { %chmod(where(p), typeof mode === 'string' ? parseInt(mode, 8) : mode); },
  truncate(p, len = 0) { const b = %readFile(where(p)); %writeFile(where(p), len <= b.length ? %bytesSlice(b, 0, len) : b, 'w'); },
};
function wrong(data) { 'hide'; throw %codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received ${data === undefined ? 'undefined' : data === null ? 'null' : typeof data === 'object' ? `an instance of ${data.constructor.name}` : typeof data === 'function' ? `function ${data.name}` : `type ${typeof data} (${String(data)})`}`); }
const fs = { constants: { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 }, F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1, Stats, Dirent };
const promises = { constants: fs.constants };
for (const name of Object.keys(sync)) {
  fs[name + 'Sync'] = sync[name];
  const attempt = (args) => { 'hide'; try { return [null, sync[name](...args)]; } catch (e) { const id = %kind(e) === 'error'; if (id && e.code && e.syscall) e.stack = `Error: ${e.message}`; return [e]; } };
  fs[name] = { [name](...args) {
    const done = args.pop();
    if (typeof done !== 'function') throw %codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "cb" argument must be of type function. Received ${done === undefined ? 'undefined' : %inspect(done, 2)}`);
    if (args.length) where(args[0]);
    const r = attempt(args);
    %later(() => { 'hide'; return r[0] ? done(r[0]) : done(null, r[1]); });
  } }[name];
  promises[name] = { async [name](...args) { 'hide'; return new Promise((keep, failed) => { 'hide'; const r = attempt(args); %later(() => { 'hide'; return r[0] ? failed(r[0]) : keep(r[1]); }); }); } }[name];
}
fs.existsSync = function existsSync(p) { try { return %what(where(p)) !== 0; } catch { return false; } };
fs.exists = (p, done) => %later(() => done(fs.existsSync(p)));
fs.promises = promises;
for (const name of ['open', 'openSync', 'read', 'readSync', 'write', 'watch', 'watchFile', 'utimes', 'utimesSync', 'chown', 'chownSync', 'link', 'linkSync', 'opendir']) fs[name] = () => %missing(`fs.${name}`);
fs.writeSync = (fd, data) => { %write(fd, data); return Buffer.byteLength(data); };
fs.closeSync = (fd) => %close(fd);
promises.open = promises.watch = () => %missing('fs.promises.open');
fs.createReadStream = (p, o) => {
  const { Readable } = require('stream');
  const r = new Readable();
  r.path = where(p);
  if (encodingOf(o)) r.setEncoding(encodingOf(o));
  %later(() => { try { const b = %readFile(where(p)); r.emit('open', 3); if (b.length) r.push(b); r.push(null); } catch (e) { e.stack = `Error: ${e.message}`; r.destroy(e); } });
  return r;
};
fs.createWriteStream = (p, o = {}) => {
  const { Writable } = require('stream');
  let begun = o.flags === 'a';
  const w = new Writable({ write(data, enc, done) { try { %writeFile(where(p), data, begun ? 'a' : 'w'); begun = true; done(); } catch (e) { done(e); } }, final(done) { if (!begun) %writeFile(where(p), '', 'w'); done(); } });
  w.path = where(p);
  return w;
};
module.exports = fs;
