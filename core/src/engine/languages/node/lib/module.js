// Modules: CommonJS and ES.
const path = require('path');
const internal = require;
const builtin = { assert: 1, buffer: 1, child_process: 1, console: 1, crypto: 1, events: 1, fs: 1, http: 1, net: 1, os: 1, path: 1, process: 1, querystring: 1, readline: 1, stream: 1, timers: 1, url: 1, util: 1, https: 1, module: 1, string_decoder: 1, 'fs/promises': 1, 'timers/promises': 1, 'path/posix': 1, 'util/types': 1, 'readline/promises': 1, 'stream/promises': 1, 'assert/strict': 1, perf_hooks: 1, constants: 1 };
const unsimulated = ['async_hooks', 'cluster', 'dgram', 'diagnostics_channel', 'dns', 'dns/promises', 'domain', 'http2', 'inspector', 'punycode', 'repl', 'tls', 'trace_events', 'tty', 'v8', 'vm', 'wasi', 'worker_threads', 'zlib', 'sqlite'];
const cache = Object.create(null);
function Module(id, parent) { 'hide'; this.id = id; this.path = path.dirname(id); this.exports = {}; this.filename = id; this.loaded = false; this.children = []; Object.defineProperty(this, 'parent', { value: parent, enumerable: false }); this.paths = []; }
function native(name) {
  'hide';
  const bare = name.startsWith('node:') ? name.slice(5) : name;
  if (unsimulated.includes(bare) || name === 'node:test' || name === 'node:sqlite') %missing(`the module ${name}`);
  if (!builtin[bare]) { if (name.startsWith('node:')) throw %codedError(Error, 'ERR_UNKNOWN_BUILTIN_MODULE', `No such built-in module: ${name}`); return undefined; }
  switch (bare) {
    case 'process': return process;
    case 'console': return console;
    case 'fs/promises': return internal('fs').promises;
    case 'timers/promises': return internal('timers').promises;
    case 'path/posix': return path;
    case 'util/types': return internal('util').types;
    case 'readline/promises': return internal('readline').promises;
    case 'stream/promises': return internal('stream').promises;
    case 'assert/strict': return internal('assert').strict;
    case 'querystring': return internal('url').querystring;
    case 'string_decoder': return internal('stream').string_decoder;
    case 'https': return internal('http').https;
    case 'perf_hooks': return { performance };
    case 'constants': return {};
    case 'module': return Module;
    default: return internal(bare);
  }
}
const isFile = (p) => %what(p) === 1;
function asFile(p) { 'hide'; for (const e of ['', '.js', '.json', '.mjs', '.cjs', '.node']) if (isFile(p + e) && (e !== '.mjs' && e !== '.cjs' || false)) return p + e; return null; }
function manifest(dir) { 'hide'; const p = `${dir}/package.json`; if (!isFile(p)) return null; try { return JSON.parse(%readFile(p).toString()); } catch (e) { e.message = `Error parsing ${p}: ${e.message}`; e.path = p; throw e; } }
function exported(e, want) {
  'hide';
  if (typeof e === 'string') return e;
  if (Array.isArray(e)) return exported(e[0], want);
  if (e && typeof e === 'object') for (const k of Object.keys(e)) if (k === want || k === 'node' || k === 'default') { const f = exported(e[k], want); if (f) return f; }
  return null;
}
function asDir(p, want) {
  'hide';
  if (%what(p) !== 2) return null;
  const m = manifest(p);
  if (m && m.exports && want) { const dot = typeof m.exports === 'object' && m.exports['.'] !== undefined ? m.exports['.'] : m.exports; const f = exported(dot, want); if (f) return asFile(path.join(p, f)); }
  const main = m && m.main;
  return main && (asFile(path.join(p, main)) || asFile(path.join(p, main, 'index'))) || asFile(`${p}/index`);
}
function find(name, dir, want) {
  'hide';
  if (name === '.' || name === '..' || name.startsWith('./') || name.startsWith('../') || name[0] === '/') {
    const p = path.resolve(dir, name);
    return !name.endsWith('/') && asFile(p) || asDir(p, null);
  }
  const parts = name.split('/');
  const pkg = name[0] === '@' ? parts.slice(0, 2).join('/') : parts[0], rest = parts.slice(name[0] === '@' ? 2 : 1).join('/');
  for (let d = dir; ; d = path.dirname(d)) {
    if (path.basename(d) !== 'node_modules') {
      const p = `${d === '/' ? '' : d}/node_modules/${pkg}`;
      if (%what(p) === 2) {
        const q = rest ? `${p}/${rest}` : p;
        const found = rest ? asFile(q) || asDir(q, null) : asDir(q, want);
        if (found) return found;
        if (rest) { const m = manifest(p); const e = m && m.exports && m.exports[`./${rest}`]; const f = e && exported(e, want); if (f) return path.join(p, f); }
      }
    }
    if (d === '/') break;
  }
  for (const d of (process.env.NODE_PATH || '').split(':').filter(Boolean)) { const f = asFile(`${d}/${name}`) || asDir(`${d}/${name}`, want); if (f) return f; }
  return null;
}
const chain = (m) => { 'hide'; const out = []; for (; m; m = m.parent) if (m.filename && m.id !== '[eval]' && m.id !== '<repl>') out.push(m.filename); return out; };
function resolveFilename(name, parent, dir) {
  'at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)';
  const found = find(name, dir, 'require');
  if (found) return %realpath(found);
  const stack = chain(parent);
  const e = new Error(`Cannot find module '${name}'${stack.length ? `\nRequire stack:\n- ${stack.join('\n- ')}` : ''}`);
  e.code = 'MODULE_NOT_FOUND';
  e.requireStack = stack;
  throw %arrow(e, `node:internal/modules/cjs/loader:${Number(process.version.slice(1).split('.')[0]) < 20 ? 1147 : 1210}\n  throw err;\n  ^\n`);
}
const isModule = (file) => {
  'hide';
  if (file.endsWith('.mjs')) return true;
  if (!file.endsWith('.js')) return false;
  for (let d = path.dirname(file); ; d = path.dirname(d)) { const m = manifest(d); if (m) return m.type === 'module'; if (d === '/') return false; }
};
const PARAMS = ['exports', 'require', 'module', '__filename', '__dirname'];
function compile(m, text) {
  'at wrapSafe (node:internal/modules/cjs/loader:1464:18)';
  return %compile(m.filename, text, 'script', PARAMS);
}
function moduleCompile(m, text) {
  'at Module._compile (node:internal/modules/cjs/loader:1521:14)';
  const f = compile(m, text);
  return f.call(m.exports, m.exports, makeRequire(m), m, m.filename, m.path);
}
function extensionJs(m) {
  'at Module._extensions..js (node:internal/modules/cjs/loader:1623:10)';
  if (isModule(m.filename)) {
    const parent = m.parent;
    const e = %codedError(Error, 'ERR_REQUIRE_ESM', `require() of ES Module ${m.filename}${parent && parent.filename ? ` from ${parent.filename}` : ''} not supported.\n${m.filename.endsWith('.mjs') ? `Instead change the require of ${m.filename} to a dynamic import() which is available in all CommonJS modules.` : `Instead change the require of ${path.basename(m.filename)} in ${parent ? parent.filename : ''} to a dynamic import() which is available in all CommonJS modules.`}`);
    throw e;
  }
  moduleCompile(m, %readFile(m.filename).toString());
}
function load(m) {
  'at Module.load (node:internal/modules/cjs/loader:1266:32)';
  if (m.filename.endsWith('.json')) {
    try { m.exports = JSON.parse(%readFile(m.filename).toString().replace(/^\ufeff/, '')); } catch (e) { e.message = `${m.filename}: ${e.message}`; e.stack = `SyntaxError: ${e.message}${e.stack.slice(e.stack.indexOf('\n'))}`; throw e; }
  } else if (m.filename.endsWith('.node')) %missing('a native addon');
  else extensionJs(m);
  m.loaded = true;
}
function resolveStep(name, parent, dir) { 'at Module._load (node:internal/modules/cjs/loader:1038:27)'; return resolveFilename(name, parent, dir); }
function loadStep(m) { 'at Module._load (node:internal/modules/cjs/loader:1091:12)'; load(m); }
function moduleLoad(name, parent, dir) {
  'hide';
  const b = native(name);
  if (b !== undefined) return b;
  if (name.startsWith('drydock:')) return internal('packages').load(name.slice(8));
  const file = resolveStep(name, parent, dir);
  if (cache[file]) return cache[file].exports;
  const m = new Module(file, parent);
  cache[file] = m;
  if (!parent) { m.id = '.'; Module.main = m; }
  else parent.children.push(m);
  let good = false;
  try { loadStep(m); good = true; } finally { if (!good) delete cache[file]; }
  return m.exports;
}
function moduleRequire(name, parent) {
  'at Module.require (node:internal/modules/cjs/loader:1289:19)';
  if (typeof name !== 'string') throw %codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "id" argument must be of type string. Received ${name === undefined ? 'undefined' : %inspect(name, 0)}`);
  if (name === '') throw %codedError(TypeError, 'ERR_INVALID_ARG_VALUE', "The argument 'id' must be a non-empty string. Received ''");
  return moduleLoad(name, parent, parent.path);
}
function makeRequire(m) {
  'hide';
  const require = function require(name) { 'at require (node:internal/modules/helpers:182:18)'; return moduleRequire(name, m); };
  require.resolve = (name) => builtin[name] ? name : resolveFilename(name, m, m.path);
  require.main = Module.main;
  require.cache = cache;
  require.extensions = Object.create(null);
  return require;
}
// ES modules.
const esm = new Map();
const url = (file) => `file://${file}`;
function namespace(exports) { 'hide'; const ns = Object.create(null); Object.defineProperty(ns, Symbol.toStringTag, { value: 'Module', enumerable: false }); ns.default = exports; if (exports && (typeof exports === 'object' || typeof exports === 'function')) for (const k of Object.keys(exports)) if (k !== 'default') ns[k] = exports[k]; return ns; }
function esmResolve(name, from) {
  'at packageResolve (node:internal/modules/esm/resolve:873:9)';
  if (name.startsWith('file://')) return decodeURIComponent(name.slice(7));
  const b = name.startsWith('drydock:') ? {} : native(name);
  if (b !== undefined) return null;
  const relative = /^(\.\.?(\/|$)|\/)/.test(name);
  if (/^https?:/.test(name)) throw %codedError(Error, 'ERR_UNSUPPORTED_ESM_URL_SCHEME', "Only URLs with a scheme in: file, data, and node are supported by the default ESM loader. Received protocol 'https:'");
  const found = relative ? (isFile(path.resolve(path.dirname(from), name)) ? path.resolve(path.dirname(from), name) : null) : find(name, path.dirname(from), 'import');
  if (found) return %realpath(found);
  const dir = relative && %what(path.resolve(path.dirname(from), name)) === 2;
  const e = %codedError(Error, dir ? 'ERR_UNSUPPORTED_DIR_IMPORT' : 'ERR_MODULE_NOT_FOUND', dir ? `Directory import '${path.resolve(path.dirname(from), name)}' is not supported resolving ES modules imported from ${from}` : relative ? `Cannot find module '${path.resolve(path.dirname(from), name)}' imported from ${from}` : `Cannot find package '${name}' imported from ${from}`);
  const v18 = Number(process.version.slice(1).split('.')[0]) < 20;
  throw %arrow(e, v18 ? 'node:internal/errors:496\n    ErrorCaptureStackTrace(err);\n    ^\n' : relative ? 'node:internal/modules/esm/resolve:283\n    throw new ERR_MODULE_NOT_FOUND(\n          ^\n' : 'node:internal/modules/esm/resolve:873\n  throw new ERR_MODULE_NOT_FOUND(packageName, fileURLToPath(base), null);\n        ^\n');
}
async function importFile(file, open) {
  'hide';
  if (!isModule(file) && !file.endsWith('.mjs')) {
    if (file.endsWith('.json')) throw %codedError(TypeError, 'ERR_IMPORT_ASSERTION_TYPE_MISSING', `Module "${url(file)}" needs an import attribute of type "json"`);
    return namespace(moduleLoad(file, { filename: null, path: path.dirname(file), children: [] }, path.dirname(file)));
  }
  let entry = esm.get(file);
  if (entry) { if (open.includes(file)) return entry.exports; await entry.done; return entry.exports; }
  const exports = Object.create(null);
  Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module', enumerable: false });
  entry = { exports, done: null };
  esm.set(file, entry);
  entry.done = (async () => {
    'hide';
    const [run, imports] = %compile(file, %readFile(file).toString(), 'module', ['$imports', '$exports', '$meta']);
    const loaded = [];
    for (const name of imports) loaded.push(await importName(name, file, [...open, file]));
    checkImports(file, run, imports, loaded);
    await evaluate(run, loaded, exports, { dirname: path.dirname(file), filename: file, url: url(file), resolve: (n) => url(esmResolve(n, file)) });
  })();
  await entry.done;
  return exports;
}
function checkImports() { 'hide'; }
function evaluate(run, loaded, exports, meta) { 'at ModuleJob.run (node:internal/modules/esm/module_job:325:25)'; return run(loaded, exports, meta); }
async function importName(name, from, open) {
  'hide';
  const file = esmResolve(name, from);
  if (file === null) return namespace(name.startsWith('drydock:') ? internal('packages').load(name.slice(8)) : native(name));
  return importFile(file, open);
}
%hook('importCall', function importCall(name, from) { 'hide'; return importName(String(name), from[0] === '/' ? from : `${process.cwd()}/x`, []); });
function executeUserEntryPoint(file) {
  'at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:164:12)';
  const full = path.resolve(file);
  const found = asFile(full) || asDir(full, null);
  if (found && isModule(%realpath(found))) { importFile(%realpath(found), []); return; }
  moduleLoad(full, null, process.cwd());
}
function runMain(file) { 'at node:internal/main/run_main_module:28:49'; executeUserEntryPoint(file); }
Module.runMain = runMain;
Module.makeRequire = makeRequire;
Module.createRequire = (from) => { const m = new Module(String(from).replace(/^file:\/\//, ''), null); return makeRequire(m); };
Module.builtinModules = Object.keys(builtin);
Module.isBuiltin = (n) => !!builtin[n.replace(/^node:/, '')];
Module.named = (id) => { const m = new Module(`${process.cwd()}/${id}`, null); m.id = id; m.path = process.cwd(); return m; };
Module.isModule = isModule;
Module.importFile = importFile;
Module._load = (name) => moduleLoad(name, null, process.cwd());
module.exports = Module;
